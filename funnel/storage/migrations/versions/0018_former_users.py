"""Who has left the company, by name; filled from the companies that were published until now."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
import yaml
from alembic import op

from funnel.storage.database import Instant

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_FILE = "scenarios/company.yaml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def upgrade() -> None:
    """Make the change."""
    former = op.create_table(
        "former_users",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("left_at", Instant(), nullable=False),
    )
    if rows := list(_left()):
        op.bulk_insert(former, rows)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("former_users")


def _left() -> Iterator[dict[str, object]]:
    """Who stands in an older company and not in the one of now, as the newest that has them says."""
    published = op.get_bind().execute(
        sa.text("SELECT digest, published_at FROM publications WHERE name = 'company'").columns(published_at=Instant())
    )
    for digest, at in published.all():
        known, since = set(_users(digest)), at
        for older, first_at in _companies(digest):
            for user, name in _users(older).items():
                if user not in known:
                    known.add(user)
                    yield {"id": user, "name": name, "left_at": since}
            since = first_at


def _companies(current: str) -> list[tuple[str, datetime]]:
    """The versions but the current one, newest first."""
    wanted = "SELECT digest, first_published_at FROM versions WHERE name = 'company' AND digest <> :current"
    ordered = sa.text(f"{wanted} ORDER BY first_published_at DESC").columns(first_published_at=Instant())
    return [(row.digest, row.first_published_at) for row in op.get_bind().execute(ordered, {"current": current})]


def _users(digest: str) -> dict[str, str]:
    """Names by id, read as leniently as can be: a version that no rule of today takes names people too."""
    content = op.get_bind().scalar(
        sa.text(
            "SELECT content FROM blobs JOIN version_files ON blob = sha256 WHERE digest = :digest AND path = :path"
        ),
        {"digest": digest, "path": _FILE},
    )
    try:
        users = yaml.load(bytes(content or b""), _LOADER)["users"]  # noqa: S506 - a safe loader
        return {str(user["id"]): str(user["name"]) for user in users}
    except (yaml.YAMLError, KeyError, TypeError):
        return {}
