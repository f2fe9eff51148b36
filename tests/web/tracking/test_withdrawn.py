"""What a process knows of withdrawn names: its own at once, others' within a second, and no visit waits for more."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from funnel.usecases.tracking.withdrawn import WithdrawnNames

AT = datetime(2027, 1, 16, 9, tzinfo=UTC)


def test_what_others_have_taken_is_looked_for_once_a_second_and_from_the_newest_on() -> None:
    now, asked, kept = [100.0], [], [("a", AT)]

    def read(since: datetime | None) -> Sequence[tuple[str, datetime]]:
        asked.append(since)
        return list(kept)

    names = WithdrawnNames(clock=lambda: now[0])
    assert names.has("a", read)
    kept.append(("b", AT + timedelta(hours=1)))
    assert [names.has("b", read) for _ in range(50)] == [False] * 50
    now[0] += 1
    assert names.has("b", read)
    assert len(asked) == 2
    assert asked[0] is None
    assert asked[1] is not None
    assert asked[1] < AT


def test_what_this_process_has_taken_is_known_without_a_look() -> None:
    names = WithdrawnNames()
    names.add("a")
    assert names.has("a", lambda since: pytest.fail("it is known already"))


def test_a_database_that_hangs_holds_up_one_visit_for_a_moment_and_no_other() -> None:
    over, looks = Event(), []

    def hangs(since: datetime | None) -> Sequence[tuple[str, datetime]]:
        looks.append(since)
        over.wait(60)
        return [("a", AT)]

    now = [100.0]
    names = WithdrawnNames(clock=lambda: now[0])
    begun = time.monotonic()
    for _ in range(200):
        now[0] += 2
        assert not names.has("a", hangs)
    assert time.monotonic() - begun < 10, "two hundred would wait for twenty seconds"
    assert len(looks) == 1
    over.set()
    while not names.has("a", lambda since: []):
        assert time.monotonic() - begun < 60
