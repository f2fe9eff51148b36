"""A long history on a lead's page: the newest of it stands open; and her curve, as a screen reader tells it."""

import re
from datetime import timedelta

import pytest

from funnel.domain import events as on
from funnel.usecases.record_events import record_events
from tests.web.conftest import Town
from tests.web.staff import HUGO, employed, lead_of, submitted, wait_until

SHOWN = 30


def writes_back(town: Town, lead_id: int, number: int) -> None:
    """She writes so many times, five times a day."""
    for one in range(number):
        if not one % 5:
            wait_until(town, town.now + timedelta(days=1))
        wrote = on.ReplyNoted(lead_id=lead_id, occurred_at=town.now, by="hugo", said=f"letter {one}.")
        record_events(town.house, [wrote]).insist()


def page_of(town: Town, lead_id: int) -> tuple[str, str]:
    """What stands open of what happened, and what is folded away."""
    text = employed(town, HUGO).get(f"/desk/leads/{lead_id}").text
    happened = text.partition('id="h-line"')[2].partition('id="h-ans"')[0]
    shown, _, folded = happened.partition('<details class="all">')
    return shown, folded


@pytest.mark.parametrize("number", [3, 120])
def test_only_the_newest_of_a_long_history_stands_open(town: Town, number: int) -> None:
    lead_id = submitted(town)
    writes_back(town, lead_id, number)
    shown, folded = page_of(town, lead_id)
    letters = [int(one) for one in re.findall(r"letter (\d+)\.", shown + folded)]
    assert letters == sorted(range(number), reverse=True), "nothing is lost, the newest first"
    assert "letter 0." in (folded if number > SHOWN else shown)
    lines = shown.count("<b>") + shown.count("<details>")
    assert lines == SHOWN if number > SHOWN else not folded
    found = re.search(r"Show everything: (\d+) earlier entries", folded)
    assert (int(found[1]) if found else 0) == folded.count("<time")


def test_one_day_with_everything_is_folded_too(town: Town) -> None:
    lead_id = submitted(town)
    wrote = [
        on.ReplyNoted(lead_id=lead_id, occurred_at=town.now, by="hugo", said=f"letter {one}.") for one in range(90)
    ]
    record_events(town.house, wrote).insist()
    shown, folded = page_of(town, lead_id)
    assert shown.count("letter ") <= SHOWN
    assert shown.count("letter ") + folded.count("letter ") == 90


def test_a_screen_reader_hears_where_the_curve_begins_where_it_is_highest_and_where_it_ends(town: Town) -> None:
    lead_id = submitted(town)
    first = lead_of(town, lead_id).score
    for points in (20, -15):
        wait_until(town, town.now + timedelta(days=1))
        given = on.PointsGiven(lead_id=lead_id, occurred_at=town.now, points=points, because="Met at the fair")
        record_events(town.house, [given]).insist()
    page = employed(town, HUGO).get(f"/desk/leads/{lead_id}").text
    said = re.search(r"<title id=\"curve-t\">([^<]*)</title>", page)
    assert said is not None
    numbers = re.findall(r"(-?\d+) on \d+ \w+", said[1])
    assert numbers == [str(first), str(first + 20), str(lead_of(town, lead_id).score)]
    drawn = page.partition('class="curve"')[2].partition("</svg>")[0]
    assert drawn.count("<text ") == drawn.count('<text aria-hidden="true"') > 0
