"""Mails that did not leave, and why: for the demo's mailbox and its clock."""

from dataclasses import dataclass
from datetime import datetime

from funnel.storage import leads, outbox_lists
from funnel.usecases.house import House


@dataclass(frozen=True, slots=True)
class Unsent:
    """A mail that was skipped, refused, failed or may not have arrived. `id` is its row's, `message` its template."""

    id: int
    at: datetime
    message: str
    state: str
    reason: str
    lead_id: int | None
    lead: str


def list_unsent(house: House, most: int = 50) -> list[Unsent]:
    """The newest ones first."""
    with house.database.read() as connection:
        rows = outbox_lists.unsent(connection, "mail", most)
        names = leads.called(connection, [row["lead_id"] for row in rows])
    return [
        Unsent(
            row["id"],
            row["left_at"] or row["planned_at"],
            row["message"],
            row["state"],
            row["reason"] or "",
            row["lead_id"],
            names.get(row["lead_id"], ""),
        )
        for row in rows
    ]
