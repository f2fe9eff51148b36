"""The tracker in a real browser, on a site of another origin: nothing before consent, and everything after it."""

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page

from tests.browser.site import Reply, Site
from tests.e2e.people import Colleague
from tests.e2e.place import Lead, Place
from tests.support.homes import copy_home, score_by
from tests.support.processes import wait_until

pytestmark = pytest.mark.browser

EMAIL = "lea.martin@ostrel.example"
RULES = """
scoring:
  rules:
    - {id: form, title: {en: Asked for the ebook, fr: A demandé le livre}, on: {form.submitted: ebook}, points: 15}
    - {id: cases, title: {en: Read the cases, fr: A lu les cas}, on: {page.visited: /cases*}, points: 10}
    - {id: prices, title: {en: Read the prices, fr: A lu les prix}, on: {page.visited: /prices*}, points: 25}
"""
SITE_SCRIPT = """
window.funnel = window.funnel || [];
for (const button of document.querySelectorAll("button[data-consent]"))
  button.addEventListener("click", () => funnel.push(["consent", button.dataset.consent === "yes"]));
document.getElementById("spa").addEventListener("click", () => {
  history.pushState(null, "", "/prices/enterprise"); document.title = "Enterprise";
});
"""
PAGES = {"/": "Home", "/team": "Team", "/cases": "Cases", "/prices": "Prices"}


class Own(Site):
    """The company's own site: four pages with one line for the tracker, under a policy that lets nothing else in."""

    def __init__(self) -> None:
        super().__init__()
        self.product = ""
        self.host = f"localhost:{self.port}"

    def reply(self, path: str) -> Reply:
        """A page, or the site's own script."""
        script = path == "/site.js"
        title = PAGES.get(path.partition("?")[0], "")
        policy = f"default-src 'none'; script-src 'self' {self.product}; connect-src {self.product}"
        body = SITE_SCRIPT if script else self.page(title)
        return Reply(body, script, 200 if script or title else 404, {"Content-Security-Policy": policy})

    def page(self, title: str) -> str:
        """A page in HTML."""
        links = "".join(f'<a id="{name[1:] or "home"}" href="{name}">{title}</a> ' for name, title in PAGES.items())
        return (
            f"<!doctype html><html lang=en><title>{title}</title><body><h1>{title}</h1>{links}"
            f'<a id="ebook" href="{self.product}/l/ebook">Our ebook</a>'
            '<button data-consent="yes">Yes</button><button data-consent="no">No</button>'
            '<button id="spa">Enterprise</button>'
            f'<script src="/site.js"></script><script src="{self.product}/t.js" async></script>'
        )


@pytest.fixture
def site() -> Iterator[Own]:
    """The company's site."""
    with Own.open() as running:
        yield running


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path, site: Own, begun_folder: Path) -> Iterator[Place]:
    """The product, on files of its own: pages of the company's site give points."""
    home = copy_home(tmp_path)
    score_by(home, f"{RULES}tracking: {{sites: ['{site.host}']}}\n")
    environ = {"FUNNEL_HOME": str(home)}
    if request.param != "sqlite":
        environ["FUNNEL_DATABASE_URL"] = request.getfixturevalue("postgres_url")(request.param.removeprefix("pg"))
    running = Place(environ, begun_folder)
    site.product = running.base
    yield running
    running.stop()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """The window in which she goes about."""
    return context.new_page()


def stored(page: Page) -> list[str]:
    """What the page's origin has stored in the browser."""
    found: list[str] = page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))")
    return found


def fills_in(page: Page, *, agrees: bool) -> None:
    """She asks for the ebook."""
    page.locator("input[name=name]").fill("Léa Martin")
    page.locator("input[name=email]").fill(EMAIL)
    if agrees:
        page.locator("input[name=consent_visit_tracking]").check()
    page.locator("button[value=send]").click()
    page.wait_for_url("**/l/ebook/thanks")


def lead_of(place: Place) -> Lead:
    """What is known of her."""
    return place.lead(EMAIL)


def comes_to(place: Place, score: int, by: str) -> None:
    """Until she has so many points, by what she has done last."""
    wait_until(lambda: lead_of(place)["score"] == score, 15, f"{by}\n{place.logs()}")


