"""Visits that were counted and are not written yet: the memory of one process, for when the database is away."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from funnel.storage.database import DatabaseAway

REST = 2.0
"""Seconds for which a database that did not answer is left alone: a redirect waits for it once, not each time."""

Counted = Mapping[tuple[str, date], int]


class Visits:
    """Counts by code and day. Nothing is lost while this process lives; with it goes what could not be written."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: Counter[tuple[str, date]] = Counter()
        self._rests_until = 0.0
        self.offset = timedelta(0)
        """How far business time was from this machine's, when it was last read."""

    @property
    def waiting(self) -> int:
        """How many wait to be written."""
        return sum(self._waiting.values())

    @property
    def resting(self) -> bool:
        """Whether the database did not answer a moment ago."""
        return time.monotonic() < self._rests_until

    def rest(self) -> None:
        """It did not answer."""
        self._rests_until = time.monotonic() + REST

    def add(self, code: str, day: date, write: Callable[[Counted], None]) -> None:
        """One more, and all that wait are written; `DatabaseAway` when they go on waiting."""
        with self._lock:
            self._waiting[code, day] += 1
            taken, self._waiting = self._waiting, Counter()
        try:
            write(taken)
        except DatabaseAway:
            with self._lock:
                self._waiting += taken
            raise
