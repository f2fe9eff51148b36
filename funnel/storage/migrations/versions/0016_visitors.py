"""Browsers and the pages that they visited, passes between sites, what was counted; when earned points happened."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Instant, Json, Serial

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "visitors",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("lead_id", Serial, nullable=True, index=True),
        sa.Column("joined", sa.String(8), nullable=True),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False, index=True),
    )
    op.create_table(
        "page_visits",
        sa.Column("key", sa.String(96), primary_key=True),
        sa.Column("visitor", sa.String(32), nullable=False),
        sa.Column("at", Instant(), nullable=False, index=True),
        sa.Column("entry", Json, nullable=False),
    )
    op.create_index("ix_page_visits_visitor", "page_visits", ["visitor", "at"])
    op.create_table(
        "passes",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("visitor", sa.String(32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_table(
        "tracking_days",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("what", sa.String(16), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    op.add_column("score_entries", sa.Column("happened_at", Instant(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("score_entries", "happened_at")
    op.drop_table("tracking_days")
    op.drop_table("passes")
    op.drop_table("page_visits")
    op.drop_table("visitors")
