"""Reps' own calendars: the address that a rep has set, the last good copy of what it gave, and the busy times in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, LargeBinary, String, Table, delete, insert, select, update

from funnel.storage.bulk import insert_many
from funnel.storage.database import Instant, Serial, metadata

calendars = Table(
    "calendars",
    metadata,
    Column("rep", String(64), primary_key=True),
    Column("own_url", String(2000)),
    Column("url", String(2000)),
    Column("content", LargeBinary),
    Column("read_at", Instant),
    Column("tried_at", Instant),
    Column("fault", String(40)),
    Column("failing_since", Instant),
    Column("back_at", Instant),
)

busy_times = Table(
    "busy_times",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("rep", String(64), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Index("ix_busy_times_rep", "rep", "ends_at"),
)


def of_reps(connection: Connection, reps: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Each rep's row without the copy, for those who have one."""
    columns = [one for one in calendars.c if one.name != "content"]
    rows = connection.execute(select(*columns).where(calendars.c.rep.in_(list(reps)))).mappings()
    return {row["rep"]: dict(row) for row in rows}


def copy_of(connection: Connection, rep: str) -> bytes | None:
    """The last good copy."""
    found = connection.execute(select(calendars.c.content).where(calendars.c.rep == rep)).scalar_one_or_none()
    return None if found is None else bytes(found)


def write(connection: Connection, rep: str, values: Mapping[str, Any]) -> None:
    """Set some columns of a rep's row, made at first need."""
    changed = connection.execute(update(calendars).where(calendars.c.rep == rep).values(**values))
    if changed.rowcount == 0:
        connection.execute(insert(calendars).values(rep=rep, **values))


def replace_busy(connection: Connection, rep: str, found: Sequence[tuple[datetime, datetime]]) -> None:
    """The rep is busy then, and at no other time. The caller holds the lock of her diary."""
    connection.execute(delete(busy_times).where(busy_times.c.rep == rep))
    insert_many(connection, busy_times, [{"rep": rep, "starts_at": begins, "ends_at": ends} for begins, ends in found])


def busy_between(
    connection: Connection, reps: Sequence[str], first: datetime, last: datetime
) -> list[tuple[str, datetime, datetime]]:
    """(rep, from, to) of the busy times that touch a span, earliest first."""
    wanted = (
        select(busy_times.c.rep, busy_times.c.starts_at, busy_times.c.ends_at)
        .where(busy_times.c.rep.in_(list(reps)), busy_times.c.ends_at > first, busy_times.c.starts_at < last)
        .order_by(busy_times.c.starts_at, busy_times.c.rep)
    )
    return [(rep, begins, ends) for rep, begins, ends in connection.execute(wanted)]
