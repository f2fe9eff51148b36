"""How long a page was looked at stays with its visit, whoever's the browser turns out to be while the page is open."""

import pytest

from funnel.usecases.desk import read_lead
from tests.support.home import HUGO
from tests.web.tracking.conftest import Street
from tests.web.tracking.surfer import Surfer, follows_link, sends_form

AGREED = ("follow_up_email", "visit_tracking")


def leaves(browser: Surfer, visit: str, part: int, seconds: int) -> None:
    """A page is left, or hidden, after so many seconds more."""
    browser.tells({"told": "left", "visitor": browser.name, "visit": visit, "part": part, "seconds": seconds})


def sends(street: Street, browser: Surfer, address: str) -> int:
    """In another tab of the browser somebody sends a form."""
    sent = sends_form(street, address, *AGREED)
    browser.visits("/thanks", proof=sent.submission)
    return sent.lead_id


def times(street: Street, lead_id: int) -> list[tuple[str, int]]:
    """The pages of a lead's history, each with for how long it was looked at."""
    street.place.drain()
    told = read_lead(street.place.house, HUGO, lead_id, "en").history
    return [(one.page.path, one.page.seconds) for one in told if one.page]


@pytest.mark.parametrize("drained", [True, False])
def test_a_page_that_is_open_while_its_browser_becomes_another_s_is_told_with_its_time(
    lite_web: Street, *, drained: bool
) -> None:
    ana, browser = sends_form(lite_web, "ana@example.org", *AGREED).lead_id, Surfer(lite_web)
    visit = browser.visits("/pricing", proof=follows_link(lite_web, ana))
    leaves(browser, visit, 1, 10)
    lite_web.place.drain()
    ben = sends(lite_web, browser, "ben@example.org")
    if drained:
        lite_web.place.drain()
    leaves(browser, visit, 2, 90)
    assert times(lite_web, ben) == [("/pricing", 100), ("/thanks", 0)]
    assert times(lite_web, ana) == []


def test_so_is_one_whose_click_was_a_machine_s_and_counts_once(lite_web: Street) -> None:
    ana, browser = sends_form(lite_web, "ana@example.org", *AGREED).lead_id, Surfer(lite_web)
    visit = browser.visits("/pricing", proof=follows_link(lite_web, ana))
    leaves(browser, visit, 1, 10)
    lite_web.place.drain()
    follows_link(lite_web, ana, number=1, soon=True)
    leaves(browser, visit, 2, 90)
    assert times(lite_web, ana) == []
    sends(lite_web, browser, "ana@example.org")
    assert times(lite_web, ana) == [("/pricing", 100), ("/thanks", 0)]


def test_it_goes_on_with_its_visit_to_the_next_one_as_well(lite_web: Street) -> None:
    ana, ben = (sends_form(lite_web, f"{name}@example.org", *AGREED).lead_id for name in ("ana", "ben"))
    browser = Surfer(lite_web)
    visit = browser.visits("/pricing", proof=follows_link(lite_web, ana))
    lite_web.place.drain()
    follows_link(lite_web, ana, number=1, soon=True)
    lite_web.place.drain()
    browser.visits("/cases", proof=follows_link(lite_web, ben))
    leaves(browser, visit, 1, 90)
    assert times(lite_web, ben) == [("/pricing", 90), ("/cases", 0)]
    cleo = sends(lite_web, browser, "cleo@example.org")
    assert times(lite_web, cleo) == [("/pricing", 90), ("/cases", 0), ("/thanks", 0)]
    assert times(lite_web, ben) == []
