"""Fixtures for storage: a migrated database on each of the three, and leads to hang rows on."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from funnel.storage import leads
from funnel.storage.database import Database

NOW = datetime(2027, 6, 7, 8, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def make_lead(database: Database) -> Callable[[str], int]:
    """Makes a lead with an address."""

    def make(address: str = "ana@example.org") -> int:
        with database.write() as connection:
            return leads.find_or_create(connection, address, address, "en", NOW)[0]

    return make
