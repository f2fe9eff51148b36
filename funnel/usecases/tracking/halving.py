"""What is written together, but for each that cannot be written alone."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from funnel.storage.database import UNWRITABLE
from funnel.usecases.tracking.visit_events import BadEntry

T = TypeVar("T")

NEVER = (*UNWRITABLE, BadEntry)
"""What is raised for what something holds, however often it is tried; never for a fault of ours or an away database."""


def halved(these: Sequence[T], write: Callable[[Sequence[T]], None], drop: Callable[[T, Exception], None]) -> None:
    """Write them all, but each that cannot be written alone: among two thousand it is found in some twenty tries."""
    if not these:
        return
    try:
        write(these)
    except NEVER as error:
        if len(these) == 1:
            drop(these[0], error)
            return
        middle = len(these) // 2
        halved(these[:middle], write, drop)
        halved(these[middle:], write, drop)
