"""What is decided is recorded in time, or never once it was said that it was not."""

import threading
import time
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from funnel.storage import installation
from funnel.usecases import in_time as module
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.in_time import Unrecorded, in_time
from tests.support.place import Place
from tests.support.processes import wait_until
from tests.support.threads import no_thread_to_be_had


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT", 0.5)


def notes(house: House, go_on: threading.Event | None = None) -> str:
    """One row is written, once it may go on."""
    with house.database.write() as connection:
        installation.write_audit(connection, "ana", "decided", "1", {}, installation.moment(connection).now)
        if go_on:
            go_on.wait(20)
    return "noted"


def noted(place: Place) -> int:
    with place.house.database.read() as connection:
        wanted = select(func.count()).where(installation.audit.c.what == "decided")
        return int(connection.execute(wanted).scalar_one())


def test_what_is_recorded_in_time_is_told_and_stays(place: Place) -> None:
    assert in_time(place.house, notes) == "noted"
    assert noted(place) == 1


def test_what_takes_too_long_is_not_recorded_afterwards_either(place: Place) -> None:
    go_on, begun, others = threading.Event(), time.monotonic(), threading.active_count()
    with pytest.raises(Unrecorded) as told:
        in_time(place.house, lambda house: notes(house, go_on))
    assert time.monotonic() - begun < 5
    assert told.value.certain
    go_on.set()
    wait_until(lambda: threading.active_count() <= others, 10, "the change to end")
    assert noted(place) == 0


def test_what_was_being_committed_when_the_time_was_over_is_not_said_to_be_lost(place: Place) -> None:
    go_on = threading.Event()

    def commits_and_hangs(house: House) -> None:
        notes(house)
        go_on.wait(20)

    with pytest.raises(Unrecorded) as told:
        in_time(place.house, commits_and_hangs)
    assert not told.value.certain
    assert noted(place) == 1
    go_on.set()


def test_what_is_refused_is_refused_as_ever(place: Place) -> None:
    def refuses(house: House) -> None:
        raise NotFound("there is no such purpose")

    with pytest.raises(NotFound, match="no such purpose"):
        in_time(place.house, refuses)


def test_those_that_hang_leave_room_for_others(place: Place) -> None:
    """However many wait for a database that hangs, a few of them hold a connection."""
    go_on, told = threading.Event(), []

    def asks() -> None:
        with pytest.raises(Unrecorded) as error:
            in_time(place.house, lambda house: go_on.wait(20))
        told.append(error.value.certain)

    others = threading.active_count()
    people = [threading.Thread(target=asks) for _ in range(8)]
    for one in people:
        one.start()
    for one in people:
        one.join(10)
    assert told == [True] * 8
    assert threading.active_count() - others <= 4
    go_on.set()
    wait_until(lambda: threading.active_count() <= others, 10, "all of them to end")
    assert in_time(place.house, notes) == "noted"


def test_who_has_waited_for_room_waits_no_longer_for_that(place: Place) -> None:
    others, go_on, first = threading.active_count(), threading.Event(), threading.Event()

    def asks(until: threading.Event) -> None:
        with suppress(Unrecorded):
            in_time(place.house, lambda house: until.wait(20))

    people = [threading.Thread(target=asks, args=(until,)) for until in (first, go_on, go_on, go_on)]
    for one in people:
        one.start()
    wait_until(lambda: threading.active_count() == others + 8, 5, "all four to be under way")
    begun = time.monotonic()
    threading.Timer(0.4, first.set).start()  # in the place of the first comes one that hangs as well
    with pytest.raises(Unrecorded):
        in_time(place.house, lambda house: go_on.wait(20))
    assert time.monotonic() - begun < 0.8
    go_on.set()
    for one in people:
        one.join(10)
    wait_until(lambda: threading.active_count() <= others, 10, "all of them to end")


def test_changes_for_which_no_thread_could_be_had_leave_room_for_others(place: Place) -> None:
    with no_thread_to_be_had():
        for _ in range(8):
            with pytest.raises(RuntimeError, match="thread"):
                in_time(place.house, notes)
    assert in_time(place.house, notes) == "noted"
    assert noted(place) == 1
