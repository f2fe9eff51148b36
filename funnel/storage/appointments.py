"""Appointments, holds and the diary: 5-minute cells, buffers included, unique per rep, so that no two overlap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
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
    insert,
    select,
    text,
)

from funnel.domain.effects import BookSlot, HoldSlot, HoldSlots, MoveSlot
from funnel.domain.lead import NOBODY, Appointment
from funnel.domain.slots import Slot, cells, instant_of
from funnel.storage import calendars
from funnel.storage.bulk import id_list, insert_many, to_json, update_many
from funnel.storage.database import Instant, Serial, metadata
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

holds = Table(
    "holds",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("lead_id", Serial, ForeignKey("leads.id"), nullable=False, index=True),
    Column("type", String(64), nullable=False),
    Column("rep", String(64), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("until", Instant, nullable=False, index=True),
    Column("cause", String(200)),
)

diary_cells = Table(
    "diary_cells",
    metadata,
    Column("rep", String(64), primary_key=True),
    Column("cell", Integer, primary_key=True),
    Column("appointment_id", Serial, ForeignKey("appointments.id"), nullable=True, index=True),
    Column("hold_id", Serial, ForeignKey("holds.id"), nullable=True, index=True),
)

OPEN = ("booked", "moved")
_OF_THE_APPOINTMENT = tuple(one.name for one in fields(Appointment))


@dataclass(frozen=True, slots=True)
class Hold:
    """A slot that is kept for a lead until then."""

    type: str
    rep: str
    starts_at: datetime
    ends_at: datetime
    until: datetime


def book(
    connection: Connection, lead_id: int, wanted: BookSlot, now: datetime, days: Mapping[str, Any]
) -> tuple[int, str] | None:
    """Take the slot in the diary of the first of `wanted.reps` who is free; (appointment id, rep), or none.

    The primary key of `diary_cells` decides between parallel bookings: cells are inserted in order, and a rep whose
    cells are not all to be had is given up again. The diaries are locked all the same, in the order of their names:
    no constraint knows a daily maximum, and two who try the same reps in another order would wait for each other.
    `days` gives, by rep, the local day's (first, last) instant for the daily maximum of the type.
    """
    _lock_diaries(connection, wanted.reps)
    _release(connection, holds.c.until <= now)
    attempt = connection.begin_nested()  # what is kept for her stays hers when nobody is free
    _release(connection, (holds.c.lead_id == lead_id) & (holds.c.type == wanted.type))
    taken = cells(wanted.starts_at, wanted.ends_at, wanted.buffer_before, wanted.buffer_after)
    for rep in wanted.reps:
        if wanted.daily_maximum and _count(connection, rep, wanted.type, days[rep]) >= wanted.daily_maximum:
            continue
        made = connection.execute(
            insert(appointments)
            .values(
                lead_id=lead_id,
                type=wanted.type,
                rep=rep,
                starts_at=wanted.starts_at,
                ends_at=wanted.ends_at,
                state="booked",
                sequence=0,
                marks=0,
                scenario=wanted.scenario,
                pass_number=wanted.pass_number,
                booked_by=wanted.by,
                booked_at=now,
                replaces=wanted.replaces,
            )
            .returning(appointments.c.id)
        ).scalar_one()
        if _take_cells(connection, rep, taken, "appointment_id", made):
            attempt.commit()
            return int(made), rep
        connection.execute(delete(appointments).where(appointments.c.id == made))
    attempt.rollback()
    return None


def hold(connection: Connection, lead_id: int, wanted: HoldSlot, now: datetime) -> tuple[int, str] | None:
    """Keep the slot for her with the first of `wanted.reps` who is free; (hold id, rep), or none. A lead holds one
    slot of a type; what she held before is free again, and so is every hold whose time is over."""
    _lock_diaries(connection, wanted.reps)
    _release(connection, holds.c.until <= now)
    _release(connection, (holds.c.lead_id == lead_id) & (holds.c.type == wanted.type))
    taken = cells(wanted.starts_at, wanted.ends_at, wanted.buffer_before, wanted.buffer_after)
    for rep in wanted.reps:
        made = connection.execute(
            insert(holds)
            .values(
                lead_id=lead_id,
                type=wanted.type,
                rep=rep,
                starts_at=wanted.starts_at,
                ends_at=wanted.ends_at,
                until=wanted.until,
            )
            .returning(holds.c.id)
        ).scalar_one()
        if _take_cells(connection, rep, taken, "hold_id", made):
            return int(made), rep
        connection.execute(delete(holds).where(holds.c.id == made))
    return None


def hold_all(
    connection: Connection, lead_id: int, wanted: HoldSlots, rep: str, slots: Sequence[Slot], buffers: tuple[int, int]
) -> list[datetime]:
    """Keep each slot of a rep for her that is still free, for the mail of `wanted.cause`; their starts. What she held
    of that type before is free again. `buffers` in minutes, before and after."""
    _lock_diaries(connection, (rep,))
    _release(connection, (holds.c.lead_id == lead_id) & (holds.c.type == wanted.type))
    kept: list[datetime] = []
    for slot in slots:
        made = connection.execute(
            insert(holds)
            .values(
                lead_id=lead_id,
                type=wanted.type,
                rep=rep,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                until=wanted.until,
                cause=wanted.cause,
            )
            .returning(holds.c.id)
        ).scalar_one()
        if _take_cells(connection, rep, cells(slot.starts_at, slot.ends_at, *buffers), "hold_id", made):
            kept.append(slot.starts_at)
        else:
            connection.execute(delete(holds).where(holds.c.id == made))
    return kept


def move(connection: Connection, lead_id: int, wanted: MoveSlot, now: datetime, days: Mapping[str, Any]) -> str | None:
    """Take the new slot with the first of `wanted.reps` who is free and give the old one back; that rep, or none. Cells
    that both times share are hers already, and so is what is held for her of that type. `days` as for `book`."""
    _lock_diaries(connection, sorted({wanted.rep, *wanted.reps}))
    _release(connection, holds.c.until <= now)
    attempt = connection.begin_nested()
    _release(connection, (holds.c.lead_id == lead_id) & (holds.c.type == wanted.type))
    taken = cells(wanted.starts_at, wanted.ends_at, wanted.buffer_before, wanted.buffer_after)
    own = diary_cells.c.appointment_id == wanted.appointment
    for rep in wanted.reps:
        booked = _count(connection, rep, wanted.type, days[rep], wanted.appointment) if wanted.daily_maximum else 0
        if (wanted.daily_maximum and booked >= wanted.daily_maximum) or _is_busy(connection, rep, taken):
            continue
        here = diary_cells.c.rep == rep
        before = set(connection.execute(select(diary_cells.c.cell).where(own, here)).scalars())
        new = [cell for cell in taken if cell not in before]
        rows = [{"rep": rep, "cell": cell, "appointment_id": wanted.appointment} for cell in new]
        got = insert_many(connection, diary_cells, rows, conflict=("rep", "cell"), returning=("cell",))
        if len(got) == len(rows):
            connection.execute(delete(diary_cells).where(own, ~(here & diary_cells.c.cell.in_(list(taken)))))
            attempt.commit()
            return rep
        connection.execute(delete(diary_cells).where(own, here, diary_cells.c.cell.in_(new)))
    attempt.rollback()
    return None


def held(connection: Connection, reps: Sequence[str], now: datetime) -> list[tuple[str, datetime]]:
    """The (rep, start) of every slot that is kept for somebody now."""
    wanted = select(holds.c.rep, holds.c.starts_at).where(holds.c.rep.in_(list(reps)), holds.c.until > now)
    return [(rep, starts_at) for rep, starts_at in connection.execute(wanted.order_by(holds.c.starts_at))]


def held_for(
    connection: Connection, causes: Sequence[tuple[int, str]], now: datetime
) -> dict[tuple[int, str], list[Hold]]:
    """By (lead id, cause of a mail) the slots kept for it, earliest first; those whose time is over are left out."""
    found: dict[tuple[int, str], list[Hold]] = {pair: [] for pair in causes}
    wanted = (
        select(holds)
        .where(holds.c.lead_id.in_(sorted({lead_id for lead_id, _ in causes})), holds.c.until > now)
        .order_by(holds.c.starts_at, holds.c.id)
    )
    for row in connection.execute(wanted).mappings():
        if (pair := (row["lead_id"], row["cause"])) in found:
            found[pair].append(_kept(row))
    return found


def _kept(row: RowMapping) -> Hold:
    return Hold(row["type"], row["rep"], row["starts_at"], row["ends_at"], row["until"])


def kept_for(connection: Connection, lead_id: int, kind: str, now: datetime) -> list[Hold]:
    """The slots of a type that a mail proposed to a lead and that are still kept for her, earliest first."""
    wanted = (
        select(holds)
        .where(holds.c.lead_id == lead_id, holds.c.type == kind, holds.c.until > now, holds.c.cause.is_not(None))
        .order_by(holds.c.starts_at)
    )
    return [_kept(row) for row in connection.execute(wanted).mappings()]


def release(connection: Connection, lead_id: int, kind: str) -> None:
    """Give back the slots of a type that are kept for a lead."""
    _release(connection, (holds.c.lead_id == lead_id) & (holds.c.type == kind))


def _take_cells(connection: Connection, rep: str, taken: range, owner: str, made: int) -> bool:
    """Take all cells or none; none of a rep who is busy then by her own calendar."""
    if _is_busy(connection, rep, taken):
        return False
    rows = [{"rep": rep, "cell": cell, owner: made} for cell in taken]
    got = insert_many(connection, diary_cells, rows, conflict=("rep", "cell"), returning=("cell",))
    if len(got) < len(rows):
        connection.execute(delete(diary_cells).where(diary_cells.c[owner] == made))
    return len(got) == len(rows)


def _is_busy(connection: Connection, rep: str, taken: range) -> bool:
    """Whether the rep's own calendar has something in these cells."""
    return bool(calendars.busy_between(connection, [rep], instant_of(taken.start), instant_of(taken.stop)))


