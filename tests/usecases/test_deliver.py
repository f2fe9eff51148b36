"""Mails leave: each once, each with its end on its row, whatever the server says and whoever changes her mind."""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from funnel.bootstrap import Runner
from funnel.domain import events as on
from funnel.ports import Letter, Result, Wire
from funnel.storage import installation, outbox, outbox_lists, suppressions
from funnel.usecases.deliver import RETRY_AFTER, deliver
from funnel.usecases.house import House
from funnel.usecases.publish_scenarios import set_paused
from funnel.usecases.tell_outcomes import tell_outcomes
from tests.support.place import MONDAY, Place

OFFER = MONDAY + timedelta(days=2, minutes=1)
"""Wednesday morning: the offer of everyone who began on Monday is due."""


Still = Callable[[int], bool]


class Around:
    """A postman or writer of the house with something that happens just before it does its part."""

    def __init__(self, real: Any, before: Callable[[], object]) -> None:
        self._real = real
        self._before = before

    def carry(self, batch: Sequence[tuple[int, Wire]], until: float, still: Still) -> Iterable[tuple[int, Result]]:
        self._before()
        return self._real.carry(batch, max(until, time.monotonic() + 1), still)  # type: ignore[no-any-return]

    def build(self, letter: Letter) -> Wire:
        self._before()
        return self._real.build(letter)  # type: ignore[no-any-return]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def once(act: Callable[[], None]) -> Callable[[], None]:
    """The act at the first call, nothing at later ones."""
    left = [act]
    return lambda: left.pop()() if left else None


def with_offer(place: Place, address: str = "ana@example.org") -> int:
    """A lead whose offer is queued and not yet sent."""
    lead_id = place.submits(address).lead_id
    place.drain()
    place.set(OFFER)
    while place.runner.run("due"):
        pass
    assert place.row("offer", lead_id)["state"] == "ready"
    return lead_id


def to_the_next_try(place: Place, message: str) -> None:
    place.set(max(place.row(message)["not_before"], place.now) + timedelta(seconds=1))


def test_a_mail_is_sent_once_and_its_row_says_so(place: Place) -> None:
    ana = place.submits().lead_id
    while deliver(place.house):
        pass
    row = place.row("results", ana)
    (mail,) = place.sent()
    assert row["state"] == "sent"
    assert mail.to == ("ana@example.org",)
    assert mail.headers["Message-ID"] == row["message_id"]
    assert hashlib.sha256(mail.raw).hexdigest() == row["digest"]
    assert row["claimed_by"] is None
    (attempt,) = place.attempts(row["id"])
    assert (attempt["number"], attempt["outcome"]) == (1, "accepted")
    assert MONDAY <= attempt["begun_at"] <= attempt["ended_at"] == row["left_at"]
    assert not deliver(place.house)


@pytest.mark.parametrize("address", ["refuse+550@example.org", "reject+554@example.org"])
def test_a_mail_refused_for_good_is_never_tried_again(lite: Place, address: str) -> None:
    lite.submits(address)
    lite.drain()
    row = lite.row("results")
    assert row["state"] == "refused"
    assert row["reason"].startswith(address[7:10])
    lite.set(MONDAY + timedelta(days=1))
    lite.drain()
    assert [a["outcome"] for a in lite.attempts(row["id"])] == ["permanent"]
    assert lite.sent() == []


@pytest.mark.parametrize("address", ["refuse+450@example.org", "reject+451@example.org"])
def test_a_mail_refused_for_now_is_tried_again_with_growing_pauses_and_then_fails(lite: Place, address: str) -> None:
    lite.submits(address)
    pauses = []
    for _ in RETRY_AFTER:
        began = lite.now
        lite.drain()
        assert lite.row("results")["state"] == "ready"
        pauses.append(lite.row("results")["not_before"] - began)
        assert not deliver(lite.house), "not before its time"
        to_the_next_try(lite, "results")
    lite.drain()
    row = lite.row("results")
    assert (row["state"], row["attempts"]) == ("failed", len(RETRY_AFTER) + 1)
    assert row["reason"].startswith("45")
    for pause, wanted in zip(pauses, RETRY_AFTER, strict=True):
        assert wanted <= pause < wanted + timedelta(seconds=20)
    assert [a["number"] for a in lite.attempts(row["id"])] == list(range(1, len(RETRY_AFTER) + 2))
    begun = [a["begun_at"] for a in lite.attempts(row["id"])]
    assert begun == sorted(begun)
    assert begun[-1] - begun[0] >= sum(RETRY_AFTER, timedelta()), "each attempt tells when it began itself"


