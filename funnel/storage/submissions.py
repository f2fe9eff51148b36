"""What forms said."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, String, Table, Text, select

from funnel.storage.bulk import insert_many, one_of, to_json
from funnel.storage.database import Instant, Json, Serial, metadata

submissions = Table(
    "submissions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("lead_id", Serial, ForeignKey("leads.id"), nullable=False, index=True),
    Column("scenario", String(64), nullable=False),
    Column("fields", Json, nullable=False),
    Column("page", Text, nullable=False),
    Column("source", Json, nullable=False),
    Column("cta", String(64)),
    Column("at", Instant, nullable=False),
    Index("ix_submissions_cta", "cta", "at"),
)


def add(connection: Connection, new: Sequence[Mapping[str, Any]]) -> None:
    """Keep what forms said."""
    insert_many(connection, submissions, new, conflict=("id",))


def of_lead(connection: Connection, lead_id: int) -> list[Mapping[str, Any]]:
    """What her forms said, in order."""
    wanted = select(submissions).where(submissions.c.lead_id == lead_id).order_by(submissions.c.at)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def read(connection: Connection, submission_id: str) -> Mapping[str, Any] | None:
    """One submission."""
    row = connection.execute(select(submissions).where(submissions.c.id == submission_id)).mappings().first()
    return dict(row) if row else None


def whose(connection: Connection, submission_ids: Sequence[str], since: datetime) -> dict[str, int]:
    """The leads of submissions that came since an instant, by submission."""
    own = one_of(connection, submissions.c.id)
    wanted = select(submissions.c.id, submissions.c.lead_id).where(own, submissions.c.at >= since)
    return {row.id: row.lead_id for row in connection.execute(wanted, {"ids": to_json(list(submission_ids))})}
