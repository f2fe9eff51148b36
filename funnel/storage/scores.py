"""The ledger of points, whose sum is `leads.score`: entries are only ever added."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Exists,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    exists,
    func,
    select,
)

from funnel.domain.scoring.ledger import Entry
from funnel.storage.bulk import insert_many, one_of, to_json
from funnel.storage.database import Instant, Serial, metadata
from funnel.storage.leads import PERSON, leads

score_entries = Table(
    "score_entries",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("lead_id", Serial, ForeignKey("leads.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("points", Integer, nullable=False),
    Column("because", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("group", String(16), nullable=False),
    Column("rule", String(64)),
    Column("source", Text, nullable=False),
    Column("counters", Integer),
    Column("event_id", String(36)),
    Column("happened_at", Instant),
    Index("ix_score_entries_lead", "lead_id", "number", unique=True),
)

_ENTRY = ("number", "kind", "points", "because", "at", "group", "rule", "source", "counters", "happened_at")


def add(connection: Connection, new: Sequence[tuple[int, Entry, str | None]]) -> None:
    """Add entries, as (lead id, entry, the id of the event it was decided at)."""
    rows = [
        {"lead_id": lead_id, **{name: getattr(entry, name) for name in _ENTRY}, "event_id": event}
        for lead_id, entry, event in new
    ]
    insert_many(connection, score_entries, rows)


def of_leads(connection: Connection, ids: Sequence[int]) -> list[tuple[int, Entry]]:
    """The entries of leads, in order."""
    if not ids:
        return []
    columns = [score_entries.c[name] for name in _ENTRY]
    wanted = select(score_entries.c.lead_id, *columns).where(one_of(connection, score_entries.c.lead_id))
    wanted = wanted.order_by(score_entries.c.lead_id, score_entries.c.number)
    found = connection.execute(wanted, {"ids": to_json(list(ids))})
    return [(row[0], Entry(*row[1:])) for row in found]


def given(connection: Connection, since: datetime) -> dict[str, tuple[int, int]]:
    """By rule, how many leads it has given points since an instant, and how many points in all; what was taken back
    counts for nothing."""
    columns = (score_entries.c.rule, func.count(PERSON.distinct()), func.sum(score_entries.c.points))
    people = score_entries.join(leads, leads.c.id == score_entries.c.lead_id)
    earned = score_entries.c.kind == "earned", score_entries.c.at >= since, score_entries.c.rule.is_not(None)
    wanted = select(*columns).select_from(people).where(*earned, ~_taken_back())
    return {rule: (number, int(points)) for rule, number, points in connection.execute(wanted.group_by(columns[0]))}


def _taken_back() -> Exists:
    """Whether a later entry of the same lead's counters this one."""
    later = score_entries.alias()
    counter = later.c.lead_id == score_entries.c.lead_id, later.c.kind == "reversed"
    return exists().where(*counter, later.c.counters == score_entries.c.number).correlate(score_entries)


def caused(connection: Connection, lead_id: int) -> dict[int, str]:
    """The id of the event at which each of a lead's entries was written, by the entry's number."""
    wanted = select(score_entries.c.number, score_entries.c.event_id).where(
        score_entries.c.lead_id == lead_id, score_entries.c.event_id.is_not(None)
    )
    return {row.number: row.event_id for row in connection.execute(wanted)}


def of_lead(connection: Connection, lead_id: int) -> list[Mapping[str, Any]]:
    """A lead's entries in order, each with its event's id."""
    wanted = select(score_entries).where(score_entries.c.lead_id == lead_id).order_by(score_entries.c.number)
    return [dict(row) for row in connection.execute(wanted).mappings()]