def test_a_server_that_is_down_is_tried_again_later(sqlite_url: str, build_place: Callable[..., Place]) -> None:
    place = build_place(sqlite_url)
    place.submits()
    from funnel.delivery.noted import NotedPostman

    nowhere = NotedPostman("smtp://127.0.0.1:9", place.settings.state / "notes", "nowhere")
    deliver(replace(place.house, postman=nowhere, notes=nowhere, worker="nowhere"))
    nowhere.close()
    assert place.row("results")["state"] == "ready"
    to_the_next_try(place, "results")
    place.drain()
    assert place.row("results")["state"] == "sent"
    assert len(place.sent()) == 1


def test_an_asked_mail_in_doubt_is_sent_again_the_same_to_the_last_byte(place: Place) -> None:
    ana = place.submits("swallow@example.org").lead_id
    place.drain()
    first = place.row("results")
    assert (first["state"], first["attempts"]) == ("ready", 1)
    # What the mail is made of changes meanwhile: the repeat must not.
    place.happens(on.DetailsChanged(lead_id=ana, occurred_at=MONDAY, fields={"name": "Anna Berg"}, by="camille"))
    to_the_next_try(place, "results")
    place.drain()
    one, two = place.sent()
    assert one.raw == two.raw
    assert one.headers["Message-ID"] == two.headers["Message-ID"] == first["message_id"]
    assert place.row("results")["digest"] == first["digest"] == hashlib.sha256(one.raw).hexdigest()


def test_a_server_that_never_answers_gets_an_asked_mail_a_few_times_only(lite: Place) -> None:
    lite.submits("vanish@example.org")
    for _ in RETRY_AFTER:
        lite.drain()
        to_the_next_try(lite, "results")
    lite.drain()
    row = lite.row("results")
    assert (row["state"], row["attempts"]) == ("in_doubt", len(RETRY_AFTER) + 1)


def test_a_marketing_mail_in_doubt_is_parked_and_may_be_sent_by_hand(lite: Place) -> None:
    ana = with_offer(lite)
    lite.sql("UPDATE leads SET email = 'swallow@example.org' WHERE id = :id", id=ana)
    lite.drain(lite.other())  # a hand in the database is no event: this process still has her in mind
    row = lite.row("offer")
    assert row["state"] == "in_doubt"
    assert row["reason"]
    lite.set(OFFER + timedelta(days=1))
    lite.drain()
    assert len([mail for mail in lite.sent() if mail.subject.startswith("offer")]) == 1
    with lite.house.database.write() as connection:
        assert outbox.try_again(connection, "mail", row["id"], lite.now_in(connection))
    lite.drain()
    one, two = [mail for mail in lite.sent() if mail.subject.startswith("offer")]
    assert one.raw == two.raw


def withdraws(place: Place, lead_id: int) -> None:
    place.happens(
        on.ConsentChanged(
            lead_id=lead_id, occurred_at=OFFER, purpose="follow_up_email", given=False, wording="No", page="/u"
        )
    )


def unsubscribes(place: Place, lead_id: int) -> None:
    place.happens(on.Unsubscribed(lead_id=lead_id, occurred_at=OFFER, page="/u"))


def is_suppressed(place: Place, lead_id: int) -> None:
    """Her address is on the list for another reason than her own click (a restore, an erased twin)."""
    with place.house.database.write() as connection:
        key = installation.secret(connection, "suppression")
        entry = suppressions.address_hash(key, "ana@example.org")
        suppressions.add(connection, [{"address_hash": entry, "reason": "complained", "at": OFFER}])


def is_handed_over(place: Place, lead_id: int) -> None:
    place.happens(on.HandOffAsked(lead_id=lead_id, occurred_at=OFFER, because="fits", by="camille"))


@pytest.mark.parametrize(
    "change, why",
    [
        (withdraws, "no consent"),
        (unsubscribes, "unsubscribed"),
        (is_suppressed, "suppressed"),
        (is_handed_over, "handed over"),
    ],
)
def test_what_she_decided_after_it_was_queued_stops_a_marketing_mail(
    place: Place, change: Callable[[Place, int], None], why: str
) -> None:
    ana = with_offer(place)
    change(place, ana)
    place.drain()
    row = place.row("offer", ana)
    assert (row["state"], row["reason"]) == ("skipped", why)
    assert row["attempts"] == 0
    assert not [mail for mail in place.sent() if mail.subject.startswith("offer")]


@pytest.mark.parametrize(
    "change, why", [(withdraws, "no consent"), (unsubscribes, "unsubscribed"), (is_handed_over, "handed over")]
)
def test_even_after_it_was_claimed_and_written(place: Place, change: Callable[[Place, int], None], why: str) -> None:
    ana = with_offer(place)
    deliver(replace(place.house, writer=Around(place.house.writer, once(lambda: change(place, ana)))))
    row = place.row("offer", ana)
    assert (row["state"], row["reason"]) == ("skipped", why)
    assert not [mail for mail in place.sent() if mail.subject.startswith("offer")]
    place.drain()
    assert sum(place.states().values()) == len(place.rows())


