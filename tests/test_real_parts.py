"""The servers that tests lean on: each database is one's own, and no server outlives the session that asked for it."""

import os
import signal
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, text

from tests.conftest import Starter
from tests.support.postgres import VERSIONS, Postgres
from tests.support.processes import LONG, wait_until

OWNER = "import time; time.sleep(3600)"


def _connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)


@pytest.mark.parametrize("version", VERSIONS)
def test_each_database_is_a_copy_of_the_prepared_one_and_the_server_dies_with_its_owner(
    version: str, start_process: Starter, tmp_path: Path
) -> None:
    prepared = []

    def prepare(url: str) -> None:
        prepared.append(url)
        with _connect(url) as connection:
            connection.execute("CREATE TABLE leads (id int)")

    owner = start_process([sys.executable, "-c", OWNER], tmp_path / "log")
    server = Postgres(version, tmp_path, owner.pid)
    server.start(prepare)
    second = Postgres(version, tmp_path, owner.pid)
    second.start(prepare)
    assert len(prepared) == 1, "the second process of the session finds it running"

    one, other = server.create(), second.create()
    with _connect(one) as connection:
        connection.execute("INSERT INTO leads VALUES (1)")
        assert str(connection.execute("SHOW server_version").fetchone()).startswith(f"('{version}.")
    with _connect(other) as connection:
        assert connection.execute("SELECT count(*) FROM leads").fetchone() == (0,)
    server.drop(one)

    folder = Path(other.split("host=")[1])
    pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, 0)
    owner.signal(signal.SIGKILL)
    owner.kill()
    wait_until(lambda: not folder.exists(), LONG, "the server is gone with its folder")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_migrated_database_to_itself(database_url: str, turn: int) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM intake_keys")).scalar_one() == 0
        connection.execute(text("CREATE TABLE left_behind (id int)"))
    engine.dispose()


def test_a_database_can_be_had_before_any_migration(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
