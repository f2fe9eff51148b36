"""An appointment in a real browser, on a phone and on a laptop: proposed, booked, moved, and in the rep's diary."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.browser.window import Window
from tests.e2e.people import Prospect, link
from tests.e2e.place import Place

pytestmark = pytest.mark.browser

Open = Callable[..., Window]
PHONE_AND_LAPTOP = pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.slow)])


@PHONE_AND_LAPTOP
def test_a_proposed_time_is_booked_with_one_press_and_moved(place: Place, open_window: Open, width: int) -> None:
    lea = Prospect(place, f"Léa {width}")
    lea.walk_in()
    window = open_window(width=width)
    page = window.page
    window.open(link(lea.mails(1)[0], "/r/"))
    diary = page.locator("a[href^='/book/']").first.get_attribute("href")
    assert diary
    window.open(diary)
    said = page.locator("input[name=slot]").nth(2).get_attribute("value")
    assert said
    at = datetime.fromisoformat(said).astimezone(UTC)
    window.open(f"{diary}?slot={at:%Y%m%dT%H%MZ}")
    window.examine()
    assert page.locator("main button").count() == 1
    page.locator("input[name=phone]").fill("+33 6 12 34 56 78")
    window.follow(page.get_by_role("button", name="Book this time").click)
    window.examine()
    window.follow(page.get_by_role("link", name="Choose another time").click)
    window.examine()
    page.locator("label.slot").last.click()
    window.follow(page.get_by_role("button", name="Move it to this time").click)
    assert "Your appointment has moved." in window.text()
    window.examine()
    window.open(f"{diary}?slot=20200106T0900Z")
    assert "Your appointment has moved." in window.text(), "what she has stands in the place of other times"


@pytest.mark.parametrize("width", [360, *(pytest.param(wide, marks=pytest.mark.slow) for wide in (1280, 1920))])
def test_the_diary_is_examined_on_phone_laptop_and_wall(place: Place, open_window: Open, width: int) -> None:
    email, password = place.log_in("rep")
    window = open_window(width=width)
    window.log_in(email, password, "/desk")
    for address in ("/diary?who=team", "/diary?view=day"):
        window.open(address)
        window.examine()
