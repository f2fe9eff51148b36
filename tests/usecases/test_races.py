"""Everybody reaches into one diary at once: prospects, reps, moves, and times that scenarios block. Nobody overlaps."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from threading import Barrier

from funnel.domain import events as on
from funnel.storage import appointments, booking
from funnel.usecases.book_appointment import book_appointment
from funnel.usecases.change_appointment import move_by_hand
from funnel.usecases.errors import DatabaseAway
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events
from funnel.usecases.set_appointment import set_appointment
from funnel.usecases.take_slot import SlotGone
from tests.support.home import HUGO, TUNNEL
from tests.support.place import MONDAY, Place
from tests.usecases.test_fifty_at_once import ONE_REP, links_of

VISITS = """
scenario: visits
title: {en: Visits}
on: start
sequence:
  - book: {appointment: visit, after: 1 day}
  - end: done
"""
WANTED = MONDAY + timedelta(days=1, minutes=15)
"""The first time of the next morning that can be had, which the scenarios block first too."""
EACH = 6
PROCESSES = 4
PHONE = "+33 6 12 34 56 78"
Press = Callable[[House], object]


def test_prospects_reps_moves_and_blocks_of_one_morning_never_overlap(
    build_place: Callable[..., Place], database_url: str
) -> None:
    place = build_place(database_url, {"tunnel": TUNNEL, "visits": VISITS}, ONE_REP)
    ids = place.leads(4 * EACH)
    asking, called, moving, visited = (ids[n * EACH : (n + 1) * EACH] for n in range(4))
    place.starts(asking)
    links = links_of(place, asking)
    moved = [_booked(place, lead_id, WANTED + timedelta(days=1, hours=number)) for number, lead_id in enumerate(moving)]
    tries: list[Press] = [
        *(partial(_books, link) for link in links),
        *(partial(_sets, lead_id) for lead_id in called),
        *(partial(_moves, appointment) for appointment in moved),
        *(partial(_blocks, lead_id) for lead_id in visited),
    ]
    houses = [place.other(f"web{n}") for n in range(PROCESSES)]
    ready = Barrier(len(tries))

    def press(number: int) -> object:
        ready.wait()
        while True:
            try:
                return tries[number](houses[number % PROCESSES])
            except DatabaseAway:
                continue
            except SlotGone:
                return None

    with ThreadPoolExecutor(len(tries)) as pool:
        answers = list(pool.map(press, range(len(tries))))
    with place.house.database.read() as connection:
        rows = appointments.between(connection, ["camille"], MONDAY, MONDAY + timedelta(days=9))
        cells = booking.taken_cells(connection, ["camille"], 0, 2**31 - 1)["camille"]
    at_once = [row for row in rows if row["starts_at"] == WANTED]
    assert len(at_once) == 1
    assert len([one for one in answers[: 3 * EACH] if one]) == (at_once[0]["type"] == "call")
    for row, following in pairwise(rows):
        assert row["ends_at"] + timedelta(minutes=10) <= following["starts_at"], "each behind the other's buffer"
    assert len([row for row in rows if row["type"] == "visit"]) == EACH, "each visit has a time, if not the first"
    assert {row["lead_id"] for row in rows} >= {*moving, *visited}, "nothing is lost"
    assert len(cells) == sum(8 if row["type"] == "call" else 13 for row in rows), "and nothing is left taken"


def _booked(place: Place, lead_id: int, at: datetime) -> int:
    """Her call of another day; its id."""
    set_appointment(place.house, HUGO, lead_id, "call", "camille", at, PHONE)
    return place.load(lead_id).appointments[0].id


def _books(link: str, house: House) -> object:
    return book_appointment(house, link, WANTED, PHONE, once=link)


def _sets(lead_id: int, house: House) -> object:
    return set_appointment(house, HUGO, lead_id, "call", "camille", WANTED, PHONE, once=f"page{lead_id}")


def _moves(appointment: int, house: House) -> object:
    return move_by_hand(house, HUGO, appointment, "camille", WANTED, "An earlier time", once=f"page{appointment}")


def _blocks(lead_id: int, house: House) -> object:
    started = on.ScenarioStarted(lead_id=lead_id, occurred_at=MONDAY, scenario="visits", by="test")
    return record_events(house, [started], patience=5)