def _release(connection: Connection, which: ColumnElement[bool]) -> None:
    """End holds and free their cells."""
    ids = list(connection.execute(select(holds.c.id).where(which)).scalars())
    if ids:
        connection.execute(delete(diary_cells).where(diary_cells.c.hold_id.in_(ids)))
        connection.execute(delete(holds).where(holds.c.id.in_(ids)))


def release_expired(connection: Connection, now: datetime) -> None:
    """End the holds whose time is over; booking does the same before it looks."""
    _release(connection, holds.c.until <= now)


def lock_diary(connection: Connection, rep: str) -> None:
    """Until the transaction ends nobody else books with this rep."""
    _lock_diaries(connection, (rep,))


def _lock_diaries(connection: Connection, reps: Sequence[str]) -> None:
    """Until the transaction ends nobody else books with these reps (on SQLite the transaction holds the one lock)."""
    if connection.dialect.name != "sqlite":
        for rep in sorted(reps):
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:rep, 4))"), {"rep": f"diary/{rep}"})


def _count(
    connection: Connection, rep: str, kind: str, day: tuple[datetime, datetime], besides: int | None = None
) -> int:
    first, last = day
    wanted = select(func.count()).where(
        appointments.c.rep == rep,
        appointments.c.type == kind,
        appointments.c.state != "cancelled",
        appointments.c.starts_at >= first,
        appointments.c.starts_at < last,
        appointments.c.id != (besides or 0),
    )
    return int(connection.execute(wanted).scalar_one())


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
        .where(appointments.c.lead_id.in_(text(id_list(connection))))
        .order_by(appointments.c.lead_id, appointments.c.id)
    )
    return [(row["lead_id"], _read(row)) for row in connection.execute(wanted, {"ids": to_json(list(ids))}).mappings()]


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


