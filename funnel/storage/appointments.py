"""Appointments: their table, what is asked of it, and what becomes of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    delete,
    func,
    select,
)

from funnel.domain.lead import NOBODY, Appointment
from funnel.storage.bulk import one_of, to_json, update_many
from funnel.storage.calendars import busy_times
from funnel.storage.database import Instant, Serial, metadata
from funnel.storage.diary_cells import diary_cells
from funnel.storage.leads import leads

appointments = Table(
    "appointments",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("lead_id", Serial, ForeignKey("leads.id"), nullable=False, index=True),
    Column("type", String(64), nullable=False),
    Column("rep", String(64), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("marks", Integer, nullable=False),
    Column("scenario", String(64)),
    Column("pass_number", Integer),
    Column("booked_by", String(64), nullable=False),
    Column("booked_at", Instant, nullable=False),
    Column("replaces", Serial, ForeignKey("appointments.id")),
    Index("ix_appointments_rep", "rep", "starts_at"),
)

OPEN = ("booked", "moved")
_OF_THE_APPOINTMENT = tuple(one.name for one in fields(Appointment))


def put(connection: Connection, changed: Sequence[Appointment]) -> None:
    """Write states, times, reps and sequences; a cancelled appointment's cells are free again."""
    rows = [
        {
            "id": a.id,
            "rep": a.rep,
            "state": a.state,
            "starts_at": a.starts_at,
            "ends_at": a.ends_at,
            "sequence": a.sequence,
            "marks": a.marks,
        }
        for a in changed
    ]
    update_many(connection, appointments, rows, key=("id",))
    cancelled = [a.id for a in changed if a.state == "cancelled"]
    if cancelled:
        connection.execute(delete(diary_cells).where(diary_cells.c.appointment_id.in_(cancelled)))


def of_leads(connection: Connection, ids: Sequence[int]) -> list[tuple[int, Appointment]]:
    """Every appointment of the leads, in the order they were booked."""
    wanted = (
        select(appointments)
        .where(one_of(connection, appointments.c.lead_id))
        .order_by(appointments.c.lead_id, appointments.c.id)
    )
    return [(row["lead_id"], read(row)) for row in connection.execute(wanted, {"ids": to_json(list(ids))}).mappings()]


def booked_last(connection: Connection, ids: Collection[int]) -> dict[tuple[int, str], datetime]:
    """When leads, or the staff for them, have last booked, by lead and type, but for what was cancelled; a time that a
    scenario blocks was chosen by nobody."""
    own = appointments.c
    wanted = (
        select(own.lead_id, own.type, func.max(own.booked_at))
        .where(one_of(connection, own.lead_id), own.state != "cancelled", own.booked_by != "scenario")
        .group_by(own.lead_id, own.type)
    )
    rows = connection.execute(wanted, {"ids": to_json(sorted(ids))}).all()
    return {(lead_id, type_id): at for lead_id, type_id, at in rows}


