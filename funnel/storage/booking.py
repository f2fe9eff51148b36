"""Booking and moving in reps' diaries, under the constraint of their cells; and what is not free in them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from funnel.domain.effects import BookSlot, MoveSlot
from funnel.domain.slots import cells, instant_of
from funnel.storage import calendars
from funnel.storage.appointments import appointments
from funnel.storage.bulk import insert_many
from funnel.storage.diary_cells import diary_cells, is_busy, lock_diaries, take_cells
from funnel.storage.holds import Days, full_days, holds, release_where


def book(connection: Connection, lead_id: int, wanted: BookSlot, now: datetime, days: Days) -> tuple[int, str] | None:
    """Take the slot in the diary of the first of `wanted.reps` who is free; (appointment id, rep), or none.

    The primary key of `diary_cells` decides between parallel bookings: cells are inserted in order, and a rep whose
    cells are not all to be had is given up again. The diaries are locked all the same, in the order of their names:
    no constraint knows a daily maximum, and two who try the same reps in another order would wait for each other.
    `days` gives, by rep, the local day's (first, last) instant for the daily maximum of the type.
    """
    lock_diaries(connection, wanted.reps)
    release_where(connection, holds.c.until <= now)
    full = full_days(connection, lead_id, wanted, days)
    attempt = connection.begin_nested()  # what is kept for her stays hers when nobody is free
    release_where(connection, (holds.c.lead_id == lead_id) & (holds.c.type == wanted.type))
    taken = cells(wanted.starts_at, wanted.ends_at, wanted.buffer_before, wanted.buffer_after)
    for rep in (one for one in wanted.reps if one not in full):
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
        if take_cells(connection, rep, taken, "appointment_id", made):
            attempt.commit()
            return int(made), rep
        connection.execute(delete(appointments).where(appointments.c.id == made))
    attempt.rollback()
    return None


def move(connection: Connection, lead_id: int, wanted: MoveSlot, now: datetime, days: Days) -> str | None:
    """Take the new slot with the first of `wanted.reps` who is free and give the old one back; that rep, or none. Cells
    that both times share are hers already, and so is what is held for her of that type. `days` as for `book`."""
    lock_diaries(connection, sorted({wanted.rep, *wanted.reps}))
    release_where(connection, holds.c.until <= now)
    full = full_days(connection, lead_id, wanted, days, wanted.appointment)
    attempt = connection.begin_nested()
    release_where(connection, (holds.c.lead_id == lead_id) & (holds.c.type == wanted.type))
    taken = cells(wanted.starts_at, wanted.ends_at, wanted.buffer_before, wanted.buffer_after)
    own = diary_cells.c.appointment_id == wanted.appointment
    for rep in wanted.reps:
        if rep in full or is_busy(connection, rep, taken):
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
        busy = cells(begins, ends)
        found[rep].update(range(max(first, busy.start), min(last, busy.stop)))
    return found
