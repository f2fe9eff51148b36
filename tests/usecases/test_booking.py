"""Booking in parallel: whoever is told yes has the time for herself, buffers included; whoever is not is told so."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from funnel.domain import events as on
from funnel.storage import appointments, booking
from funnel.usecases.desk import read_lead
from funnel.usecases.find_slots import reps_for
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events
from tests.support.databases import counted
from tests.support.home import HUGO
from tests.support.place import MONDAY, Place

REPS = ("camille", "idris")
MINUTES = {"call": 30, "visit": 45}
BUFFERS = {"call": (0, 10), "visit": (5, 15)}
DAY = datetime(2027, 6, 9, 6, tzinfo=UTC)


def chosen(lead_id: int, kind: str, starts_at: datetime, reps: Sequence[str] = REPS) -> on.SlotChosen:
    return on.SlotChosen(
        lead_id=lead_id,
        occurred_at=MONDAY,
        type=kind,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=MINUTES[kind]),
        reps=tuple(reps),
    )


def in_parallel(place: Place, wanted: Sequence[on.SlotChosen], writers: int = 6) -> dict[int, Any]:
    """Book each in a transaction of its own, from several processes' connections; the last result by lead."""
    houses = [place.other(f"w{n}") for n in range(writers)]

    def book(one: tuple[House, on.SlotChosen]) -> tuple[int, Any]:
        house, event = one
        recorded = record_events(house, [event])
        answers = [r for r in recorded.results[event.lead_id] if isinstance(r, on.SlotTaken | on.AppointmentBooked)]
        assert len(answers) == 1
        return event.lead_id, answers[0]

    with ThreadPoolExecutor(writers) as pool:
        return dict(pool.map(book, [(houses[n % writers], event) for n, event in enumerate(wanted)]))


