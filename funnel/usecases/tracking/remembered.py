"""What the database said a moment ago, for those who may not wait for it."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from sqlalchemy import Connection

from funnel.usecases.errors import DatabaseAway
from funnel.usecases.house import House

T = TypeVar("T")


class Remembered(Generic[T]):
    """Something that one process asks for anew after some seconds; the last answer holds while the database is away,
    and `first` until there was one."""

    def __init__(self, house: House, seconds: float, first: T, ask: Callable[[Connection], T]) -> None:
        self._house = house
        self._seconds = seconds
        self._known = first
        self._ask = ask
        self._until = float("-inf")

    def now(self) -> T:
        """The answer as it is, or was so many seconds ago."""
        if time.monotonic() >= self._until:
            with suppress(DatabaseAway), self._house.resting.asking(), self._house.database.read() as connection:
                self._known = self._ask(connection)
            self._until = time.monotonic() + self._seconds
        return self._known
