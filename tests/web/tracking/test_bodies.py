"""What is sent without an end, or by who has vanished, keeps nobody else from being answered."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest

from benches.intake import serving
from funnel.bootstrap import build_web
from funnel.config import THREADS
from funnel.usecases.addresses import preferences_link
from tests.support.processes import needs_proc, wait_until
from tests.web.tracking.conftest import BROWSER, Street
from tests.web.tracking.test_crowd import asks

FORM = "application/x-www-form-urlencoded"


@contextmanager
def half_sent(port: int, path: str, kind: str, many: int) -> Iterator[None]:
    """So many have begun to send something, and go on no more."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: {BROWSER}\r\nContent-Type: {kind}\r\n"
    with ExitStack() as open_until:
        for _ in range(many):
            one = open_until.enter_context(socket.create_connection(("127.0.0.1", port)))
            one.sendall(f"{head}Content-Length: 500\r\n\r\n{{".encode())
        yield


@pytest.mark.parametrize("path, kind", [("/t", "text/plain"), ("/login", FORM)])
def test_who_never_ends_what_she_sends_keeps_no_click_and_no_page_waiting(
    build_street: Callable[..., Street], postgres_url: Callable[[str], str], valkey_url: str, path: str, kind: str
) -> None:
    street = build_street(postgres_url("18"), redis_url=valkey_url)
    lead_id, mail = street.writes("visit_tracking")
    house = street.place.house
    link = "/u/" + preferences_link(house, lead_id).rpartition("/")[2]
    stop = partial(asks, path=link, method="POST", body="List-Unsubscribe=One-Click")
    house.database.close()
    with serving(partial(build_web, house.settings)) as port:
        with half_sent(port, path, kind, 2 * THREADS):
            for click in mail.clicks[:2] * 3:
                assert asks(port, click, within=6) == 302
            assert asks(port, "/login", within=6) == 200
            assert stop(port, within=6) == 503
            assert asks(port, "/t", within=6, method="POST", body="{}") == 503
        wait_until(lambda: stop(port) == 200, 10, "what is sent whole is taken again")


@needs_proc
def test_who_vanishes_without_a_word_is_asked_whether_she_is_there(
    build_street: Callable[..., Street], postgres_url: Callable[[str], str]
) -> None:
    house = build_street(postgres_url("18")).place.house
    house.database.close()
    established, keeps_asking = "01", "02"
    with serving(partial(build_web, house.settings)) as port:

        def is_asked() -> bool:
            """Somebody who comes now; who came in the tenth of a second after the start is not."""
            with half_sent(port, "/t", "text/plain", 1):
                lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
                ours = [one for one in lines if one[1].endswith(f":{port:04X}") and one[3] == established]
                return keeps_asking in [one[5].partition(":")[0] for one in ours]

        wait_until(is_asked, 5, "the server's side of a connection")
