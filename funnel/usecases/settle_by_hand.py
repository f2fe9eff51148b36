"""Mails in doubt: nobody knows whether they left, until a person says that one was sent, or sends it again."""

from dataclasses import dataclass
from datetime import datetime

from funnel.storage import installation, leads, outbox, outbox_lists
from funnel.usecases.errors import Conflict, NotFound
from funnel.usecases.house import House


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A mail in doubt. `id` is its row's, `message` its template, `at` when it may have left (business time)."""

    id: int
    at: datetime
    message: str
    reason: str
    lead_id: int | None
    lead: str


def list_in_doubt(house: House, scenario: str | None = None, most: int = 500) -> list[Doubtful]:
    """The newest first; of one scenario, or of all and the company's own."""
    with house.database.read() as connection:
        rows = outbox_lists.in_doubt(connection, most, scenario)
        names = leads.called(connection, [row["lead_id"] for row in rows])
    return [
        Doubtful(
            row["id"],
            row["left_at"] or row["planned_at"],
            row["message"],
            row["reason"] or "",
            row["lead_id"],
            names.get(row["lead_id"], ""),
        )
        for row in rows
    ]


def settle_by_hand(house: House, who: str, outbox_id: int, *, sent: bool) -> None:
    """Settle one: `sent` says that it arrived, else the same bytes are sent again, if she may still be written to.

    `who` is a user's id, or `shell`; it is audited. `NotFound`: no such mail; `Conflict`: it is not in doubt (any
    more).
    """
    with house.database.write() as connection:
        now = installation.moment(connection).now
        row = outbox.settle_by_hand(connection, outbox_id, sent, now, who)
        if row is None:
            known = [one for one in outbox.rows(connection, [outbox_id]) if one["channel"] == "mail"]
            if not known:
                raise NotFound(f"there is no mail {outbox_id}")
            raise _settled(known[0]["state"])
        what = "mail_was_sent" if sent else "mail_sent_again"
        installation.write_audit(connection, who, what, str(outbox_id), {"message": row["message"]}, now)
    house.bell.ring("report" if sent else "mail")


def _settled(state: str) -> Conflict:
    """What became of a mail that is not in doubt (any more)."""
    match state:
        case "sent":
            return Conflict("This mail is not in doubt: it counts as sent.")
        case "ready" | "claimed" | "attempting":
            return Conflict("This mail is not in doubt: it is about to leave.")
    return Conflict("This mail is not in doubt: it did not leave, and says why.")
