"""What has faded day by day, taken together where people read it."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TypeVar

Line = TypeVar("Line")


def in_runs(lines: Iterable[Line], fades: Callable[[Line], bool]) -> Iterator[list[Line]]:
    """Each line by itself; what has faded between two others is one."""
    for fading, run in groupby(lines, fades):
        if fading:
            yield list(run)
        else:
            yield from ([one] for one in run)
