"""What the installation keeps by itself: events and keys, facts, versions, clock, leases, audit, secrets, outbox."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from funnel.domain import events as on
from funnel.domain.effects import BookSlot, HoldSlot
from funnel.domain.lead import Appointment
from funnel.domain.slots import cells
from funnel.storage import appointments, booking, events, holds, installation, outbox, outbox_lists, windows
from funnel.storage.bulk import append_many
from funnel.storage.connections import DatabaseAway
from funnel.storage.database import Database, machine_now
from tests.storage.conftest import NOW
from tests.storage.test_people import HARD

Make = Callable[[str], int]


def test_events_are_kept_whole_in_recorded_order(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    form = on.FormSubmitted(
        lead_id=ana,
        occurred_at=NOW - timedelta(days=3),
        key="form/1",
        scenario="tunnel",
        submission="f1",
        fields={"name": HARD},
        consents={"follow_up_email": True},
    )
    slot = on.SlotChosen(
        lead_id=ana, occurred_at=NOW + timedelta(hours=1), type="call", starts_at=NOW, ends_at=NOW, reps=("a", "b")
    )
    with database.write() as connection:
        events.add(connection, [events.row(form, "b", NOW), events.row(slot, "a", NOW, f"failed: {HARD}")])
        events.add(connection, [events.row(form, "0", NOW + timedelta(microseconds=1))])
        kept = events.of_lead(connection, ana)
    assert [(one["id"], one["kind"]) for one in kept] == [
        ("a", "SlotChosen"), ("b", "FormSubmitted"), ("0", "FormSubmitted"),
    ]  # fmt: skip
    assert kept[0]["failed"] == f"failed: {HARD}"
    assert kept[0]["payload"]["reps"] == ["a", "b"]
    assert kept[0]["occurred_at"] == NOW, "nothing occurs after it was recorded"
    assert kept[1]["occurred_at"] == NOW - timedelta(hours=24), "nor more than a day before"
    assert kept[1]["payload"]["fields"] == {"name": HARD}
    assert kept[1]["payload"]["key"] == "form/1"


def test_a_key_is_taken_once_and_forgotten_after_35_days(database: Database) -> None:
    with database.write() as connection:
        assert events.take_keys(connection, ["a", "b", "a"], NOW) == {"a", "b"}
        assert events.take_keys(connection, ["b", "c"], NOW + timedelta(days=10)) == {"c"}
        assert events.is_taken(connection, "a")
        assert events.trim_keys(connection, NOW + timedelta(days=35)) == 0
        assert events.trim_keys(connection, NOW + timedelta(days=35, microseconds=1)) == 2
        assert events.take_keys(connection, ["a", "c"], NOW + timedelta(days=36)) == {"a"}


def test_events_recorded_once_take_their_keys_and_leave_out_those_that_are_taken(
    database: Database, make_lead: Make
) -> None:
    ana = make_lead("ana@example.org")

    def read(key: str, event_id: str) -> dict[str, Any]:
        page = on.PageVisited(lead_id=ana, occurred_at=NOW, key=key, visitor="v", page="a/b", title=HARD)
        return events.row(page, event_id, NOW)

    with database.write() as connection:
        events.take_keys(connection, ["taken"], NOW)
        events.add_once(connection, [read("z", "1"), read("taken", "2"), read("b", "3")], NOW)
        events.add_once(connection, [read("b", "4"), read("c", "5")], NOW)
        events.add_once(connection, [], NOW)
        kept = [(row["id"], row["payload"]["key"], row["payload"]["title"]) for row in events.of_lead(connection, ana)]
        assert events.take_keys(connection, ["z", "b", "c", "d"], NOW) == {"d"}
    assert kept == [("1", "z", HARD), ("3", "b", HARD), ("5", "c", HARD)]


def test_events_of_a_database_that_goes_away_are_not_recorded_and_it_is_said_to_be_away(
    postgres_url: Callable[[str], str],
) -> None:
    database = Database(postgres_url("18"))
    page = on.PageVisited(lead_id=1, occurred_at=NOW, key="k", visitor="v", page="a/b")

    def lose() -> None:
        with database.write() as connection:
            own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with database.write() as other:
                other.execute(text(f"SELECT pg_terminate_backend({own})"))
            append_many(connection, events.events, [events.row(page, "1", NOW)])

    with pytest.raises(DatabaseAway):
        lose()
    with database.read() as connection:
        assert events.of_lead(connection, 1) == []
    database.close()


def test_a_key_taken_by_a_transaction_that_fails_is_free_again(database: Database) -> None:
    class Broken(Exception):
        """Something went wrong after the key."""

    try:
        with database.write() as connection:
            events.take_keys(connection, ["a"], NOW)
            raise Broken
    except Broken:
        pass
    with database.write() as connection:
        assert events.take_keys(connection, ["a"], NOW) == {"a"}


def test_facts_are_appended_once_and_may_correct_others(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")

    def fact(key: str, **more: Any) -> dict[str, Any]:
        empty = dict.fromkeys(("rep", "team", "account", "offer", "scenario", "source", "cta", "amount", "corrects"))
        row = {"key": key, "kind": "appointment_held", "occurred_at": NOW, "recorded_at": NOW, "lead_id": ana}
        return {**row, **empty, **more}

    with database.write() as connection:
        events.add_facts(connection, [fact("a", rep="idris", amount=2**40), fact("b", corrects="a", account=HARD)])
        events.add_facts(connection, [fact("a", rep="camille"), fact("c", lead_id=None)])
        kept = [row._mapping for row in connection.execute(events.facts.select().order_by(events.facts.c.id))]
    assert [(one["key"], one["rep"], one["amount"], one["corrects"], one["lead_id"]) for one in kept] == [
        ("a", "idris", 2**40, None, ana), ("b", None, None, "a", ana), ("c", None, None, None, None),
    ]  # fmt: skip
    assert kept[1]["account"] == HARD


def test_a_version_is_kept_with_all_its_bytes_and_equal_bytes_once(database: Database) -> None:
    files = {"scenarios/a.yaml": b"\x00\xff binary", "b/c.mjml": "Ümit".encode(), "empty": b"", "twin": b""}
    with database.write() as connection:
        installation.store_version(connection, "a", "d1", files, NOW)
        installation.store_version(connection, "a", "d1", {"other": b"!"}, NOW)
        installation.store_version(connection, "a", "d2", {**files, "new": b"n"}, NOW)
        assert installation.files_of(connection, "d1") == files
        assert installation.files_of(connection, "d2") == {**files, "new": b"n"}
        assert installation.files_of(connection, "none") == {}
        assert len(connection.execute(installation.blobs.select()).all()) == 4
        before = installation.moment(connection).revision
        installation.publish(connection, "a", "d1", NOW)
        installation.publish(connection, "a", "d2", NOW + timedelta(1))
        installation.note_trouble(connection, {"a": HARD})
        (row,) = installation.published(connection)
        assert (row["digest"], row["paused"], row["trouble"]) == ("d2", False, HARD)
        assert installation.moment(connection).revision == before + 2
        installation.note_trouble(connection, {})
        installation.set_paused(connection, ["a"], True)
        (row,) = installation.published(connection)
        assert (row["paused"], row["trouble"]) == (True, None)


def test_business_time_runs_on_from_where_it_is_set_and_machine_time_does_not_move(database: Database) -> None:
    with database.write() as connection:
        assert abs(installation.moment(connection).now - datetime.now(UTC)) < timedelta(minutes=1)
        installation.set_clock(connection, NOW)
        one = installation.moment(connection).now
        assert NOW <= one < NOW + timedelta(minutes=1)
        assert abs(machine_now(connection) - datetime.now(UTC)) < timedelta(minutes=1)
    with database.read() as connection:
        assert installation.moment(connection).now > one


def test_a_lease_is_one_process_s_until_it_ends_and_due_again_after_its_period(database: Database) -> None:
    every, lease = timedelta(hours=1), timedelta(minutes=5)

    def take(holder: str, every: timedelta = every) -> bool:
        with database.write() as connection:
            return installation.take_lease(connection, "nightly", holder, every, lease)

    with database.read() as connection:
        assert installation.next_lease(connection, {"nightly": every}) <= 0
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda n: take(f"w{n}"), range(12))) == 1
    assert not take("other", timedelta(0)), "it is held"
    with database.write() as connection:
        installation.give_lease_back(connection, "nightly", "somebody else")
    assert not take("other", timedelta(0))
    with database.write() as connection:
        holder = connection.execute(installation.leases.select()).mappings().one()["holder"]
        installation.give_lease_back(connection, "nightly", holder)
    assert not take("other"), "its hour has not passed"
    assert take("other", timedelta(0))
    with database.read() as connection:
        assert 3500 < installation.next_lease(connection, {"nightly": every}) <= 3600


def test_processes_that_live_are_seen_and_the_silent_forgotten(database: Database) -> None:
    with database.write() as connection:
        now = machine_now(connection)
        installation.note_beat(connection, "alive/w1", "w1", now - timedelta(minutes=1))  # as before they had kinds
        installation.note_beat(connection, "alive/w1", "worker", now)
        installation.note_beat(connection, "alive/tick", "tick", now - timedelta(days=2))
        assert installation.beats(connection, now - timedelta(seconds=10)) == {"worker"}
        assert installation.beats(connection, now - timedelta(days=9)) == {"worker", "tick"}
        installation.trim_beats(connection, now - timedelta(days=1))
        assert installation.beats(connection, now - timedelta(days=9)) == {"worker"}


def test_the_audit_names_who_did_what_newest_first(database: Database) -> None:
    with database.write() as connection:
        for n in range(3):
            installation.write_audit(connection, "nadia", f"what {n}", HARD, {"n": n, "why": HARD}, NOW)
        trail = installation.audit_trail(connection, 2)
    assert [one["what"] for one in trail] == ["what 2", "what 1"]
    assert trail[0]["details"] == {"n": 2, "why": HARD}


def test_the_suppression_key_is_made_once(database: Database) -> None:
    with database.write() as connection:
        key = installation.secret(connection, "suppression")
        installation.prepare(connection)
        assert installation.secret(connection, "suppression") == key
        assert len(key) == 32


START = NOW.replace(microsecond=0)


def slot(minutes: int = 30, start: datetime = START, **more: Any) -> BookSlot:
    whole: dict[str, Any] = {
        "type": "call",
        "starts_at": start,
        "ends_at": start + timedelta(minutes=minutes),
        "reps": ("idris", "camille"),
        "scenario": "tunnel",
        "pass_number": 1,
        "by": "lead",
    }
    return BookSlot(**{**whole, **more})


def test_an_appointment_takes_its_cells_and_frees_them_when_cancelled(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    with database.write() as connection:
        one = booking.book(connection, ana, slot(buffer_after=10), NOW, {})
        two = booking.book(connection, ana, slot(45, NOW + timedelta(minutes=35)), NOW, {})
        assert one is not None
        assert two is not None
        assert (one[1], two[1]) == ("idris", "camille")
        assert booking.book(connection, ana, slot(45, NOW + timedelta(minutes=20)), NOW, {}) is None
        kept = [a for _, a in appointments.of_leads(connection, [ana])]
        assert [(a.id, a.rep, a.state, a.sequence) for a in kept] == [
            (one[0], "idris", "booked", 0),
            (two[0], "camille", "booked", 0),
        ]
        first = (int(NOW.timestamp()) // 60) // 5
        assert booking.taken_cells(connection, ["idris"], 0, 10**8) == {"idris": set(range(first, first + 8))}
        before = START - timedelta(seconds=1)
        assert appointments.load(connection, ["idris", "maud"], before) == {"idris": 1, "maud": 0}
        assert appointments.load(connection, ["idris", "maud"], START) == {"idris": 0, "maud": 0}
        assert appointments.lead_of(connection, one[0]) == ana
        assert appointments.lead_of(connection, 999) is None
        a: Appointment = kept[0]
        cancelled = Appointment(a.id, a.type, a.rep, a.starts_at, a.ends_at, "cancelled", 1, "tunnel", 1, 2)
        appointments.put(connection, [cancelled])
        assert appointments.of_leads(connection, [ana])[0] == (ana, cancelled)
        assert booking.taken_cells(connection, ["idris"], 0, 10**8) == {"idris": set()}
        over = appointments.unmarked(connection, ["idris", "camille"], NOW + timedelta(days=1), 10)
        assert [row["id"] for row in over] == [two[0]]
        found = appointments.between(connection, ["idris", "camille"], NOW - timedelta(1), NOW + timedelta(1))
        assert [row["id"] for row in found] == [one[0], two[0]]


def mail(lead_id: int | None, key: str, **more: Any) -> dict[str, Any]:
    row = {
        "key": key, "lead_id": lead_id, "channel": "mail", "kind": "marketing", "message": "tunnel/offer",
        "version": "v1", "recipient": "lead", "purpose": "follow_up_email", "scenario": "tunnel", "pass_number": 1,
        "step": "offer", "cause": "tunnel/offer/1", "data": {"text": HARD}, "planned_at": NOW, "not_before": NOW,
        "state": "ready", "reason": None, "tells": False, "told": False, "attempts": 0,
    }  # fmt: skip
    return {**row, **more}


def test_the_outbox_takes_a_key_once_and_gives_rows_out_once(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    with database.write() as connection:
        outbox.add(connection, [mail(ana, f"k{n}", not_before=NOW + timedelta(seconds=5 - n)) for n in range(5)])
        outbox.add(connection, [mail(ana, "k1", message="other"), mail(ana, "web", channel="webhook")])
        assert outbox_lists.next_ready(connection, "mail") == NOW + timedelta(seconds=1)
        assert outbox_lists.next_ready(connection) == NOW
        one = windows.claim(connection, "mail", "w1/a", NOW + timedelta(seconds=4), 60, 3)
        two = windows.claim(connection, "mail", "w2/b", NOW + timedelta(seconds=4), 60, 3)
    assert [row["key"] for row in one] == ["k4", "k3", "k2"]
    assert [row["key"] for row in two] == ["k1"]
    assert one[0]["data"] == {"text": HARD}
    assert two[0]["message"] == "tunnel/offer"
    with database.write() as connection:
        windows.give_back(connection, "w1/a")
        again = windows.claim(connection, "mail", "w3/c", NOW + timedelta(seconds=4), 60, 9)
        assert [row["key"] for row in again] == ["k4", "k3", "k2"]
        assert outbox_lists.ledger(connection) == {
            ("mail", "claimed"): 4,
            ("mail", "ready"): 1,
            ("webhook", "ready"): 1,
        }


def test_a_window_turns_only_what_is_still_the_worker_s(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE leads SET consents = '{\"follow_up_email\": true}'")
        outbox.add(connection, [mail(ana, f"k{n}") for n in range(3)])
        ids = [row["id"] for row in windows.claim(connection, "mail", "w1/a", NOW, 60, 9)]
        opening = [
            {"id": one, "lead_id": ana, "expect": "claimed", "state": "attempting", "begun_at": NOW,
             "frozen": {"to": [HARD]}, "digest": f"d{one}", "message_id": f"<{one}@x>"}
            for one in ids
        ]  # fmt: skip
        assert windows.turn_window(connection, "w2/b", opening) == {}
        assert windows.turn_window(connection, "w1/a", opening) == dict.fromkeys(ids, ("attempting", None))
        assert windows.turn_window(connection, "w1/a", opening) == {}
        settled = [
            {"id": ids[0], "lead_id": ana, "expect": "attempting", "state": "sent", "left_at": NOW, "ended_at": NOW,
             "outcome": "accepted", "reply": HARD},
            {"id": ids[1], "lead_id": ana, "expect": "attempting", "state": "ready", "reason": "later",
             "not_before": NOW + timedelta(minutes=1), "ended_at": NOW, "outcome": "temporary", "reply": "451"},
            {"id": ids[2], "lead_id": ana, "expect": "attempting", "state": "ready"},
        ]  # fmt: skip
        assert set(windows.turn_window(connection, "w1/a", settled)) == set(ids)
        sent, later, untouched = outbox.rows(connection, ids)
        tried = connection.execute(outbox.attempts.select().order_by(outbox.attempts.c.outbox_id)).mappings().all()
    assert (sent["state"], sent["left_at"], sent["attempts"], sent["frozen"]) == ("sent", NOW, 1, {"to": [HARD]})
    assert (later["state"], later["reason"], later["attempts"]) == ("ready", "later", 1)
    assert later["not_before"] == NOW + timedelta(minutes=1)
    assert (untouched["state"], untouched["attempts"], untouched["claimed_by"]) == ("ready", 0, None)
    assert [(one["outbox_id"], one["number"], one["outcome"], one["reply"], one["worker"]) for one in tried] == [
        (ids[0], 1, "accepted", HARD, "w1/a"), (ids[1], 1, "temporary", "451", "w1/a"),
    ]  # fmt: skip


def test_rows_of_the_dead_and_of_leases_that_ran_out_are_found(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    with database.write() as connection:
        outbox.add(connection, [mail(ana, f"k{n}") for n in range(3)])
        for worker, seconds in (("dead-1/a", 60), ("dead-11/b", 60), ("late/c", -1)):
            windows.claim(connection, "mail", worker, NOW, seconds, 1)
        assert [row["claimed_by"] for row in windows.expired(connection, [])] == ["late/c"]
        gone = windows.expired(connection, ["dead-1", "dead_1"])
        assert sorted(row["claimed_by"] for row in gone) == ["dead-1/a", "late/c"]
        resolved = {"state": "sent", "reason": None, "left_at": NOW, "number": 1, "begun_at": None, "ended_at": NOW,
                    "outcome": "accepted", "reply": "250"}  # fmt: skip
        windows.resolve(connection, [{"id": row["id"], **resolved} for row in gone], "me")
        assert outbox_lists.ledger(connection) == {("mail", "sent"): 2, ("mail", "claimed"): 1}
        assert windows.expired(connection, []) == []


def test_ends_that_somebody_waits_for_are_told_once(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    with database.write() as connection:
        outbox.add(
            connection, [mail(ana, "a", tells=True, state="skipped"), mail(ana, "b", tells=True), mail(ana, "c")]
        )
        assert outbox.anything_untold(connection)
        assert outbox_lists.busy(connection, NOW) == 3
        (row,) = outbox.untold(connection, 9)
        assert row["key"] == "a"
        outbox.mark_told(connection, [row["id"]])
        assert not outbox.anything_untold(connection)
        assert outbox_lists.busy(connection, NOW - timedelta(1)) == 0


def test_a_held_slot_is_offered_to_nobody_else_until_its_time_is_over(database: Database, make_lead: Make) -> None:
    ana, ben = make_lead("ana@example.org"), make_lead("ben@example.org")
    wanted = HoldSlot("call", slot().starts_at, slot().ends_at, ("idris",), NOW + timedelta(minutes=10))
    with database.write() as connection:
        held = holds.hold(connection, ana, wanted, NOW, {})
        assert held is not None
        assert held[1] == "idris"
        for_ben = booking.taken_cells(connection, ["idris"], 0, 10**8, now=NOW, lead_id=ben)
        for_ana = booking.taken_cells(connection, ["idris"], 0, 10**8, now=NOW, lead_id=ana)
        assert (for_ben["idris"], for_ana["idris"]) == (set(cells(wanted.starts_at, wanted.ends_at)), set())
        assert booking.book(connection, ben, slot(reps=("idris",)), NOW, {}) is None
        assert holds.hold(connection, ben, wanted, NOW, {}) is None
        later = NOW + timedelta(minutes=10)
        assert booking.taken_cells(connection, ["idris"], 0, 10**8, now=later, lead_id=ben) == {"idris": set()}
        assert booking.book(connection, ben, slot(reps=("idris",)), later, {}) is not None


def test_booking_takes_the_place_of_her_own_hold(database: Database, make_lead: Make) -> None:
    ana = make_lead("ana@example.org")
    wanted = HoldSlot("call", slot().starts_at, slot().ends_at, ("idris",), NOW + timedelta(minutes=10))
    with database.write() as connection:
        first = holds.hold(connection, ana, wanted, NOW, {})
        again = holds.hold(connection, ana, wanted, NOW, {})
        assert first is not None
        assert again is not None
        assert booking.book(connection, ana, slot(reps=("idris",)), NOW, {}) is not None
        holds.release_expired(connection, NOW + timedelta(days=1))
        taken = booking.taken_cells(connection, ["idris"], 0, 10**8)
        assert taken == {"idris": set(cells(wanted.starts_at, wanted.ends_at))}
