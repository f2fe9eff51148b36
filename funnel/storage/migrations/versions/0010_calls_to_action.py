"""Calls to action are kept for good, their visits counted by the day; forms and facts know by which somebody came."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Instant, Json

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "calls_to_action",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("definition", Json, nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("code", name="pk_calls_to_action"),
    )
    op.create_table(
        "visits",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", "day", name="pk_visits"),
    )
    op.add_column("submissions", sa.Column("cta", sa.String(64), nullable=True))
    op.add_column("facts", sa.Column("cta", sa.String(64), nullable=True))
    op.create_index("ix_submissions_cta", "submissions", ["cta", "at"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_submissions_cta", "submissions")
    op.drop_column("facts", "cta")
    op.drop_column("submissions", "cta")
    op.drop_table("visits")
    op.drop_table("calls_to_action")
