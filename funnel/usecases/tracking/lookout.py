"""Looks at the database that are set off by requests which may not wait for them."""

import time
from collections.abc import Callable
from threading import Lock, Thread

_WAIT = 0.1
"""Seconds that who sets a look off waits for it at most; whoever comes meanwhile does not wait."""


class Lookout:
    """One look at a time, and the next so many seconds after the last."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._next_at = float("-inf")
        self._looking = Lock()

    def look(self, read: Callable[[], None], *, waits: bool = False) -> None:
        """Read, where it is time: in a thread of its own, or here, if who asks `waits` for lack of any answer."""
        if self._clock() < self._next_at:
            return
        if waits:
            read()
            self._next_at = self._clock() + self._seconds
        elif self._looking.acquire(blocking=False):
            self._next_at = self._clock() + self._seconds
            reader = Thread(target=self._read, args=(read,), daemon=True)
            reader.start()
            reader.join(_WAIT)

    def _read(self, read: Callable[[], None]) -> None:
        try:
            read()
        finally:
            self._looking.release()
