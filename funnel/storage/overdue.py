"""What a pause has held back: mails and steps whose time has come meanwhile, counted, spread over time, or skipped.

`names` are scenarios; `None` stands for everything, the company's own messages too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, text, true, update

from funnel.storage.bulk import id_list, to_json, update_many
from funnel.storage.enrolments import Due, enrolments
from funnel.storage.leads import leads
from funnel.storage.outbox import outbox

_MAIL = (outbox.c.channel == "mail") & (outbox.c.state == "ready")
_INSIDE = enrolments.c.state.in_(("waiting", "awaiting"))


def _mails_of(names: Sequence[str] | None) -> ColumnElement[bool]:
    return true() if names is None else outbox.c.scenario.in_(list(names))


def _steps_of(names: Sequence[str] | None) -> ColumnElement[bool]:
    return true() if names is None else enrolments.c.scenario.in_(list(names))


def count_mails(connection: Connection, names: Sequence[str] | None, now: datetime) -> dict[str, int]:
    """How many mails are ready and due, by kind."""
    wanted = (
        select(outbox.c.kind, func.count())
        .where(_MAIL, _mails_of(names), outbox.c.not_before <= now)
        .group_by(outbox.c.kind)
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}


def count_steps(connection: Connection, names: Sequence[str] | None, now: datetime) -> int:
    """How many people stand at a step whose time has come."""
    wanted = select(func.count()).where(_INSIDE, _steps_of(names), enrolments.c.due_at <= now)
    return int(connection.execute(wanted.select_from(enrolments)).scalar_one())


def claim_steps(connection: Connection, names: Sequence[str] | None, now: datetime, most: int) -> list[Due]:
    """As `enrolments.claim_due`, of these scenarios, paused as they are."""
    wanted = (
        select(
            enrolments.c.lead_id,
            enrolments.c.scenario,
            enrolments.c.pass_number,
            enrolments.c.step,
            enrolments.c.due_at,
        )
        .join(leads, leads.c.id == enrolments.c.lead_id)
        .where(_INSIDE, _steps_of(names), enrolments.c.due_at <= now)
        .order_by(enrolments.c.due_at, enrolments.c.lead_id)
        .limit(most)
        .with_for_update(of=leads, skip_locked=True)
    )
    return [Due(*row) for row in connection.execute(wanted)]


def spread(connection: Connection, names: Sequence[str] | None, now: datetime, over: timedelta) -> tuple[int, int]:
    """Move overdue marketing mails and overdue steps, in their order, to instants evenly spread from `now` on; how many
    of each. What was asked for keeps its time. The leads are locked first, in the door's own order."""
    overdue = select(enrolments.c.lead_id).where(_INSIDE, _steps_of(names), enrolments.c.due_at <= now)
    connection.execute(select(leads.c.id).where(leads.c.id.in_(overdue)).order_by(leads.c.id).with_for_update())
    steps = connection.execute(
        select(enrolments.c.id)
        .where(_INSIDE, _steps_of(names), enrolments.c.due_at <= now)
        .order_by(enrolments.c.due_at, enrolments.c.id)
    ).scalars()
    mails = connection.execute(
        select(outbox.c.id)
        .where(_MAIL, _mails_of(names), outbox.c.kind == "marketing", outbox.c.not_before <= now)
        .order_by(outbox.c.not_before, outbox.c.planned_at, outbox.c.id)
    ).scalars()
    moved_mails = _instants("not_before", list(mails), now, over)
    moved_steps = _instants("due_at", list(steps), now, over)
    update_many(connection, outbox, moved_mails, key=("id",), expect="t.state = 'ready'")
    update_many(connection, enrolments, moved_steps, key=("id",), expect="t.state IN ('waiting', 'awaiting')")
    return len(moved_mails), len(moved_steps)


def _instants(column: str, ids: Sequence[int], now: datetime, over: timedelta) -> list[dict[str, Any]]:
    return [{"id": row, column: now + over * place / len(ids)} for place, row in enumerate(ids)]


def skip_mails(connection: Connection, names: Sequence[str] | None, now: datetime, reason: str) -> int:
    """Skip marketing mails that are ready and due; how many."""
    wanted = _MAIL & _mails_of(names) & (outbox.c.kind == "marketing") & (outbox.c.not_before <= now)
    return connection.execute(update(outbox).where(wanted).values(state="skipped", reason=reason)).rowcount


def skip_since(
    connection: Connection, names: Sequence[str] | None, lead_ids: Sequence[int], after: int, reason: str
) -> int:
    """Skip these leads' marketing mails that were queued after the row `after`, whenever they would leave; how many."""
    wanted = (
        _MAIL
        & _mails_of(names)
        & (outbox.c.kind == "marketing")
        & (outbox.c.id > after)
        & outbox.c.lead_id.in_(text(id_list(connection)))
    )
    done = connection.execute(
        update(outbox).where(wanted).values(state="skipped", reason=reason), {"ids": to_json(list(lead_ids))}
    )
    return done.rowcount


def last_mail(connection: Connection) -> int:
    """The newest row of the outbox; 0 when there is none."""
    return int(connection.execute(select(func.coalesce(func.max(outbox.c.id), 0))).scalar_one())
