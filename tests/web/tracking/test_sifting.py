"""What no database takes holds up nothing that waits beside it, in the stream or in the database; it alone is lost."""

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from funnel.storage import tracking
from funnel.storage.connections import DatabaseAway
from funnel.usecases.tracking import drain as drains
from funnel.usecases.tracking.drain import drain
from funnel.usecases.tracking.take_in import take_in_visit
from tests.support.databases import sqlite_away
from tests.web.tracking.conftest import Street
from tests.web.tracking.surfer import Surfer, counts, pages_of, sends_form, waiting

Builder = Callable[..., Street]
AT_NO_TIME = {"at": "never"}
WITH_A_NUL = {"referrer": "r.example/p\0"}


def told(**more: Any) -> dict[str, Any]:
    """A visit as it waits."""
    at = datetime.now(UTC).isoformat()
    names = {name: secrets.token_hex(16) for name in ("id", "key", "visitor")}
    return {"kind": "visit", "at": at, **names, "page": "a.example/", "title": "", "referrer": "", "utm": {}, **more}


@pytest.mark.parametrize("bad", [AT_NO_TIME, WITH_A_NUL], ids=["at no time", "with a NUL"])
def test_what_cannot_be_written_is_found_in_the_stream_and_the_rest_is_recorded(
    build_web: Builder, database_url: str, valkey_url: str, bad: dict[str, Any]
) -> None:
    street = build_web(database_url, redis_url=valkey_url)
    sent = sends_form(street, "ana@example.org", "visit_tracking")
    street.place.drain()
    surfer = Surfer(street)
    surfer.visits("/0", proof=sent.submission)
    for number in range(1, 5):
        surfer.visits(f"/{number}")
    assert street.place.house.stream.put(told(**bad))
    for number in range(5, 10):
        surfer.visits(f"/{number}")
    assert pages_of(street, sent.lead_id) == [str(number) for number in range(10)]
    assert not street.place.house.stream.waits()
    taken_by_sqlite = bad == WITH_A_NUL and street.place.house.database.lite
    assert counts(street) == ({} if taken_by_sqlite else {"unwritable": 1})


def test_what_cannot_be_written_is_found_among_what_waits_in_the_database(web: Street) -> None:
    proof = {"proof": ["click", 1, 1, 1]}
    surfer = Surfer(web)
    surfer.visits("/one")
    with web.place.house.database.write() as connection:
        tracking.put(connection, [told(**AT_NO_TIME), told(**AT_NO_TIME, **proof)])
    surfer.visits("/two")
    assert waiting(web) == 2
    assert counts(web) == {"unwritable": 2}
    assert not drain(web.place.house)


def test_what_the_database_refuses_at_the_door_takes_nothing_with_it(web: Street) -> None:
    """As when it was away, and what came meanwhile waits in the process."""
    house = web.place.house
    house.unwritten.append(told(page="a.example/before"))
    take_in_visit(house, "visit", secrets.token_hex(16), **{"visitor": "b" * 32, "page": "a.example/\0"})
    assert web.place.sql("SELECT count(*) FROM intake WHERE CAST(entry AS text) LIKE '%before%'")[0][0] == 1


def test_what_fails_for_a_fault_that_is_none_of_its_own_is_kept(web: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when what is published cannot be read."""
    Surfer(web).visits("/one")

    def cannot(*_: object) -> None:
        raise ValueError("it is not what it should be")

    monkeypatch.setattr(type(web.place.house.shelf), "interests", cannot)
    with pytest.raises(ValueError, match="not what it should be"):
        drain(web.place.house)
    monkeypatch.undo()
    assert (waiting(web), counts(web)) == (1, {})


def test_with_the_database_gone_amid_the_sifting_nothing_is_dropped_that_it_would_have_taken(
    build_web: Builder, sqlite_url: str, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    street = build_web(sqlite_url, redis_url=valkey_url)
    surfer = Surfer(street)
    for number in range(4):
        surfer.visits(f"/{number}")
    street.place.house.stream.put(told(**AT_NO_TIME))
    gone, record, calls = ExitStack(), drains._record, count()

    def goes_away(*given: Any) -> None:
        if next(calls) == 3:  # all of them, none, the first half
            gone.enter_context(sqlite_away(street.place.house.database, street.place.settings.database_url))
        record(*given)

    monkeypatch.setattr(drains, "_record", goes_away)
    with gone, pytest.raises(DatabaseAway):
        drain(street.place.house)
    monkeypatch.undo()
    assert counts(street) == {}
    monkeypatch.setattr("funnel.jobs.stream.LEFT_BY_DEAD", 0.0)
    assert waiting(street) == 4
    assert counts(street) == {"unwritable": 1}