def overlaps(rows: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Pairs of one rep's open appointments whose times, the buffers of either included, share a minute."""
    busy: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    found = []
    for row in rows:
        before, after = BUFFERS[row["type"]]
        begins, ends = row["starts_at"] - timedelta(minutes=before), row["ends_at"] + timedelta(minutes=after)
        found += [(row, other) for other in busy[row["rep"]] if begins < other[1] and other[0] < ends]
        busy[row["rep"]].append((begins, ends))
    return found


def booked(place: Place) -> list[Any]:
    with place.house.database.read() as connection:
        return appointments.between(connection, REPS, DAY - timedelta(days=1), DAY + timedelta(days=2))


def test_calls_and_visits_at_staggered_starts_never_overlap(
    build_place: Callable[..., Place], database_url: str
) -> None:
    from tests.support.home import COMPANY

    place = build_place(database_url, company=COMPANY.replace("daily_maximum: 3", "daily_maximum: 50"))
    chance = Random(7)
    starts = [DAY + timedelta(minutes=15 * n) for n in range(24)]
    wanted = [chosen(lead_id, chance.choice(["call", "visit"]), chance.choice(starts)) for lead_id in place.leads(80)]
    done = in_parallel(place, wanted)
    rows = booked(place)
    assert not overlaps(rows)
    won = {lead_id for lead_id, answer in done.items() if isinstance(answer, on.AppointmentBooked)}
    assert won == {row["lead_id"] for row in rows}
    assert len(rows) == len(won)
    for event in wanted:
        if event.lead_id not in won:
            assert isinstance(done[event.lead_id], on.SlotTaken)
            for rep in REPS:
                hers = {"rep": rep, "type": event.type, "starts_at": event.starts_at, "ends_at": event.ends_at}
                assert overlaps([*rows, hers]), "whoever is told no was in somebody's way at every rep"
    with place.house.database.read() as connection:
        cells = booking.taken_cells(connection, REPS, 0, 10**9)
    assert sum(map(len, cells.values())) == place.sql("SELECT count(*) FROM diary_cells")[0][0]
    for lead_id in won:
        lead = place.load(lead_id)
        assert lead.handoff is not None
        assert lead.handoff.rep == lead.appointments[0].rep


def test_whoever_lost_left_nothing_behind(place: Place) -> None:
    done = in_parallel(place, [chosen(lead_id, "call", DAY) for lead_id in place.leads(10)])
    won = [lead_id for lead_id, answer in done.items() if isinstance(answer, on.AppointmentBooked)]
    assert len(won) == len(REPS)
    assert {row["rep"] for row in booked(place)} == set(REPS)
    for lead_id in set(done) - set(won):
        lead = place.load(lead_id)
        assert not lead.appointments
        assert lead.handoff is None
        assert place.rows(lead_id) == []


def test_a_rep_s_daily_maximum_holds_in_parallel(place: Place) -> None:
    wanted = [
        chosen(lead_id, "visit", DAY + timedelta(minutes=75 * (n % 8)), ["camille"])
        for n, lead_id in enumerate(place.leads(16))
    ]
    done = in_parallel(place, wanted)
    rows = booked(place)
    assert Counter(row["type"] for row in rows) == {"visit": 3}
    assert sum(isinstance(answer, on.AppointmentBooked) for answer in done.values()) == 3
    assert not overlaps(rows)


def test_a_rep_s_daily_maximum_holds_for_times_that_are_kept_too(place: Place) -> None:
    def wants(lead_id: int, number: int) -> on.SlotWanted:
        starts = DAY + timedelta(minutes=75 * number)
        ends = starts + timedelta(minutes=45)
        return on.SlotWanted(
            lead_id=lead_id, occurred_at=MONDAY, type="visit", starts_at=starts, ends_at=ends, reps=("camille",)
        )

    leads = place.leads(6)
    place.happens(chosen(leads[0], "visit", DAY, ["camille"]))
    done = place.happens(*(wants(lead_id, number) for number, lead_id in enumerate(leads[1:], 1)))
    answers = [type(answer) for lead_id in leads[1:] for answer in done.results[lead_id]]
    assert answers == [on.SlotHeld, on.SlotHeld, on.SlotTaken, on.SlotTaken, on.SlotTaken]


def test_the_days_of_all_reps_are_counted_in_one_statement_while_their_diaries_are_locked(place: Place) -> None:
    people = place.leads(4)
    with counted(place.house.database) as statements:
        done = place.happens(*(chosen(one, "visit", DAY, REPS) for one in people[:3]))
    assert sum("FROM holds" in one and "count(" in one for one in statements) == 3, "one for each who books"
    assert {a.rep for one in people for a in place.load(one).appointments} == set(REPS)
    assert [type(answer) for answer in done.results[people[2]]] == [on.SlotTaken]


def test_the_daily_maximum_of_a_type_counts_that_type_only(place: Place) -> None:
    leads = place.leads(7)
    calls = [chosen(leads[n], "call", DAY + timedelta(hours=n), ["camille"]) for n in range(4)]
    visits = [chosen(leads[4 + n], "visit", DAY + timedelta(hours=4 + 2 * n), ["camille"]) for n in range(3)]
    place.happens(*calls, *visits)
    assert Counter(row["type"] for row in booked(place)) == {"call": 4, "visit": 3}


def test_one_lead_who_clicks_twice_has_one_appointment(place: Place) -> None:
    ana = place.lead()
    houses = [place.other(name) for name in ("a", "b")]
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(lambda n: record_events(houses[n % 2], [chosen(ana, "call", DAY + timedelta(hours=n))]), range(6))
        )
    assert len(booked(place)) == 1
    assert len(place.load(ana).appointments) == 1


def test_a_cancelled_appointment_frees_its_time(place: Place) -> None:
    ana, ben = place.leads(2)
    place.happens(chosen(ana, "visit", DAY, ["camille"]))
    taken = place.happens(chosen(ben, "visit", DAY + timedelta(minutes=45), ["camille"]))
    assert [type(one) for one in taken.results[ben]] == [on.SlotTaken]
    appointment = place.load(ana).appointments[0]
    place.happens(on.AppointmentCancelled(lead_id=ana, occurred_at=MONDAY, appointment=appointment.id))
    assert place.sql("SELECT count(*) FROM diary_cells") == [(0,)]
    place.happens(chosen(ben, "visit", DAY + timedelta(minutes=45), ["camille"]))
    assert [row["lead_id"] for row in booked(place) if row["state"] == "booked"] == [ben]


