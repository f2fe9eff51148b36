"""A database that did not answer is left alone for a moment, so that a redirect waits for it once, not each time."""

import time

REST = 2.0
"""Seconds."""


class Resting:
    """Whether it rests; what one request of this process has learned spares the next."""

    def __init__(self) -> None:
        self._until = 0.0

    def __bool__(self) -> bool:
        return time.monotonic() < self._until

    def begin(self) -> None:
        """It did not answer."""
        self._until = time.monotonic() + REST
