"""Each lead's row says what is suggested of her and what was declined, each since when."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Json

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("leads", sa.Column("suggestions", Json, server_default="{}", nullable=False))
    op.add_column("leads", sa.Column("declined", Json, server_default="{}", nullable=False))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("leads", "declined")
    op.drop_column("leads", "suggestions")
