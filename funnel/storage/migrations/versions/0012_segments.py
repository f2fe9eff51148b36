"""Each lead's row says which segments she is in, and since when."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Json

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("leads", sa.Column("segments", Json, server_default="{}", nullable=False))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("leads", "segments")
