"""Times kept for a mail, appointments in place of missed ones, enrolments that one began, the call list."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Serial

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("appointments") as table:
        table.add_column(sa.Column("replaces", Serial, nullable=True))
        table.create_foreign_key(op.f("fk_appointments_replaces_appointments"), "appointments", ["replaces"], ["id"])
    with op.batch_alter_table("enrolments") as table:
        table.add_column(sa.Column("appointment", Serial, nullable=True))
        name = op.f("fk_enrolments_appointment_appointments")
        table.create_foreign_key(name, "appointments", ["appointment"], ["id"])
    op.add_column("holds", sa.Column("cause", sa.String(length=200), nullable=True))
    op.add_column("tasks", sa.Column("list", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_tasks_list"), "tasks", ["list"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_tasks_list"), "tasks")
    op.drop_column("tasks", "list")
    op.drop_column("holds", "cause")
    with op.batch_alter_table("enrolments") as table:
        table.drop_constraint(op.f("fk_enrolments_appointment_appointments"), type_="foreignkey")
        table.drop_column("appointment")
    with op.batch_alter_table("appointments") as table:
        table.drop_constraint(op.f("fk_appointments_replaces_appointments"), type_="foreignkey")
        table.drop_column("replaces")
