"""Redis is a bell: without it, or with it emptied in the middle, forms become mails all the same."""

from collections.abc import Callable

import pytest
from redis import Redis

from tests.faults.conftest import CLOSED, Works
from tests.support.place import MONDAY
from tests.support.valkey import Valkey

Build = Callable[[str, str], Works]


@pytest.mark.parametrize("database", ["sqlite", "pg18"])
def test_with_redis_at_a_closed_port_from_the_start_forms_become_mails(
    database: str, url_of: Callable[[str], str], build_works: Build
) -> None:
    works = build_works(url_of(database), CLOSED)
    place = works.place
    works.tick()
    works.until(lambda: place.sql("SELECT count(*) FROM leases WHERE name LIKE 'alive/tick%'")[0][0], 20, "it ticks")
    for n in range(5):
        place.submits(f"lead{n}@example.org")
    took = works.settled(15)
    assert sorted(mail.to[0] for mail in place.sent()) == [f"lead{n}@example.org" for n in range(5)]
    assert took < 10
    place.set(place.load(1).enrolments[0].due_at or MONDAY)
    works.until(lambda: len(place.sent()) == 10, 15, "the offers of the second day have left too")


def test_a_worker_beside_it_waits_for_the_queue_and_harms_nothing(sqlite_url: str, build_works: Build) -> None:
    works = build_works(sqlite_url, CLOSED)
    worker = works.worker()
    works.tick()
    works.place.submits()
    works.until(lambda: works.place.states() == {"sent": 1}, 20, "the tick has sent it")
    assert worker.poll() is None, worker.log()


def test_flushall_in_the_middle_costs_only_seconds(sqlite_url: str, build_works: Build, valkey: Valkey) -> None:
    works = build_works(sqlite_url, valkey.url)
    place = works.place
    works.worker()
    works.tick()
    place.submits("first@example.org")
    works.until(lambda: len(place.sent()) == 1, 20, "the worker works")
    with Redis.from_url(valkey.url) as client:
        for n in range(20):
            place.submits(f"lead{n}@example.org")
            client.flushall()
    assert works.settled(15) < 10
    assert len(place.sent()) == 21
    valkey.kill()
    place.submits("without@example.org")
    assert works.settled(15) < 12
    valkey.start()
    place.submits("again@example.org")
    works.settled(15)
    assert len(place.sent()) == 23