def asks_for_the_ebook(place: Place, page: Page, *, agrees: bool) -> None:
    """She opens its page and fills it in, and agrees to be known or does not."""
    page.goto(f"{place.base}/l/ebook")
    fills_in(page, agrees=agrees)


EACH = pytest.mark.parametrize("place", ["sqlite", pytest.param("pg18", marks=pytest.mark.slow)], indirect=True)
ON_SQLITE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


@EACH
def test_a_visitor_who_agrees_is_known_by_her_form_and_handed_over_at_fifty_points(
    place: Place, site: Own, context: BrowserContext, page: Page
) -> None:
    said: list[dict[str, Any]] = []
    context.on(
        "request", lambda asked: said.append(json.loads(asked.post_data or "{}")) if asked.url.endswith("/t") else None
    )
    home = f"http://{site.host}"
    page.goto(home + "/?utm_source=fair")
    page.locator("#team").click()
    page.wait_for_url("**/team")
    page.wait_for_load_state("networkidle")
    assert (said, stored(page), context.cookies()) == ([], [], [])

    page.locator("button[data-consent=yes]").click()
    page.wait_for_timeout(300)
    assert stored(page) == ["funnel"]
    page.locator("#cases").click()
    page.wait_for_url("**/cases")
    page.wait_for_timeout(1500)  # read for a second or two
    page.locator("#ebook").click()
    page.wait_for_url("**/l/ebook")  # the pass is off the address by now
    page.wait_for_timeout(500)
    name = page.evaluate("localStorage.funnel")
    fills_in(page, agrees=True)
    page.wait_for_load_state("networkidle")
    comes_to(place, 25, by="the form and the cases")
    assert lead_of(place)["handoffs"] == []

    page.goto(home + "/prices")
    assert page.evaluate("localStorage.funnel") == name
    comes_to(place, 50, by="the prices")
    assert lead_of(place)["handoffs"], lead_of(place)
    page.locator("#spa").click()
    page.wait_for_timeout(500)  # a page that changes without loading
    assert [one["title"] for one in said if one["told"] == "visit"][-2:] == ["Prices", "Enterprise"]
    assert {"visit", "leaving", "arrived"} <= {one["told"] for one in said}
    assert not [cookie for cookie in context.cookies() if cookie["name"] != "funnel"]  # the one session cookie
    seen = Colleague(place, "manager").browser.open(f"/desk/leads/{lead_of(place)['id']}").text
    assert re.search(r"“Cases” \((\d s|\d\d s)\)", seen), seen  # how long she read it
    assert all(title in seen for title in ("Team", "Prices", "Read the prices"))


@EACH
def test_without_consent_there_is_no_trace(place: Place, site: Own, context: BrowserContext, page: Page) -> None:
    told: list[str] = []
    context.on("request", lambda asked: told.append(asked.url) if asked.url.endswith("/t") else None)
    home = f"http://{site.host}"
    for path in ("/", "/team", "/cases"):
        page.goto(home + path)
        page.wait_for_load_state("networkidle")
    page.locator("button[data-consent=no]").click()
    page.locator("#ebook").click()
    page.wait_for_url("**/l/ebook")
    fills_in(page, agrees=False)
    page.wait_for_load_state("networkidle")
    assert stored(page) == []
    page.goto(home + "/prices")
    page.wait_for_load_state("networkidle")
    assert (told, stored(page)) == ([], [])
    wait_until(lambda: len(place.mails(EMAIL)) == 1, 15, "her mail")
    (mail,) = place.mails(EMAIL)
    assert not re.findall(r"/o/|/c/", mail["html"])
    assert lead_of(place)["score"] == 15


def waits_for(page: Page, what: str) -> None:
    """Until it holds on a page whose policy lets no text be run."""
    wait_until(lambda: page.evaluate(what), 10, what)


def goes_on(page: Page, address: str) -> None:
    """She follows a link to another site, or back."""
    page.evaluate(
        """to => {
            const link = document.createElement("a");
            link.href = to; link.id = "on"; link.textContent = "On"; document.body.prepend(link);
        }""",
        address,
    )
    page.locator("#on").click()
    page.wait_for_url(address)


def own_page_of(place: Place) -> str:
    """The address of her own page, as her mail has it."""
    (mail,) = place.wait_for_mails(EMAIL, 1)
    (own,) = set(re.findall(r"/me/[\w-]+", mail["text"]))
    return f"{place.base}{own}"


