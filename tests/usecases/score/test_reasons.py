"""Why somebody has her points: each entry with what had happened, also where it is told long after, or taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from funnel.domain import events as on
from funnel.usecases.erase_lead import erase_lead
from funnel.usecases.score.read_score import read_score
from tests.support.home import COMPANY, agrees
from tests.support.place import Place

RULES = """
scoring:
  rules:
    - {id: opened, title: {en: Opened a mail}, on: email.opened, points: 2, half_life: 10 days}
    - {id: prices, title: {en: Prices}, on: link.clicked, points: 6, counts: always, half_life: 10 days}
    - {id: read, title: {en: Read the prices}, on: {page.visited: /pricing*}, points: 5}
tracking: {unsure_earns: points}
"""


@pytest.fixture
def scored(build_place: Callable[..., Place], database_url: str) -> Place:
    """A company that gives points for what is opened, followed and read."""
    return build_place(database_url, company=COMPANY + RULES)


def reader(place: Place) -> tuple[int, dict[str, Any]]:
    """Somebody who agrees to be watched, and what every mail of hers says."""
    ana = place.submits().lead_id
    place.happens(agrees(ana, place.now))
    return ana, {"lead_id": ana, "mail": 1, "message": "tunnel/results"}


def lines(place: Place, lead_id: int) -> list[tuple[int, str, str]]:
    """The entries with why they stand and what had happened, oldest first."""
    found = [(one.entry.points, one.why, one.what) for one in read_score(place.house, lead_id, "en").lines]
    return found[::-1]


def clicks(place: Place, seen: dict[str, Any], verdict: str) -> None:
    """A link in it is followed, by whomever."""
    said: dict[str, Any] = {"link": "prices", "number": 1, "verdict": verdict}
    place.happens(on.LinkClicked(**seen, **said, occurred_at=place.now, key="click"))


def test_what_ripens_a_day_later_names_the_click_of_which_nobody_knows_whose_it_was(scored: Place) -> None:
    ana, seen = reader(scored)
    clicks(scored, seen, "unsure")
    scored.set(scored.now + timedelta(hours=25))
    scored.drain()
    ((points, why, what),) = lines(scored, ana)
    assert (points, why) == (6, "Prices")
    assert what.startswith("Somebody or a machine followed the link")


def test_an_opening_that_a_click_vouched_for_is_what_gave_its_points(scored: Place) -> None:
    ana, seen = reader(scored)
    scored.happens(on.EmailOpened(**seen, verdict="unsure", occurred_at=scored.now, key="open"))
    clicks(scored, seen, "human")
    assert {why: "opened" in what for _, why, what in lines(scored, ana)} == {"Opened a mail": True, "Prices": False}


def test_what_fades_says_of_what(scored: Place) -> None:
    ana, seen = reader(scored)
    scored.happens(on.EmailOpened(**seen, verdict="human", occurred_at=scored.now, key="open"))
    clicks(scored, seen, "human")
    scored.set(scored.now + timedelta(days=10))
    scored.drain()
    assert {why for _, why, _ in lines(scored, ana) if "fade" in why} == {
        "Points fade with time: Opened a mail",
        "Points fade with time: Prices",
    }


def test_a_visit_in_a_browser_that_was_not_hers_is_named_where_its_points_stand(scored: Place) -> None:
    ana, _ = reader(scored)
    page: dict[str, Any] = {"visitor": "v", "page": "www.verdanne.example/pricing", "title": "What we charge"}
    scored.happens(on.PageVisited(lead_id=ana, occurred_at=scored.now, key="visit", **page))
    scored.happens(on.VisitorParted(lead_id=ana, occurred_at=scored.now, visitor="v", visits=("visit",), by="form"))
    assert lines(scored, ana) == [
        (5, "Read the prices", "Looked at “What we charge”, in a browser that was not hers"),
        (-5, "Taken back: Read the prices", "A browser was not this lead's: its visits are taken back"),
    ]


def test_nothing_is_ahead_of_somebody_erased(scored: Place) -> None:
    ana, seen = reader(scored)
    clicks(scored, seen, "human")
    ahead = read_score(scored.house, ana, "en").next
    assert ahead is not None
    erase_lead(scored.house, ana, "nadia")
    gone = read_score(scored.house, ana, "en")
    assert (gone.score, gone.next) == (6, None)
