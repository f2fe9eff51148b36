"""Who has left the company: the name that each had last, for what still names them."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, Text, delete, select

from funnel.storage.bulk import insert_many
from funnel.storage.database import Instant, metadata

former_users = Table(
    "former_users",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("left_at", Instant, nullable=False),
)


def publish(connection: Connection, before: Mapping[str, str], now: Collection[str], at: datetime) -> None:
    """Keep who stood in the company `before` (names by id) and does not `now`; who has come back is here again."""
    rows = [{"id": one, "name": name, "left_at": at} for one, name in sorted(before.items()) if one not in now]
    insert_many(connection, former_users, rows, conflict=("id",), update=("name", "left_at"))
    connection.execute(delete(former_users).where(former_users.c.id.in_(sorted(now))))


def names(connection: Connection) -> dict[str, str]:
    """By id, everybody's who has left."""
    return {row.id: row.name for row in connection.execute(select(former_users.c.id, former_users.c.name))}
