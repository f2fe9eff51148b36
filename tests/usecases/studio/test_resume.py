"""Pausing holds everything back at once; resuming says how much, and lets it go, spreads it, or skips it."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from funnel.ports import Postman, Result, Wire
from funnel.storage import installation, overdue, windows
from funnel.storage.outbox import attempts
from funnel.usecases.deliver import WINDOW_SECONDS, deliver
from funnel.usecases.errors import Invalid
from funnel.usecases.examine import examine
from funnel.usecases.publish_scenarios import set_paused
from funnel.usecases.studio.resume import LONGEST, How, Overdue, count_overdue, resume
from tests.support.home import TUNNEL, write_home
from tests.support.place import MONDAY, Place

OFFER = "tunnel/offer"
PATIENCE = 120


def paused_over_a_wait(place: Place, people: int = 6) -> list[int]:
    """They got the first mail; then the tunnel was paused, and their wait has ended meanwhile."""
    ids = place.leads(people)
    place.starts(ids)
    place.drain()
    set_paused(place.house, ["tunnel"], True)
    place.set(MONDAY + timedelta(days=2, hours=1))
    place.drain()
    return ids


def offers(place: Place) -> Counter[str]:
    """How many offers stand in each state."""
    return Counter(row["state"] for row in place.rows() if row["message"] == OFFER)


def test_nothing_is_overdue_where_nothing_was_held_back(place: Place) -> None:
    assert count_overdue(place.house, ["tunnel"]).nothing
    done = resume(place.house, ["tunnel"], who="solene")
    assert done.before == Overdue(0, 0, 0)


def test_resuming_says_how_many_would_go_at_once_and_lets_them(place: Place) -> None:
    paused_over_a_wait(place)
    place.submits("eva@example.org")
    place.drain()
    assert count_overdue(place.house, ["tunnel"]) == Overdue(asked=1, marketing=0, people=6)
    assert count_overdue(place.house, None) == Overdue(asked=1, marketing=0, people=6)
    assert not offers(place)
    resume(place.house, ["tunnel"], who="solene")
    place.drain()
    assert offers(place) == {"sent": 6}
    with place.house.database.read() as connection:
        note = installation.audit_trail(connection, 1)[0]
    assert (note["who"], note["what"], note["subject"]) == ("solene", "resume", "tunnel")
    assert note["details"]["how"] == "at_once"


def test_what_is_overdue_is_spread_evenly_in_its_order(place: Place) -> None:
    paused_over_a_wait(place, 8)
    done = resume(place.house, ["tunnel"], "spread", timedelta(hours=4), who="solene")
    assert (done.mails, done.people) == (0, 8)
    begin = place.now
    sent = []
    for half_hours in range(9):
        place.set(begin + timedelta(minutes=30 * half_hours + 1))
        place.drain()
        sent.append(offers(place)["sent"])
    assert sent == [1, 2, 3, 4, 5, 6, 7, 8, 8]


def test_mails_that_stood_ready_are_spread_too(place: Place) -> None:
    ids = place.leads(4)
    place.starts(ids)
    place.drain()
    place.set(MONDAY + timedelta(days=2, hours=1))
    while place.runner.run("due"):
        pass
    set_paused(place.house, ["tunnel"], True)
    place.drain()
    assert offers(place) == {"ready": 4}
    done = resume(place.house, ["tunnel"], "spread", timedelta(hours=2), who="solene")
    assert (done.before.marketing, done.mails) == (4, 4)
    place.drain()
    assert offers(place) == {"sent": 1, "ready": 3}


def test_overdue_mails_are_skipped_with_a_reason_and_people_go_on(place: Place) -> None:
    ids = paused_over_a_wait(place)
    eva = place.submits("eva@example.org").lead_id
    done = resume(place.house, ["tunnel"], "skip", who="solene")
    assert done.mails == 6
    place.drain()
    assert offers(place) == {"skipped": 6}
    assert {row["reason"] for row in place.rows() if row["message"] == OFFER} == {overdue.SKIPPED}
    assert [row["state"] for row in place.rows(eva)] == ["sent"], "what she asked for leaves all the same"
    assert {place.load(one).enrolments[0].state for one in ids} == {"awaiting"}
    place.set(place.now + timedelta(days=5, hours=1))
    place.drain()
    reminders = Counter(row["state"] for row in place.rows() if row["message"] == "tunnel/reminder")
    assert reminders == {"sent": 6}, "what comes next is not overdue"


def test_a_long_pause_skips_what_lies_behind_the_first_overdue_step(place: Place) -> None:
    ids = paused_over_a_wait(place, 3)
    place.set(MONDAY + timedelta(days=60))
    resume(place.house, ["tunnel"], "skip", who="solene")
    place.drain()
    left = {row["message"] for row in place.rows() if row["state"] == "sent"}
    assert OFFER not in left
    assert all(place.load(one).enrolments[0].state != "parked" for one in ids)


def test_a_span_that_is_none_or_too_long_is_refused_and_the_pause_holds(place: Place) -> None:
    paused_over_a_wait(place, 2)
    for over in (timedelta(0), timedelta(hours=-1), LONGEST + timedelta(hours=1)):
        with pytest.raises(Invalid):
            resume(place.house, ["tunnel"], "spread", over, who="solene")
    place.drain()
    assert not offers(place)


class Gate:
    """A real postman who stops after so many mails until somebody has done something meanwhile."""

    def __init__(self, real: Postman, after: int) -> None:
        self._real = real
        self._after = after
        self.carried = 0
        self.reached, self.go_on = threading.Event(), threading.Event()

    def carry(
        self, batch: Sequence[tuple[int, Wire]], until: float, still: Callable[[int], bool]
    ) -> Iterator[tuple[int, Result]]:
        """Carry them; in the middle of a window, wait."""
        for result in self._real.carry(batch, until, still):
            self.carried += 1
            yield result
            if self.carried == self._after:
                self.reached.set()
                assert self.go_on.wait(PATIENCE)

    def close(self) -> None:
        """Good-bye."""
        self._real.close()


def test_after_a_pause_no_mail_is_begun_any_more(sqlite_url: str, build_place: Callable[..., Place]) -> None:
    window = 5
    place = build_place(sqlite_url, send_window=window)
    place.starts(place.leads(60))
    other = place.other("worker")
    gate = Gate(other.postman, after=12)
    worker = replace(other, postman=gate)

    def carry() -> None:
        while deliver(worker):
            pass

    thread = threading.Thread(target=carry)
    thread.start()
    assert gate.reached.wait(PATIENCE)
    set_paused(place.house, None, True)
    paused_at = place.now
    gate.go_on.set()
    thread.join(PATIENCE)
    assert not thread.is_alive(), "nothing is claimed any more"
    found = Counter(row["state"] for row in place.rows())
    assert 12 <= found["sent"] < 12 + window, "what was on its way in the open window, and no other"
    assert found == {"sent": gate.carried, "ready": 60 - gate.carried}
    with place.house.database.read() as connection:
        begun = [row.begun_at for row in connection.execute(attempts.select())]
    assert max(begun) <= paused_at, "no window was opened after the pause"
    assert WINDOW_SECONDS <= 1, "and an open window closes within a second"
    set_paused(place.house, None, False)
    place.drain()
    assert Counter(row["state"] for row in place.rows()) == {"sent": 60}


NEWS = """
scenario: news
title: {en: News}
offer: {en: News}
why: volume
sequence:
  - email: flash
  - end: told
