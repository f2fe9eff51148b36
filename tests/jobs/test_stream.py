"""Many threads give to the stream at once: each entry waits there once, and a server that hangs holds nobody up."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from funnel.jobs.stream import make_stream
from funnel.ports import Stream
from tests.support.valkey import Valkey

THREADS = 16


def given(stream: Stream, number: int) -> list[bool]:
    """So many entries are given by threads at the same time; whether each waits there."""
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(lambda one: stream.put({"id": str(one)}), range(number)))


def test_what_many_threads_give_at_once_waits_there_once_each(valkey_url: str) -> None:
    stream = make_stream(valkey_url, "drain")
    stream.take(1)  # the group is there
    assert given(stream, 600) == [True] * 600
    found = [entry["id"] for _, entry in stream.take(1_000)]
    assert sorted(found, key=int) == [str(one) for one in range(600)]


@pytest.mark.parametrize("number", [1, THREADS])
def test_a_server_that_hangs_holds_up_nobody_for_long_and_all_hear_that_nothing_waits(
    tmp_path: Path, number: int
) -> None:
    server = Valkey(tmp_path)
    server.start()
    stream = make_stream(server.url, "drain")
    assert stream.put({"id": "first"})
    server.hang()
    try:
        begun = time.monotonic()
        assert given(stream, number) == [False] * number
        assert time.monotonic() - begun < 3.5, "one time-out for all, not one for each: sixteen take 4 s"
    finally:
        server.kill()
