"""What each lead has agreed to, refused and withdrawn, with the exact wording."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Index, String, Table, Text, select, text

from funnel.storage.bulk import insert_many, source, to_json
from funnel.storage.database import Instant, Serial, metadata

consents = Table(
    "consents",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("lead_id", Serial, ForeignKey("leads.id"), nullable=False),
    Column("purpose", String(64), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("wording", Text, nullable=False),
    Column("wording_hash", String(64), nullable=False),
    Column("page", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Index("ix_consents_lead_id", "lead_id", "purpose"),
)


def add(connection: Connection, new: Sequence[Mapping[str, Any]]) -> None:
    """Keep each wording shown with its answer; a `given` of false also stamps what it withdraws."""
    withdrawn = [row for row in new if not row["given"]]
    if withdrawn:
        columns = ("lead_id", "purpose", "at")
        picked = source(consents, columns, connection.dialect.name)
        connection.execute(
            text(
                f"UPDATE consents AS t SET withdrawn_at = x.at FROM {picked} AS x WHERE t.lead_id = x.lead_id"
                " AND t.purpose = x.purpose AND t.given AND t.withdrawn_at IS NULL"
            ),
            {"rows": to_json([{name: row[name] for name in columns} for row in withdrawn])},
        )
    insert_many(
        connection,
        consents,
        [{**row, "wording_hash": hashlib.sha256(row["wording"].encode()).hexdigest()} for row in new],
    )


def of_lead(connection: Connection, lead_id: int) -> list[Mapping[str, Any]]:
    """Every purpose asked of her, in order, with the exact wording."""
    wanted = select(consents).where(consents.c.lead_id == lead_id).order_by(consents.c.id)
    return [dict(row) for row in connection.execute(wanted).mappings()]
