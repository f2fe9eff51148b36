"""The diary: 5-minute cells, buffers included, unique per rep, so that no two appointments or holds overlap."""

from collections.abc import Sequence

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, delete, text

from funnel.domain.slots import instant_of
from funnel.storage import calendars
from funnel.storage.bulk import insert_many
from funnel.storage.database import Serial, metadata

diary_cells = Table(
    "diary_cells",
    metadata,
    Column("rep", String(64), primary_key=True),
    Column("cell", Integer, primary_key=True),
    Column("appointment_id", Serial, ForeignKey("appointments.id"), nullable=True, index=True),
    Column("hold_id", Serial, ForeignKey("holds.id"), nullable=True, index=True),
)


def take_cells(connection: Connection, rep: str, taken: range, owner: str, made: int) -> bool:
    """Take all cells or none; none of a rep who is busy then by her own calendar."""
    if is_busy(connection, rep, taken):
        return False
    rows = [{"rep": rep, "cell": cell, owner: made} for cell in taken]
    got = insert_many(connection, diary_cells, rows, conflict=("rep", "cell"), returning=("cell",))
    if len(got) < len(rows):
        connection.execute(delete(diary_cells).where(diary_cells.c[owner] == made))
    return len(got) == len(rows)


def is_busy(connection: Connection, rep: str, taken: range) -> bool:
    """Whether the rep's own calendar has something in these cells."""
    return bool(calendars.busy_between(connection, [rep], instant_of(taken.start), instant_of(taken.stop)))


def lock_diary(connection: Connection, rep: str) -> None:
    """Until the transaction ends nobody else books with this rep."""
    lock_diaries(connection, (rep,))


def lock_diaries(connection: Connection, reps: Sequence[str]) -> None:
    """Until the transaction ends nobody else books with these reps (on SQLite the transaction holds the one lock)."""
    if connection.dialect.name != "sqlite":
        for rep in sorted(reps):
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:rep, 4))"), {"rep": f"diary/{rep}"})
