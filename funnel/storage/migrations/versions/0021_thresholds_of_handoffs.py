"""A hand-over knows which thresholds have brought it, whatever the file says later."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Json

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("handoffs", sa.Column("scores", Json, nullable=False, server_default="{}"))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("handoffs", "scores")
