"""Takes the pictures: each page once, in four looks, and says where a page is wider than its screen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.screens.pages import MAILS, Picture
from scripts.screens.story import Story

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
LOOKS = tuple((width, scheme) for width in (360, 1280) for scheme in ("light", "dark"))
HEIGHTS = {360: 780, 1280: 800}
FRAMES_DRAWN = 600
"""Milliseconds until a page within a page is drawn anew after a change of size."""


class Shot(NamedTuple):
    """One file: which page, in which state, width and scheme."""

    route: str
    state: str
    name: str
    width: int
    scheme: str
    file: Path
    wider: int
    """Pixels by which the page is wider than its screen; 0 is right."""


@contextmanager
def chromium(program: str) -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


class Camera:
    """Writes pictures into a folder."""

    def __init__(self, story: Story, folder: Path) -> None:
        self._story = story
        self._folder = folder

    def take(self, picture: Picture) -> Iterator[Shot]:
        """A page of the table, in each of its languages."""
        around = picture.around(self._story) if picture.around else nullcontext()
        with around:
            for language in picture.languages:
                page = self._story.browser_of(picture.who).new_page()
                path = picture.path.format_map(self._story.facts)
                page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
                if picture.act:
                    picture.act(self._story, page)
                name = picture.name if language == "en" else f"{picture.name}-{language}"
                yield from self._looks(page, picture.route, picture.state, name)
                page.close()

    def take_mails(self) -> Iterator[Shot]:
        """The newest mail of each subject, names left out; and what went to or about who has the longest name."""
        seen: set[str] = set()
        for mail in reversed(self._story.product.get("/dev/mail.json")):
            kind = _kind(mail["subject"], "Marie-Antoinette" in mail["text"])
            if kind in seen:
                continue
            seen.add(kind)
            page = self._story.browser_of("nobody").new_page()
            page.goto(f"/dev/mail/{mail['id']}/html")
            yield from self._looks(page, MAILS, "full", f"mail-{kind}")
            page.close()
            (self._folder / f"mail-{kind}.txt").write_text(f"{mail['subject']}\n\n{mail['text']}")

    def _looks(self, page: Page, route: str, state: str, name: str) -> Iterator[Shot]:
        for width, scheme in LOOKS:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            page.evaluate("document.fonts.ready.then(() => true)")
            page.wait_for_timeout(FRAMES_DRAWN if len(page.frames) > 1 else 0)
            file = self._folder / f"{name}.{state}.{width}.{scheme}.png"
            page.screenshot(path=file, full_page=True)
            wide = int(page.evaluate("document.documentElement.scrollWidth"))
            yield Shot(route, state, name, width, scheme, file, max(0, wide - width))


def _kind(subject: str, long: bool) -> str:
    """A mail's kind by its subject: its first four words that are not somebody's name."""
    unnamed = re.sub(r"^\w+, ", "", subject)
    first, *others = re.findall(r"[^\W\d_]+", unnamed)
    return "-".join([first.lower(), *(word for word in others if word.islower())][:4]) + ("-long" if long else "")
