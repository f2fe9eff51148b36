"""The connections of one process to its database: how long one is waited for when all are in use."""

import time

from sqlalchemy import Connection, Engine, QueuePool
from sqlalchemy.exc import TimeoutError as NoConnection

_CROWDED = 2.0
"""Seconds for which who only reads does not wait any more, once somebody has waited for a connection in vain."""


class DatabaseAway(Exception):
    """The database did not answer, or its locks were held too long. Nothing of the transaction remains."""


class Crowded(DatabaseAway):
    """Every connection is in use."""


class Overtaken(DatabaseAway):
    """What was read before the locks were had is so no more; done again whole, it reads what is so now."""


class Connections:
    """Those of an engine. `Crowded` where all are in use for longer than its pool waits; who is not `patient` hears it
    at once while it is known."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._crowded_until = float("-inf")

    def get(self, *, patient: bool) -> Connection:
        """One of them, until it is closed."""
        if not patient and time.monotonic() < self._crowded_until and self._all_in_use():
            raise Crowded("every connection is in use")
        try:
            return self._engine.connect()
        except NoConnection as error:
            self._crowded_until = time.monotonic() + _CROWDED
            raise Crowded("every connection is in use") from error

    def _all_in_use(self) -> bool:
        pool = self._engine.pool
        return isinstance(pool, QueuePool) and pool.checkedout() >= pool.size()
