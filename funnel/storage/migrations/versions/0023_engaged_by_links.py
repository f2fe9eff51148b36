"""By which followed links alone a lead is engaged: there may be several."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    _make_it(sa.Text())


def downgrade() -> None:
    """Take it back: of several the first."""
    space = "instr" if op.get_bind().dialect.name == "sqlite" else "strpos"
    op.execute(f"UPDATE leads SET engaged_by = substr(engaged_by, 1, {space}(engaged_by || ' ', ' ') - 1)")
    _make_it(sa.String(64))


def _make_it(type_: sa.Text | sa.String) -> None:
    """SQLite changes no type: there the column is made anew, and the table, to which others refer, stays."""
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("leads", "engaged_by", type_=type_)
        return
    op.alter_column("leads", "engaged_by", new_column_name="was_engaged_by")
    op.add_column("leads", sa.Column("engaged_by", type_, nullable=True))
    op.execute("UPDATE leads SET engaged_by = was_engaged_by WHERE was_engaged_by IS NOT NULL")
    op.drop_column("leads", "was_engaged_by")
