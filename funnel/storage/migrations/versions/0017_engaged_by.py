"""By which followed link alone a lead is engaged."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("leads", sa.Column("engaged_by", sa.String(64), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("leads", "engaged_by")
