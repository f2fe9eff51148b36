"""An entry of the score ledger says its rule, its group, its event and what it takes back; points may fade."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change. What was given before stands in the order in which it was."""
    with op.batch_alter_table("score_entries") as table:
        table.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default="given"))
        table.add_column(sa.Column("group", sa.String(16), nullable=False, server_default="engagement"))
        table.add_column(sa.Column("rule", sa.String(64), nullable=True))
        table.add_column(sa.Column("source", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("counters", sa.Integer(), nullable=True))
        table.add_column(sa.Column("event_id", sa.String(36), nullable=True))
    op.execute(
        "UPDATE score_entries SET number = (SELECT count(*) FROM score_entries AS e"
        " WHERE e.lead_id = score_entries.lead_id AND e.id <= score_entries.id)"
    )
    op.drop_index("ix_score_entries_lead_id", "score_entries")
    with op.batch_alter_table("score_entries") as table:
        for name in ("number", "kind", "group", "source"):
            table.alter_column(name, server_default=None)
    op.create_index("ix_score_entries_lead", "score_entries", ["lead_id", "number"], unique=True)
    op.add_column("leads", sa.Column("review_at", Instant(), nullable=True))
    op.create_index("ix_leads_review_at", "leads", ["review_at"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_leads_review_at", "leads")
    op.drop_column("leads", "review_at")
    op.drop_index("ix_score_entries_lead", "score_entries")
    with op.batch_alter_table("score_entries") as table:
        for name in ("event_id", "counters", "source", "rule", "group", "kind", "number"):
            table.drop_column(name)
    op.create_index("ix_score_entries_lead_id", "score_entries", ["lead_id"])
