"""The table of periodic work runs each entry once a period, in one process of all."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from funnel.jobs.periodic import Periodic, PeriodicTable

HOUR = timedelta(hours=1)


class _Notebook:
    """Leases in memory, by a clock that the test moves."""

    def __init__(self) -> None:
        self.now = timedelta(days=1)
        self._taken: dict[str, timedelta] = {}
        self._until: dict[str, timedelta] = {}

    def take(self, name: str, every: timedelta, lease: timedelta) -> bool:
        if self.next_due({name: every}) > 0:
            return False
        self._taken[name] = self.now
        self._until[name] = self.now + lease
        return True

    def give_back(self, name: str) -> None:
        self._until[name] = self.now

    def next_due(self, every: Mapping[str, timedelta]) -> float:
        due = (max(self._taken[n] + every[n], self._until[n]) if n in self._taken else self.now for n in every)
        return (min(due) - self.now).total_seconds()


def test_an_entry_runs_once_a_period() -> None:
    done: list[str] = []
    leases = _Notebook()
    table = PeriodicTable([Periodic("trim", HOUR, lambda: done.append("trim"))], leases)
    assert table.next_due() == 0
    assert [table.run(), table.run()] == [True, False]
    assert table.next_due() == 3600
    leases.now += HOUR
    assert table.run()
    assert done == ["trim", "trim"]


def test_an_entry_that_fails_keeps_its_lease_and_is_tried_again_when_it_ends() -> None:
    attempts: list[int] = []

    def work() -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("disk full")

    leases = _Notebook()
    table = PeriodicTable([Periodic("trim", timedelta(seconds=1), work, lease=timedelta(minutes=5))], leases)
    with pytest.raises(OSError, match="disk full"):
        table.run()
    leases.now += timedelta(seconds=2)
    assert not table.run()
    leases.now += timedelta(minutes=5)
    assert table.run()
    assert len(attempts) == 2


def test_two_entries_of_one_name_are_refused() -> None:
    entry = Periodic("trim", HOUR, lambda: None)
    with pytest.raises(ValueError, match="one name"):
        PeriodicTable([entry, entry], _Notebook())


def test_an_empty_table_is_never_due() -> None:
    assert PeriodicTable([], _Notebook()).next_due() is None
