"""Who finds every connection in use is told so, soon, and whoever comes then at once."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection

from funnel.storage.connections import DatabaseAway
from funnel.storage.database import Database


def test_where_all_connections_are_in_use_one_is_waited_for_once(postgres_url: Callable[[str], str]) -> None:
    database = Database(postgres_url("18"), pool=2, wait=2)
    asking = database.asking_first(lambda: None)
    with database.read(), database.read():
        begun = time.monotonic()
        with pytest.raises(DatabaseAway, match="in use"), asking.write():
            pass
        waited = time.monotonic() - begun
        for one in (database, asking):
            with pytest.raises(DatabaseAway, match="in use"), one.read():
                pass
        assert time.monotonic() - begun < 2 * waited, "what one has learned spares the others, and copies"
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1, "there is one again"
    database.close()


def test_what_is_to_be_written_waits_for_a_connection_once_more(postgres_url: Callable[[str], str]) -> None:
    database = Database(postgres_url("18"), pool=1, wait=1)
    with ThreadPoolExecutor(1) as aside:
        with database.read():
            with pytest.raises(DatabaseAway), database.write():
                pass
            written = aside.submit(
                database.repeating, lambda connection: connection.exec_driver_sql("SELECT 1").scalar()
            )
            time.sleep(1.5)  # the first wait is over
        assert written.result(10) == 1
    database.close()


def _one(connection: Connection) -> object:
    return connection.exec_driver_sql("SELECT 1").scalar_one()
