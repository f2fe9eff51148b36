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


HIGH = 740
"""The height of a window."""


def stands(window: Window, selector: str) -> tuple[float, float]:
    """From where to where something reaches, down from the window's upper edge."""
    box = window.page.locator(selector).bounding_box()
    assert box
    return box["y"], box["y"] + box["height"]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_on_a_phone_times_are_seen_at_once_and_the_button_once_one_is_chosen(
    place: Place, open_window: Open, scripts: bool
) -> None:
    nils = Prospect(place, f"Nils {scripts}")
    nils.walk_in()
    window = open_window(scripts=scripts)
    page = window.page
    window.open(link(nils.mails(1)[0], "/r/"))
    window.follow(page.get_by_role("link", name="Choose a time").click)
    assert stands(window, "label.slot >> nth=0")[1] < HIGH * 0.8, "two rows of times at least"
    button = "form:has(input[name=slot]) button"
    if scripts:
        low = next(one for one in page.locator("label.slot").all() if (box := one.bounding_box()) and box["y"] > 600)
        low.tap()
        assert stands(window, "label.slot:has(:checked)")[1] <= stands(window, ".settle")[0], "nor what was tapped"
    page.locator("input[name=slot]").first.focus()
    page.keyboard.press("Space")
    for _ in range(page.locator("input[name=slot]").count() - 1):
        assert 0 < stands(window, button)[0] < stands(window, button)[1] <= HIGH
        chosen = stands(window, "label.slot:has(:checked)")
        assert chosen[1] <= stands(window, ".settle")[0], "what has the focus is not covered"
        page.keyboard.press("ArrowDown")
    assert page.get_by_text("You can cancel until").is_visible()
    assert page.locator("h3.part").all_inner_texts() in (["Morning", "Afternoon"], [])
    if scripts:
        window.examine()


def test_on_a_phone_the_day_that_is_shown_is_in_sight(place: Place, open_window: Open) -> None:
    maja = Prospect(place, "Maja")
    maja.walk_in()
    window = open_window()
    page = window.page
    window.open(link(maja.mails(1)[0], "/r/"))
    window.follow(page.get_by_role("link", name="Choose a time").click)
    last = page.locator("a.day").last
    window.follow(last.click)
    shown = page.locator("a.day[aria-current]")
    box = shown.bounding_box()
    assert box
    assert 0 <= box["x"] < box["x"] + box["width"] <= window.width
    assert shown.inner_text() == page.locator("a.day").last.inner_text()


@pytest.mark.parametrize("width", [360, *(pytest.param(wide, marks=pytest.mark.slow) for wide in (1280, 1920))])
def test_the_diary_is_examined_on_phone_laptop_and_wall(place: Place, open_window: Open, width: int) -> None:
    email, password = place.log_in("rep")
    window = open_window(width=width)
    window.log_in(email, password, "/desk")
    for address in ("/diary?who=team", "/diary?view=day"):
        window.open(address)
        window.examine()
