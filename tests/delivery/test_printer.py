"""Papers are drawn from data alone: the same bytes each time, readable by programs, and no data is ever markup."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from funnel.delivery.errors import PaperFailed
from funnel.delivery.printer import MOST_DATA, TypstPrinter
from tests.support.papers import Paper
from tests.support.processes import ROOT

SHARES = {"Listening": 22, "Journeys": 38, "Knowledge": 42, "Teams": 50, "Steering": 64}
_ON_THE_PAGE = ("kicker", "out_of", "build_on", "gain", "strongest", "weakest", "themes", "theme", "bar", "share")
WORDS = dict.fromkeys((*_ON_THE_PAGE, "advice", "next", "offer", "choose"), "-")


def data(**more: Any) -> dict[str, Any]:
    """A diagnosis; `more` stands in place of a word or of what is beside them."""
    themes = [{"title": title, "share": share} for title, share in SHARES.items()]
    words = WORDS | {"document": "A check for Léa", "made_for": "Made for Léa", "verdict": "Léa, well done."}
    words |= {"radar": "By theme", "page": "Page {page} of {pages}"}
    whole: dict[str, Any] = {
        "language": "en",
        "company": {
            "name": "Verdanne",
            "legal_name": "Verdanne SAS",
            "postal_address": ["69001 Lyon"],
            "website": "",
            "brand": {"primary": "#0b5d4e", "accent": "#e2711d"},
        },
        "results": {
            "title": "A check",
            "share": 45,
            "band_title": "Building",
            "band_summary": "You have begun.",
            "themes": themes,
            "strongest": themes[4],
            "weakest": themes[0],
            "advice": [{"theme": "Listening", "text": "Ask one question."}],
        },
        "taken": [2027, 6, 7],
        "contact": {"name": "Camille", "title": "Consultant", "phone": "+33 4 65 71 20 11", "email": "c@v.example"},
        "book_url": "https://v.example/book/abc",
        "words": words,
    }
    for key, value in more.items():
        (whole["results"] if key in whole["results"] else words if key in words else whole)[key] = value
    return whole


def test_it_can_be_read_by_programs_and_by_those_who_cannot_see() -> None:
    paper = Paper(TypstPrinter().draw("diagnosis", data(language="fr")))
    assert (paper.tagged, paper.language, paper.title) == (True, "fr", "A check for Léa")
    assert paper.pages == 2
    for said in (
        "Verdanne",
        "Léa, well done.",
        "45",
        "You have begun.",
        "Ask one question.",
        "Page 2 of 2",
        "Steering",
    ):
        assert said in paper.text
    assert paper.links[0] == "https://v.example/book/abc"
    assert {name.partition("-")[0] for name in paper.fonts} == {"Figtree"}


def test_the_same_data_gives_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    printer = TypstPrinter()
    drawn = printer.draw("diagnosis", data())
    printer.draw("diagnosis", data(share=99))
    assert printer.draw("diagnosis", data()) == drawn
    script = (
        "import sys; from funnel.delivery.printer import TypstPrinter; from tests.delivery.test_printer import data;"
        "sys.stdout.buffer.write(TypstPrinter().draw('diagnosis', data()))"
    )
    other = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)
    assert other.stdout == drawn


@pytest.mark.parametrize(
    "hostile",
    [
        '#import "@preview/cetz:0.3.0"',
        '#read("/etc/passwd")',
        "#sys.inputs",
        "*bold* _it_ $x^2$ `raw` <label> @ref // gone /* gone */ = head",
        "\\u{41} ~ -- --- ... 'quoted' \"quoted\"",
        "]} #panic()",
        "a\u0000b\u202ec",
    ],
)
def test_what_a_lead_wrote_is_text_and_never_markup(hostile: str) -> None:
    paper = Paper(TypstPrinter().draw("diagnosis", data(verdict=hostile, made_for=hostile, band_summary=hostile)))
    said = "".join(letter for letter in hostile if letter.isprintable()).replace(" ", "")
    text = paper.text.replace(" ", "").replace("‘", "'").replace("’", "'").replace("“", '"').replace("”", '"')
    if "\u202e" not in hostile:
        assert text.count(said) >= 3
    assert paper.pages == 2


NAMES = ("Łukasz Żółć", "Ελένη", "Привет", "דוד", "محمد", "王晓红", "黃美玲", "髙橋さくら", "김민수")


@pytest.mark.parametrize("name", NAMES)
def test_names_in_other_letters_stand_on_the_page(name: str) -> None:
    printer = TypstPrinter()
    assert printer.draws(name)
    assert name in Paper(printer.draw("diagnosis", data(verdict=f"{name}: well done."))).text


def test_the_letters_that_are_not_tried_are_all_there() -> None:
    every = "".join(letter for letter in map(chr, range(0x180)) if letter.isprintable() or letter == "\u00a0")
    assert TypstPrinter()._try_letters(every)


def test_letters_that_no_font_has_are_known_and_the_paper_is_drawn_all_the_same() -> None:
    printer = TypstPrinter()
    assert not printer.draws("สมชาย")
    assert not printer.draws("Léa 😀")
    assert printer.draws("")
    assert Paper(printer.draw("diagnosis", data(verdict="สมชาย"))).pages == 2


def test_few_themes_no_advice_and_nobody_to_turn_to_are_drawn_too() -> None:
    bare = data(themes=[], strongest=None, weakest=None, advice=[], band_summary="")
    bare["book_url"] = None
    assert "45" in Paper(TypstPrinter().draw("diagnosis", bare)).text
    one = {"title": "Only", "share": 0}
    assert "Only" in Paper(TypstPrinter().draw("diagnosis", data(themes=[one], strongest=one, weakest=one))).text


def test_pictures_show_its_pages() -> None:
    pictures = TypstPrinter().pictures("diagnosis", data())
    assert [picture[:8] for picture in pictures] == [b"\x89PNG\r\n\x1a\n"] * 2


def test_too_much_data_or_data_that_does_not_fit_is_refused() -> None:
    printer = TypstPrinter()
    with pytest.raises(PaperFailed, match="more than"):
        printer.draw("diagnosis", data(band_summary="x" * MOST_DATA))
    with pytest.raises(PaperFailed, match="cannot be drawn"):
        printer.draw("diagnosis", {"words": {}})
    assert printer.draw("diagnosis", data()), "and the next one is drawn"


def test_a_name_as_long_as_forms_allow_stays_on_the_page() -> None:
    long = "Wolfeschlegelsteinhausenbergerdorff" * 6
    assert Paper(TypstPrinter().draw("diagnosis", data(verdict=long, made_for=long))).pages <= 3
