"""What a pause has held back: mails and steps whose time has come meanwhile, counted, spread over time, or skipped.

`names` are publications that are paused; the company's own messages stand under its name. A mail that a worker had
claimed and not begun when the pause came is held back like the others: the worker cannot open it any more.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, update

from funnel.storage.bulk import one_of, to_json, update_many
from funnel.storage.enrolments import Due, enrolments
from funnel.storage.installation import COMPANY
from funnel.storage.leads import leads
from funnel.storage.outbox import WAITING, in_states, outbox

Instants = Callable[[str | None, int], Sequence[datetime]]
"""So many instants, in order, for leads of a zone (none: not known)."""
SKIPPED = "skipped at resume"
"""The reason of a mail that was overdue when its scenario was resumed, and was to be skipped."""

_MAIL = (outbox.c.channel == "mail") & outbox.c.state.in_(WAITING)
_INSIDE = enrolments.c.state.in_(("waiting", "awaiting"))


def _mails_of(names: Sequence[str]) -> ColumnElement[bool]:
    return func.coalesce(outbox.c.scenario, COMPANY).in_(list(names))


def _steps_of(names: Sequence[str]) -> ColumnElement[bool]:
    return enrolments.c.scenario.in_(list(names))


def count_mails(connection: Connection, names: Sequence[str], now: datetime) -> dict[str, int]:
    """How many mails are held back and due, by kind."""
    wanted = (
        select(outbox.c.kind, func.count())
        .where(_MAIL, _mails_of(names), outbox.c.not_before <= now)
        .group_by(outbox.c.kind)
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}


def count_steps(connection: Connection, names: Sequence[str], now: datetime) -> int:
    """How many people stand at a step whose time has come."""
    wanted = select(func.count()).where(_INSIDE, _steps_of(names), enrolments.c.due_at <= now)
    return int(connection.execute(wanted.select_from(enrolments)).scalar_one())


def claim_steps(connection: Connection, names: Sequence[str], now: datetime, most: int) -> list[Due]:
    """As `enrolments.claim_due`, of these scenarios, paused as they are; a lead whom somebody else holds is waited for,
    in the door's own order."""
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
        .order_by(enrolments.c.lead_id, enrolments.c.due_at)
        .limit(most)
        .with_for_update(of=leads)
    )
    return [Due(*row) for row in connection.execute(wanted)]


def spread(connection: Connection, names: Sequence[str], now: datetime, instants: Instants) -> tuple[int, int]:
    """Move overdue marketing mails and overdue steps, in their order, to the instants of their leads' zones; how many
    of each. What was asked for keeps its time. The leads are locked first, in the door's own order."""
    overdue = select(enrolments.c.lead_id).where(_INSIDE, _steps_of(names), enrolments.c.due_at <= now)
    connection.execute(select(leads.c.id).where(leads.c.id.in_(overdue)).order_by(leads.c.id).with_for_update())
    steps = (
        select(enrolments.c.id, leads.c.zone)
        .join(leads, leads.c.id == enrolments.c.lead_id)
        .where(_INSIDE, _steps_of(names), enrolments.c.due_at <= now)
        .order_by(enrolments.c.due_at, enrolments.c.id)
    )
    mails = (
        select(outbox.c.id, leads.c.zone)
        .join(leads, leads.c.id == outbox.c.lead_id)
        .where(_MAIL, _mails_of(names), outbox.c.kind == "marketing", outbox.c.not_before <= now)
        .order_by(outbox.c.not_before, outbox.c.planned_at, outbox.c.id)
    )
    held = {"state": "ready", "claimed_by": None}
    moved_mails = [{"id": row, "not_before": at, **held} for row, at in _placed(connection, mails, instants)]
    moved_steps = [{"id": row, "due_at": at} for row, at in _placed(connection, steps, instants)]
    update_many(connection, outbox, moved_mails, key=("id",), expect=in_states(WAITING))
    update_many(connection, enrolments, moved_steps, key=("id",), expect="t.state IN ('waiting', 'awaiting')")
    return len(moved_mails), len(moved_steps)


def _placed(connection: Connection, wanted: Select[Any], instants: Instants) -> list[tuple[int, datetime]]:
    """Each row of (id, zone) with its instant."""
    by_zone: dict[str | None, list[int]] = defaultdict(list)
    for row, zone in connection.execute(wanted):
        by_zone[zone].append(row)
    return [pair for zone, own in by_zone.items() for pair in zip(own, instants(zone, len(own)), strict=True)]


def skip_mails(connection: Connection, names: Sequence[str], now: datetime) -> int:
    """Skip marketing mails that are held back and due; how many."""
    wanted = _MAIL & _mails_of(names) & (outbox.c.kind == "marketing") & (outbox.c.not_before <= now)
    return connection.execute(update(outbox).where(wanted).values(state="skipped", reason=SKIPPED)).rowcount


def skip_since(connection: Connection, names: Sequence[str], lead_ids: Sequence[int], after: int) -> int:
    """Skip these leads' marketing mails that were queued after the row `after`, whenever they would leave; how many."""
    wanted = (
        _MAIL
        & _mails_of(names)
        & (outbox.c.kind == "marketing")
        & (outbox.c.id > after)
        & one_of(connection, outbox.c.lead_id)
    )
    done = connection.execute(
        update(outbox).where(wanted).values(state="skipped", reason=SKIPPED), {"ids": to_json(list(lead_ids))}
    )
    return done.rowcount


def last_mail(connection: Connection) -> int:
    """The newest row of the outbox; 0 when there is none."""
    return int(connection.execute(select(func.coalesce(func.max(outbox.c.id), 0))).scalar_one())
