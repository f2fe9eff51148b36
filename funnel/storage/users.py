"""Log-ins of the staff named in `company.yaml`: password hashes and the generation of their one-time links."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Connection, Integer, String, Table, Text, insert, select, update

from funnel.storage.database import Instant, metadata

users = Table(
    "users",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("password_hash", Text),
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("last_login_at", Instant),
    Column("feed_generation", Integer, nullable=False, server_default="0"),
)


def ensure(connection: Connection, user_id: str) -> int:
    """The number of a user's row (for tokens), made at first need."""
    number = connection.execute(select(users.c.number).where(users.c.id == user_id)).scalar_one_or_none()
    if number is None:
        number = connection.execute(insert(users).values(id=user_id).returning(users.c.number)).scalar_one()
    return int(number)


def by_id(connection: Connection, user_id: str) -> Mapping[str, Any] | None:
    """A user's row."""
    row = connection.execute(select(users).where(users.c.id == user_id)).mappings().first()
    return dict(row) if row else None


def by_number(connection: Connection, number: int) -> Mapping[str, Any] | None:
    """A user's row by the number a token carries."""
    row = connection.execute(select(users).where(users.c.number == number)).mappings().first()
    return dict(row) if row else None


def set_password(connection: Connection, user_id: str, password_hash: str) -> None:
    """Set the hash; every older one-time link and session ends with the generation."""
    ensure(connection, user_id)
    connection.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(password_hash=password_hash, generation=users.c.generation + 1)
    )


def with_password(connection: Connection) -> set[str]:
    """The ids of those who can log in."""
    return set(connection.execute(select(users.c.id).where(users.c.password_hash.is_not(None))).scalars())


def renew_feed(connection: Connection, user_id: str) -> None:
    """The private address of her diary is another one from now on."""
    ensure(connection, user_id)
    connection.execute(update(users).where(users.c.id == user_id).values(feed_generation=users.c.feed_generation + 1))
