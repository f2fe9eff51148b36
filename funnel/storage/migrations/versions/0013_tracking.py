"""The links of mails by number, opens and clicks that wait, when a mail was opened last, what nobody can call yet."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Instant, Json, Serial

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "mail_links",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("message", sa.String(160), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
    )
    op.create_table(
        "intake",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("outbox_id", Serial, nullable=False, index=True),
        sa.Column("entry", Json, nullable=False),
    )
    op.add_column("outbox", sa.Column("opened_at", Instant(), nullable=True))
    op.add_column("leads", sa.Column("unsure", Json, server_default="{}", nullable=False))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("leads", "unsure")
    op.drop_column("outbox", "opened_at")
    op.drop_table("intake")
    op.drop_table("mail_links")
