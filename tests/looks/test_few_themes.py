"""Results with few themes, and with few things to do: what is drawn and said fits what there is."""

from typing import Any

import pytest

from funnel.delivery.printer import TypstPrinter
from funnel.usecases.results import things_to_do
from tests.delivery.test_printer import data
from tests.looks import preview, samples, samples_staff
from tests.support.papers import Paper

THEMES = [{"title": f"Theme {number}", "share": 10 * number} for number in range(1, 6)]
ADVICE = ["Ask one question.", "Count a week.", "Tell the others."]


def results(themes: int, advice: int = 2) -> dict[str, Any]:
    """Results of so many themes, with so many things to do."""
    few = THEMES[:themes]
    ends = {"strongest": few[-1], "weakest": few[0]} if few else {"strongest": None, "weakest": None}
    told = {"themes": few, "advice": ADVICE[:advice], "advice_title": things_to_do(advice, "en"), **ends}
    return {**samples.results(), **told}


def her_page(told: dict[str, Any]) -> str:
    _, _, context = next(one for one in samples.pages() if one[0] == "results.html")
    return preview.environment().get_template("results.html").render({**context, "results": told})


def lead_page(told: dict[str, Any]) -> str:
    _, _, context = next(one for one in samples_staff.pages() if one[0] == "lead.html" and one[1] == "full")
    shown = {"taken": context["results"]["taken"], "other": []}
    themes = [{**theme, "answers": []} for theme in told["themes"]]
    return (
        preview.environment()
        .get_template("lead.html")
        .render({**context, "results": {**told, **shown, "themes": themes}})
    )


@pytest.mark.parametrize("drawn", [her_page, lead_page])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_a_radar_is_drawn_from_three_themes_on(drawn: Any, count: int) -> None:
    html = drawn(results(count))
    assert ('class="radar"' in html) == (count > 2)
    assert all(theme["title"] in html for theme in THEMES[:count])


@pytest.mark.parametrize(
    "count, english, french",
    [
        (1, "One thing to do next", "Une chose à faire ensuite"),
        (2, "Two things to do next", "Deux choses à faire ensuite"),
        (3, "Three things to do next", "Trois choses à faire ensuite"),
    ],
)
def test_the_heading_says_how_many_things_there_are_to_do(count: int, english: str, french: str) -> None:
    assert (things_to_do(count, "en"), things_to_do(count, "fr")) == (english, french)
    assert f">{english}</h2>" in her_page(results(2, count))


def test_nothing_to_do_has_no_heading() -> None:
    assert "to do next" not in her_page(results(2, 0))


def test_paper_without_a_radar_is_one_sheet_and_its_text_takes_the_width() -> None:
    two = {"themes": THEMES[:2], "strongest": THEMES[1], "weakest": THEMES[0]}
    said = "You have begun, and what you have begun is worth going on with in the coming weeks."
    few = Paper(TypstPrinter().draw("diagnosis", data(band_summary=said, **two)))
    assert few.pages == 1
    assert said in few.text