@pytest.mark.parametrize("reps", [REPS, tuple(reversed(REPS))])
def test_the_least_busy_of_the_free_reps_is_booked(place: Place, reps: tuple[str, ...]) -> None:
    ana, ben = place.leads(2)
    place.happens(chosen(ana, "call", DAY, reps))
    place.happens(chosen(ben, "call", DAY + timedelta(hours=2), reps))
    assert {row["rep"] for row in booked(place)} == set(REPS)


def test_an_invitation_that_was_overtaken_by_its_cancellation_never_leaves(lite: Place) -> None:
    lead_id = lite.leads(1)[0]
    lite.happens(chosen(lead_id, "call", DAY))
    appointment = lite.load(lead_id).appointments[0]
    lite.happens(on.AppointmentCancelled(lead_id=lead_id, occurred_at=lite.now, appointment=appointment.id))
    lite.drain()
    states = {row["message"]: (row["state"], row["reason"]) for row in lite.rows(lead_id)}
    assert states["house/appointment_booked"] == ("skipped", "the appointment has changed since")
    assert states["house/appointment_cancelled"] == ("sent", None)
    methods = [line for mail in lite.sent() for line in mail.raw.decode().splitlines() if "method=" in line]
    assert len(methods) == 2
    assert all("CANCEL" in line for line in methods)


def test_a_reminder_that_is_taken_back_stands_in_her_history_when_it_was(place: Place) -> None:
    lead_id = place.leads(1)[0]
    place.happens(chosen(lead_id, "call", DAY + timedelta(days=3)))
    appointment = place.load(lead_id).appointments[0]
    place.drain()
    place.happens(on.AppointmentCancelled(lead_id=lead_id, occurred_at=place.now, appointment=appointment.id))
    skipped = [row for row in place.rows(lead_id) if row["message"] == "house/appointment_reminder"]
    assert {row["state"] for row in skipped} == {"skipped"}
    history = read_lead(place.house, HUGO, lead_id, "en").history
    assert sum("not sent" in one.what for one in history) == len(skipped)
    assert max(one.at for one in history) <= place.now


@pytest.mark.parametrize("who", ["team", "owner"])
def test_an_own_rep_is_met_and_only_a_type_with_reps_by_name_meets_those(lite: Place, who: str) -> None:
    ana, ben = lite.leads(2)
    lite.happens(chosen(ana, "call", DAY, ["idris"]))
    company = lite.published.company.company
    kind = company.appointment_types[0].model_copy(update={"who": who})
    named = kind.model_copy(update={"who": "rep", "reps": ["camille"]})
    owned, free = lite.load(ana), lite.load(ben)
    assert [rep.id for rep in reps_for(company, kind, owned)] == ["idris"], "whoever took her lead"
    assert [rep.id for rep in reps_for(company, kind, free)] == list(REPS)
    assert [rep.id for rep in reps_for(company, named, owned)] == ["camille"]


def test_what_is_over_and_unmarked_weighs_on_nobody_when_the_next_is_given(place: Place) -> None:
    ana, ben, eva, zoe = place.leads(4)
    for number, lead_id in enumerate((ana, ben)):
        place.happens(chosen(lead_id, "call", DAY + timedelta(hours=number), ["camille"]))
    place.set(DAY + timedelta(days=1))
    later = DAY + timedelta(days=7)
    place.happens(chosen(eva, "call", later, ["idris"]))
    place.happens(chosen(zoe, "call", later + timedelta(hours=2)))
    assert [place.load(one).appointments[0].rep for one in (ben, eva, zoe)] == ["camille", "idris", "camille"]


def test_bookings_of_the_same_kind_go_round_by_load(place: Place) -> None:
    for number, lead_id in enumerate(place.leads(6)):
        place.happens(chosen(lead_id, "call", DAY + timedelta(hours=number)))
    assert Counter(row["rep"] for row in booked(place)) == {"camille": 3, "idris": 3}
