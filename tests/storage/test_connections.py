"""Who finds every connection in use is told so, soon, and whoever comes then at once."""

import time
from collections.abc import Callable

import pytest

from funnel.storage.connections import DatabaseAway
from funnel.storage.database import Database


def test_where_all_connections_are_in_use_one_is_waited_for_once(postgres_url: Callable[[str], str]) -> None:
    database = Database(postgres_url("18"), pool=2, wait=1)
    asking = database.asking_first(lambda: None)
    with database.read(), database.read():
        begun = time.monotonic()
        with pytest.raises(DatabaseAway, match="in use"), asking.write():
            pass
        waited = time.monotonic() - begun
        for one in (database, asking):
            with pytest.raises(DatabaseAway, match="in use"), one.read():
                pass
        assert time.monotonic() - begun - waited < waited / 2, "what one has learned spares the others, and copies"
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1, "there is one again"
    database.close()
