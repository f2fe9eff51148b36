"""What open work still names: users, appointment types, webhooks. Each query looks at all the ids at once."""

from collections.abc import Collection, Sequence

from sqlalchemy import Column, ColumnElement, Connection, and_, select

from funnel.storage.appointments import OPEN, appointments
from funnel.storage.handoffs import handoffs, tasks
from funnel.storage.outbox import outbox

_QUEUED = ("ready", "claimed", "attempting")


def users(connection: Connection, ids: Collection[str]) -> dict[str, list[str]]:
    """What each of these users still has open: `handoffs`, `appointments`, `tasks`; those with nothing are left out."""
    open_handoff = handoffs.c.state.in_(("offered", "accepted"))
    return _by_id(
        {
            "handoffs": _named(connection, handoffs.c.rep, ids, open_handoff),
            "appointments": _named(connection, appointments.c.rep, ids, appointments.c.state.in_(OPEN)),
            "tasks": _named(connection, tasks.c.rep, ids, tasks.c.done_at.is_(None)),
        }
    )


def appointment_types(connection: Connection, ids: Collection[str]) -> dict[str, list[str]]:
    """Those of these types of which an appointment is open."""
    return _by_id({"appointments": _named(connection, appointments.c.type, ids, appointments.c.state.in_(OPEN))})


def webhooks(connection: Connection, ids: Collection[str]) -> dict[str, list[str]]:
    """Those of these webhooks that calls are queued for."""
    queued = and_(outbox.c.channel == "webhook", outbox.c.state.in_(_QUEUED))
    return _by_id({"calls": _named(connection, outbox.c.recipient, ids, queued)})


def _named(
    connection: Connection, column: Column[str], ids: Collection[str], still_open: ColumnElement[bool]
) -> Sequence[str]:
    if not ids:
        return []
    wanted = select(column).where(column.in_(sorted(ids)), still_open).distinct()
    return connection.execute(wanted).scalars().all()


def _by_id(found: dict[str, Sequence[str]]) -> dict[str, list[str]]:
    ids = sorted({one for named in found.values() for one in named})
    return {one: [what for what, named in found.items() if one in named] for one in ids}
