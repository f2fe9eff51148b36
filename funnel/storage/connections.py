"""The connections of one process to its database: how long one is waited for when all are in use."""

import time

from sqlalchemy import Connection, Engine, QueuePool
from sqlalchemy.exc import TimeoutError as NoConnection

_CROWDED = 2.0
"""Seconds for which nobody waits any more, once somebody has waited for a connection in vain."""


class DatabaseAway(Exception):
    """The database did not answer, or its locks were held too long. Nothing of the transaction remains."""


class Connections:
    """Those of an engine. `DatabaseAway` where all are in use for longer than its pool waits, and at once while that
    is known."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._crowded_until = float("-inf")

    def get(self) -> Connection:
        """One of them, until it is closed."""
        if time.monotonic() < self._crowded_until and self._all_in_use():
            raise DatabaseAway("every connection is in use")
        try:
            return self._engine.connect()
        except NoConnection as error:
            self._crowded_until = time.monotonic() + _CROWDED
            raise DatabaseAway("every connection is in use") from error

    def _all_in_use(self) -> bool:
        pool = self._engine.pool
        return isinstance(pool, QueuePool) and pool.checkedout() >= pool.size()
