"""Slots that are kept for a lead: while she mends a form, or for the mail that proposed them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    RowMapping,
    Select,
    String,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    union_all,
)

from funnel.domain.effects import BookSlot, HoldSlot, MoveSlot
from funnel.domain.slots import cells
from funnel.storage.appointments import appointments
from funnel.storage.database import Instant, Serial, metadata
from funnel.storage.diary_cells import diary_cells, lock_diaries, take_cells

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

Days = Mapping[str, tuple[datetime, datetime]]
"""By rep, the first and last instant of the local day on which a slot lies."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A slot that is kept for a lead until then."""

    type: str
    rep: str
    starts_at: datetime
    ends_at: datetime
    until: datetime


def hold(connection: Connection, lead_id: int, wanted: HoldSlot, now: datetime, days: Days) -> tuple[int, str] | None:
    """Keep the slot for her with the first of `wanted.reps` who is free; (hold id, rep), or none. A lead holds one
    slot of a type: what she held before is free again once she has this one, and so is every hold whose time is over.
    A slot that is kept for her for longer stays as it is, with all that is kept beside it. `days` gives, by rep, the
    local day's (first, last) instant for the daily maximum of the type."""
    lock_diaries(connection, wanted.reps)
    release_where(connection, holds.c.until <= now)
    if hers := _hers(connection, lead_id, wanted, holds.c.until >= wanted.until):
        return next(iter(hers.items()))
    attempt = connection.begin_nested()
    full = full_days(connection, lead_id, wanted, days)
    release(connection, lead_id, wanted.type)
    made = _keep(connection, lead_id, replace(wanted, reps=tuple(rep for rep in wanted.reps if rep not in full)))
    if made is None:
        attempt.rollback()
    else:
        attempt.commit()
    return made


def hold_all(
    connection: Connection, lead_id: int, cause: str, wanted: Sequence[HoldSlot], now: datetime
) -> list[datetime]:
    """Keep each slot, all of one type, for her that is still free, for the mail of `cause`; their starts. What she held
    of that type before is free again, and so is every hold whose time is over."""
    lock_diaries(connection, sorted({rep for one in wanted for rep in one.reps}))
    release_where(connection, holds.c.until <= now)
    for kind in {one.type for one in wanted}:
        release(connection, lead_id, kind)
    return [one.starts_at for one in wanted if _keep(connection, lead_id, one, cause)]


def _keep(connection: Connection, lead_id: int, wanted: HoldSlot, cause: str | None = None) -> tuple[int, str] | None:
    """Keep it for her with the first rep of whom all its cells are to be had; (hold id, rep), or none."""
    taken = cells(wanted.starts_at, wanted.ends_at, wanted.buffer_before, wanted.buffer_after)
    for rep in wanted.reps:
        one = Hold(wanted.type, rep, wanted.starts_at, wanted.ends_at, wanted.until)
        values = {"lead_id": lead_id, "cause": cause, **asdict(one)}
        made = int(connection.execute(insert(holds).values(values).returning(holds.c.id)).scalar_one())
        if take_cells(connection, rep, taken, "hold_id", made):
            return made, rep
        connection.execute(delete(holds).where(holds.c.id == made))
    return None


def full_days(
    connection: Connection, lead_id: int, wanted: BookSlot | MoveSlot | HoldSlot, days: Days, besides: int = 0
) -> set[str]:
    """Which reps' days take no more of a type: appointments but for the one of id `besides`, and what is kept for
    anybody else, are as many as the daily maximum. Whoever keeps this very time for her gives it to her all the same.
    """
    if not (most := wanted.daily_maximum):
        return set()
    hers = _hers(connection, lead_id, wanted).values()
    asked = [rep for rep in wanted.reps if rep not in hers]
    counted = _on_days(connection, lead_id, wanted.type, {rep: days[rep] for rep in asked}, besides) if asked else {}
    return {rep for rep, many in counted.items() if many >= most}


def _hers(
    connection: Connection, lead_id: int, wanted: BookSlot | MoveSlot | HoldSlot, *which: ColumnElement[bool]
) -> dict[int, str]:
    """By hold id, the reps who keep this very time for her."""
    found = select(holds.c.id, holds.c.rep).where(
        holds.c.lead_id == lead_id,
        holds.c.type == wanted.type,
        holds.c.starts_at == wanted.starts_at,
        holds.c.ends_at == wanted.ends_at,
        holds.c.rep.in_(wanted.reps),
        *which,
    )
    return {row.id: row.rep for row in connection.execute(found.order_by(holds.c.id))}


