"""The one table of periodic work: what runs at night and between, each entry under a lease in the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Periodic:
    """One entry: every so often, in one process of all, `work` is called. A crash in it costs one period."""

    name: str
    every: timedelta
    work: Callable[[], object]
    lease: timedelta = timedelta(minutes=5)


class Leases(Protocol):
    """Who does which entry, by the machine time of the database."""

    def take(self, name: str, every: timedelta, lease: timedelta) -> bool:
        """True when the last run is `every` ago and nobody else has it: it is the caller's, for `lease` at most."""

    def give_back(self, name: str) -> None:
        """The entry was worked: its lease ends now."""

    def next_due(self, every: Mapping[str, timedelta]) -> float:
        """Seconds until the first of these entries is due (0 or less: now; one that never ran is due now)."""


class PeriodicTable:
    """Runs what is due. An entry that fails keeps its lease, so that it is not tried again at once."""

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
                self._leases.give_back(entry.name)
        return worked

    def next_due(self) -> float | None:
        """Seconds until the next entry; None when the table is empty."""
        return self._leases.next_due({entry.name: entry.every for entry in self._entries}) if self._entries else None
