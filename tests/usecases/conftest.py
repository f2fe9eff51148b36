"""Fixtures for use cases: a whole house on each database, beside a real sink."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from funnel.delivery.sink import Sink
from tests.conftest import fresh_database
from tests.support.home import COMPANY, write_home
from tests.support.place import MONDAY, Place, settings_of

Builder = Callable[..., Place]


@pytest.fixture(params=["sqlite", pytest.param("pg16", marks=pytest.mark.slow), "pg18"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database on each of the three; on the older PostgreSQL in `make faults`: what differs between
    the two is held by the tests of storage, which are run on all three each time."""
    return fresh_database(request)


@pytest.fixture
def build_place(tmp_path: Path, sink: Sink) -> Iterator[Builder]:
    """Builds a place on a database address, with scenarios of its own or the ordinary tunnel, on a Monday morning."""
    made: list[Place] = []

    def build(
        url: str, scenarios: Mapping[str, str] | None = None, company: str = COMPANY, **settings: object
    ) -> Place:
        home = write_home(tmp_path / "home", scenarios, company)
        place = Place(settings_of(url, tmp_path, home, sink.url, **settings), home, tmp_path / "mail")
        made.append(place)
        place.publish()
        place.set(MONDAY)
        return place

    yield build
    for place in made:
        place.close()


@pytest.fixture
def place(database_url: str, build_place: Builder) -> Place:
    """The ordinary place, on each of the three databases."""
    return build_place(database_url)


@pytest.fixture
def lite(sqlite_url: str, build_place: Builder) -> Place:
    """The ordinary place on SQLite alone, for what does not touch the database's own ways."""
    return build_place(sqlite_url)
