"""What a person decides is recorded within a few seconds, or she hears that it was not: nobody waits for a database
that hangs, and nothing is recorded any more once she has been told so."""

import time
from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import TypeVar

from funnel.usecases.aside import aside
from funnel.usecases.errors import DatabaseAway
from funnel.usecases.house import House
from funnel.usecases.room import Room

T = TypeVar("T")

WAIT = 5.0
"""Seconds that she waits at most: two tries of a form's patience, and a moment."""

_ROOM = Room(4, wait=1.0, rest=WAIT)
"""Four may be under way at once in a process: what hangs keeps a connection, and others need some too."""


class Unrecorded(DatabaseAway):
    """It was not recorded in time, and will not be; where that is not `certain`, it was just being committed, and
    nobody knows."""

    def __init__(self, *, certain: bool) -> None:
        super().__init__("the database did not record it in time")
        self.certain = certain


class _Turn:
    """Who is first: the transaction that commits, or she who waits no longer."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._over = False
        self._committing = False

    def commit(self) -> None:
        """The transaction is about to be committed: `Unrecorded` undoes it where nobody waits any more."""
        with self._lock:
            if self._over:
                raise Unrecorded(certain=True)
            self._committing = True

    def end(self) -> bool:
        """Nobody waits any more; whether nothing was committed."""
        with self._lock:
            self._over = True
            return not self._committing


def in_time(house: House, change: Callable[[House], T]) -> T:
    """Carry out what changes one thing, in the house that it is given; `Unrecorded` where the database does not record
    it in time."""
    until = time.monotonic() + WAIT
    if not _ROOM.enter():
        raise Unrecorded(certain=True)
    turn = _Turn()
    hurried = replace(house, database=house.database.asking_first(turn.commit))
    told = aside(lambda: change(hurried), _ROOM.leave)
    try:
        return told.result(max(0.0, until - time.monotonic()))
    except (TimeoutError, DatabaseAway) as error:
        raise Unrecorded(certain=turn.end()) from error
