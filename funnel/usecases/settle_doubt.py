"""After a worker's death: what it had not begun is ready again, what it noted is believed, the rest is in doubt."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.ports import FormerNotes
from funnel.storage import installation, windows
from funnel.usecases.house import House


def settle_doubt(house: House) -> bool:
    """Resolve rows whose lease has run out, and those of dead workers on this machine at once; whether there were any.

    `asked` and staff mails in doubt are sent again, the same bytes; `marketing` is parked and listed.
    """
    former = house.notes.former()

    def work(connection: Connection) -> bool:
        rows = windows.expired(connection, [one.worker for one in former])
        if rows:
            now = installation.moment(connection).now
            windows.resolve(connection, [_resolved(row, former, now) for row in rows], house.worker)
        return bool(rows)

    settled = house.database.repeating(work)
    for notes in former:
        notes.forget()
    return settled


def _resolved(row: Mapping[str, Any], former: Sequence[FormerNotes], now: datetime) -> dict[str, Any]:
    attempt = (row["id"], row["attempts"])
    base = {
        "id": row["id"],
        "state": "ready",
        "reason": None,
        "left_at": None,
        "number": row["attempts"],
        "begun_at": row["begun_at"],
        "ended_at": now,
        "outcome": None,
        "reply": "",
    }
    if row["state"] == "claimed":
        return base
    for notes in former:
        if attempt in notes.accepted:
            left = {"state": "sent", "left_at": row["begun_at"], "outcome": "accepted"}
            return {**base, **left, "reply": notes.accepted[attempt]}
    kept = [notes for notes in former if str(row["claimed_by"]).startswith(f"{notes.worker}/")]
    if kept and not any(attempt in notes.begun for notes in kept):
        return base  # its own worker's notes are here and say that it never began
    told = {"outcome": "unknown", "reply": "the worker died while the message was on the wire"}
    if row["kind"] == "marketing":
        return {**base, **told, "state": "in_doubt", "reason": told["reply"], "left_at": now}
    return {**base, **told, "reason": told["reply"]}
