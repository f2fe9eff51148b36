"""Debian's chromium, the running product, and windows in which people open it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.window import Window
from tests.e2e.place import Place

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
"""As a person's browser says, also as a page is left: what calls itself headless is a machine, and earns nothing."""

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", f"--user-agent={AGENT}",
)  # fmt: skip


def executable() -> str:
    """Where the browser is; without one these tests are skipped."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no chromium here: install Debian's package `chromium` to run the browser tests")
    return found


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A browser; without one these tests are skipped."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """Somebody's browser."""
    opened = chromium.new_context(locale="en-GB", timezone_id="Europe/Paris")
    opened.set_default_timeout(20_000)
    yield opened
    opened.close()


@pytest.fixture(scope="package")
def place(chromium: Browser, begun_folder: Path) -> Iterator[Place]:
    """The product on SQLite."""
    running = Place(begun=begun_folder)
    running.to_next(0)
    yield running
    running.stop()


@pytest.fixture
def open_window(chromium: Browser, place: Place) -> Iterator[Callable[..., Window]]:
    """Opens windows; what they wrote down is judged when the test is over."""
    opened: list[Window] = []

    def give(**how: Any) -> Window:
        opened.append(Window(chromium, place.base, **how))
        return opened[-1]

    yield give
    for window in opened:
        window.close()
