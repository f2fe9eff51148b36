"""What is done aside, in a thread of its own: where none can be had, what it was to release is free again."""

from datetime import UTC, datetime

import pytest

from funnel.usecases.tracking.lookout import Brief
from funnel.usecases.tracking.withdrawn import WithdrawnNames
from tests.support.threads import no_thread_to_be_had

AT = datetime(2027, 1, 16, 9, tzinfo=UTC)


def test_a_read_for_which_no_thread_could_be_had_lets_the_next_one_read() -> None:
    brief = Brief()
    with no_thread_to_be_had(), pytest.raises(RuntimeError, match="thread"):
        brief.read(lambda: "read")
    assert brief.read(lambda: "read") == "read"


def test_a_look_for_which_no_thread_could_be_had_lets_the_next_one_look() -> None:
    now = [100.0]
    names = WithdrawnNames(clock=lambda: now[0])
    with no_thread_to_be_had():
        assert not names.has("a", lambda since: [("a", AT)]), "what is remembered is answered"
    now[0] += 1
    assert names.has("a", lambda since: [("a", AT)])
