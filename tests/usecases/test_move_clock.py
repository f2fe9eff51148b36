"""Business time moves in hops: thirty days in one call carry out the same as thirty calls of one day."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from funnel.bootstrap import Runner
from funnel.domain import events as on
from funnel.domain.timing import local_time
from funnel.usecases import move_clock as clock
from funnel.usecases.errors import Conflict, Forbidden
from funnel.usecases.move_clock import move_clock, read_clock
from funnel.usecases.publish_scenarios import set_paused
from tests.support.at_work import at_work
from tests.support.databases import sqlite_template
from tests.support.place import MONDAY, Place

COURSE = """
scenario: course
title: {en: A course}
offer: {en: A course}
why: volume
again: each
form: {page: form, consents: [follow_up_email]}
sequence:
  - email: results
  - wait: 1 day
  - email: lesson_one
  - wait: 2 working days
  - email: lesson_two
    propose: {appointment: call}
  - await: appointment.booked
    within: 4 days
    otherwise:
      - email: reminder
  - wait: 1 week
  - email: lesson_three
  - wait: 36 hours
  - email: farewell
  - end: done
"""

AUTUMN = datetime(2027, 10, 19, 7, 30, tzinfo=UTC)
"""A Tuesday, half past nine in Paris, twelve days before the clocks go back there and nineteen before New York's do."""

ZONES = (None, "Europe/Paris", "America/New_York", "Asia/Tokyo", "Pacific/Auckland")


def twenty_people(place: Place) -> None:
    """Forms over two days: with and without consent, in five zones, with addresses that refuse, doubt or answer."""
    addresses = {7: "reject+451@example.org", 11: "refuse+550@example.org", 13: "swallow@example.org"}
    for n in range(20):
        place.set(AUTUMN + timedelta(hours=2 * n, minutes=7 * n))
        done = place.submits(
            addresses.get(n, f"lead{n}@example.org"),
            scenario="course",
            consent=n % 6 != 5,
            zone=ZONES[n % 5],
            once=f"{n}",
        )
        now = place.now
        if n == 3:
            place.happens(on.Unsubscribed(lead_id=done.lead_id, occurred_at=now, page="/u"))
        if n in (4, 9):
            starts = AUTUMN + timedelta(days=6, hours=n)
            place.books(done.lead_id, starts, "idris", scenario="course", pass_number=1)
        if n == 12:
            place.happens(on.HandOffAsked(lead_id=done.lead_id, occurred_at=now, because="fits", by="solene"))
    place.set(AUTUMN + timedelta(days=3))
    place.drain()


def story(place: Place) -> dict[str, tuple[Any, ...]]:
    """Every row by its key: when it was planned, how it ended and (to the minute or two) when it left."""
    return {
        row["key"]: (row["planned_at"].replace(second=0, microsecond=0), row["state"], row["reason"], row["attempts"])
        for row in place.rows()
    }


@pytest.fixture
def two_towns(tmp_path: Path, shared_folder: Path, build_place: Callable[..., Place]) -> tuple[Place, Place]:
    places = []
    for name in ("whole", "daily"):
        (tmp_path / name).mkdir()
        shutil.copy(sqlite_template(shared_folder), tmp_path / name / "funnel.db")
        place = build_place(f"sqlite:///{tmp_path / name / 'funnel.db'}", {"course": COURSE})
        twenty_people(place)
        places.append(place)
    return places[0], places[1]


def move(place: Place, days: int, to: datetime) -> int:
    """Move on, calling again while there is more than one call's patience; how many calls it took."""
    calls = 1
    state = move_clock(place.house, advance=f"{days} days") if days else move_clock(place.house, to=to)
    while state.pending:
        state = move_clock(place.house, to=max(to, state.now))
        calls += 1
    return calls


def test_thirty_days_at_once_and_day_by_day_give_the_same_mails_at_the_same_times(
    two_towns: tuple[Place, Place],
) -> None:
    whole, daily = two_towns
    end = whole.now + timedelta(days=30)
    with at_work(Runner(whole.other("worker"))):
        move(whole, 30, end)
    with at_work(Runner(daily.other("worker"))):
        for _ in range(30):
            move(daily, 1, daily.now + timedelta(days=1))
    one, other = story(whole), story(daily)
    assert one.keys() == other.keys()
    assert one == other
    left = [{row["key"]: row["left_at"] for row in place.rows() if row["left_at"]} for place in (whole, daily)]
    assert left[0].keys() == left[1].keys()
    for key, at in left[0].items():
        assert abs(at - left[1][key]) < timedelta(minutes=3), key
    sent = [row for row in whole.rows() if row["state"] == "sent"]
    assert len(sent) >= 60
    assert {row["message"] for row in sent} >= {
        f"course/{name}" for name in ("results", "lesson_one", "lesson_two", "reminder", "lesson_three", "farewell")
    }
    for row in sent:  # nobody hears marketing at night, on a weekend or on All Saints' Day, where she lives
        if row["kind"] == "marketing":
            lead = whole.load(row["lead_id"])
            local = local_time(row["left_at"], lead.zone or "Europe/Paris")
            assert local.weekday() < 5, (row["key"], local)
            assert 8 <= local.hour < 19, (row["key"], local)


def test_a_move_hops_from_instant_to_instant_and_says_what_was_carried_out(lite: Place) -> None:
    lite.submits()
    with at_work(Runner(lite.other("worker"))):
        state = move_clock(lite.house, advance="3 days")
        assert state.pending == 0
        assert state.carried_out == 2
        assert state.hops == 2, "to the offer's instant, and on to the end"
        assert MONDAY + timedelta(days=3) <= state.now < MONDAY + timedelta(days=3, seconds=30)
        assert state.next_due is not None
        state = move_clock(lite.house, to=state.next_due + timedelta(minutes=1))
        assert state.carried_out == 1
    assert [mail.subject.split()[0] for mail in lite.sent()] == ["results", "offer", "reminder"]


def test_nothing_moves_back_or_in_live_mode_or_by_nonsense(lite: Place) -> None:
    with pytest.raises(Conflict):
        move_clock(lite.house, to=lite.now - timedelta(seconds=5))
    with pytest.raises(ValueError, match="span"):
        move_clock(lite.house, advance="soon")
    with pytest.raises(ValueError, match="advance"):
        move_clock(lite.house)
    live = replace(lite.house, settings=lite.settings.model_copy(update={"mode": "live"}))
    with pytest.raises(Forbidden):
        move_clock(live, advance="1 day")


def test_when_nobody_works_the_clock_stands_at_what_is_pending(lite: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "PATIENCE", 0.5)
    lite.submits()
    state = move_clock(lite.house, advance="30 days")
    assert state.pending == 1
    assert state.now < MONDAY + timedelta(minutes=1)
    assert read_clock(lite.house).pending == 1


def test_what_is_paused_holds_up_no_clock(lite: Place) -> None:
    lite.submits()
    set_paused(lite.house, ["tunnel"], True)
    state = move_clock(lite.house, advance="30 days")
    assert (state.pending, state.carried_out) == (0, 0)
    assert state.now >= MONDAY + timedelta(days=30)
