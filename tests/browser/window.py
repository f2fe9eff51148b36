"""A window of a real browser that writes down where its pages reach and what they complain about."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
PHONE = 360
MOST_TABS = 120
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")

_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
"""Chromium's own word on an answer of 400 or more; a test says in `expected` which of them it provokes."""

_RUN = """async (rules) => (
    await axe.run(document, {iframes: false, runOnly: rules, resultTypes: ["violations"]})).violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`))"""


class Window:
    """One person's window. `page` is the page in it."""

    def __init__(self, browser: Browser, base: str, *, width: int = PHONE, scripts: bool = True) -> None:
        self.base = base
        self.width = width
        self.expected: set[int] = set()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 740},
            has_touch=width == PHONE,
            java_script_enabled=scripts,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Paris",
            base_url=base,
        )
        self.context.set_default_timeout(20_000)
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page: Page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def _listen(self, message: ConsoleMessage) -> None:
        refused = _REFUSED.match(message.text)
        if message.type in ("error", "warning") and not (refused and int(refused[1]) in self.expected):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def open(self, address: str) -> None:
        """Go there, as by a link in a mail."""
        self.page.goto(address)

    def log_in(self, email: str, password: str, to: str) -> None:
        """Go to a page of the staff, and log in on the way."""
        self.open(to)
        self.page.locator("input[name=email]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.follow(self.page.locator("form:has(input[name=password]) button").first.click)
        assert self.page.url.endswith(to)

    def close(self) -> None:
        """Close it; fails for a request that left the host and for anything that the console complained about."""
        self.context.close()
        abroad = [url for url in self.requests if not url.startswith((self.base + "/", "data:", "blob:"))]
        assert not abroad, f"nothing is fetched from elsewhere: {abroad}"
        assert not self.complaints, "\n".join(self.complaints)

    # -- looking -----------------------------------------------------------------------------------------------------

    def examine(self) -> None:
        """axe-core in light and dark finds nothing, and nothing is wider than the window."""
        heard = list(self.complaints)
        self.page.evaluate(AXE.read_text())
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme)
            found: list[str] = self.page.evaluate(_RUN, list(RULES))
            assert not found, f"{self.page.url} ({scheme}, {self.width} px)\n" + "\n".join(found)
        self.page.emulate_media(color_scheme="light")
        wide: int = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.width, f"{self.page.url} is {wide} px wide"
        self.complaints = heard  # what axe itself may have caused is not the page's

    def text(self) -> str:
        """What the page shows."""
        return self.page.locator("body").inner_text()

    # -- by keyboard -------------------------------------------------------------------------------------------------

    def tab_to(self, wanted: Locator) -> None:
        """Press Tab until the element has the focus, seen as such; fails when it cannot be reached."""
        for _ in range(MOST_TABS):
            if wanted.evaluate("element => element === document.activeElement"):
                seen: bool = wanted.evaluate(_FOCUS_IS_SEEN)
                assert seen, f"{self.page.url}: focus on {wanted} is not to be seen"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: Tab never reaches {wanted}")

    def press_on(self, wanted: Locator, key: str = "Enter") -> None:
        """Reach an element by Tab and press a key on it."""
        self.tab_to(wanted)
        self.page.keyboard.press(key)

    def follow(self, action: Callable[[], Any]) -> None:
        """Do what leads to another page, and wait for it."""
        with self.page.expect_navigation():
            action()


_FOCUS_IS_SEEN = """element => {
    const parts = [element, element.parentElement, ...element.parentElement.children];
    return parts.some(part => {
        const style = getComputedStyle(part);
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    });
}"""
