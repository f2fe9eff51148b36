"""Which lead stands for another, for they are one person."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Serial

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("leads", sa.Column("merged_into", Serial, nullable=True))
    joined = sa.text("merged_into IS NOT NULL")
    op.create_index("ix_leads_merged_into", "leads", ["merged_into"], postgresql_where=joined, sqlite_where=joined)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_leads_merged_into", "leads")
    op.drop_column("leads", "merged_into")
