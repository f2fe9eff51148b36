"""The one table of periodic work: what runs at night and between, each entry under a lease in the database."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Periodic:
    """One entry: every so often, in one process of all, `work` is called. It may be called twice after a crash."""

    name: str
    every: timedelta
    work: Callable[[], object]
    lease: timedelta = timedelta(minutes=5)


class Leases(Protocol):
    """Who does which entry, by the machine time of the database."""

    def take(self, name: str, every: timedelta, lease: timedelta) -> bool:
        """True when the entry is due and was given to the caller, for `lease` at most."""

    def done(self, name: str, every: timedelta) -> None:
        """The entry was worked: due again `every` after it was taken."""

    def next_due(self, names: Sequence[str]) -> float | None:
        """Seconds until the first of these entries is due (0 or less: now; an unknown entry is due now)."""


class PeriodicTable:
    """Runs what is due. An entry that fails keeps its lease to the end and is tried again then."""

    def __init__(self, entries: Sequence[Periodic], leases: Leases) -> None:
        if len({entry.name for entry in entries}) != len(entries):
            raise ValueError("two entries of the periodic table have one name")
        self._entries = tuple(entries)
        self._leases = leases

    def run(self) -> bool:
        """Work every entry that is due; whether there was one."""
        worked = False
        for entry in self._entries:
            if self._leases.take(entry.name, entry.every, entry.lease):
                worked = True
                entry.work()
                self._leases.done(entry.name, entry.every)
        return worked

    def next_due(self) -> float | None:
        """Seconds until the next entry; None when the table is empty."""
        return self._leases.next_due([entry.name for entry in self._entries]) if self._entries else None
