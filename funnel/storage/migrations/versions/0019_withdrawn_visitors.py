"""Of browsers that have withdrawn their consent a digest of the name, so that nothing more is taken under it."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Instant

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "withdrawn_visitors",
        sa.Column("digest", sa.String(32), primary_key=True),
        sa.Column("at", Instant(), nullable=False, index=True),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("withdrawn_visitors")
