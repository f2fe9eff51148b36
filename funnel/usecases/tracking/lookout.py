"""Looks at the database that are set off by requests which may not wait for them."""

import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

import structlog

from funnel.usecases.aside import aside, begin
from funnel.usecases.errors import DatabaseAway

T = TypeVar("T")

log = structlog.get_logger()

_WAIT = 0.1
"""Seconds that who sets a look off waits for it at most; whoever comes meanwhile does not wait."""

MOMENT = 1.0
"""Seconds that who cannot do without an answer waits for it at most."""


class Lookout:
    """One look at a time, and the next so many seconds after the last."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._next_at = float("-inf")
        self._looking = Lock()

    def look(self, read: Callable[[], None]) -> None:
        """Read, where it is time, in a thread of its own; where none can be had, another time."""
        if self._clock() >= self._next_at and self._looking.acquire(blocking=False):
            self._next_at = self._clock() + self._seconds
            try:
                begin(read, self._looking.release).join(_WAIT)
            except RuntimeError as error:
                log.warning("what is remembered is not read anew: no thread can be had", error=str(error))


class Brief:
    """Reads that somebody waits for, one after the other, and each for no longer than a moment."""

    def __init__(self) -> None:
        self._reading = Lock()

    def read(self, read: Callable[[], T]) -> T:
        """What it gives; `DatabaseAway` where that takes longer, also for those who wait for their turn. It goes on by
        itself then."""
        if not self._reading.acquire(timeout=MOMENT):
            raise DatabaseAway("another reads, and it takes too long")
        told = aside(read, self._reading.release)
        try:
            return told.result(MOMENT)
        except TimeoutError:
            raise DatabaseAway("it takes too long to answer") from None