def _on_days(connection: Connection, lead_id: int, kind: str, days: Days, besides: int) -> Counter[str]:
    """What counts against a daily maximum on each rep's day: appointments but for one, and what is kept for anybody
    else; in one statement, for the diaries are locked meanwhile."""
    reps: dict[tuple[datetime, datetime], list[str]] = defaultdict(list)
    for rep, day in days.items():
        reps[day].append(rep)

    def counted(table: Table, counts: ColumnElement[bool]) -> Select[tuple[str, int]]:
        c = table.c
        on_day = (
            c.rep.in_(those) & (c.starts_at >= first) & (c.starts_at < last) for (first, last), those in reps.items()
        )
        return select(c.rep, func.count().label("many")).where(c.type == kind, counts, or_(*on_day)).group_by(c.rep)

    booked = counted(appointments, (appointments.c.state != "cancelled") & (appointments.c.id != besides))
    kept = counted(holds, holds.c.lead_id != lead_id)
    found: Counter[str] = Counter()
    for row in connection.execute(union_all(booked, kept)).mappings():
        found[row["rep"]] += row["many"]
    return found


def held(connection: Connection, reps: Sequence[str], now: datetime, lead_id: int) -> list[tuple[str, datetime]]:
    """The (rep, start) of every slot that is kept now for somebody else than a lead."""
    others = holds.c.rep.in_(list(reps)), holds.c.until > now, holds.c.lead_id != lead_id
    wanted = select(holds.c.rep, holds.c.starts_at).where(*others)
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


def kept_for(connection: Connection, lead_id: int, kind: str, reps: Sequence[str], now: datetime) -> list[Hold]:
    """The slots of a type that a mail proposed to a lead and that one of these reps still keeps for her, earliest
    first: who has left keeps nothing."""
    wanted = (
        select(holds)
        .where(holds.c.lead_id == lead_id, holds.c.type == kind, holds.c.rep.in_(list(reps)))
        .where(holds.c.until > now, holds.c.cause.is_not(None))
        .order_by(holds.c.starts_at)
    )
    return [_kept(row) for row in connection.execute(wanted).mappings()]


def proposed_to(
    connection: Connection, ids: Sequence[int], reps: Sequence[str], now: datetime
) -> list[tuple[int, str, Hold]]:
    """What mails proposed to leads and these reps still keep, earliest first: for whom, the mail's cause, what."""
    wanted = (
        select(holds)
        .where(holds.c.lead_id.in_(ids), holds.c.rep.in_(reps), holds.c.until > now, holds.c.cause.is_not(None))
        .order_by(holds.c.starts_at, holds.c.id)
    )
    return [(row["lead_id"], row["cause"], _kept(row)) for row in connection.execute(wanted).mappings()]


def between(
    connection: Connection, reps: Sequence[str], first: datetime, last: datetime, now: datetime
) -> list[tuple[int, Hold]]:
    """What reps keep now that starts in a span, with the id of the lead it is kept for, earliest first."""
    wanted = (
        select(holds)
        .where(holds.c.rep.in_(reps), holds.c.starts_at >= first, holds.c.starts_at < last, holds.c.until > now)
        .order_by(holds.c.starts_at, holds.c.id)
    )
    return [(row["lead_id"], _kept(row)) for row in connection.execute(wanted).mappings()]


def release(connection: Connection, lead_id: int, kind: str) -> None:
    """Give back the slots of a type that are kept for a lead."""
    release_where(connection, (holds.c.lead_id == lead_id) & (holds.c.type == kind))


def release_where(
    connection: Connection, which: ColumnElement[bool], parameters: Mapping[str, str] | None = None
) -> None:
    """End holds and free their cells."""
    ids = list(connection.execute(select(holds.c.id).where(which), parameters).scalars())
    if ids:
        connection.execute(delete(diary_cells).where(diary_cells.c.hold_id.in_(ids)))
        connection.execute(delete(holds).where(holds.c.id.in_(ids)))


def release_expired(connection: Connection, now: datetime) -> None:
    """End the holds whose time is over; booking does the same before it looks."""
    release_where(connection, holds.c.until <= now)
