"""What open work still names: reps, appointment types, webhooks. Each query looks at all the ids at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Column, ColumnElement, Connection, and_, func, select

from funnel.storage.appointments import OPEN, appointments
from funnel.storage.handoffs import handoffs, tasks
from funnel.storage.outbox import WAITING, outbox

WORK = ("handoffs", "appointments", "tasks")
"""What a rep has open."""

_QUEUED = (*WAITING, "attempting")


def others(connection: Connection, ids: Collection[str], of: Collection[str] = WORK) -> dict[str, dict[str, int]]:
    """By rep who is none of these (any more), how much `of` her work is still open; one statement for each kind."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for what, column, still_open in (
        ("handoffs", handoffs.c.rep, handoffs.c.state.in_(("offered", "accepted"))),
        ("appointments", appointments.c.rep, appointments.c.state.in_(OPEN)),
        ("tasks", tasks.c.rep, and_(tasks.c.done_at.is_(None), tasks.c.rep.is_not(None))),
    ):
        if what not in of:
            continue
        wanted = select(column, func.count()).where(column.not_in(sorted(ids)), still_open).group_by(column)
        for rep, number in connection.execute(wanted):
            found[rep][what] = number
    return dict(found)


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
