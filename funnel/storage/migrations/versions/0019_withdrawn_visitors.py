"""Of browsers that have withdrawn their consent a digest of the name; which names are of one person's browser."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "withdrawn_visitors",
        sa.Column("digest", sa.String(32), primary_key=True),
        sa.Column("at", Instant(), nullable=False, index=True),
    )
    op.add_column("visitors", sa.Column("person", sa.String(32), nullable=True))
    op.create_index("ix_visitors_person", "visitors", ["person"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_visitors_person", "visitors")
    op.drop_column("visitors", "person")
    op.drop_table("withdrawn_visitors")
