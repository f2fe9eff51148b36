"""Whether a lead fits each persona that was asked for."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Json

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("leads", sa.Column("profiles", Json, server_default="{}", nullable=False))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("leads", "profiles")
