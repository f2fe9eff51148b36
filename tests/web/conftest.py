"""A whole house for the web's tests: real files published into a real database, a real SMTP sink, one process."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

from funnel import bootstrap
from funnel.config import Settings
from funnel.delivery.ledger import Entry, Ledger
from funnel.delivery.sink import Sink
from funnel.domain.lead import Lead
from funnel.storage import installation, leads, snapshot
from funnel.usecases.house import House
from funnel.usecases.move_clock import move_clock
from funnel.usecases.read_published import read_published
from funnel.usecases.shelf import Published
from tests.support.databases import sqlite_away
from tests.support.processes import ROOT

BEGINS = datetime(2027, 1, 16, 9, tzinfo=UTC)
"""Business time when a town begins, whenever the tests run: a Saturday, ten o'clock in Paris, so that a whole week of
times is ahead; no holiday, clock change or absence is near, and the shipped webinar is to come."""

LANES = ("due", "mail", "report", "intake")


class _Compiled(BytecodeCache):
    """Templates that a town of this process has compiled: the next need not."""

    def __init__(self) -> None:
        self._found: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._found:
            bucket.bytecode_from_string(self._found[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._found[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class Town:
    """A house, its web application, its worker and its mailbox."""

    def __init__(self, settings: Settings, mails: Path) -> None:
        self.settings = settings
        self.app: Flask = bootstrap.build_web(settings)  # type: ignore[assignment]
        self.app.jinja_env.bytecode_cache = _COMPILED
        self.house: House = self.app.extensions["funnel"]
        self._mails = mails
        self._ledger = Ledger(mails)  # it remembers what it has read
        self._runner: bootstrap.Runner | None = None

    @property
    def now(self) -> datetime:
        """Business time."""
        with self.house.database.read() as connection:
            return installation.moment(connection).now

    @property
    def published(self) -> Published:
        """What new people get."""
        return read_published(self.house)

    def work(self) -> None:
        """Carry out everything that is due."""
        self._runner = self._runner or bootstrap.build_runner(self.settings, "worker")
        while sum(self._runner.run(lane) for lane in LANES):  # type: ignore[arg-type]
            pass

    def move_clock(self, to: datetime) -> None:
        """Let business time pass, while the worker carries out what falls due."""
        done = threading.Event()

        def carry_out() -> None:
            while not done.wait(0.02):
                self.work()

        worker = threading.Thread(target=carry_out)
        worker.start()
        try:
            assert move_clock(self.house, to=to).pending == 0
        finally:
            done.set()
            worker.join()

    def mails(self, to: str | None = None) -> list[Entry]:
        """What has left, oldest first."""
        self.work()
        found = self._ledger.list() if any(self._mails.iterdir()) else []
        return [one for one in found if to is None or to in one.as_json()["to"]]

    def leads(self) -> list[Lead]:
        """Every lead as she is now."""
        with self.house.database.read() as connection:
            ids = leads.every_id(connection)
            found = snapshot.load(connection, ids, lock=False)
        return [found[id_] for id_ in ids]

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """The web application's database is away meanwhile: its file cannot be opened."""
        with sqlite_away(self.house.database, self.settings.database_url):
            yield

    def close(self) -> None:
        """Give back every connection."""
        self.house.database.close()
        if self._runner:
            self._runner.house.database.close()
            self._runner.house.postman.close()


def settings_for(folder: Path, database_url: str, smtp_url: str = "smtp://127.0.0.1:9", **change: Any) -> Settings:
    """A demonstration's settings."""
    settings: dict[str, Any] = {
        "mode": "demo",
        "home": ROOT,
        "state": folder,
        "database_url": database_url,
        "secret_key": "k" * 40,
        "base_url": "http://127.0.0.1:8000",
        "smtp_url": smtp_url,
        "redis_url": f"redis://127.0.0.1:{_closed_port()}/0",
    }
    return Settings(**(settings | change))


def _closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def build_town(published_template: Path, tmp_path: Path) -> Iterator[Callable[..., Town]]:
    """Builds houses, each with the shipped files, its own database and mailbox."""
    towns: list[tuple[Town, Sink]] = []

    def build(**change: Any) -> Town:
        folder = tmp_path / f"town{len(towns)}"
        mails = folder / "mail"
        mails.mkdir(parents=True)
        shutil.copy(published_template, folder / "funnel.db")
        sink = Sink(mails)
        sink.start()
        town = Town(settings_for(folder, f"sqlite:///{folder / 'funnel.db'}", sink.url, **change), mails)
        with town.house.database.write() as connection:
            installation.set_clock(connection, BEGINS)
        towns.append((town, sink))
        return town

    yield build
    for town, sink in towns:
        town.close()
        sink.stop()


@pytest.fixture
def town(build_town: Callable[..., Town]) -> Town:
    """A house."""
    return build_town()
