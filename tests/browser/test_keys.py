"""Single keys on the staff's pages, and the switch that turns them off (WCAG 2.1.4)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import TimeoutError

from tests.browser.window import Window
from tests.e2e.people import Prospect
from tests.e2e.place import Place

pytestmark = pytest.mark.browser

Open = Callable[..., Window]
CALLED = """() => {
    window.called = 0;
    document.querySelector("[data-call]").addEventListener("click", event => { event.preventDefault(); called += 1; });
}"""


def switch(window: Window) -> None:
    """Open the list by its button and press the switch in it, with the keyboard alone."""
    window.press_on(window.page.locator("#keyboard"))
    window.examine()
    window.press_on(window.page.get_by_role("checkbox"), "Space")
    window.page.keyboard.press("Escape")


def works(window: Window, lead: str) -> bool:
    """Whether single keys do anything on a lead's page: all of them, or none."""
    window.open(lead)
    window.page.evaluate(CALLED)
    window.page.keyboard.press("c")
    calls: bool = window.page.evaluate("called > 0")
    window.page.keyboard.press("?")
    lists: bool = window.page.evaluate("document.getElementById('shortcuts').open")
    window.page.keyboard.press("Escape")
    window.page.wait_for_function("!document.getElementById('shortcuts').open")
    window.page.keyboard.press("g")
    window.page.keyboard.press("d")
    leaves = True
    try:
        window.page.wait_for_url("**/desk", timeout=10_000 if calls else 500)
    except TimeoutError:
        leaves = False
    assert len({calls, lists, leaves}) == 1, (calls, lists, leaves)
    return calls


@pytest.mark.parametrize("width", [1280, pytest.param(360, marks=pytest.mark.slow)])
def test_single_keys_are_switched_off_and_stay_off_until_they_are_switched_on(
    place: Place, open_window: Open, width: int
) -> None:
    lea = Prospect(place)
    lea.walk_in({"phone": "+33 6 12 34 56 78"})
    lead = f"/desk/leads/{lea.lead['id']}"
    window = open_window(width=width)
    window.log_in(*place.log_in("manager"), "/desk")
    assert works(window, lead)
    switch(window)
    assert not works(window, lead)
    window.open("/desk")
    assert not works(window, lead), "the browser remembers it from page to page"
    switch(window)
    assert works(window, lead)


def test_without_scripts_there_are_no_keys_and_no_button_for_them(place: Place, open_window: Open) -> None:
    window = open_window(width=1280, scripts=False)
    window.log_in(*place.log_in("manager"), "/desk")
    assert not window.page.locator("#keyboard").is_visible()
    assert not window.page.locator("#shortcuts").is_visible()


def test_pages_without_a_log_in_have_the_switch_too(place: Place, open_window: Open) -> None:
    window = open_window(width=1280)
    window.open("/dev/mail")
    switch(window)
    window.page.keyboard.press("?")
    assert not window.page.locator("#shortcuts").is_visible()
    window.open("/dev/mail")
    window.page.keyboard.press("?")
    assert not window.page.locator("#shortcuts").is_visible()
