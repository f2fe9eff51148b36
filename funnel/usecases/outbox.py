"""What a decision asks of the mails that are queued: kept by the database, or in memory by a rehearsal."""

from collections.abc import Collection
from typing import Protocol

from sqlalchemy import Connection

from funnel.storage import outbox


class Outbox(Protocol):
    """The outbox, as far as a decision asks."""

    def any_left(self, lead_id: int, causes: Collection[str]) -> bool:
        """Whether a mail to her of one of these causes has left, or cannot be kept any more."""


class StoredOutbox:
    """The outbox in the database, inside the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def any_left(self, lead_id: int, causes: Collection[str]) -> bool:
        """See `Outbox`; what has not left stays until the transaction ends."""
        return outbox.any_left(self._connection, lead_id, causes)
