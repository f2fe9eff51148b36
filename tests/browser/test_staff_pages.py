"""The staff's pages about appointments, and the prospect's own, examined on a phone and on a laptop, with something in
each."""

import re
from collections.abc import Callable, Sequence

import pytest

from tests.browser.window import Window
from tests.e2e.people import Colleague, Prospect, link
from tests.e2e.place import Place, instant
from tests.e2e.test_ways import BUILDING

pytestmark = pytest.mark.browser

Open = Callable[..., Window]


@pytest.fixture(scope="module")
def pages(place: Place) -> Sequence[str]:
    """Addresses of every such page once somebody has missed an appointment, somebody else has one ahead, and something
    is suggested of a third, who came."""
    manager = Colleague(place, "manager")
    otto, nora, ida = (Prospect(place, name) for name in ("Otto Brandt", "Nora Vance", "Ida Holm"))
    place.to_next(0)
    for who, slot in ((otto, -1), (nora, 0), (ida, 1)):
        wants = BUILDING | {"horizon": "this_quarter"} if who is ida else {}
        who.walk_in({"phone": "+33 6 12 34 56 78"}, choices=wants)
        form = manager.browser.open(f"/diary/new?lead={who.lead['id']}&type=results_call").form(having="once")
        manager.browser.send({"slot": form.choices["slot"][slot]}, having="once")
    (missed,) = nora.lead["appointments"]
    place.move(to=missed["ends_at"])
    place.move(advance="2 days")
    manager.press(manager.browser.open(f"/desk/leads/{nora.lead['id']}"), "/missed$")
    manager.press(manager.browser.open(f"/desk/leads/{ida.lead['id']}"), "/held$")
    place.move(advance="8 days")
    (ahead,) = otto.lead["appointments"]
    asked = [mail for mail in place.all_mails() if "/outcome/" in mail["text"] and nora.name in mail["text"]]
    by_link = re.findall(rf"{nora.name}\W+(http\S+/outcome/[\w-]+)", asked[0]["text"])[0]
    day = instant(ahead["starts_at"]).date()
    return (
        f"/diary?who=team&from={day}",
        f"/diary?view=day&who=team&from={day}",
        "/diary/new?q=o",
        f"/diary/new?lead={nora.lead['id']}",
        f"/desk/leads/{nora.lead['id']}/same?q=o",
        f"/desk/leads/{nora.lead['id']}/same/{otto.lead['id']}",
        f"/diary/appointments/{ahead['id']}",
        f"/desk/appointments/{missed['id']}",
        by_link,
        "/desk?who=team",
        f"/desk/leads/{ida.lead['id']}",
        "/studio/-/suggestions/silver",
        "/desk/call-list",
        "/desk/outcomes",
        "/desk/no-shows?weeks=52",
        "/studio/-/calls-to-action",
        "/studio/-/calls-to-action/article-3-companies",
        link(place.mails(nora.email)[0], "/me/"),
        link(place.mails(otto.email)[0], "/me/") + "/erase",
    )


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.slow)])
def test_the_pages_about_appointments_are_examined(
    place: Place, open_window: Open, pages: Sequence[str], width: int
) -> None:
    email, password = place.log_in("manager")
    window = open_window(width=width)
    window.log_in(email, password, "/desk")
    for address in pages:
        window.open(address)
        window.examine()
        assert "Ida Holm" in window.text() or "/suggestions/" not in address


def test_on_a_phone_the_page_that_is_open_is_seen_among_the_others(place: Place, open_window: Open) -> None:
    window = open_window(width=360)
    window.log_in(*place.log_in("manager"), "/studio?lang=fr")
    box = window.page.locator(".bar-top nav [aria-current]").bounding_box()
    assert box
    assert 0 <= box["x"] < box["x"] + box["width"] <= 360
    assert window.page.evaluate("scrollY") == 0, "and nothing else has moved"


def test_on_a_laptop_the_reasons_of_the_points_stand_wide_beside_the_appointments(
    place: Place, open_window: Open, pages: Sequence[str]
) -> None:
    window = open_window(width=1280)
    window.log_in(*place.log_in("manager"), next(one for one in pages if "/desk/leads/" in one and "same" not in one))
    panels = [window.page.locator(f"section:has(> header > #{name})") for name in ("h-points", "h-app", "h-ans")]
    points, meetings, answers = (panel.bounding_box() for panel in panels)
    assert points
    assert meetings
    assert answers
    assert points["width"] > 2 * meetings["width"]
    assert points["y"] <= meetings["y"] < points["y"] + points["height"]
    assert answers["width"] > 1200, "below both columns, none of which runs on alone"


def test_on_a_phone_a_table_is_seen_whole_the_outcome_before_it_is_marked(
    place: Place, open_window: Open, pages: Sequence[str]
) -> None:
    window = open_window(width=360)
    window.log_in(*place.log_in("manager"), "/desk/no-shows?weeks=52")
    hidden = "one => one.scrollWidth - one.clientWidth"
    assert window.page.locator(".scroll").evaluate(hidden) == 0
    window.open("/studio/no-show")
    assert [one.evaluate(hidden) for one in window.page.locator(".scroll:has(table)").all()] == [0, 0]
    missed = next(one for one in pages if re.fullmatch(r"/desk/appointments/\d+", one)).rpartition("/")[2]
    window.open("/desk/outcomes")
    window.page.locator("textarea[name=table]").fill(f"appointment;outcome\n{missed};held")
    window.follow(window.page.locator("button[value=look]").click)
    assert window.page.locator(".scroll").evaluate(hidden) == 0
    tag = window.page.locator("td .tag").bounding_box()
    assert tag
    assert tag["x"] + tag["width"] <= 360
    window.examine()
