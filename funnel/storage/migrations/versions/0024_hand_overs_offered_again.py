"""A hand-over knows when it was offered again: the fact told then is the one that its next withdrawal corrects."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Instant

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_UPDATE = sa.text("UPDATE handoffs SET again_at = :at WHERE id = :of").bindparams(sa.bindparam("at", type_=Instant()))


def upgrade() -> None:
    """Make the change."""
    op.add_column("handoffs", sa.Column("again_at", Instant(), nullable=True))
    for handoff, at in _told():
        op.get_bind().execute(_UPDATE, {"of": handoff, "at": at})


def downgrade() -> None:
    """Take it back."""
    op.drop_column("handoffs", "again_at")


def _told() -> Iterator[tuple[str, datetime]]:
    """The hand-overs that were offered again, and when, the last time last."""
    wanted = sa.text(
        "SELECT key, occurred_at FROM facts WHERE kind = 'handed_over' AND key LIKE 'handoff/%/offered/%' ORDER BY id"
    ).columns(occurred_at=Instant())
    for row in op.get_bind().execute(wanted).all():
        yield row.key.split("/")[1], row.occurred_at
