"""When a rep's own calendar could be read again after it had failed."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("calendars", sa.Column("back_at", Instant, nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("calendars") as table:
        table.drop_column("back_at")
