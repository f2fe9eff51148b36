"""Folded twins of the texts that conditions compare, for leads and answers."""

import sqlalchemy as sa
from alembic import op

from funnel.domain.conditions import fold
from funnel.storage.database import Json, Serial

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_FIELDS = ("name", "email", "phone", "company", "position", "language", "zone", "status")


def upgrade() -> None:
    """Make the change."""
    for table in ("leads", "answers"):
        op.add_column(table, sa.Column("folded", Json, server_default="{}", nullable=False))
    texts = [sa.column(name, sa.Text) for name in _FIELDS]
    leads = sa.table("leads", sa.column("id", Serial), *texts, sa.column("source", Json), sa.column("folded", Json))
    _fill(leads, leads.c.id)
    answers = sa.table(
        "answers",
        sa.column("number", Serial),
        sa.column("values", Json),
        sa.column("band", sa.Text),
        sa.column("follow_up", sa.Text),
        sa.column("folded", Json),
    )
    _fill(answers, answers.c.number)


def downgrade() -> None:
    """Take it back."""
    for table in ("answers", "leads"):
        op.drop_column(table, "folded")


def _fill(table: sa.TableClause, key: sa.ColumnClause[int]) -> None:
    """Fold what is there, some rows at a time, in the order of their keys."""
    connection = op.get_bind()
    last = 0
    while rows := connection.execute(sa.select(table).where(key > last).order_by(key).limit(_AT_ONCE)).mappings().all():
        last = rows[-1][key.name]
        changed = [{"row": row[key.name], "twins": twins} for row in rows if (twins := _twins(row))]
        if changed:
            change = sa.update(table).where(key == sa.bindparam("row")).values(folded=sa.bindparam("twins", type_=Json))
            connection.execute(change, changed)


def _twins(row: sa.RowMapping) -> dict[str, object]:
    texts = {name: value for name, value in row.items() if name not in ("source", "values", "folded")}
    texts |= {f"source.{name}": value for name, value in (row.get("source") or {}).items()}
    texts |= row.get("values") or {}
    return {name: twin for name, value in texts.items() if (twin := _folded(value)) != value}


def _folded(value: object) -> object:
    if isinstance(value, str):
        return fold(value)
    return [_folded(item) for item in value] if isinstance(value, list) else value
