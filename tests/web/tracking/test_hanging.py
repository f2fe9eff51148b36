"""A database that hangs holds up one visit or click for a moment, and no other."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import NullPool, create_engine, text
from werkzeug.test import Client

from funnel.usecases.addresses import own_page_link, preferences_link
from funnel.usecases.house import House
from funnel.usecases.tracking.link_table import LinkTable
from funnel.web.app import make_app
from tests.support.processes import wait_until
from tests.web.prospect.visitor import Visitor
from tests.web.tracking.conftest import BROWSER, Street
from tests.web.tracking.surfer import SITE, Surfer


@contextmanager
def hanging(url: str, tables: str) -> Iterator[None]:
    """Whoever asks for these tables waits."""
    with create_engine(url, poolclass=NullPool).connect() as holder:
        holder.execute(text("SET idle_in_transaction_session_timeout = '20s'"))  # who waits fails, and does not hang
        holder.execute(text(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE"))
        yield


class Begun:
    """A web process that has just begun, where it `prepares` as `funnel web` does, before anybody has asked it."""

    def __init__(self, house: House, *, prepares: bool) -> None:
        self.house = replace(house, links_in_mails=LinkTable())
        app = make_app(self.house)
        if prepares:
            app.extensions["tracking"].prepare()
        self.browser = Client(app)

    def asks(self, path: str) -> tuple[int, str, str]:
        """The status, whether it may be kept, and where it leads; within a few seconds."""
        begun = time.monotonic()
        answer = self.browser.get(path, headers={"User-Agent": BROWSER})
        assert time.monotonic() - begun < 5, path
        headers = answer.headers
        return answer.status_code, headers.get("Cache-Control", ""), headers.get("Location", "").partition("?")[0]

    def says(self, path: str) -> tuple[str, ...]:
        """When to ask again, and how what is sent is to be taken."""
        headers = self.browser.get(path, headers={"User-Agent": BROWSER}).headers
        return tuple(headers.get(name, "") for name in ("Retry-After", "X-Content-Type-Options", "Content-Type"))


def test_a_process_that_has_begun_answers_though_the_database_hangs_before_the_first_click(
    build_web: Callable[..., Street], postgres_url: Callable[[str], str], valkey_url: str
) -> None:
    url = postgres_url("18")
    street = build_web(url, f"{{sites: [{SITE.partition('://')[2]}]}}", redis_url=valkey_url)
    _, mail = street.writes("visit_tracking")
    others = threading.active_count()
    ready, late = (Begun(street.place.house, prepares=prepares) for prepares in (True, False))
    with hanging(url, "clock, mail_links"):
        assert ready.asks("/t.js") == (200, "public, max-age=600", "")
        assert ready.asks(mail.clicks[0]) == (302, "no-store", "https://verdanne.example/prices")
        for _ in range(3):
            assert late.asks("/t.js") == (503, "no-store", "")
            assert late.asks(mail.clicks[0]) == (503, "no-store", "")
            assert late.says("/t.js") == late.says(mail.clicks[0]) == ("10", "nosniff", "text/plain; charset=utf-8")
    wait_until(lambda: threading.active_count() <= others, 10, "the reads to end")
    wait_until(lambda: late.asks("/t.js")[0] == 200, 10, "the tracker, once the database answers")
    wait_until(lambda: late.asks(mail.clicks[0])[0] == 302, 10, "the click")


def test_visits_and_clicks_are_answered_while_what_is_published_is_locked(
    build_web: Callable[..., Street],
    postgres_url: Callable[[str], str],
    valkey_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("funnel.usecases.tracking.sites.FRESH", 0.0)
    url = postgres_url("18")
    street = build_web(url, f"{{sites: [{SITE.partition('://')[2]}]}}", redis_url=valkey_url)
    _, mail = street.writes("visit_tracking")
    surfer = Surfer(street)
    surfer.visits()
    street.asks(mail.clicks[0])
    others = threading.active_count()
    with hanging(url, "clock, withdrawn_visitors"):
        begun = time.monotonic()
        for _ in range(20):
            surfer.visits("/prices")
            assert street.asks(mail.clicks[0]).status_code == 302
        assert time.monotonic() - begun < 10, "one who asks waits for a moment"
    wait_until(lambda: threading.active_count() <= others, 10, "the looks to end")


@pytest.mark.parametrize("page, ending", [("/me/", "/purpose"), ("/u/", "/choose")])
def test_a_consent_withdrawn_while_the_database_hangs_is_said_not_to_be_recorded_and_is_not(
    build_web: Callable[..., Street], postgres_url: Callable[[str], str], page: str, ending: str
) -> None:
    url = postgres_url("18")
    street = build_web(url)
    house = street.place.house
    lead_id, _ = street.writes("visit_tracking")
    lead = street.place.load(lead_id)
    link = own_page_link(house, lead) if page == "/me/" else preferences_link(house, lead_id)
    visitor = Visitor(make_app(house))
    visitor.open(page + link.rpartition("/")[2])
    assert "Take this back" in visitor.text
    others = threading.active_count()
    with hanging(url, "clock, leads, consents"):
        begun = time.monotonic()
        answer = visitor.send({"purpose": "visit_tracking", "given": "no"}, ending=ending)
        assert time.monotonic() - begun < 8
        assert answer.status_code == 503
        assert "This was not recorded" in visitor.text
        assert "still stands" in visitor.text
    wait_until(lambda: threading.active_count() <= others, 10, "the change to end")
    assert street.place.load(lead_id).consents["visit_tracking"]
    visitor.send({}, ending=ending)
    assert visitor.page.status_code == 200
    assert not street.place.load(lead_id).consents["visit_tracking"]
