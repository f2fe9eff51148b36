"""The product on SQLite and on PostgreSQL 18, started when first asked for and shared by these tests, which stay
together on one worker."""

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.place import Place
from tests.support.postgres import Postgres


@pytest.fixture(scope="package")
def places(postgres_server: Callable[[str], Postgres]) -> Iterator[Callable[[str], Place]]:
    """Gives the running product on a database; each test uses people of its own."""
    running: dict[str, Place] = {}
    made: list[tuple[Postgres, str]] = []

    def give(backend: str) -> Place:
        if backend not in running:
            environ = {}
            if backend != "sqlite":
                server = postgres_server(backend.removeprefix("pg"))
                made.append((server, server.create("template1")))
                environ = {"FUNNEL_DATABASE_URL": made[-1][1]}
            running[backend] = Place(environ)
        return running[backend]

    yield give
    for place in running.values():
        place.stop()
    for server, url in made:
        server.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("pg18", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, places: Callable[[str], Place]) -> Place:
    """The product on each of the two; on PostgreSQL too in `make test` where a test is marked `on_both`."""
    return places(request.param)
