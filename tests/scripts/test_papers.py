"""The sample ebook and slides are what their sources say, in both languages, and can be read by everybody."""

import io

import pytest
import zxingcpp
from PIL import Image

from scripts.papers.draw import PAPERS, ROOT, SHORT_LINK, draw, pictures
from tests.support.papers import Paper

SAID = {
    "assets/ebook/cx_champions.pdf": (15, "en", "Customer Experience Champions", "Your first ninety days"),
    "assets/ebook/cx_champions.fr.pdf": (15, "fr", "Les champions de l’expérience client", "Où en êtes-vous"),
    "assets/conference/slides.pdf": (12, "en", "The call that nobody had to make", "four hundred calls"),
    "assets/conference/slides.fr.pdf": (12, "fr", "L’appel que personne n’a eu à passer", "quatre cents appels"),
}


@pytest.mark.parametrize("source, target", PAPERS.items())
def test_a_paper_is_drawn_from_its_source(source: str, target: str) -> None:
    assert (ROOT / target).read_bytes() == draw(source), "run: python -m scripts.papers"


@pytest.mark.parametrize("target", SAID)
def test_it_has_its_pages_its_language_and_tags(target: str) -> None:
    paper = Paper((ROOT / target).read_bytes())
    pages, language, title, said = SAID[target]
    assert (paper.pages, paper.language, paper.tagged) == (pages, language, True)
    assert paper.title.startswith(title)
    assert said in paper.text
    assert {name.partition("-")[0] for name in paper.fonts} == {"Figtree"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_s138_the_last_slide_carries_the_short_link_and_a_qr_code_that_a_scanner_reads(language: str) -> None:
    *others, last = pictures(f"slides.{language}.typ")
    assert [read(one) for one in others] == [[]] * 11
    assert read(last) == [SHORT_LINK]
    paper = Paper((ROOT / PAPERS[f"slides.{language}.typ"]).read_bytes())
    assert set(paper.links) == {SHORT_LINK}
    assert SHORT_LINK.removeprefix("https://") in paper.text


def read(picture: bytes) -> list[str]:
    """What a scanner reads in a picture."""
    return [one.text for one in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))]
