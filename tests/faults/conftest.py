"""Fixtures for faults: a place whose work is done by real processes, beside a sink that outlives them."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from funnel.delivery.sink import Sink
from tests.conftest import Starter
from tests.support.home import COMPANY, TUNNEL, write_home
from tests.support.place import MONDAY, Place, settings_of
from tests.support.processes import Process, wait_until

NEWS = """
scenario: news
title: {en: News}
offer: {en: News}
why: volume
sequence:
  - email: offer
  - end: told
"""
"""A marketing mail at once."""

CLOSED = "redis://127.0.0.1:1/0"
"""Nobody listens there."""


class Works:
    """A place and the processes that work for it."""

    def __init__(self, place: Place, folder: Path, start: Starter, queue: str) -> None:
        self.place = place
        self._folder = folder
        self._start = start
        self._queue = queue
        self._number = 0

    def worker(self) -> Process:
        """`funnel worker`."""
        return self._run("worker", "-m", "funnel", "worker", "--name", f"worker-{self._number}")

    def tick(self) -> Process:
        """`funnel tick`."""
        return self._run("tick", "-m", "funnel", "tick", "--name", f"tick-{self._number}")

    def held(self, point: str) -> Process:
        """A worker that stops at a point; returns when it is there."""
        marker = self._folder / f"reached-{point}"
        name = f"held-{self._number}"
        worker = self._run("held", "-m", "tests.faults.held_worker", point, str(marker), name)
        self.until(marker.exists, 20, f"the worker reached {point!r}: {worker.log()}")
        return worker

    def _run(self, name: str, *arguments: str) -> Process:
        self._number += 1
        settings = self.place.settings
        environ = {
            "FUNNEL_MODE": "demo",
            "FUNNEL_HOME": str(settings.home),
            "FUNNEL_STATE": str(settings.state),
            "FUNNEL_DATABASE_URL": settings.database_url,
            "FUNNEL_SMTP_URL": settings.smtp_url,
            "FUNNEL_BASE_URL": settings.base_url,
            "FUNNEL_SECRET_KEY": settings.secret_key,
            "FUNNEL_REDIS_URL": self._queue,
        }
        return self._start([sys.executable, *arguments], self._folder / f"{name}-{self._number}.log", environ)

    def ring(self) -> None:
        """Say that there are mails; as the door does after its commit."""
        self.place.house.bell.ring("mail")

    def until(self, happened: Callable[[], object], seconds: float, what: str) -> float:
        """Wait for it."""
        return wait_until(happened, seconds, what)

    def idle(self) -> bool:
        """Whether every mail has come to its end."""
        return not {"ready", "claimed", "attempting"} & set(self.place.states())

    def settled(self, seconds: float = 120) -> float:
        """Wait until every mail has come to its end; the seconds that took."""
        return wait_until(self.idle, seconds, f"every mail has come to its end: {self.place.states()}")


@pytest.fixture
def url_of(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Gives the address of a fresh database on `sqlite`, `pg16` or `pg18`."""

    def give(name: str) -> str:
        if name == "sqlite":
            return str(request.getfixturevalue("sqlite_url"))
        return str(request.getfixturevalue("postgres_url")(name.removeprefix("pg")))

    return give


@pytest.fixture
def build_works(tmp_path: Path, sink: Sink, start_process: Starter) -> Iterator[Callable[[str, str], Works]]:
    """Builds works on a database and a queue's address."""
    made: list[Place] = []

    def build(url: str, queue: str) -> Works:
        home = write_home(tmp_path / "home", {"tunnel": TUNNEL, "news": NEWS}, COMPANY)
        place = Place(settings_of(url, tmp_path, home, sink.url, redis_url=queue), home, tmp_path / "mail")
        made.append(place)
        place.publish()
        place.set(MONDAY)
        return Works(place, tmp_path, start_process, queue)

    yield build
    for place in made:
        place.close()
