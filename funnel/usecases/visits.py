"""Visits that were counted and are not written yet: a file in the state folder, for when the database is away."""

import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from funnel.storage.connections import DatabaseAway

Counted = Mapping[tuple[str, date], int]


class Visits:
    """Counts by code and day; in the file a line has a code, a day and a number. Every process of the machine adds to
    it, and the first visit that the database takes again brings all with it: nothing is lost with a process."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "visits.waiting"
        self.offset = timedelta(0)
        """How far business time was from this machine's, when it was last read."""

    @property
    def waiting(self) -> int:
        """How many wait to be written."""
        return sum(_read(self._file).values())

    def add(self, code: str, day: date, write: Callable[[Counted], None]) -> None:
        """One more, and all that wait are written; `DatabaseAway` when they go on waiting."""
        taken = self._take()
        counted = _read(taken) + Counter({(code, day): 1})
        try:
            write(counted)
        except DatabaseAway:
            self._keep(counted)
            raise
        finally:
            taken.unlink(missing_ok=True)

    def _take(self) -> Path:
        """The file under a name of this thread's own, so that nobody else writes the same visits; it may be none."""
        own = self._file.with_name(f"{self._file.name}.{os.getpid()}.{threading.get_ident()}")
        if self._file.exists():
            with suppress(FileNotFoundError):  # somebody else has just taken it
                self._file.rename(own)
        return own

    def _keep(self, counted: Counted) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="ascii") as file:
            file.write("".join(f"{code} {day} {number}\n" for (code, day), number in counted.items()))


def _read(path: Path) -> Counter[tuple[str, date]]:
    """What a file counts; nothing where there is none. A line that a crash has cut off counts as none."""
    found: Counter[tuple[str, date]] = Counter()
    try:
        lines = path.read_text(encoding="ascii").split("\n")[:-1]
    except FileNotFoundError:
        return found
    for line in lines:
        code, day, number = line.split(" ")
        found[code, date.fromisoformat(day)] += int(number)
    return found
