"""When each lane has work next: what the tick sleeps until."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from funnel.ports import Lane
from funnel.storage import enrolments, installation, leads, outbox, outbox_lists, tracking, windows
from funnel.storage.database import machine_now
from funnel.usecases.house import House
from funnel.usecases.write_digests import due_digests


def look_ahead(house: House) -> Mapping[Lane, float]:
    """Seconds until each lane's next work (0 or less: now); a lane with nothing in sight is absent."""
    with house.database.read() as connection:
        now = installation.moment(connection).now
        found: dict[Lane, datetime | None] = {
            "due": now if due_digests(connection, house) else _next_due(connection),
            "mail": outbox_lists.next_ready(connection, "mail"),
            "webhook": outbox_lists.next_ready(connection, "webhook"),
            "report": now if outbox.anything_untold(connection) else None,
            "intake": now if house.stream.waits() or tracking.anything_waits(connection) else None,
        }
        lease_ends = windows.next_expiry(connection)
        machine = machine_now(connection)
    seconds: dict[Lane, float] = {lane: (at - now).total_seconds() for lane, at in found.items() if at}
    if lease_ends:
        seconds["mail"] = min(seconds.get("mail", float("inf")), (lease_ends - machine).total_seconds())
    if house.notes.former():
        seconds["mail"] = 0.0  # a worker of this machine is dead: what it left is settled at once
    return seconds


def _next_due(connection: Connection) -> datetime | None:
    found = (enrolments.next_due(connection), leads.next_review(connection))
    return min((at for at in found if at), default=None)
