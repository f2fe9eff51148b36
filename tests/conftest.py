"""Fixtures for all tests: real servers that are started when first asked for and shared by the whole session."""

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import HealthCheck, settings

from tests.support.postgres import VERSIONS, Postgres
from tests.support.processes import Process
from tests.support.together import pytest_xdist_make_scheduler
from tests.support.valkey import Valkey

if TYPE_CHECKING:
    from funnel.delivery.sink import Sink

__all__ = ["pytest_xdist_make_scheduler"]

settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("other", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("FUNNEL_EXAMPLES", "same"))
# A slow machine is no fault of a property, and the same examples each time keep luck out of a release; `make test-all`
# looks for others (FUNNEL_EXAMPLES=other).

sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
# The tests' tools bring it; structlog would draw each traceback with it, much slower than Python writes them.

BACKENDS = ("sqlite", *(f"pg{version}" for version in VERSIONS))


def pytest_collection_finish() -> None:
    """What is imported stays: looking for garbage among it takes a twentieth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class Starter(Protocol):
    """Starts a process for a test."""

    def __call__(self, command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None) -> Process: ...


@pytest.fixture
def start_process() -> Iterator[Starter]:
    """Starts real processes; what still lives after the test is killed."""
    started: list[Process] = []

    def start(command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None) -> Process:
        started.append(Process(command, log, environ))
        return started[-1]

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def sink(tmp_path: Path) -> "Iterator[Sink]":
    """A real SMTP server in the test's own process, with a ledger under `mail/`."""
    from funnel.delivery.sink import Sink

    server = Sink(tmp_path / "mail")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all processes of the session."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


@pytest.fixture(scope="session")
def prepare_database() -> Callable[[str], None]:
    """What fills the database from which each test's one is copied."""
    from tests.support.databases import prepare

    return prepare


@pytest.fixture(scope="session")
def postgres_server(shared_folder: Path, prepare_database: Callable[[str], None]) -> Callable[[str], Postgres]:
    """Gives the session's server of a version ("16", "18"), started when first asked for."""
    owner = os.getppid() if os.environ.get("PYTEST_XDIST_WORKER") else os.getpid()
    servers: dict[str, Postgres] = {}

    def give(version: str) -> Postgres:
        if version not in servers:
            server = Postgres(version, shared_folder, owner)
            server.start(prepare_database)
            servers[version] = server
        return servers[version]

    return give


@pytest.fixture
def postgres_url(postgres_server: Callable[[str], Postgres]) -> Iterator[Callable[[str], str]]:
    """Gives the address of a fresh, migrated database on PostgreSQL "16" or "18"; dropped after the test."""
    made: list[tuple[Postgres, str]] = []

    def give(version: str) -> str:
        server = postgres_server(version)
        url = server.create()
        made.append((server, url))
        return url

    yield give
    for server, url in made:
        server.drop(url)


@pytest.fixture
def sqlite_url(shared_folder: Path, tmp_path: Path) -> str:
    """The address of a fresh, migrated SQLite database."""
    from tests.support.databases import sqlite_template

    shutil.copy(sqlite_template(shared_folder), tmp_path / "funnel.db")
    return f"sqlite:///{tmp_path / 'funnel.db'}"


@pytest.fixture(scope="session")
def published_template(shared_folder: Path) -> Path:
    """A migrated SQLite file in which the shipped files are published; to be copied."""
    from tests.support.published import published_template

    return published_template(shared_folder)


@pytest.fixture(scope="session")
def begun_folder(shared_folder: Path) -> Path:
    """The state folder of a demonstration that has been started once; to be copied."""
    from tests.support.published import begun_folder

    return begun_folder(shared_folder)


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database on each of the three: the conformance suite runs thrice."""
    return fresh_database(request)


def fresh_database(request: pytest.FixtureRequest) -> str:
    """The database that a fixture's parameter names."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    give = request.getfixturevalue("postgres_url")
    return str(give(request.param.removeprefix("pg")))


@pytest.fixture
def empty_database_url(
    request: pytest.FixtureRequest, database_url: str, postgres_server: Callable[[str], Postgres], tmp_path: Path
) -> Iterator[str]:
    """Like `database_url`, before any migration."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = postgres_server("18" if "pg18" in request.node.name else "16")
    url = server.create("template1")
    yield url
    server.drop(url)


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A Valkey of this test's own, to flush or kill at will."""
    folder = Path(tempfile.mkdtemp(prefix="vk"))  # short: it holds a unix socket
    server = Valkey(folder)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def _shared_valkey() -> Iterator[Valkey]:
    folder = Path(tempfile.mkdtemp(prefix="vk"))
    server = Valkey(folder)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder)


@pytest.fixture
def valkey_url(_shared_valkey: Valkey) -> str:
    """The address of a running, empty Valkey."""
    from redis import Redis

    with Redis.from_url(_shared_valkey.url) as client:
        client.flushall()
    return _shared_valkey.url
