"""Mails opened and links followed are found among all events, to be counted."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TOUCHED = sa.text("kind IN ('EmailOpened', 'LinkClicked', 'VerdictRevised')")


def upgrade() -> None:
    """Make the change."""
    op.create_index("ix_events_touched", "events", ["kind"], postgresql_where=_TOUCHED, sqlite_where=_TOUCHED)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_events_touched", "events")
