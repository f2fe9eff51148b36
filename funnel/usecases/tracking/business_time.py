"""Business time where nobody may wait for a database: a click is followed while it is away."""

import time
from datetime import UTC, datetime, timedelta

from funnel.storage import installation
from funnel.usecases.errors import DatabaseAway
from funnel.usecases.house import House

ASKED_EVERY = 1.0
"""Seconds."""


class BusinessTime:
    """What mails are dated by, as one process knows it. In live mode that is the wall clock, and nothing is asked; the
    clock of a demonstration may be moved: the database is asked how far, now and then, and the last answer holds while
    it is away."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._offset = timedelta(0)
        self._known_until = 0.0

    def now(self) -> datetime:
        """Aware UTC."""
        house = self._house
        if house.settings.demo and not house.resting and time.monotonic() >= self._known_until:
            try:
                with house.database.read() as connection:
                    self._offset = installation.moment(connection).offset
                self._known_until = time.monotonic() + ASKED_EVERY
            except DatabaseAway:
                house.resting.begin()
        return datetime.now(UTC) + self._offset
