"""Who scores the same on every theme is told of no strongest and no weakest one: in mails, on paper and on the page."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from funnel.delivery.printer import TypstPrinter
from funnel.delivery.writer import MailWriter
from funnel.web import looks
from tests.delivery.test_printer import data
from tests.looks import preview, samples

HOMES = {"shipped": samples.ROOT, "starter": samples.ROOT / "funnel" / "starter"}
NAMING = {
    ("shipped", "self_evaluation/your_results"),
    ("shipped", "self_evaluation/summary_and_meeting"),
    ("shipped", "self_evaluation/reminder"),
    ("starter", "quick_check/invitation"),
}
"""The mails that name one theme."""


def results(first: int, others: int, weakest: str, strongest: str) -> dict[str, Any]:
    """Results with one theme's share apart from the rest, and which are called the weakest and the strongest."""
    shares = (first, others, others, others, others)
    told = preview.mail_results(samples.results(shares, others, 0))
    by_title = {theme["title"]: theme for theme in told["themes"]}
    return {**told, "weakest": by_title[weakest], "strongest": by_title[strongest]}


def files_of(home: Path) -> Mapping[str, bytes]:
    """A home's mail templates."""
    house = (samples.ROOT / "email_templates").glob("house/**/*")
    own = (home / "email_templates").rglob("*")
    return {
        str(path.relative_to(base)): path.read_bytes()
        for base, paths in ((samples.ROOT, house), (home, own))
        for path in paths
        if path.is_file()
    }


def mails_of(home: Path) -> list[str]:
    found = (one.parent for one in (home / "email_templates").glob("*/*/email.yaml"))
    return sorted(f"{one.parent.name}/{one.name}" for one in found)


ONE, OTHER = (str(theme["title"]) for theme in samples.THEMES[:2])
MAILS = [(name, mail) for name, home in HOMES.items() for mail in mails_of(home)]


def written(home: str, mail: str, language: str, told: Mapping[str, Any]) -> tuple[str, str, str]:
    files = files_of(HOMES[home])
    letter = MailWriter(lambda _: files).write(mail, "v1", language, preview.mail_context(results=told))
    return letter.subject, letter.html, letter.text


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("home, mail", MAILS)
def test_equal_themes_are_told_the_same_whichever_is_called_the_weakest(home: str, mail: str, language: str) -> None:
    for share in (0, 50, 100):
        first = written(home, mail, language, results(share, share, ONE, OTHER))
        assert first == written(home, mail, language, results(share, share, OTHER, ONE))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("home, mail", MAILS)
def test_a_weakest_theme_is_named_where_there_is_one(home: str, mail: str, language: str) -> None:
    first = written(home, mail, language, results(20, 80, ONE, OTHER))
    assert (first != written(home, mail, language, results(20, 80, OTHER, ONE))) == ((home, mail) in NAMING)


def test_the_page_colours_no_theme_as_the_weakest_where_all_are_equal() -> None:
    page = preview.environment().get_template("results.html")
    _, _, context = next(one for one in samples.pages() if one[0] == "results.html")
    first, second = (
        page.render({**context, "results": {**context["results"], **results(70, 70, *pair), "advice": []}})
        for pair in ((ONE, OTHER), (OTHER, ONE))
    )
    assert first == second


def test_no_corner_of_the_radar_is_the_lowest_where_all_are_equal() -> None:
    for shares, marked in (((70, 70, 70), 0), ((0, 0, 0), 0), ((70, 30, 30), 2), ((70, 30, 60), 1)):
        radar = looks.radar_of({"title": str(number), "share": share} for number, share in enumerate(shares))
        assert sum(corner.lowest for corner in radar.corners) == marked


ACCENT = (0xE2, 0x71, 0x1D)
"""The sample company's second colour, in which the lowest theme stands on paper."""


def coloured(picture: bytes, colour: tuple[int, int, int]) -> bool:
    """Whether any of a picture has this colour."""
    found = Image.open(io.BytesIO(picture)).convert("RGB").getcolors(maxcolors=1 << 24)
    return colour in [one for _, one in found or ()]


def test_paper_marks_no_theme_as_the_lowest_where_all_are_equal() -> None:
    def first_sheet(*shares: int) -> bytes:
        themes = [{"title": str(number), "share": share} for number, share in enumerate(shares)]
        ends = {"strongest": themes[0], "weakest": themes[-1]}
        return TypstPrinter().pictures("diagnosis", data(themes=themes, **ends))[0]

    assert coloured(first_sheet(80, 50, 20), ACCENT)
    assert not coloured(first_sheet(100, 100, 100), ACCENT)
