"""The one door: batches, keys that count once, leads that fail alone, locks that are waited for and no longer."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from funnel.domain import events as on
from funnel.storage import enrolments, events, leads
from funnel.storage.connections import DatabaseAway
from funnel.usecases.errors import NotRecorded
from funnel.usecases.record_events import record_events
from funnel.usecases.run_due_steps import run_due_steps
from tests.support.databases import counted
from tests.support.place import MONDAY, Place

AT_ONCE = 8


def points(lead_id: int, number: int = 1, key: str | None = None) -> on.PointsGiven:
    return on.PointsGiven(lead_id=lead_id, occurred_at=MONDAY, points=number, because="by hand", key=key)


def test_an_event_with_a_key_counts_once_however_often_it_comes(place: Place) -> None:
    ana = place.lead()
    assert place.happens(points(ana, 5, "k1")).repeated == set()
    assert place.happens(points(ana, 5, "k1")).repeated == {"k1"}
    assert place.happens(points(ana, 5, "k2"), points(ana, 5, "k2")).repeated == set()
    assert place.load(ana).score == 10
    assert place.sql("SELECT count(*) FROM events") == [(2,)]


def test_equal_events_in_parallel_count_once(place: Place) -> None:
    ana = place.lead()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(lambda _: record_events(place.house, [points(ana, 7, "same")]), range(24)))
    assert place.load(ana).score == 7
    assert sum(not one.repeated for one in done) == 1


def test_a_hundred_equal_forms_at_once_make_one_lead_one_enrolment_one_mail(place: Place) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(lambda _: place.submits(once="double-click"), range(100)))
    assert len({one.lead_id for one in done}) == 1
    lead = place.load(done[0].lead_id)
    assert len(lead.enrolments) == 1
    assert [row["message"] for row in place.rows()] == ["tunnel/results"]
    assert place.sql("SELECT count(*) FROM submissions") == [(1,)]
    assert {one.pass_number for one in done} == {1}


def test_the_same_form_sent_with_another_address_is_another_form(place: Place) -> None:
    first = place.submits("ana@example.org", once="one page")
    second = place.submits("ana.lund@example.org", once="one page")
    assert first.lead_id != second.lead_id
    assert not second.repeated
    assert len(place.load(second.lead_id).enrolments) == 1


def test_a_form_carries_any_text_a_browser_may_send(place: Place) -> None:
    done = place.submits(once="x" * 500, source={"utm_source": "a\x00b"}, fields={"company": "A" * 160})
    assert place.load(done.lead_id).company == "A" * 160


def test_two_new_leads_of_one_address_at_once_are_one(place: Place) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(lambda n: place.submits(once=f"form {n}"), range(16)))
    assert len({one.lead_id for one in done}) == 1
    lead = place.load(done[0].lead_id)
    assert [e.pass_number for e in lead.enrolments] == [1]
    assert place.sql("SELECT count(*) FROM submissions") == [(16,)]
    assert place.sql("SELECT count(*) FROM facts WHERE kind = 'lead_created'") == [(1,)]


def test_a_lead_whose_decision_fails_is_parked_with_the_reason_and_the_batch_goes_on(place: Place) -> None:
    ana, ben, eva = place.leads(3)
    place.starts([ana, ben, eva])
    # A version that the book cannot give the step of: the lead stands where no such step is.
    place.sql("UPDATE enrolments SET step = 'gone' WHERE lead_id = :id", id=ben)
    place.set(place.load(ana).enrolments[0].due_at)  # type: ignore[arg-type]
    assert run_due_steps(place.house)
    assert not run_due_steps(place.house)
    parked = place.load(ben).enrolments[0]
    assert parked.state == "parked"
    assert "gone" in (parked.reason or "")
    assert {place.load(one).enrolments[0].state for one in (ana, eva)} == {"awaiting"}
    failed = place.sql("SELECT lead_id, failed FROM events WHERE failed IS NOT NULL")
    assert [(lead_id, "gone" in why) for lead_id, why in failed] == [(ben, True)]


def test_a_lead_that_the_database_refuses_is_parked_alone(place: Place) -> None:
    """What passes the rules may break a constraint: the others of the batch must not wait for it for ever."""
    ana, ben, eva = place.leads(3)
    place.starts([ana, ben, eva])
    if place.house.database.lite:
        place.sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON outbox WHEN new.lead_id = "
            + str(ben)
            + " AND new.message = 'tunnel/offer'"
            " BEGIN SELECT RAISE(ABORT, 'refused by the test'); END"
        )
    else:
        place.sql(f"ALTER TABLE outbox ADD CONSTRAINT refuse CHECK (lead_id <> {ben} OR message <> 'tunnel/offer')")
    place.set(place.load(ana).enrolments[0].due_at)  # type: ignore[arg-type]
    while run_due_steps(place.house):
        pass
    parked = place.load(ben).enrolments[0]
    assert parked.state == "parked"
    assert "refuse" in (parked.reason or "")
    assert {place.load(one).enrolments[0].state for one in (ana, eva)} == {"awaiting"}


def test_a_form_waits_two_seconds_once_more_and_is_then_told_that_the_database_is_away(place: Place) -> None:
    place.submits(once="first")
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with place.house.database.write() as connection:
            connection.execute(leads.leads.update().values(status="warm"))
            held.set()
            release.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    begun = time.monotonic()
    try:
        with pytest.raises(DatabaseAway):
            place.submits(once="second")
        assert 3.5 < time.monotonic() - begun < 25, "it gives up before the other lets go"
    finally:
        release.set()
        holder.join()
    assert place.submits(once="second").repeated is False, "nothing of the refused form remains"
    if place.house.database.lite:
        with place.house.database.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 30000


def test_a_deadlock_repeats_the_work(postgres_url: Callable[[str], str], build_place: Callable[..., Place]) -> None:
    place = build_place(postgres_url("18"))
    ana, ben = place.leads(2)
    barrier = threading.Barrier(2)
    tries: list[int] = []

    def work(first: int, second: int) -> None:
        met: list[bool] = []

        def both(connection: Any) -> None:
            tries.append(first)
            connection.execute(text("UPDATE leads SET score = score + 1 WHERE id = :id"), {"id": first})
            if not met:
                met.append(True)
                barrier.wait(10)
            connection.execute(text("UPDATE leads SET score = score + 1 WHERE id = :id"), {"id": second})

        place.house.database.repeating(both)

    with ThreadPoolExecutor(2) as pool:
        for one in (pool.submit(work, ana, ben), pool.submit(work, ben, ana)):
            one.result(20)
    assert {place.load(one).score for one in (ana, ben)} == {2}
    assert len(tries) == 3


def test_an_error_of_the_caller_is_not_repeated(place: Place) -> None:
    tries: list[int] = []

    def wrong(connection: Any) -> None:
        tries.append(1)
        connection.execute(text("SELECT no_such_column FROM leads"))

    with pytest.raises((DBAPIError, DatabaseAway)):
        place.house.database.repeating(wrong)
    assert len(tries) == 1


def test_the_number_of_statements_does_not_grow_with_the_batch(place: Place) -> None:
    counts = []
    for size in (3, 60, 500):
        ids = place.leads(size, f"host{size}.org")
        place.starts(ids)
        place.sql("DELETE FROM outbox WHERE state = 'ready'")
        place.set(place.load(ids[0]).enrolments[0].due_at)  # type: ignore[arg-type]
        with place.house.database.read() as connection:
            assert enrolments.count_due(connection, place.now_in(connection)) >= size
        with counted(place.house.database) as sent:
            assert run_due_steps(place.house)
        counts.append(len(sent))
        assert not run_due_steps(place.house)
    assert counts[0] == counts[1] == counts[2], counts
    assert counts[0] <= 25


def test_a_lead_who_returns_after_a_new_version_is_served_by_the_one_she_was_in(lite: Place) -> None:
    tunnel = lite.home / "scenarios" / "tunnel.yaml"
    tunnel.write_text(tunnel.read_text().replace("again: each", "again: never"))
    lite.publish()
    first = lite.submits(once="first")
    for _ in range(4):
        lite.set(lite.now + timedelta(days=30))
        lite.drain()
    assert lite.load(first.lead_id).enrolments[-1].state == "ended"
    page = lite.home / "landing_pages" / "tunnel" / "form.html"
    page.write_text(page.read_text() + "<!-- another version -->")
    lite.publish()
    again = lite.submits(once="again")
    assert again.lead_id == first.lead_id
    assert [row["message"] for row in lite.rows()].count("tunnel/results") == 2


def test_a_person_s_event_on_which_a_rule_fails_is_given_up_whole(lite: Place) -> None:
    lead_id = lite.lead()
    event = on.PointsGiven(lead_id=lead_id, occurred_at=lite.now, key="once", points="many", because="x")  # type: ignore[arg-type]
    with pytest.raises(NotRecorded):
        lite.happens(event)
    with lite.house.database.read() as connection:
        assert not events.is_taken(connection, "once")


def test_whoever_waits_for_an_answer_is_kept_for_two_tries_only(lite: Place) -> None:
    lead_id = lite.lead()
    with lite.other().database.write() as holding:
        leads.lock(holding, [lead_id])
        started = time.monotonic()
        with pytest.raises(DatabaseAway):
            record_events(lite.house, [points(lead_id)], patience=0.6)
        waited = time.monotonic() - started
    assert waited < 2.7, "two tries take 1.2 s, five 3 s"
    assert lite.load(lead_id).score == 0