def about_visits(page: Page, words: str) -> Locator:
    """The button with these words beside what her own page says of visits."""
    return page.locator("form", has_text="pages").get_by_role("button", name=words)


@ON_SQLITE
def test_what_she_takes_back_on_her_own_page_is_taken_back_on_the_site_that_never_asked_her(
    place: Place, site: Own, page: Page
) -> None:
    asks_for_the_ebook(place, page, agrees=True)
    goes_on(page, f"http://{site.host}/cases")
    waits_for(page, "funnel.consented")
    comes_to(place, 25, by="the form and the cases")

    page.goto(own_page_of(place))
    about_visits(page, "Take this back").click()
    waits_for(page, "localStorage.length === 0")
    page.goto(f"{place.base}/l/ebook/thanks")
    assert stored(page) == []
    page.goto(f"http://{site.host}/prices")
    waits_for(page, "!funnel.consented && localStorage.length === 0")
    page.goto(f"http://{site.host}/team")
    page.wait_for_timeout(1500)
    assert stored(page) == []
    assert lead_of(place)["score"] == 25
    with sqlite3.connect(place.state / "funnel.db") as database:
        kept = [database.execute(f"SELECT * FROM {name}").fetchall() for name in ("visitors", "page_visits")]
    assert kept == [[], []]


def pages_told(place: Place) -> list[str]:
    """The pages of the product in her history, in the order in which they were looked at."""
    with sqlite3.connect(place.state / "funnel.db") as database:
        rows = database.execute("SELECT payload FROM events WHERE kind = 'PageVisited' ORDER BY occurred_at").fetchall()
    return [json.loads(payload)["page"].partition("/")[2] for (payload,) in rows]


@ON_SQLITE
def test_who_agrees_on_her_own_page_is_known_in_that_browser_from_then_on(
    place: Place, context: BrowserContext, page: Page
) -> None:
    asks_for_the_ebook(place, page, agrees=False)
    page.goto(own_page_of(place))
    page.wait_for_timeout(500)
    assert stored(page) == []
    about_visits(page, "Yes, I agree").click()
    waits_for(page, "localStorage.length === 1")
    page.goto(f"{place.base}/privacy")
    page.wait_for_timeout(500)
    page.goto(f"{place.base}/l/ebook")
    wait_until(lambda: pages_told(place) == ["me", "privacy", "l/ebook"], 10, f"three visits\n{place.logs()}")
    before = context.cookies()
    assert [one["name"] for one in before] == ["funnel"]

    page.goto(own_page_of(place))
    about_visits(page, "Take this back").click()
    waits_for(page, "localStorage.length === 0")
    page.goto(f"{place.base}/privacy")
    page.wait_for_timeout(1500)
    assert pages_told(place) == ["me", "privacy", "l/ebook"]
    page.goto(own_page_of(place))
    about_visits(page, "Yes, I agree").click()
    waits_for(page, "localStorage.length === 1")
    page.goto(f"{place.base}/privacy")
    wait_until(lambda: pages_told(place)[3:] == ["me", "privacy"], 10, f"known anew\n{place.logs()}")


@ON_SQLITE
def test_a_browser_that_asks_for_privacy_is_not_known_by_her_own_page(
    place: Place, context: BrowserContext, page: Page
) -> None:
    asks_for_the_ebook(place, page, agrees=False)
    context.set_extra_http_headers({"Sec-GPC": "1"})
    page.goto(own_page_of(place))
    about_visits(page, "Yes, I agree").click()
    about_visits(page, "Take this back").wait_for()
    page.goto(f"{place.base}/privacy")
    page.wait_for_timeout(1500)
    assert (stored(page), pages_told(place)) == ([], [])


@EACH
def test_who_is_known_to_our_pages_brings_what_she_read_on_the_site_before(place: Place, site: Own, page: Page) -> None:
    asks_for_the_ebook(place, page, agrees=True)
    comes_to(place, 15, by="the form")
    page.goto(f"http://{site.host}/")  # by herself, without a pass
    page.locator("button[data-consent=yes]").click()
    page.locator("#prices").click()
    page.wait_for_url("**/prices")
    waits_for(page, "funnel.consented")
    page.wait_for_timeout(1500)
    assert lead_of(place)["score"] == 15
    page.locator("#ebook").click()
    page.wait_for_url("**/l/ebook")
    comes_to(place, 40, by="the prices")
