"""What one process counts and tells once a second, so that a flood of refusals is no flood of writing."""

import threading
import time
from collections import Counter
from collections.abc import Mapping

EVERY = 1.0
"""Seconds."""


class Tally:
    """Counts by name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: Counter[str] = Counter()
        self._told_at = float("-inf")

    def add(self, what: str) -> Mapping[str, int]:
        """One more; everything that was counted, if it is time to tell it, and the count begins anew."""
        with self._lock:
            self._counted[what] += 1
            if time.monotonic() - self._told_at < EVERY:
                return {}
            told, self._counted = self._counted, Counter()
            self._told_at = time.monotonic()
            return told