def left_behind(connection: Connection, reps: Sequence[str], now: datetime) -> list[Mapping[str, Any]]:
    """Appointments ahead of somebody who is none of these reps (any more), earliest first."""
    wanted = (
        select(appointments)
        .where(appointments.c.rep.not_in(list(reps)), appointments.c.state.in_(OPEN), appointments.c.starts_at >= now)
        .order_by(appointments.c.starts_at, appointments.c.id)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def ahead(connection: Connection, reps: Sequence[str], now: datetime) -> list[Mapping[str, Any]]:
    """Open appointments of reps that are still to begin, earliest first."""
    wanted = (
        select(appointments)
        .where(appointments.c.rep.in_(list(reps)), appointments.c.state.in_(OPEN), appointments.c.starts_at >= now)
        .order_by(appointments.c.starts_at, appointments.c.id)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def unmarked(connection: Connection, reps: Sequence[str], now: datetime, most: int) -> list[Mapping[str, Any]]:
    """Appointments that are over and not marked held or missed, oldest first."""
    wanted = (
        select(appointments)
        .where(appointments.c.rep.in_(list(reps)), appointments.c.state.in_(OPEN), appointments.c.starts_at < now)
        .order_by(appointments.c.starts_at)
        .limit(most)
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
    wanted = select(appointments.c.id, appointments.c.lead_id).where(
        appointments.c.id.in_(text(id_list(connection)))
    )
    return {row.id: row.lead_id for row in connection.execute(wanted, {"ids": to_json(list(ids))})}


def taken_cells(
    connection: Connection,
    reps: Sequence[str],
    first: int,
    last: int,
    *,
    now: datetime | None = None,
    lead_id: int | None = None,
    besides: int | None = None,
) -> dict[str, set[int]]:
    """The cells of each rep's diary that are not free, those that her own calendar takes among them, from `first` to
    before `last`. With `now`, holds that are over count as free; with `lead_id`, so do her own; and so do those of the
    appointment `besides`."""
    wanted = (
        select(diary_cells.c.rep, diary_cells.c.cell)
        .outerjoin(holds, holds.c.id == diary_cells.c.hold_id)
        .where(diary_cells.c.rep.in_(list(reps)), diary_cells.c.cell >= first, diary_cells.c.cell < last)
    )
    if now is not None:
        wanted = wanted.where(diary_cells.c.hold_id.is_(None) | (holds.c.until > now))
    if lead_id is not None:
        wanted = wanted.where(diary_cells.c.hold_id.is_(None) | (holds.c.lead_id != lead_id))
    if besides is not None:
        wanted = wanted.where(diary_cells.c.appointment_id.is_(None) | (diary_cells.c.appointment_id != besides))
    found: dict[str, set[int]] = {rep: set() for rep in reps}
    for rep, cell in connection.execute(wanted):
        found[rep].add(cell)
    for rep, begins, ends in calendars.busy_between(connection, reps, instant_of(first), instant_of(last)):
        found[rep].update(cells(begins, ends))
    return found


def load(connection: Connection, reps: Sequence[str]) -> dict[str, int]:
    """How many open appointments each rep has."""
    wanted = (
        select(appointments.c.rep, func.count())
        .where(appointments.c.rep.in_(list(reps)), appointments.c.state.in_(OPEN))
        .group_by(appointments.c.rep)
    )
    return dict.fromkeys(reps, 0) | {row[0]: row[1] for row in connection.execute(wanted)}


def _read(row: RowMapping) -> Appointment:
    return Appointment(**{name: row[name] for name in _OF_THE_APPOINTMENT})