def test_a_paused_scenario_s_mails_wait_and_leave_when_it_goes_on(place: Place) -> None:
    ana = with_offer(place)
    pause = once(lambda: set_paused(place.house, ["tunnel"], True))
    deliver(replace(place.house, writer=Around(place.house.writer, pause)))
    assert place.row("offer", ana)["state"] == "ready"
    place.drain()
    assert place.row("offer", ana)["state"] == "ready"
    assert place.submits("ben@example.org").lead_id, "forms still answer"
    place.drain()
    assert len(place.sent()) == 1
    set_paused(place.house, ["tunnel"], False)
    place.drain()
    assert place.row("offer", ana)["state"] == "sent"
    assert len(place.sent()) == 3


def test_a_marketing_mail_held_up_past_its_window_waits_for_the_next_morning(lite: Place) -> None:
    ana = with_offer(lite)
    friday_night = datetime(2027, 6, 11, 21, tzinfo=UTC)
    lite.set(friday_night)
    lite.submits("ben@example.org")
    lite.drain()
    row = lite.row("offer", ana)
    assert row["state"] == "ready"
    assert row["not_before"] == datetime(2027, 6, 14, 6, tzinfo=UTC), "Monday, 8 o'clock in Paris"
    assert Counter(mail.subject.split()[0] for mail in lite.sent()) == {"results": 2}, "what was asked leaves at once"
    lite.set(row["not_before"])
    lite.drain()
    assert lite.row("offer", ana)["state"] == "sent"


def test_a_worker_whose_lease_was_taken_over_sends_and_writes_nothing_more(place: Place) -> None:
    """It is held up before its second window; another settles its rows and sends them."""
    for n in range(6):
        place.submits(f"lead{n}@example.org")
    other = place.other("second")
    calls: list[int] = []

    def held_up() -> None:
        calls.append(1)
        if len(calls) == 2:
            place.sql("UPDATE outbox SET lease_until = :past WHERE state IN ('claimed', 'attempting')", past=LONG_AGO)
            Runner(other).run("mail")

    house = replace(
        place.house,
        settings=place.settings.model_copy(update={"send_window": 2}),
        postman=Around(place.house.postman, held_up),
    )
    deliver(house)
    # The second window was open when its lease ended: it was in doubt, asked for, and is carried twice.
    taken_over = [row for row in place.rows() if row["state"] == "ready"]
    place.set(MONDAY + timedelta(minutes=10))
    place.drain()
    assert taken_over == []
    assert place.states() == {"sent": 6}
    numbers = Counter(mail.to[0] for mail in place.sent())
    assert set(numbers) == {f"lead{n}@example.org" for n in range(6)}
    assert sum(numbers.values()) == 8, numbers
    assert [numbers[f"lead{n}@example.org"] for n in (0, 1, 4, 5)] == [1, 1, 1, 1]
    workers = Counter(a["worker"].split("-")[0] for row in place.rows() for a in place.attempts(row["id"]))
    assert workers == {"test": 2, "second": 6}


LONG_AGO = "2020-01-01T00:00:00.000000Z"


def test_several_workers_at_once_send_each_mail_once(place: Place) -> None:
    place.starts(place.leads(150))
    houses = [place.other(name) for name in ("a", "b", "c")]
    gate = threading.Barrier(len(houses))

    def work(house: House) -> None:
        gate.wait(10)
        for _ in range(12):
            deliver(replace(house, settings=place.settings.model_copy(update={"send_window": 10})))

    with ThreadPoolExecutor(len(houses)) as pool:
        for done in [pool.submit(work, house) for house in houses]:
            done.result(60)
    assert place.states() == {"sent": 150}
    assert set(Counter(mail.to for mail in place.sent()).values()) == {1}
    assert len(place.sent()) == 150


def test_the_same_step_and_pass_never_sends_twice(place: Place) -> None:
    ana = place.submits().lead_id
    place.drain()
    (row,) = place.rows(ana)
    names = ("key", "lead_id", "channel", "kind", "message", "version", "recipient", "purpose", "scenario", "step",
             "pass_number", "cause", "data", "planned_at", "not_before", "reason", "tells", "told")  # fmt: skip
    again = {name: row[name] for name in names} | {"state": "ready", "attempts": 0}
    with place.house.database.write() as connection:
        outbox.add(connection, [again])
    place.drain()
    assert len(place.rows(ana)) == len(place.sent()) == 1