"""


@pytest.mark.parametrize("how", ["spread", "skip"])
def test_what_was_never_paused_is_left_alone_when_everything_is_resumed(
    sqlite_url: str, build_place: Callable[..., Place], how: How
) -> None:
    place = build_place(sqlite_url, {"tunnel": TUNNEL, "news": NEWS})
    paused_over_a_wait(place, 2)
    place.starts(place.leads(3, "news.example"), "news")
    assert count_overdue(place.house, None) == Overdue(asked=0, marketing=0, people=2)
    assert count_overdue(place.house, ["news"]).nothing
    resume(place.house, None, how, timedelta(hours=4), who="solene")
    place.drain()
    assert Counter(row["state"] for row in place.rows() if row["message"] == "news/flash") == {"sent": 3}
    assert offers(place) == ({"skipped": 2} if how == "skip" else {"sent": 1})


@pytest.mark.parametrize("how", ["spread", "skip"])
def test_a_mail_that_a_worker_had_claimed_before_the_pause_is_held_like_the_others(place: Place, how: How) -> None:
    place.starts(place.leads(2))
    place.drain()
    place.set(MONDAY + timedelta(days=2, hours=1))
    while place.runner.run("due"):
        pass
    with place.house.database.write() as connection:
        assert len(windows.claim(connection, "mail", "elsewhere/1", place.now, 180, 10)) == 2
    set_paused(place.house, ["tunnel"], True)
    assert count_overdue(place.house, ["tunnel"]) == Overdue(asked=0, marketing=2, people=0)
    assert resume(place.house, ["tunnel"], how, timedelta(hours=2), who="solene").mails == 2
    place.drain()
    assert offers(place) == ({"skipped": 2} if how == "skip" else {"sent": 1, "ready": 1})


def test_a_lead_whom_somebody_holds_is_waited_for_and_skipped_too(
    postgres_url: Callable[[str], str], build_place: Callable[..., Place]
) -> None:
    place = build_place(postgres_url("18"))
    held, _other = paused_over_a_wait(place, 2)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with ThreadPoolExecutor(1) as aside:
        with place.other().database.engine.connect() as holder:
            holder.execute(text("SELECT id FROM leads WHERE id = :id FOR UPDATE"), {"id": held})
            resuming = aside.submit(lambda: resume(place.house, ["tunnel"], "skip", who="solene"))
            until = time.monotonic() + PATIENCE
            while not resuming.done() and not place.sql(waiting)[0][0]:
                assert time.monotonic() < until
                time.sleep(0.01)
            holder.rollback()
        assert resuming.result(PATIENCE).mails == 2
    place.drain()
    assert offers(place) == {"skipped": 2}


def test_what_comes_due_by_night_goes_on_the_next_morning_as_far_apart_as_before(place: Place) -> None:
    ids = paused_over_a_wait(place, 10)
    place.sql("UPDATE leads SET zone = 'Asia/Tokyo' WHERE id IN (:one, :two)", one=ids[0], two=ids[1])
    wednesday = MONDAY.replace(hour=0) + timedelta(days=2)
    place.set(wednesday + timedelta(hours=15))
    resume(place.house, ["tunnel"], "spread", timedelta(hours=4), who="solene")
    due = [enrolment.due_at for one in ids if (enrolment := place.load(one).enrolments[0])]
    hours = [round((at - wednesday) / timedelta(hours=1), 2) for at in due if at]
    assert hours[:2] == [23, 25], "eight o'clock in Tokyo, and two hours later"
    assert hours[2:] == [15, 15.5, 16, 16.5, 30, 30.5, 31, 31.5], "until seven in Paris, and from eight on"
    place.set(wednesday + timedelta(hours=30, minutes=1))
    place.drain()
    assert offers(place) == {"sent": 7}


def test_a_scenario_published_while_everything_is_paused_stands_still_too(lite: Place) -> None:
    set_paused(lite.house, None, True)
    write_home(lite.home, {"tunnel": TUNNEL, "news": NEWS})
    lite.publish()
    lite.starts(lite.leads(2), "news")
    lite.drain()
    assert lite.states() == {"ready": 2}
    resume(lite.house, None, who="solene")
    lite.drain()
    assert lite.states() == {"sent": 2}


def test_the_doctor_says_how_to_resume_everything(lite: Place) -> None:
    set_paused(lite.house, None, True)
    assert ("Run: funnel resume --all") in {symptom.cure for symptom in examine(lite.house)}
    set_paused(lite.house, None, False)
    set_paused(lite.house, ["tunnel"], True)
    assert ("Run: funnel resume tunnel") in {symptom.cure for symptom in examine(lite.house)}
