"""Names of browsers that have withdrawn their consent, as one process knows them: no visit waits for the database."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from funnel.usecases.tracking.lookout import Lookout

FRESH = 1.0
"""Seconds in which another process may have taken a withdrawal that is not known here."""

_OVERLAP = timedelta(minutes=5)
"""So far before the newest that is known the next look begins: another transaction may have ended later."""

Read = Callable[[datetime | None], Sequence[tuple[str, datetime]]]
"""Gives the digests that were withdrawn since an instant, or all, each with when; raises nothing."""


class WithdrawnNames:
    """Digests of names, in memory; what is missing here is still not kept, for the drain looks again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._digests: set[str] = set()
        self._newest: datetime | None = None
        self._lookout = Lookout(FRESH, clock)

    def add(self, digest: str) -> None:
        """Know one at once that this process has taken itself."""
        self._digests.add(digest)

    def has(self, digest: str, read: Read) -> bool:
        """Whether it is one of them; where the last look is a second ago, after another."""
        if digest not in self._digests:
            self._lookout.look(lambda: self._read_on(read))
        return digest in self._digests

    def _read_on(self, read: Read) -> None:
        found = read(self._newest - _OVERLAP if self._newest else None)
        self._digests.update(digest for digest, _ in found)
        self._newest = max([at for _, at in found] + ([self._newest] if self._newest else []), default=None)
