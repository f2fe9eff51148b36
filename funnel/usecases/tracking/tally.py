"""What one process counts and tells once a second, so that a flood of refusals is no flood of writing."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

EVERY = 1.0
"""Seconds."""

Tell = Callable[[Mapping[str, int]], None]


class Tally:
    """Counts by name. What is not told at once is told when its second is over, also by a process that ends: it waits
    for that."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: Counter[str] = Counter()
        self._told_at = float("-inf")
        self._waits = False

    def add(self, what: str, tell: Tell) -> None:
        """One more; everything that was counted is told now, or in a moment."""
        with self._lock:
            self._counted[what] += 1
            if self._waits:
                return
            rest = self._told_at + EVERY - time.monotonic()
            self._waits = rest > 0
        if rest > 0:
            threading.Timer(rest, self._tell, [tell]).start()
        else:
            self._tell(tell)

    def _tell(self, tell: Tell) -> None:
        with self._lock:
            told, self._counted = self._counted, Counter()
            self._told_at = time.monotonic()
            self._waits = False
        if told:
            tell(told)
