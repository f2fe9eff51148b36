"""Names of browsers that have withdrawn their consent, as one process knows them: no visit waits for the database."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock, Thread

FRESH = 1.0
"""Seconds in which another process may have taken a withdrawal that is not known here."""

_WAIT = 0.1
"""Seconds that a visit waits at most for what is read; whoever comes meanwhile does not wait."""

_OVERLAP = timedelta(minutes=5)
"""So far before the newest that is known the next look begins: another transaction may have ended later."""

Read = Callable[[datetime | None], Sequence[tuple[str, datetime]]]
"""Gives the digests that were withdrawn since an instant, or all, each with when; raises nothing."""


class WithdrawnNames:
    """Digests of names, in memory; what is missing here is still not kept, for the drain looks again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._digests: set[str] = set()
        self._newest: datetime | None = None
        self._looked_at = float("-inf")
        self._looking = Lock()

    def add(self, digest: str) -> None:
        """Know one at once that this process has taken itself."""
        self._digests.add(digest)

    def has(self, digest: str, read: Read) -> bool:
        """Whether it is one of them; where the last look is a second ago, after another."""
        if digest in self._digests:
            return True
        if self._clock() - self._looked_at >= FRESH and self._looking.acquire(blocking=False):
            self._looked_at = self._clock()
            reader = Thread(target=self._look, args=(read,), daemon=True)
            reader.start()
            reader.join(_WAIT)
        return digest in self._digests

    def _look(self, read: Read) -> None:
        try:
            found = read(self._newest - _OVERLAP if self._newest else None)
            self._digests.update(digest for digest, _ in found)
            self._newest = max([at for _, at in found] + ([self._newest] if self._newest else []), default=None)
        finally:
            self._looking.release()
