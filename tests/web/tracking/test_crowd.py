"""Pages that wait for a database which hangs leave room for what needs none."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from http.client import HTTPConnection

from benches.intake import serving
from funnel.bootstrap import build_web
from funnel.config import THREADS
from funnel.usecases.addresses import own_page_link, preferences_link
from tests.support.processes import wait_until
from tests.web.tracking.conftest import BROWSER, Street
from tests.web.tracking.test_hanging import hanging

CROWD = 2 * THREADS + 8
"""Pages that are asked for at once: more than twice as many as a process answers at a time."""


def asks(port: int, path: str, within: float = 60, method: str = "GET", body: str | None = None) -> int:
    """The status that a real server answers a browser; an error where it takes longer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=within)
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, path, body=body, headers={"User-Agent": BROWSER, **form})
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_click_is_answered_while_a_crowd_of_pages_waits_for_the_database(
    build_street: Callable[..., Street], postgres_url: Callable[[str], str], valkey_url: str
) -> None:
    url = postgres_url("18")
    street = build_street(url, redis_url=valkey_url)
    lead_id, mail = street.writes("visit_tracking")
    house = street.place.house
    page = "/me/" + own_page_link(house, street.place.load(lead_id)).rpartition("/")[2]
    house.database.close()
    with serving(partial(build_web, house.settings)) as port, ThreadPoolExecutor(CROWD) as crowd:
        assert (asks(port, page), asks(port, mail.clicks[0])) == (200, 302)
        with hanging(url, "clock, leads"):
            pages = [crowd.submit(asks, port, page) for _ in range(CROWD)]
            turned_away = CROWD - THREADS
            for _, done in zip(range(turned_away), as_completed(pages, timeout=15), strict=False):
                assert done.result() == 503
            for click in mail.clicks[:2] * 3:
                assert asks(port, click, within=8) == 302
        assert {one.result() for one in pages} == {200, 503}, "what waited goes on where the database answers again"


def test_a_click_is_answered_while_a_crowd_stops_the_mails(
    build_street: Callable[..., Street], postgres_url: Callable[[str], str], valkey_url: str
) -> None:
    street = build_street(postgres_url("18"), redis_url=valkey_url)
    lead_id, mail = street.writes("visit_tracking")
    house = street.place.house
    link = "/u/" + preferences_link(house, lead_id).rpartition("/")[2]
    house.database.close()
    with serving(partial(build_web, house.settings)) as port, ThreadPoolExecutor(CROWD) as crowd:
        assert asks(port, mail.clicks[0]) == 302
        with hanging(house.settings.database_url, "clock, leads"):
            stopping = [crowd.submit(asks, port, link, 60, "POST", "List-Unsubscribe=One-Click") for _ in range(CROWD)]
            wait_until(lambda: any(one.running() for one in stopping), 5, "the crowd to come")
            assert asks(port, mail.clicks[0], within=6) == 302
        assert 503 in {one.result() for one in stopping}
