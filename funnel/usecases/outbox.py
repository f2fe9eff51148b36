"""What a decision asks of the mails that are queued: kept by the database, or in memory by a rehearsal."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from funnel.storage import outbox


@dataclass(frozen=True, slots=True)
class Waiting:
    """A marketing mail that waits: planned `at`, and whose it is."""

    at: datetime
    not_before: datetime
    cause: str
    scenario: str | None
    pass_number: int | None
    purpose: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Waiting":
        """The mail of a row of the outbox."""
        own = {one.name: row[one.name] for one in fields(cls) if one.name != "at"}
        return cls(at=row["planned_at"], **own)


@dataclass(frozen=True, slots=True)
class Marketing:
    """Somebody's marketing mails, as the cap looks at them: when those left that have, or may have, and those that
    wait."""

    left: list[datetime]
    waiting: list[Waiting]


class Outbox(Protocol):
    """The outbox, as far as a decision asks."""

    def any_left(self, lead_id: int, causes: Collection[str]) -> bool:
        """Whether a mail to her of one of these causes has left, or cannot be kept any more."""

    def marketing(self, lead_id: int) -> Marketing:
        """The marketing mails to her."""


class StoredOutbox:
    """The outbox in the database, inside the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def any_left(self, lead_id: int, causes: Collection[str]) -> bool:
        """See `Outbox`; what has not left stays until the transaction ends."""
        return outbox.any_left(self._connection, lead_id, causes)

    def marketing(self, lead_id: int) -> Marketing:
        """See `Outbox`."""
        rows = outbox.marketing_of(self._connection, lead_id)
        return Marketing(
            [row["at"] for row in rows if row["state"] in outbox.MAY_HAVE_LEFT],
            [Waiting.of(row) for row in rows if row["state"] in outbox.WAITING],
        )
