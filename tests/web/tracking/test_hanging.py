"""A database that hangs holds up one visit or click for a moment, and no other."""

import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import NullPool, create_engine, text

from tests.support.processes import wait_until
from tests.web.tracking.conftest import Street
from tests.web.tracking.surfer import SITE, Surfer


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
    with create_engine(url, poolclass=NullPool).connect() as holder:
        holder.execute(text("SET idle_in_transaction_session_timeout = '20s'"))  # who waits fails, and does not hang
        holder.execute(text("LOCK TABLE clock, withdrawn_visitors IN ACCESS EXCLUSIVE MODE"))
        begun = time.monotonic()
        for _ in range(20):
            surfer.visits("/prices")
            assert street.asks(mail.clicks[0]).status_code == 302
        assert time.monotonic() - begun < 10, "one who asks waits for a moment"
    wait_until(lambda: threading.active_count() <= others, 10, "the looks to end")
