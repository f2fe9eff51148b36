"""The bell rings once a lane, carries nothing, and never raises."""

import json
import logging
import zlib

import pytest
from redis import Redis

from funnel.jobs.bell import QUEUE, RUN_LANE, NoBell, RedisBell, connect, make_bell
from tests.delivery.servers import script
from tests.support.valkey import Valkey


def test_ringing_twice_leaves_one_waiting_job_a_lane(valkey_url: str) -> None:
    bell = RedisBell(connect(valkey_url))
    assert [bell.ring(lane) for lane in ("due", "due", "mail", "due")] == [True] * 4
    assert sorted(bell.waiting().values()) == ["due", "mail"]


def test_a_job_is_json_and_says_nothing_but_the_lane(valkey_url: str) -> None:
    RedisBell(connect(valkey_url)).ring("mail")
    with Redis.from_url(valkey_url) as client:
        (job,) = client.lrange(f"rq:queue:{QUEUE}", 0, -1)
        kept = client.hgetall(b"rq:job:" + job)
    assert kept[b"data"] == zlib.compress(json.dumps([RUN_LANE, None, ["mail"], {}]).encode())


def test_where_nobody_answers_ringing_says_no_and_does_not_try_again_for_a_second() -> None:
    now = [100.0]
    with script(lambda caller: None) as deaf:
        bell = RedisBell(connect(f"redis://127.0.0.1:{deaf.port}/0"), clock=lambda: now[0])
        assert [bell.ring("due") for _ in range(1000)] == [False] * 1000
        assert bell.waiting() == {}
        first = deaf.connections
        assert 1 <= first < 20, "a few for each of the two that ask, not for each ring"
        now[0] += 1.1
        assert bell.ring("due") is False
        assert deaf.connections > first


def test_a_bell_that_came_back_rings_again(valkey: Valkey) -> None:
    now = [0.0]
    bell = RedisBell(connect(valkey.url, timeout=30), clock=lambda: now[0])
    assert bell.ring("due")
    valkey.kill()
    assert not bell.ring("mail")
    valkey.start()
    assert not bell.ring("mail"), "it stays silent for a second"
    now[0] += 1.1
    assert bell.ring("mail")
    assert sorted(bell.waiting().values()) == ["due", "mail"], "the append-only file kept the first one"


def test_a_bell_that_is_away_says_so_once_and_once_that_it_is_back(
    valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)  # another test of this process may have set up the logs of a command
    now = [0.0]
    bell = RedisBell(connect(valkey.url, timeout=30), clock=lambda: now[0])
    valkey.kill()
    for _ in range(5):
        bell.ring("due")
        bell.waiting()
        now[0] += 1.1
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "the bell cannot be rung, the tick does the work until it can"
    ]
    valkey.start()
    assert bell.ring("due")
    assert bell.ring("mail")
    assert [record.message for record in caplog.records[1:]] == ["the bell rings again"]


def test_a_flushed_queue_takes_the_next_ring(valkey_url: str) -> None:
    bell = RedisBell(connect(valkey_url))
    bell.ring("due")
    with Redis.from_url(valkey_url) as client:
        client.flushall()
    assert bell.waiting() == {}
    assert bell.ring("due")
    assert list(bell.waiting().values()) == ["due"]


def test_a_house_without_redis_has_a_bell_that_cannot_be_rung() -> None:
    bell = make_bell("")
    assert isinstance(bell, NoBell)
    assert not bell.ring("due")
    assert bell.waiting() == {}