def between(connection: Connection, reps: Sequence[str], first: datetime, last: datetime) -> list[Mapping[str, Any]]:
    """Appointments of reps that start in a span, whatever their state, earliest first."""
    wanted = (
        select(appointments)
        .where(
            appointments.c.rep.in_(list(reps)),
            appointments.c.starts_at >= first,
            appointments.c.starts_at < last,
        )
        .order_by(appointments.c.starts_at, appointments.c.id)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _to_begin(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions of what is open and still to begin."""
    return appointments.c.state.in_(OPEN), appointments.c.starts_at >= now


def left_behind(connection: Connection, reps: Sequence[str], now: datetime) -> list[Mapping[str, Any]]:
    """Appointments ahead of somebody who is none of these reps (any more), earliest first."""
    wanted = (
        select(appointments)
        .where(appointments.c.rep.not_in(list(reps)), *_to_begin(now))
        .order_by(appointments.c.starts_at, appointments.c.id)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def ahead(connection: Connection, reps: Sequence[str], now: datetime) -> list[Mapping[str, Any]]:
    """Open appointments of reps that are still to begin, earliest first."""
    wanted = (
        select(appointments)
        .where(appointments.c.rep.in_(list(reps)), *_to_begin(now))
        .order_by(appointments.c.starts_at, appointments.c.id)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _covered(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions of what is open, still to begin, and falls in part on what keeps its rep busy by her own
    calendar."""
    busy = select(busy_times.c.id).where(
        busy_times.c.rep == appointments.c.rep,
        busy_times.c.ends_at > appointments.c.starts_at,
        busy_times.c.starts_at < appointments.c.ends_at,
    )
    return *_to_begin(now), busy.exists()


def covered(connection: Connection, reps: Sequence[str], now: datetime, most: int) -> list[Mapping[str, Any]]:
    """Open appointments ahead of which some falls on what keeps their rep busy by her own calendar, earliest first."""
    wanted = (
        select(appointments)
        .where(appointments.c.rep.in_(list(reps)), *_covered(now))
        .order_by(appointments.c.starts_at, appointments.c.id)
        .limit(most)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def covered_of(connection: Connection, ids: Sequence[int], now: datetime) -> set[int]:
    """Which of these appointments are `covered`, whosever they are."""
    wanted = select(appointments.c.id).where(one_of(connection, appointments.c.id), *_covered(now))
    return set(connection.execute(wanted, {"ids": to_json(list(ids))}).scalars())


def count_left_behind(connection: Connection, reps: Sequence[str], now: datetime) -> int:
    """How many `left_behind` would tell."""
    wanted = select(func.count()).where(appointments.c.rep.not_in(list(reps)), *_to_begin(now))
    return int(connection.execute(wanted).scalar_one())


def starts_ahead(connection: Connection, reps: Sequence[str], now: datetime) -> list[tuple[str, datetime]]:
    """The (rep, start) of every open appointment of reps that is still to begin."""
    wanted = select(appointments.c.rep, appointments.c.starts_at)
    wanted = wanted.where(appointments.c.rep.in_(list(reps)), *_to_begin(now))
    return [(rep, at) for rep, at in connection.execute(wanted)]


def last_start(connection: Connection, now: datetime) -> datetime | None:
    """When the last open appointment of anybody begins that is still to begin, if there is one."""
    found: datetime | None = connection.execute(
        select(func.max(appointments.c.starts_at)).where(*_to_begin(now))
    ).scalar_one()
    return found


def unmarked(connection: Connection, reps: Sequence[str], now: datetime, most: int) -> list[Mapping[str, Any]]:
    """Appointments that are over and not marked held or missed, oldest first; those of erased leads are nobody's."""
    wanted = (
        select(appointments)
        .join(leads, leads.c.id == appointments.c.lead_id)
        .where(appointments.c.rep.in_(list(reps)), appointments.c.state.in_(OPEN), appointments.c.starts_at < now)
        .where(~leads.c.email.endswith(NOBODY))
        .order_by(appointments.c.starts_at)
        .limit(most)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def unmarked_since(connection: Connection, first: datetime, now: datetime) -> list[Mapping[str, Any]]:
    """Anybody's appointments that began from `first` on, are over and not marked, earliest first."""
    wanted = (
        select(appointments)
        .join(leads, leads.c.id == appointments.c.lead_id)
        .where(appointments.c.state.in_(OPEN), appointments.c.starts_at >= first, appointments.c.starts_at <= now)
        .where(~leads.c.email.endswith(NOBODY))
        .order_by(appointments.c.starts_at, appointments.c.id)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def open_ends(
    connection: Connection, reps: Sequence[str], since: datetime, until: datetime | None = None
) -> list[tuple[str, datetime]]:
    """The (rep, end) of every appointment without an outcome that ends after `since`, `until` an instant at most; those
    of erased leads are nobody's."""
    ends = appointments.c.ends_at
    wanted = (
        select(appointments.c.rep, ends)
        .join(leads, leads.c.id == appointments.c.lead_id)
        .where(appointments.c.rep.in_(list(reps)), appointments.c.state.in_(OPEN), ends > since)
        # the index knows when they begin; none lasts a day
        .where(appointments.c.starts_at > since - timedelta(days=1), ~leads.c.email.endswith(NOBODY))
    )
    if until is not None:
        wanted = wanted.where(appointments.c.starts_at < until, ends <= until)
    return [(rep, at) for rep, at in connection.execute(wanted)]


def lead_of(connection: Connection, appointment_id: int) -> int | None:
    """Whose appointment it is."""
    return leads_of(connection, [appointment_id]).get(appointment_id)


def leads_of(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Whose appointments they are: the lead of each that there is."""
    wanted = select(appointments.c.id, appointments.c.lead_id).where(one_of(connection, appointments.c.id))
    return {row.id: row.lead_id for row in connection.execute(wanted, {"ids": to_json(list(ids))})}


def load(connection: Connection, reps: Sequence[str], now: datetime) -> dict[str, int]:
    """How many open appointments each rep has ahead."""
    wanted = (
        select(appointments.c.rep, func.count())
        .where(appointments.c.rep.in_(list(reps)), appointments.c.state.in_(OPEN), appointments.c.starts_at > now)
        .group_by(appointments.c.rep)
    )
    return dict.fromkeys(reps, 0) | {row[0]: row[1] for row in connection.execute(wanted)}


def read(row: RowMapping | Mapping[str, Any]) -> Appointment:
    """The appointment of a row, as its lead holds it."""
    return Appointment(**{name: row[name] for name in _OF_THE_APPOINTMENT})
