"""Names, companies, titles and paths of pages without a space: no page grows wider than a small phone."""

import json
import re
import secrets
import urllib.request
from collections.abc import Callable

import pytest

from tests.browser.conftest import AGENT
from tests.browser.window import Window
from tests.e2e.people import Colleague, Prospect, link
from tests.e2e.place import Place
from tests.support.processes import wait_until

pytestmark = pytest.mark.browser

SMALL = 320
CUT_OFF = """() => {
    const scrolls = element => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
    const inside = element => element && (scrolls(element) || inside(element.parentElement));
    return [...document.querySelectorAll("main *")]
        .filter(element => element.getBoundingClientRect().right > innerWidth + 1 && !inside(element)
            && !element.closest(".hidden, svg"))
        .map(element => element.outerHTML.slice(0, 120))
}"""
"""What stands beyond the window's edge, where nobody can scroll to it."""
LONG = "Wolframhartmannsdorfer" * 5 + "Wolframing"
PHONE = "+33 6 12 34 56 78"


def reads_a_page_without_spaces(place: Place, who: Prospect, manager: Colleague) -> None:
    """What her browser tells after the form: a page whose title and path are one word each."""
    (proof,) = re.findall(r'data-proof="([^"]+)"', who.page.html)
    visitor, url = secrets.token_hex(16), f"{place.base}/{LONG}{LONG}"
    told = {"told": "visit", "visitor": visitor, "visit": secrets.token_hex(16), "url": url, "title": LONG * 2}
    body = json.dumps(told | {"proof": proof}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{place.base}/t", body, {"User-Agent": AGENT})).close()
    lead = f"/desk/leads/{who.lead['id']}"
    wait_until(lambda: "\N{LEFT DOUBLE QUOTATION MARK}Wolfram" in manager.browser.open(lead).html, 10, "her visit")


@pytest.mark.parametrize("width", [SMALL, pytest.param(1280, marks=pytest.mark.slow)])
def test_an_unbroken_name_makes_no_page_wider_than_the_window(
    place: Place, open_window: Callable[..., Window], width: int
) -> None:
    manager = Colleague(place, "manager")
    missed, ahead = (Prospect(place, LONG) for _ in range(2))
    place.to_next(0)
    for who, slot in ((missed, 0), (ahead, -1)):
        told = {"phone": PHONE, "company": LONG, "position": LONG, "consent_visit_tracking": "yes"}
        who.walk_in(told, choices={"wish": LONG})
        reads_a_page_without_spaces(place, who, manager)
        form = manager.browser.open(f"/diary/new?lead={who.lead['id']}&type=results_call").form(having="once")
        manager.browser.send({"slot": form.choices["slot"][slot]}, having="once")
    (first,), (second,) = missed.lead["appointments"], ahead.lead["appointments"]
    place.move(to=first["ends_at"])
    manager.press(manager.browser.open(f"/desk/leads/{missed.lead['id']}"), "/missed$")
    place.move(advance="9 days")
    window = open_window(width=width)
    window.log_in(*place.log_in("manager"), "/desk")
    wide: dict[str, int] = {}
    cut_off: dict[str, list[str]] = {}
    for address in (
        "/desk?who=team",
        f"/desk/leads/{missed.lead['id']}",
        f"/desk/leads/{ahead.lead['id']}",
        f"/desk/leads/{missed.lead['id']}/same?q=w",
        f"/desk/leads/{missed.lead['id']}/same/{ahead.lead['id']}",
        "/desk/call-list",
        "/desk/outcomes",
        f"/desk/appointments/{first['id']}",
        f"/diary?who=team&from={second['starts_at'][:10]}",
        f"/diary?view=day&who=team&from={second['starts_at'][:10]}",
        "/diary/new?q=w",
        f"/diary/new?lead={ahead.lead['id']}",
        f"/diary/appointments/{second['id']}",
        "/studio",
        "/studio/self_evaluation",
        "/studio/-/visits",
        "/studio/-/points",
        "/studio/-/suggestions/silver",
        "/dev/mail",
        link(place.mails(ahead.email)[0], "/me/"),
        link(place.mails(ahead.email)[0], "/r/"),
        link(place.mails(ahead.email)[0], "/me/") + "/erase",
    ):
        answer = window.page.goto(address)
        assert answer is not None, address
        assert answer.ok, address
        wide[address] = window.page.evaluate("document.documentElement.scrollWidth")
        cut_off[address] = window.page.evaluate(CUT_OFF)
    assert {address: found for address, found in wide.items() if found > width} == {}
    assert {address: found for address, found in cut_off.items() if found} == {}
