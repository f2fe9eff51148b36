"""Many threads give to the stream at once: each entry waits there once, and a server that hangs holds nobody up."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from funnel.jobs.bell import connect
from funnel.jobs.stream import STREAM, RedisStream, make_stream
from funnel.ports import Stream
from tests.support.processes import wait_until
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


def test_what_is_done_is_gone_from_the_server_s_log_as_well(valkey: Valkey) -> None:
    stream = make_stream(valkey.url, "drain")
    stream.take(1)
    name = "0123456789abcdef" * 2
    assert stream.put({"id": "1", "visitor": name})
    wait_until(lambda: name in valkey.log(), 5, "the log")
    stream.done([place for place, _ in stream.take(10)])
    assert name in valkey.log()
    stream.sweep()
    wait_until(lambda: name not in valkey.log(), 10, "the log to be written anew")
    assert stream.put({"id": "2"})
    assert [entry["id"] for _, entry in stream.take(10)] == ["2"]
    valkey.kill()
    stream.sweep()  # with the server away there is nothing to be done


@pytest.mark.parametrize("number", [1, THREADS])
def test_a_server_that_hangs_holds_up_nobody_for_long_and_all_hear_that_nothing_waits(
    valkey: Valkey, number: int
) -> None:
    stream = make_stream(valkey.url, "drain")
    assert stream.put({"id": "first"})
    valkey.hang()
    begun = time.monotonic()
    assert given(stream, number) == [False] * number
    assert time.monotonic() - begun < 3.5, "one time-out for all, not one for each: sixteen take 4 s"


def test_where_the_server_refuses_nothing_waits_and_what_comes_later_does_once_each(valkey: Valkey) -> None:
    now = [0.0]
    stream = RedisStream(connect(valkey.url, 1.0, tries=1), "drain", lambda: now[0])
    with Redis.from_url(valkey.url) as server:
        server.set(STREAM, "in the way")
        assert given(stream, 40) == [False] * 40
        server.delete(STREAM)
    now[0] += 2
    stream.take(1)
    assert given(stream, 40) == [True] * 40
    assert sorted(int(entry["id"]) for _, entry in stream.take(100)) == list(range(40))
