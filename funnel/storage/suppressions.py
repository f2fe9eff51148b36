"""Addresses to which no marketing mail goes, by a keyed hash."""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, String, Table, delete, select, update

from funnel.storage.bulk import insert_many, one_of, to_json
from funnel.storage.database import Instant, metadata
from funnel.storage.leads import leads

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_hash", String(64), primary_key=True),
    Column("reason", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)


def address_hash(key: bytes, email: str) -> str:
    """The keyed hash under which an address is suppressed: it outlives the lead and says nothing by itself."""
    return hmac.digest(key, email.lower().encode(), "sha256").hex()


def add(connection: Connection, hashes: Sequence[Mapping[str, Any]]) -> None:
    """Put hashed addresses on the list."""
    insert_many(connection, suppressions, hashes, conflict=("address_hash",))


def remove(connection: Connection, hashes: Sequence[str]) -> None:
    """Take hashed addresses off the list."""
    connection.execute(delete(suppressions).where(suppressions.c.address_hash.in_(hashes)))


def stop(connection: Connection, lead_id: int, address_hash: str) -> None:
    """A lead whose hashed address is on the list has stopped the mails."""
    listed = select(suppressions.c.address_hash).where(suppressions.c.address_hash == address_hash).exists()
    connection.execute(update(leads).where(leads.c.id == lead_id, listed).values(unsubscribed=True))


def among(connection: Connection, hashes: Sequence[str]) -> set[str]:
    """Which of the hashed addresses are on the list."""
    if not hashes:
        return set()
    wanted = select(suppressions.c.address_hash).where(one_of(connection, suppressions.c.address_hash))
    return set(connection.execute(wanted, {"ids": to_json(list(hashes))}).scalars())
