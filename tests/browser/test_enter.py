"""Enter, or "Go" on a phone's keyboard, does what a form's main button does, with scripts and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.window import Window
from tests.e2e.people import DETAILS, LANDING, THANKS, Prospect, link
from tests.e2e.place import Place
from tests.e2e.test_ebook import downloads

pytestmark = pytest.mark.browser

Open = Callable[..., Window]
WAYS = [
    pytest.param(360, True, id="phone"),
    pytest.param(360, False, id="phone-without-scripts"),
    pytest.param(1280, True, id="laptop"),
]


def enter(window: Window, field: str) -> None:
    """Press Enter in a field of the page."""
    window.follow(lambda: window.page.locator(field).first.press("Enter"))


def answer(page: Page) -> None:
    """Answer what the page asks by choosing."""
    names: list[str] = page.evaluate(
        "[...new Set([...document.querySelectorAll('form input[type=radio]')].map(one => one.name))]"
    )
    for name in names:
        page.locator(f"label:has(input[name={name}])").first.click()


def left_and_right(page: Page) -> list[str]:
    """What the buttons at the end of the form do, as the eye meets them."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('.actions button')].sort((one, other) =>"
        " one.getBoundingClientRect().x - other.getBoundingClientRect().x).map(one => one.value)"
    )
    return found


@pytest.mark.parametrize("width, scripts", WAYS)
def test_enter_goes_on_in_questions_and_sends_the_details(
    place: Place, open_window: Open, width: int, scripts: bool
) -> None:
    lea = Prospect(place)
    window = open_window(width=width, scripts=scripts)
    page = window.page
    window.open(LANDING)
    seen = [page.url]
    while page.locator("input[name=email]").count() == 0:
        answer(page)
        enter(window, ".question input:not([type=radio]), .question input:checked")
        assert page.url not in seen, "Enter goes on, never back"
        seen.append(page.url)
    assert page.url == place.base + DETAILS
    assert left_and_right(page) == ["back", "send"]
    page.locator("input[name=name]").fill(lea.name)
    page.locator("input[name=email]").fill(lea.email)
    page.locator("label:has(input[name=consent_follow_up_email])").click()
    enter(window, "input[name=email]")
    assert page.url == place.base + THANKS
    assert lea.lead["consents"]["follow_up_email"]


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_beside_the_number_to_call_sends_it(place: Place, open_window: Open, scripts: bool) -> None:
    place.to_next(0)
    reader = downloads(place)
    place.move(advance="2 days")
    _, invitation = reader.mails(2)
    window = open_window(scripts=scripts)
    page = window.page
    window.open(link(invitation, "/q/"))
    while page.locator("input[name=follow_up]").count() == 0:
        answer(page)
        window.follow(page.locator("button[value=next]").click)
    assert left_and_right(page) == ["back", "send"]
    page.locator("label:has(input[value=call])").click()
    page.locator("input[name=phone]").fill("06 12 34 56 78")
    enter(window, "input[name=phone]")
    assert "/r/" in page.url
    assert reader.lead["phone"] == "+33 6 12 34 56 78"
