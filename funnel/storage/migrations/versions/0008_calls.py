"""Calls on the list: the missed appointment, how often they were tried and what came of them."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Instant, Serial

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("tasks") as table:
        table.add_column(sa.Column("appointment_id", Serial, nullable=True))
        table.add_column(sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("tried_at", Instant, nullable=True))
        table.add_column(sa.Column("outcome", sa.String(length=16), nullable=True))
        table.add_column(sa.Column("note", sa.Text(), nullable=True))
        name = op.f("fk_tasks_appointment_id_appointments")
        table.create_foreign_key(name, "appointments", ["appointment_id"], ["id"])
    op.create_index(op.f("ix_tasks_appointment_id"), "tasks", ["appointment_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_tasks_appointment_id"), "tasks")
    with op.batch_alter_table("tasks") as table:
        table.drop_constraint(op.f("fk_tasks_appointment_id_appointments"), type_="foreignkey")
        for name in ("note", "outcome", "tried_at", "tries", "appointment_id"):
            table.drop_column(name)