def test_a_window_closes_after_a_second_and_what_was_not_begun_is_ready_again(lite: Place) -> None:
    lite.starts(lite.leads(8))
    slow = Around(lite.house.postman, lambda: None)

    def carry(batch: Sequence[tuple[int, Wire]], until: float, still: Still) -> Iterator[tuple[int, Result]]:
        for number, wire in batch:
            yield from lite.house.postman.carry([(number, wire)], until, still)
            threading.Event().wait(0.4)

    slow.carry = carry  # type: ignore[method-assign]
    deliver(replace(lite.house, postman=slow))
    states = lite.states()
    assert states.get("sent", 0) <= 3, "a slow machine begins fewer, none begins more"
    assert states.get("sent", 0) + states["ready"] == 8
    assert {row["attempts"] for row in lite.rows() if row["state"] == "ready"} == {0}
    lite.drain()
    assert lite.states() == {"sent": 8}
    assert {row["attempts"] for row in lite.rows()} == {1}
    assert len(lite.sent()) == 8


def test_a_mail_that_cannot_be_written_fails_alone(lite: Place) -> None:
    ana, ben = lite.leads(2)
    lite.starts([ana, ben])
    lite.sql("UPDATE outbox SET message = 'tunnel/gone' WHERE lead_id = :id", id=ana)
    lite.drain()
    assert lite.row("gone")["state"] == "failed"
    assert "cannot be written" in lite.row("gone")["reason"]
    assert lite.row("results", ben)["state"] == "sent"


def test_a_fault_of_ours_is_logged_with_its_place(lite: Place) -> None:
    lite.starts(lite.leads(1))

    def breaks() -> None:
        raise RuntimeError("ours")

    with capture_logs() as logs:
        deliver(replace(lite.house, writer=Around(lite.house.writer, breaks)))
        lite.sql("UPDATE outbox SET state = 'ready', message = 'tunnel/gone'")
        deliver(lite.house)
    assert lite.states() == {"failed": 1}
    assert [(one["error"], one["exc_info"]) for one in logs] == [("RuntimeError", True), ("TemplateMissing", False)]


def test_what_was_accepted_is_written_down_although_every_connection_was_lost(
    postgres_url: Callable[[str], str], build_place: Callable[..., Place]
) -> None:
    place = build_place(postgres_url("18"))
    place.starts(place.leads(5))

    def cut() -> None:
        place.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                  " AND pid <> pg_backend_pid()")  # fmt: skip

    real = place.house.postman

    def carry(batch: Sequence[tuple[int, Wire]], until: float, still: Still) -> Iterator[tuple[int, Result]]:
        yield from real.carry(batch, until, still)
        cut()

    holder = Around(real, lambda: None)
    holder.carry = carry  # type: ignore[method-assign]
    deliver(replace(place.house, postman=holder))
    assert place.states() == {"sent": 5}
    assert len(place.sent()) == 5


def test_a_worker_on_a_host_with_a_long_dotted_name_works_like_any_other(place: Place) -> None:
    host = "worker-" + "-".join(["mail.eu-central-1.compute.example.internal"] * 3)
    runner = Runner(place.other(host))
    runner.beat("worker")
    place.submits()
    assert runner.run("mail")
    (row,) = place.rows()
    assert row["state"] == "sent"
    assert place.attempts(row["id"])[0]["worker"].startswith("worker-mail-eu-central-1")


def test_the_ledger_balances(lite: Place) -> None:
    addresses = ["ana@example.org", "refuse+550@example.org", "reject+451@example.org", "swallow@example.org"]
    for address in addresses:
        lite.submits(address)
    lite.submits("ben@example.org", consent=False)
    for _ in range(12):
        lite.drain()
        lite.set(lite.now + timedelta(days=1))
    with lite.house.database.read() as connection:
        ledger = outbox_lists.ledger(connection)
        tried = connection.execute(outbox.attempts.select()).mappings().all()
    rows = lite.rows()
    assert sum(ledger.values()) == len(rows)
    for row in rows:
        own = [a for a in tried if a["outbox_id"] == row["id"]]
        assert len(own) == row["attempts"], row
        assert (row["state"] == "skipped") == (row["attempts"] == 0), row
    assert sum(a["outcome"] == "accepted" for a in tried) == ledger["mail", "sent"]


def test_an_await_counts_from_when_the_mail_before_it_left(place: Place) -> None:
    ana = with_offer(place)
    planned = place.load(ana).enrolments[0]
    assert planned.state == "awaiting"
    late = OFFER + timedelta(hours=5)
    place.set(late)
    assert deliver(place.house)
    assert tell_outcomes(place.house)
    assert not tell_outcomes(place.house)
    told = place.load(ana).enrolments[0]
    assert told.mail is None
    assert told.due_at is not None
    assert timedelta(days=5) <= told.due_at - late < timedelta(days=5, seconds=30)
    assert [row["told"] for row in place.rows(ana) if row["tells"]] == [True]


def test_a_skipped_mail_is_told_too_so_that_nobody_waits_for_it(place: Place) -> None:
    ana = with_offer(place)
    withdraws(place, ana)
    place.drain()
    assert place.load(ana).enrolments[0].mail is None
