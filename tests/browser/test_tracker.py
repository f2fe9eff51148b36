"""The tracker by itself, in a real browser: what it tells, and to what it keeps when a browser lacks something."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from funnel.web.tracking.script import tracker
from tests.support.processes import wait_until

pytestmark = pytest.mark.browser

PAGE = '<!doctype html><html lang=en><title>A page</title><script src="/t.js"></script><h1>A page</h1>'


class Site(ThreadingHTTPServer):
    """A site whose pages load the tracker, and which keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.told: list[dict[str, Any]] = []
        self.script = tracker(("127.0.0.1",))[0]
        self.base = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def count(self, what: str) -> int:
        """How often it was told something of this kind."""
        return sum(one["told"] == what for one in self.told)


class _Answer(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        """A page, or the tracker as it is sent."""
        script = self.path == "/t.js"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.server.script if script else PAGE.encode())

    def do_POST(self) -> None:
        """What the tracker tells."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(json.loads(body) | {"cookies": self.headers["Cookie"]})
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def site() -> Iterator[Site]:
    """The site."""
    running = Site()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """Somebody's browser."""
    opened = chromium.new_context()
    opened.set_default_timeout(20_000)
    yield opened
    opened.close()


def agrees(page: Page, site: Site) -> None:
    """She opens a page and gives her consent there."""
    page.goto(f"{site.base}/prices")
    page.evaluate("funnel.push(['consent', true])")
    wait_until(lambda: site.count("visit") == 1, 10, "the first visit")


def test_a_consent_withdrawn_in_one_window_is_withdrawn_in_all(context: BrowserContext, site: Site) -> None:
    first, second = context.new_page(), context.new_page()
    agrees(first, site)
    second.goto(f"{site.base}/team")
    wait_until(lambda: site.count("visit") == 2, 10, "the other window's visit")
    second.evaluate("funnel.push(['consent', false])")
    wait_until(lambda: site.count("forget") == 1, 10, "the withdrawal")
    first.wait_for_function("!funnel.consented")
    told = len(site.told)
    first.evaluate("history.pushState(null, '', '/prices/enterprise')")
    first.wait_for_timeout(300)
    first.goto("about:blank")
    second.wait_for_timeout(300)
    assert site.told[told:] == []


def test_a_browser_without_beacons_tells_and_forgets_all_the_same(context: BrowserContext, site: Site) -> None:
    context.add_init_script("delete Navigator.prototype.sendBeacon")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    agrees(page, site)
    page.evaluate("funnel.push(['consent', false])")
    wait_until(lambda: site.count("forget") == 1, 10, "the withdrawal")
    assert page.evaluate("[localStorage.length, funnel.consented]") == [0, False]
    assert ({one["cookies"] for one in site.told}, errors) == ({None}, [])


def test_where_no_visits_are_kept_any_more_a_known_browser_is_forgotten(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    agrees(page, site)
    name = page.evaluate("localStorage.funnel")
    site.script = tracker(("127.0.0.1",), kept=False)[0]
    page.goto(f"{site.base}/team")
    wait_until(lambda: site.count("forget") == 1, 10, "that it is to be forgotten")
    assert [one["visitor"] for one in site.told if one["told"] == "forget"] == [name]
    assert page.evaluate("[localStorage.length, funnel.consented]") == [0, False]
    page.evaluate("funnel.push(['consent', true])")
    page.wait_for_timeout(200)
    assert (site.count("visit"), page.evaluate("localStorage.length")) == (1, 0)
