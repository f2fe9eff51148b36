"""Reps' own calendars, and when they are busy by them."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Instant, Serial

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "calendars",
        sa.Column("rep", sa.String(length=64), nullable=False),
        sa.Column("own_url", sa.String(length=2000), nullable=True),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("read_at", Instant, nullable=True),
        sa.Column("tried_at", Instant, nullable=True),
        sa.Column("fault", sa.String(length=40), nullable=True),
        sa.Column("failing_since", Instant, nullable=True),
        sa.PrimaryKeyConstraint("rep", name=op.f("pk_calendars")),
    )
    op.create_table(
        "busy_times",
        sa.Column("id", Serial, nullable=False),
        sa.Column("rep", sa.String(length=64), nullable=False),
        sa.Column("starts_at", Instant, nullable=False),
        sa.Column("ends_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_times")),
    )
    op.create_index("ix_busy_times_rep", "busy_times", ["rep", "ends_at"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("busy_times")
    op.drop_table("calendars")
