"""What the database said a moment ago, for those who may not wait for it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from sqlalchemy import Connection

from funnel.usecases.errors import DatabaseAway
from funnel.usecases.house import House
from funnel.usecases.tracking.lookout import Brief, Lookout

T = TypeVar("T")


class Remembered(Generic[T]):
    """Something that one process asks for anew after some seconds; the last answer holds while the database is away or
    hangs, and `first` until there was one."""

    def __init__(self, house: House, seconds: float, first: T, ask: Callable[[Connection], T]) -> None:
        self._house = house
        self._lookout = Lookout(seconds)
        self._first = Brief()
        self._known = first
        self._answered = False
        self._ask = ask

    def now(self) -> T:
        """The answer as it is, or was so many seconds ago; for the first one waits a moment."""
        if self._answered:
            self._lookout.look(self.prepare)
        else:
            with suppress(DatabaseAway), self._house.resting.asking():
                self._first.read(self._ask_anew)
        return self._known

    def prepare(self) -> None:
        """Ask, however long it takes."""
        with suppress(DatabaseAway), self._house.resting.asking():
            self._ask_anew()

    def _ask_anew(self) -> None:
        with self._house.database.read() as connection:
            self._known = self._ask(connection)
            self._answered = True
