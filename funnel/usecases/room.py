"""Room for so many at once: whoever finds none waits for a moment, and nobody does while it is known to be full."""

import time
from threading import BoundedSemaphore


class Room:
    """For so many (`places`) in a process. Once somebody has waited in vain (`wait` seconds), nobody waits for a while
    (`rest` seconds): whoever waits keeps a thread that answers."""

    def __init__(self, places: int, wait: float, rest: float) -> None:
        self._free = BoundedSemaphore(places)
        self._wait = wait
        self._rest = rest
        self._full_until = float("-inf")

    def enter(self) -> bool:
        """Whether there is room; who enters leaves again."""
        waits = time.monotonic() >= self._full_until
        entered = self._free.acquire(timeout=self._wait) if waits else self._free.acquire(blocking=False)
        if not entered:
            self._full_until = time.monotonic() + self._rest
        return entered

    def leave(self) -> None:
        """There is room for another."""
        self._free.release()
