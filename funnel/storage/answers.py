"""Completed questionnaires: raw answers and what they were judged to mean."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Integer, RowMapping, String, Table, select

from funnel.domain.lead import AnswerSheet
from funnel.storage.bulk import insert_many, one_of, to_json
from funnel.storage.database import Instant, Json, Serial, metadata
from funnel.storage.folded import folded

answers = Table(
    "answers",
    metadata,
    Column("number", Serial, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("lead_id", Serial, ForeignKey("leads.id"), nullable=False, index=True),
    Column("questionnaire", String(64), nullable=False),
    Column("completed_at", Instant, nullable=False),
    Column("values", Json, nullable=False),
    Column("score", Integer, nullable=False),
    Column("share", Integer, nullable=False),
    Column("themes", Json, nullable=False),
    Column("band", String(64)),
    Column("follow_up", String(64)),
    Column("scenario", String(64)),
    Column("pass_number", Integer),
    Column("folded", Json, nullable=False, server_default="{}"),
)

_OF_THE_ROW = {"number", "lead_id", "folded"}


def of_leads(connection: Connection, ids: Sequence[int]) -> list[tuple[int, AnswerSheet]]:
    """Every sheet of the leads, in the order in which they were kept."""
    wanted = select(answers).where(one_of(connection, answers.c.lead_id)).order_by(answers.c.lead_id, answers.c.number)
    return [(row["lead_id"], _read(row)) for row in connection.execute(wanted, {"ids": to_json(list(ids))}).mappings()]


def add(connection: Connection, new: Sequence[tuple[int, AnswerSheet]]) -> None:
    """Keep sheets; one that is there stays as it is."""
    insert_many(connection, answers, [_write(lead_id, sheet) for lead_id, sheet in new], conflict=("id",))


def _write(lead_id: int, sheet: AnswerSheet) -> dict[str, Any]:
    names = (column.name for column in answers.c if column.name not in _OF_THE_ROW)
    texts = {**sheet.values, "band": sheet.band, "follow_up": sheet.follow_up}
    return {"lead_id": lead_id, "folded": folded(texts), **{name: getattr(sheet, name) for name in names}}


def _read(row: RowMapping) -> AnswerSheet:
    return AnswerSheet(**{name: value for name, value in row.items() if name not in _OF_THE_ROW})
