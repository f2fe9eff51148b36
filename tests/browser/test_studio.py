"""The studio in a real browser: every page examined on phone and laptop, by keyboard, and without scripts."""

from collections.abc import Callable

import pytest

from tests.browser.window import Window
from tests.e2e.people import Prospect
from tests.e2e.place import Place

pytestmark = pytest.mark.browser

Open = Callable[..., Window]
STUDIO = "/studio/self-evaluation"
PAGES = (
    "/studio",
    STUDIO,
    f"{STUDIO}/resume",
    f"{STUDIO}/preview?show=page:results&scheme=dark",
    f"{STUDIO}/preview?show=mail:self_evaluation/summary_and_meeting&in=fr",
    f"{STUDIO}/rehearse",
    f"{STUDIO}/rehearse?people=10&days=60&seed=2",
    "/studio/-/calls-to-action",
    "/studio/-/calls-to-action/service-forum",
    "/studio/-/points?threshold=30",
    "/studio/-/visits",
    "/studio/-/segments/gold",
    "/studio/-/suggestions/silver",
)


def marketer(place: Place, open_window: Open, **how: object) -> Window:
    """A marketer who has logged in."""
    email, password = place.log_in("marketer")
    window = open_window(**how)
    window.log_in(email, password, "/studio")
    return window


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.slow)])
def test_every_page_of_the_studio_is_examined(place: Place, open_window: Open, width: int) -> None:
    Prospect(place).walk_in()
    window = marketer(place, open_window, width=width)
    for path in PAGES:
        window.open(path)
        window.examine()


def test_the_frames_show_a_page_and_a_mail_at_both_widths(place: Place, open_window: Open) -> None:
    window = marketer(place, open_window, width=1280)
    for path in (f"{STUDIO}/preview?show=page:landing", f"{STUDIO}/preview?show=mail:self_evaluation/your_results"):
        window.open(path)
        widths = [frame.evaluate("innerWidth") for frame in window.page.frames[1:]]
        assert widths == [360, 1280]
        headings = [frame.locator("h1").first.inner_text() for frame in window.page.frames[1:]]
        assert headings[0]
        assert headings[0] == headings[1]
        for width in (1240, 1280, 1366):
            window.page.set_viewport_size({"width": width, "height": 800})
            tops = [box["y"] for one in window.page.locator(".frames .glass").all() if (box := one.bounding_box())]
            assert len(set(tops)) == 1, f"beside each other at {width}: {tops}"
        window.page.set_viewport_size({"width": 1280, "height": 800})


def test_a_scenario_is_paused_and_resumed_by_keyboard_without_scripts(place: Place, open_window: Open) -> None:
    window = marketer(place, open_window, width=1280, scripts=False)
    page = window.page
    window.open(STUDIO)
    window.follow(lambda: page.get_by_role("button", name="Pause").press("Enter"))
    try:
        assert "its mails and steps stand still" in window.text()
        window.follow(lambda: page.get_by_role("link", name="Resume").first.press("Enter"))
        assert "would leave at once" in window.text()
    finally:
        window.open(f"{STUDIO}/resume")
        window.follow(lambda: page.get_by_role("button", name="Resume").press("Enter"))
    assert "Resumed." in window.text()


def test_what_is_to_be_pasted_is_copied_by_a_button(place: Place, open_window: Open) -> None:
    page = marketer(place, open_window, width=1280).page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{place.base}/studio/-/calls-to-action/service-forum")
    page.locator("[data-copy=paste-plain]").click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{place.base}/s/service-forum"
