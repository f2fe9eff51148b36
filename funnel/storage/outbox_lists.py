"""What stands in the outbox, listed and counted for people and for the tick."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, text, true

from funnel.storage.bulk import one_of, to_json
from funnel.storage.leads import is_of
from funnel.storage.outbox import FINAL, RUNNING, attempts, outbox


def busy(connection: Connection, now: datetime) -> int:
    """How many rows are due, on their way, or not told yet: 0 says that the outbox is idle at this instant."""
    due = (outbox.c.state == "ready") & (outbox.c.not_before <= now)
    running = text(RUNNING)
    wanted = select(func.count()).where(
        (due & running)
        | outbox.c.state.in_(("claimed", "attempting"))
        | (outbox.c.tells & ~outbox.c.told & outbox.c.state.in_(FINAL))
    )
    return int(connection.execute(wanted.select_from(outbox)).scalar_one())


def next_ready(connection: Connection, channel: str | None = None) -> datetime | None:
    """The earliest instant at which a row (of a channel) may leave."""
    running = text(RUNNING)
    found: datetime | None = connection.execute(
        select(func.min(outbox.c.not_before)).where(
            outbox.c.state == "ready", running, true() if channel is None else outbox.c.channel == channel
        )
    ).scalar_one()
    return found


def upcoming(connection: Connection, most: int) -> list[Mapping[str, Any]]:
    """What leaves next, earliest first."""
    wanted = (
        select(outbox)
        .where(outbox.c.state == "ready")
        .order_by(outbox.c.not_before, outbox.c.planned_at, outbox.c.id)
        .limit(most)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def ledger(connection: Connection) -> dict[tuple[str, str], int]:
    """How many rows stand in each (channel, state): the send ledger, which balances."""
    wanted = select(outbox.c.channel, outbox.c.state, func.count()).group_by(outbox.c.channel, outbox.c.state)
    return {(channel, state): number for channel, state, number in connection.execute(wanted)}


def ledger_by_scenario(connection: Connection) -> list[tuple[str | None, str, str, int]]:
    """How many rows stand in each (scenario, channel, state)."""
    place = (outbox.c.scenario, outbox.c.channel, outbox.c.state)
    found = connection.execute(select(*place, func.count()).group_by(*place))
    return [(scenario, channel, state, number) for scenario, channel, state, number in found]


def count_accepted(connection: Connection) -> int:
    """How many rows have an attempt that the other side accepted."""
    wanted = select(func.count(attempts.c.outbox_id.distinct())).where(attempts.c.outcome == "accepted")
    return int(connection.execute(wanted).scalar_one())


def in_doubt(connection: Connection, most: int, scenario: str | None = None) -> list[Mapping[str, Any]]:
    """Rows (of one scenario, or all) of which nobody knows whether they left, newest first."""
    own = true() if scenario is None else outbox.c.scenario == scenario
    wanted = select(outbox).where(outbox.c.state == "in_doubt", own).order_by(outbox.c.id.desc()).limit(most)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def unsent(connection: Connection, channel: str, most: int) -> list[Mapping[str, Any]]:
    """What came to its end in a channel without having left, newest first."""
    wanted = (
        select(outbox)
        .where(outbox.c.channel == channel, outbox.c.state.in_([state for state in FINAL if state != "sent"]))
        .order_by(outbox.c.planned_at.desc(), outbox.c.id.desc())
        .limit(most)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def of_lead(connection: Connection, lead_id: int) -> list[Mapping[str, Any]]:
    """Everything that left, will leave or was skipped for a lead, in planned order."""
    wanted = select(outbox).where(outbox.c.lead_id == lead_id).order_by(outbox.c.planned_at, outbox.c.id)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def of_person(connection: Connection, lead_id: int) -> list[Mapping[str, Any]]:
    """The same for a lead and those for whom she stands too."""
    wanted = select(outbox).where(is_of(lead_id, outbox.c.lead_id)).order_by(outbox.c.planned_at, outbox.c.id)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def by_channel(connection: Connection, channel: str, most: int) -> list[Mapping[str, Any]]:
    """The newest rows of a channel with their last reply."""
    last = (
        select(attempts.c.reply)
        .where(attempts.c.outbox_id == outbox.c.id)
        .order_by(attempts.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    wanted = (
        select(outbox, last.label("last_reply"))
        .where(outbox.c.channel == channel)
        .order_by(outbox.c.id.desc())
        .limit(most)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def sent_to(connection: Connection, leads: Sequence[int]) -> list[Mapping[str, Any]]:
    """What scenarios' mails have left to the leads themselves, oldest first."""
    wanted = (
        select(outbox.c.lead_id, outbox.c.scenario, outbox.c.message, outbox.c.left_at)
        .where(one_of(connection, outbox.c.lead_id), outbox.c.channel == "mail", outbox.c.state == "sent")
        .where(outbox.c.recipient == "lead", outbox.c.scenario.is_not(None))
        .order_by(outbox.c.left_at, outbox.c.id)
    )
    return [dict(row) for row in connection.execute(wanted, {"ids": to_json(list(leads))}).mappings()]
