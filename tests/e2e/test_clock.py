"""Thirty days in one call of the clock carry out what thirty calls of one day do."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.people import Prospect, link
from tests.e2e.place import Place, instant
from tests.e2e.test_ways import BUILDING

DAYS = 30
ZONES = ("Europe/Paris", "America/New_York", "Asia/Tokyo")
Left = tuple[int, str, datetime]
"""A mail: whose (by the order in which they came), its subject, its time to the minute."""


@pytest.fixture
def two_places(begun_folder: Path) -> Iterator[tuple[Place, Place]]:
    """Two installations of their own."""
    first = Place(begun=begun_folder)
    second = Place(begun=begun_folder)
    yield first, second
    first.stop()
    second.stop()


def people_of(place: Place) -> list[Prospect]:
    """Seven of mixed behaviour come on a Thursday, so that a weekend lies ahead; one books, one unsubscribes."""
    place.to_next(3)
    people = [Prospect(place) for _ in range(7)]
    for number, one in enumerate(people):
        one.walk_in({"zone": ZONES[number % 3]}, consent=number != 3, choices=BUILDING)
        one.mails(1)
    offer = next(url for url in people[4].page.links if url.startswith("/book/"))
    assert people[4].book(offer, phone="+33 6 12 34 56 78").status == 200
    place.move(advance="6 days")
    stop = link(people[5].mails(2)[1], "/u/")
    place.browser().post(stop, {"List-Unsubscribe": "One-Click"})
    return people


def left(place: Place, people: list[Prospect]) -> list[Left]:
    """Every mail to them."""
    number = {one.email: place_in for place_in, one in enumerate(people)}
    found = [(number[mail["to"][0]], mail) for mail in place.all_mails() if mail["to"][0] in number]
    return sorted(
        (who, mail["subject"], instant(mail["at"]).astimezone(UTC).replace(second=0, microsecond=0))
        for who, mail in found
    )


@pytest.mark.slow  # twenty people through the same days, without processes: tests/usecases/test_move_clock.py
def test_thirty_days_in_one_call_are_thirty_calls_of_one_day(two_places: tuple[Place, Place]) -> None:
    at_once, daily = two_places
    crowds = [people_of(place) for place in two_places]
    answer = at_once.move(advance=f"{DAYS} days")
    assert answer["pending"] == 0
    for _ in range(DAYS):
        daily.move(advance="1 day")
    mails = [left(place, crowd) for place, crowd in zip(two_places, crowds, strict=True)]
    assert mails[0] == mails[1]
    assert len(mails[0]) == 18, mails[0]  # 7 results, 5 summaries, 4 reminders, 1 invitation and its reminder
    for who, subject, at in mails[0]:
        if "what your answers say" in subject:
            local = at.astimezone(ZoneInfo(ZONES[who % 3]))
            assert local.weekday() < 5, f"marketing on her working days only: {who}, {local}"
            assert 8 <= local.hour < 19, f"and in her day: {who}, {local}"
    ends = [[one.lead["enrolments"][0]["ended_because"] for one in crowd] for crowd in crowds]
    assert ends[0] == ends[1]
