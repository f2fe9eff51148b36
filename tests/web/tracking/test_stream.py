"""Opens and clicks wait in a real Valkey: gone when recorded, taken over from the dead, counted once, or elsewhere."""

from collections.abc import Callable

import pytest

from funnel.jobs import stream as streams
from funnel.usecases.keep_house import trim
from funnel.usecases.tracking.drain import drain
from tests.support.processes import wait_until
from tests.support.valkey import Valkey
from tests.web.tracking.conftest import Street

AGREED = ("follow_up_email", "visit_tracking")
Builder = Callable[..., Street]


def waiting(street: Street) -> int:
    """How many wait in the database."""
    return int(street.place.sql("SELECT count(*) FROM intake")[0][0])


def test_a_click_waits_in_the_stream_until_it_is_recorded(
    build_street: Builder, database_url: str, valkey_url: str
) -> None:
    street = build_street(database_url, redis_url=valkey_url)
    lead_id, mail = street.writes(*AGREED)
    street.asks(mail.clicks[0])
    assert (waiting(street), street.place.house.stream.waits()) == (0, True)
    assert street.told(lead_id) == [("prices", "human")]
    assert not street.place.house.stream.waits()
    assert not drain(street.place.house)


def test_what_a_dead_drain_had_taken_is_taken_again_and_counts_once(
    build_street: Builder, sqlite_url: str, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    street = build_street(sqlite_url, redis_url=valkey_url)
    lead_id, mail = street.writes(*AGREED)
    street.asks(mail.clicks[0])
    dead = street.place.other("dead")
    monkeypatch.setattr(type(dead.stream), "done", lambda *_: None)  # it dies after the commit, before the answer
    assert drain(dead)
    monkeypatch.undo()
    assert not drain(street.place.house)
    monkeypatch.setattr(streams, "LEFT_BY_DEAD", 0.0)
    assert drain(street.place.house)
    assert street.told(lead_id) == [("prices", "human")]
    assert street.place.load(lead_id).score == 30
    assert not street.place.house.stream.waits()


def test_with_the_stream_gone_a_click_goes_to_the_database(
    build_street: Builder, sqlite_url: str, valkey: Valkey
) -> None:
    street = build_street(sqlite_url, redis_url=valkey.url)
    lead_id, mail = street.writes(*AGREED)
    valkey.kill()
    assert street.asks(mail.clicks[0]).status_code == 302
    assert waiting(street) == 1
    assert street.told(lead_id) == [("prices", "human")]
    assert waiting(street) == 0


def test_house_keeping_leaves_nothing_of_a_visit_in_the_log_of_the_stream(
    build_street: Builder, sqlite_url: str, valkey: Valkey
) -> None:
    street = build_street(sqlite_url, redis_url=valkey.url)
    lead_id, mail = street.writes(*AGREED)
    street.asks(mail.clicks[0])
    assert street.told(lead_id) == [("prices", "human")]
    assert '"click"' in valkey.log()
    trim(street.place.house)
    wait_until(lambda: '"click"' not in valkey.log(), 10, "the log to be written anew")


def test_a_full_stream_takes_nothing_more(
    build_street: Builder, sqlite_url: str, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "FULL", 1)
    street = build_street(sqlite_url, redis_url=valkey_url)
    lead_id, mail = street.writes(*AGREED)
    street.asks(mail.picture)
    street.asks(mail.clicks[0])
    assert (waiting(street), street.place.house.stream.waits()) == (1, True)
    assert sorted(street.told(lead_id)) == [("opened", "human"), ("prices", "human")]


def test_a_house_may_want_every_click_in_the_database_at_once(
    build_street: Builder, sqlite_url: str, valkey_url: str
) -> None:
    street = build_street(sqlite_url, redis_url=valkey_url, tracking="database")
    _, mail = street.writes(*AGREED)
    street.asks(mail.clicks[0])
    assert (waiting(street), street.place.house.stream.waits()) == (1, False)
