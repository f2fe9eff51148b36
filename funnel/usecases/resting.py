"""A database that did not answer is left alone for a moment, so that a redirect waits for it once, not each time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from funnel.usecases.errors import DatabaseAway

REST = 2.0
"""Seconds."""


class Resting:
    """Whether it rests; what one request of this process has learned spares the next."""

    def __init__(self) -> None:
        self._until = 0.0

    def __bool__(self) -> bool:
        return time.monotonic() < self._until

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around whatever asks the database: `DatabaseAway` at once while it rests, and from then on it rests where it
        does not answer."""
        if self:
            raise DatabaseAway("it did not answer a moment ago")
        try:
            yield
        except DatabaseAway:
            self._until = time.monotonic() + REST
            raise
