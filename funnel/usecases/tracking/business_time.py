"""Business time where nobody may wait for a database: a click is followed while it is away."""

from datetime import UTC, datetime, timedelta

from funnel.storage import installation
from funnel.usecases.house import House
from funnel.usecases.tracking.remembered import Remembered

ASKED_EVERY = 1.0
"""Seconds."""


class BusinessTime:
    """What mails are dated by, as one process knows it. In live mode that is the wall clock, and nothing is asked; the
    clock of a demonstration may be moved: the database is asked how far, now and then."""

    def __init__(self, house: House) -> None:
        self._moves = house.settings.demo
        self._moved_by = Remembered(house, ASKED_EVERY, timedelta(0), lambda asked: installation.moment(asked).offset)

    def prepare(self) -> None:
        """Ask, where there is something to ask, so that nobody waits for the first answer."""
        if self._moves:
            self._moved_by.prepare()

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC) + (self._moved_by.now() if self._moves else timedelta(0))
