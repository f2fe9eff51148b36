"""The window itself: what it is there to notice, it notices."""

import pytest
from playwright.sync_api import Browser

from tests.browser.window import Window
from tests.e2e.place import Place

pytestmark = pytest.mark.browser


@pytest.fixture
def window(chromium: Browser, place: Place) -> Window:
    """A window that the test closes itself."""
    window = Window(chromium, place.base)
    window.open("/privacy")
    return window


def test_a_faulty_page_does_not_pass(window: Window) -> None:
    window.page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    with pytest.raises(AssertionError, match="button-name"):
        window.examine()
    window.close()


def test_a_page_that_is_too_wide_does_not_pass(window: Window) -> None:
    window.page.evaluate("document.querySelector('h1').style.width = '600px'")
    with pytest.raises(AssertionError, match="px wide"):
        window.examine()
    window.close()


def test_a_request_that_leaves_the_host_and_a_broken_policy_do_not_pass(window: Window) -> None:
    with window.page.expect_console_message():
        window.page.evaluate("fetch('http://127.0.0.1:9/').catch(() => 0)")
    assert "Content Security Policy" in " ".join(window.complaints)
    with pytest.raises(AssertionError):
        window.close()
