"""The tracker by itself, in a real browser: what it tells, and to what it keeps when a browser lacks something."""

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from funnel.web.tracking.script import tracker
from tests.browser.conftest import ARGUMENTS, executable
from tests.browser.site import Reply, Site
from tests.support.processes import wait_until

pytestmark = pytest.mark.browser

PAGE = '<!doctype html><html lang=en><title>A page</title><script src="/t.js"></script><h1>A page</h1>'


AHEAD = """
<script>
funnel.push(["consent", true]);
const look = async () => {
  if (await (await fetch("/opens")).text() === "yes") location.href = "/ahead"; else setTimeout(look, 100);
};
look();
</script>
<script type="speculationrules">{"prerender": [{"urls": ["/ahead"], "eagerness": "immediate"}]}</script>
"""
HIDDEN = """
let shown = false;
Object.defineProperty(document, "visibilityState", { get: () => shown ? "visible" : "hidden" });
window.showing = (now) => { shown = now; document.dispatchEvent(new Event("visibilitychange")); };
"""
"""A tab in the background, which no browser makes that is steered from outside."""


BLOCKED = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } });"
"""A browser that refuses to keep anything."""


class Told(Site):
    """A site whose pages load the tracker, and which keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[dict[str, Any]] = []
        self.asked: list[str] = []
        """The addresses of its pages that a browser asked for."""
        self.withdrawn: set[str] = set()
        self.passes: dict[str, str] = {}
        """Whose browser each pass is of."""
        self.says = ""
        """What its pages say before they load the tracker."""
        self.answers = threading.Event()
        """Whether what is told of a pass is answered."""
        self.answers.set()
        self.script = tracker(("127.0.0.1",))[0]
        self.base = f"http://127.0.0.1:{self.port}"

    def reply(self, path: str) -> Reply:
        """A page, or the tracker as it is sent."""
        self.asked.append(path)
        return Reply(self.script, script=True) if path == "/t.js" else Reply(self.says + PAGE)

    def hear(self, body: bytes, cookies: str | None) -> Reply:
        """What the tracker tells."""
        told = json.loads(body) | {"cookies": cookies}
        self.told.append(told)
        if told["told"] == "arrived" and (whose := self.passes.pop(told["pass"], None)):
            self.answers.wait(10)
            return Reply(json.dumps({"visitor": whose}))
        return Reply("", status=410 if told["told"] == "visit" and told["visitor"] in self.withdrawn else 204)

    def count(self, what: str) -> int:
        """How often it was told something of this kind."""
        return sum(one["told"] == what for one in self.told)


class Ahead(Told):
    """A site that has the browser prepare a page, and opens it when it `opens`."""

    opens = False

    def reply(self, path: str) -> Reply:
        """The page of prices, the one ahead, and what they ask."""
        if path == "/t.js":
            return super().reply(path)
        self.asked.append(path)
        if path == "/prices":
            return Reply(PAGE + AHEAD)
        return Reply(
            PAGE + "<script>funnel.push(['consent', true]); fetch('/ran')</script>"
            if path == "/ahead"
            else "yes"
            if self.opens
            else "no"
        )


@pytest.fixture
def site() -> Iterator[Told]:
    """The site."""
    with Told.open() as running:
        yield running


@pytest.fixture
def real_context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser that keeps pages for the way back, as people's do."""
    kept = ["--disable-back-forward-cache"]
    opened = chromium.browser_type.launch(executable_path=executable(), args=list(ARGUMENTS), ignore_default_args=kept)
    yield opened.new_context()
    opened.close()


def agrees(page: Page, site: Told) -> None:
    """She opens a page and gives her consent there."""
    page.goto(f"{site.base}/prices")
    page.evaluate("funnel.push(['consent', true])")
    wait_until(lambda: site.count("visit") == 1, 10, "the first visit")


def goes_back_withdrawn(page: Page, site: Told, *, again: bool = False) -> int:
    """She withdraws her consent on the next page, where she may have to give it `again` first, and goes back to the one
    before, which the browser has kept; how much had been told by then."""
    page.evaluate("window.kept = true")
    page.goto(f"{site.base}/team")
    if again:
        page.evaluate("funnel.push(['consent', true])")
    wait_until(lambda: site.count("visit") == 2, 10, "the second visit")
    page.evaluate("funnel.push(['consent', false])")
    wait_until(lambda: site.count("forget") == 1, 10, "the withdrawal")
    told = len(site.told)
    page.go_back(wait_until="commit")
    page.wait_for_function("document.readyState === 'complete' && location.pathname === '/prices'")
    page.wait_for_timeout(300)
    return told


def test_a_consent_withdrawn_in_one_window_is_withdrawn_in_all(context: BrowserContext, site: Told) -> None:
    first, second = context.new_page(), context.new_page()
    agrees(first, site)
    second.goto(f"{site.base}/team")
    wait_until(lambda: site.count("visit") == 2, 10, "the other window's visit")
    second.evaluate("funnel.push(['consent', false])")
    wait_until(lambda: site.count("forget") == 1, 10, "the withdrawal")
    first.wait_for_function("!funnel.consented")
    told = len(site.told)
    first.evaluate("history.pushState(null, '', '/prices/enterprise')")
    first.wait_for_timeout(300)
    first.goto("about:blank")
    second.wait_for_timeout(300)
    assert site.told[told:] == []


@pytest.mark.parametrize("says", ["", '<script>window.funnel = [["consent", false]]</script>'])
def test_a_form_that_has_agreed_does_not_overrule_the_page_that_says_no(
    context: BrowserContext, site: Told, says: str
) -> None:
    page = context.new_page()
    site.says = says + '<script src="/t.js" data-consent="yes"></script>'
    page.goto(f"{site.base}/prices")
    tells_no_more(page, site, 300)
    assert site.count("visit") == (not says)
    assert page.evaluate("[!!localStorage.funnel, funnel.consented]") == [not says] * 2


def test_a_page_whose_address_changes_behind_the_question_mark_is_one_visit(
    context: BrowserContext, site: Told
) -> None:
    page = context.new_page()
    agrees(page, site)
    for seats in range(12):
        page.evaluate(f"history.replaceState(null, '', '?seats={seats}')")
        page.wait_for_timeout(60)
    page.evaluate("history.pushState(null, '', '/team')")
    wait_until(lambda: site.count("visit") == 2, 10, "the other page")
    urls = [one["url"] for one in site.told if one["told"] == "visit"]  # that the first page was left may come after it
    assert urls[-1].endswith("/team")


def test_a_title_that_is_cut_in_an_emoji_is_told_with_whole_ones(context: BrowserContext, site: Told) -> None:
    page = context.new_page()
    page.goto(f"{site.base}/prices")
    page.evaluate("document.title = 'x' + '\\u{1F389}'.repeat(250)")
    page.evaluate("funnel.push(['consent', true])")
    wait_until(lambda: site.count("visit") == 1, 10, "the visit")
    assert site.told[0]["title"] == "x" + "\N{PARTY POPPER}" * 199


def tells_no_more(page: Page, site: Told, within: int) -> None:
    """Whatever the page was to tell within so many milliseconds of its own clock is told: its timers run in their
    order, and what it asks for at the end comes after."""
    page.evaluate(f"setTimeout(() => fetch('/later'), {within})")
    wait_until(lambda: "/later" in site.asked, 20, "what the page asks for at the end")


def goes_to(page: Page, path: str, title: str, after: int) -> None:
    """She goes to a page that changes without loading, and gets its title so many milliseconds later."""
    said = f"document.title = {title!r}"
    said = f"setTimeout(() => {{ {said} }}, {after})" if after else said
    page.evaluate(f"history.pushState(null, '', {path!r}); {said}")


def test_a_page_that_changes_without_loading_is_told_under_its_own_title(context: BrowserContext, site: Told) -> None:
    page = context.new_page()
    agrees(page, site)
    goes_to(page, "/pricing", "Pricing", 120)
    wait_until(lambda: site.count("visit") == 2, 10, "the visit, once it has its title")
    goes_to(page, "/cases", "Cases", 0)
    wait_until(lambda: site.count("visit") == 3, 10, "the visit")
    page.evaluate("history.pushState(null, '', '/untitled')")
    wait_until(lambda: site.count("visit") == 4, 10, "the visit of the page that gets no title")
    visits = [(one["url"].rpartition("/")[2], one["title"]) for one in site.told if one["told"] == "visit"]
    assert visits == [("prices", "A page"), ("pricing", "Pricing"), ("cases", "Cases"), ("untitled", "Cases")]


def test_a_page_that_is_left_before_it_has_its_title_is_told_all_the_same(context: BrowserContext, site: Told) -> None:
    page = context.new_page()
    agrees(page, site)
    goes_to(page, "/pricing", "Pricing", 5000)
    page.wait_for_timeout(300)
    goes_to(page, "/cases", "Cases", 0)
    page.wait_for_timeout(300)
    goes_to(page, "/about", "About", 5000)
    page.wait_for_timeout(300)
    page.goto("about:blank")
    wait_until(lambda: site.count("visit") == 4, 10, "all of them")
    visits = {one["url"].rpartition("/")[2]: one["title"] for one in site.told if one["told"] == "visit"}
    assert visits == {"prices": "A page", "pricing": "A page", "cases": "Cases", "about": "Cases"}


def test_a_page_that_waits_for_its_title_is_not_told_after_a_withdrawal(context: BrowserContext, site: Told) -> None:
    page = context.new_page()
    agrees(page, site)
    page.evaluate("""
        history.pushState(null, '', '/pricing');
        setTimeout(() => funnel.push(['consent', false]), 200);
        setTimeout(() => { document.title = 'Pricing'; }, 600);
    """)
    tells_no_more(page, site, 1300)
    assert [one["told"] for one in site.told if one["told"] != "left"] == ["visit", "forget"]


def test_a_consent_given_in_one_window_is_given_in_all(context: BrowserContext, site: Told) -> None:
    first, second = context.new_page(), context.new_page()
    first.goto(f"{site.base}/team")
    second.goto(f"{site.base}/prices")
    second.evaluate("funnel.push(['consent', true])")
    wait_until(lambda: site.count("visit") == 2, 10, "the pages of both windows")
    assert first.evaluate("funnel.consented")
    first.evaluate("history.pushState(null, '', '/cases')")
    wait_until(lambda: site.count("visit") == 3, 10, "its next page")
    assert len({one["visitor"] for one in site.told}) == 1


def test_a_page_that_comes_back_after_a_withdrawal_tells_nothing(real_context: BrowserContext, site: Told) -> None:
    page = real_context.new_page()
    agrees(page, site)
    told = goes_back_withdrawn(page, site)
    assert page.evaluate("[window.kept, funnel.consented, localStorage.length]") == [True, False, 0]
    assert site.told[told:] == []


def test_where_nothing_can_be_kept_a_page_that_comes_back_waits_for_her_consent(
    real_context: BrowserContext, site: Told
) -> None:
    """She may have withdrawn it meanwhile, and the page cannot know."""
    real_context.add_init_script(BLOCKED)
    page = real_context.new_page()
    agrees(page, site)
    told = goes_back_withdrawn(page, site, again=True)
    assert page.evaluate("[window.kept, funnel.consented]") == [True, False]
    assert site.told[told:] == []
    page.evaluate("funnel.push(['consent', true])")
    wait_until(lambda: site.count("visit") == 3, 10, "the page that came back")


def test_a_page_that_is_only_prerendered_is_told_when_it_is_opened(chromium: Browser, tmp_path: Path) -> None:
    with Ahead.open() as site:
        # Not steered: a browser that is, holds such pages back.
        command = [executable(), *ARGUMENTS, f"--user-data-dir={tmp_path}", f"{site.base}/prices"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
            try:
                wait_until(lambda: "/ran" in site.asked, 20, "that the page runs ahead")
                time.sleep(0.5)
                assert [one["url"] for one in site.told] == [f"{site.base}/prices"]
                site.opens = True
                wait_until(lambda: site.count("visit") == 2, 10, "the visit of the page that was opened")
                assert [one["url"] for one in site.told if one["told"] == "visit"][1] == f"{site.base}/ahead"
            finally:
                browser.terminate()


def test_a_page_in_the_background_is_told_when_it_is_looked_at(context: BrowserContext, site: Told) -> None:
    page = context.new_page()
    agrees(page, site)
    behind = context.new_page()
    behind.add_init_script(HIDDEN)
    behind.goto(f"{site.base}/team")
    behind.wait_for_timeout(300)
    assert (site.count("visit"), behind.evaluate("funnel.consented")) == (1, True)
    for _ in range(2):
        behind.evaluate("showing(true)")
        wait_until(lambda: site.count("visit") == 2, 10, "the visit")
        behind.wait_for_timeout(1100)
        behind.evaluate("showing(false)")
    wait_until(lambda: site.count("left") == 2, 10, "for how long it was looked at")
    assert [one["part"] for one in site.told if one["told"] == "left"] == [1, 2]
    assert site.count("visit") == 2


def test_a_pass_is_told_also_where_the_browser_has_a_name(context: BrowserContext, site: Told) -> None:
    page = context.new_page()
    agrees(page, site)
    page.goto(f"{site.base}/team?fn_pass={'a' * 32}")
    wait_until(lambda: site.count("visit") == 2, 10, "the visit")
    names = {one["visitor"] for one in site.told}
    (arrived,) = [one for one in site.told if one["told"] == "arrived"]
    assert (arrived["pass"], names) == ("a" * 32, {page.evaluate("localStorage.funnel")})
    assert page.url == f"{site.base}/team"


def test_who_comes_with_a_pass_is_known_by_it(context: BrowserContext, site: Told) -> None:
    site.passes["a" * 32] = "b" * 32
    page = context.new_page()
    page.goto(f"{site.base}/team?fn_pass={'a' * 32}")
    wait_until(lambda: site.count("visit") == 1, 10, "the visit")
    assert page.evaluate("localStorage.funnel") == "b" * 32


def test_on_a_page_that_has_said_no_a_pass_is_not_even_told(context: BrowserContext, site: Told) -> None:
    site.passes["a" * 32] = "b" * 32
    site.says = "<!doctype html><script>window.funnel = [['consent', false]]</script>"
    page = context.new_page()
    page.goto(f"{site.base}/team?fn_pass={'a' * 32}")
    tells_no_more(page, site, 500)
    assert site.told == []
    assert page.evaluate("[localStorage.length, funnel.consented]") == [0, False]
    assert page.url == f"{site.base}/team"


def test_a_no_that_is_said_while_a_pass_is_looked_at_holds(context: BrowserContext, site: Told) -> None:
    site.passes["a" * 32] = "b" * 32
    site.answers.clear()
    page = context.new_page()
    page.goto(f"{site.base}/team?fn_pass={'a' * 32}")
    wait_until(lambda: site.count("arrived") == 1, 10, "the pass")
    page.evaluate("funnel.push(['consent', true])")
    page.evaluate("funnel.push(['consent', false])")
    with page.expect_response(f"{site.base}/t"):
        site.answers.set()
    tells_no_more(page, site, 500)
    assert [one["told"] for one in site.told] == ["arrived"]
    assert page.evaluate("[localStorage.length, funnel.consented]") == [0, False]
    page.evaluate("funnel.push(['consent', true])")
    wait_until(lambda: site.count("visit") == 1, 10, "the visit, once she agrees after all")


def test_a_name_that_was_withdrawn_elsewhere_is_forgotten_here(context: BrowserContext, site: Told) -> None:
    page, other = context.new_page(), context.new_page()
    agrees(page, site)
    other.goto(f"{site.base}/team")
    wait_until(lambda: site.count("visit") == 2, 10, "the other window's visit")
    site.withdrawn.add(page.evaluate("localStorage.funnel"))
    page.goto(f"{site.base}/cases")
    for window in (page, other):
        window.wait_for_function("!funnel.consented && !localStorage.length")
    told = len(site.told)
    page.goto(f"{site.base}/prices")
    page.wait_for_timeout(300)
    assert site.told[told:] == []


def test_a_browser_without_beacons_tells_and_forgets_all_the_same(context: BrowserContext, site: Told) -> None:
    context.add_init_script("delete Navigator.prototype.sendBeacon")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    agrees(page, site)
    page.evaluate("funnel.push(['consent', false])")
    wait_until(lambda: site.count("forget") == 1, 10, "the withdrawal")
    assert page.evaluate("[localStorage.length, funnel.consented]") == [0, False]
    assert ({one["cookies"] for one in site.told}, errors) == ({None}, [])


def test_where_no_visits_are_kept_any_more_a_known_browser_is_forgotten(context: BrowserContext, site: Told) -> None:
    page = context.new_page()
    agrees(page, site)
    name = page.evaluate("localStorage.funnel")
    site.script = tracker(("127.0.0.1",), kept=False)[0]
    page.goto(f"{site.base}/team")
    wait_until(lambda: site.count("forget") == 1, 10, "that it is to be forgotten")
    assert [one["visitor"] for one in site.told if one["told"] == "forget"] == [name]
    assert page.evaluate("[localStorage.length, funnel.consented]") == [0, False]
    page.evaluate("funnel.push(['consent', true])")
    page.wait_for_timeout(200)
    assert (site.count("visit"), page.evaluate("localStorage.length")) == (1, 0)


LINK = "<!doctype html><a href='http://127.0.0.1/x?a=b%20c&flag&d=%2B#there'>On</a>"
"""A link to another of our sites."""


def leads_to(page: Page, **how: Any) -> str:
    """Where the link leads in the moment in which it is pressed so; it is not followed."""
    page.evaluate("""
        window.led = '';
        for (const kind of ['click', 'auxclick', 'contextmenu'])
            addEventListener(kind, (event) => { window.led ||= event.target.href; event.preventDefault(); });
    """)
    page.locator("a").click(**how)
    page.wait_for_timeout(100)
    return str(page.evaluate("window.led"))


@pytest.mark.parametrize("button, leaves", [("left", True), ("middle", True), ("right", False)])
def test_a_pass_goes_with_who_leaves_and_with_nobody_who_opens_the_menu(
    context: BrowserContext, site: Told, button: str, leaves: bool
) -> None:
    site.says = LINK
    page = context.new_page()
    agrees(page, site)
    led = leads_to(page, button=button)
    assert (site.count("leaving"), "fn_pass=" in led) == (int(leaves), leaves)


def test_what_is_asked_behind_a_pass_stays_as_it_was_written(context: BrowserContext, site: Told) -> None:
    site.says = LINK
    page = context.new_page()
    agrees(page, site)
    led = leads_to(page)
    (given,) = [one["pass"] for one in site.told if one["told"] == "leaving"]
    assert led == f"http://127.0.0.1/x?fn_pass={given}&a=b%20c&flag&d=%2B#there"


@pytest.mark.parametrize(
    "asked, rest",
    [
        (f"?fn_pass={'a' * 32}", ""),
        (f"?fn_pass={'a' * 32}&a=b%20c&flag&d=%2B#there", "?a=b%20c&flag&d=%2B#there"),
        (f"?a=b%20c&fn_from=x&flag&fn_pass={'a' * 32}&d=$%26", "?a=b%20c&flag&d=$%26"),
    ],
)
def test_what_an_address_brought_is_taken_off_and_the_rest_is_left(
    context: BrowserContext, site: Told, asked: str, rest: str
) -> None:
    site.passes["a" * 32] = "b" * 32
    page = context.new_page()
    page.goto(f"{site.base}//team{asked}")
    wait_until(lambda: site.count("visit") == 1, 10, "the visit")
    assert page.url == f"{site.base}//team{rest}"
    assert [one["visitor"] for one in site.told if one["told"] == "visit"] == ["b" * 32]


def test_a_page_that_comes_back_does_not_follow_from_itself(real_context: BrowserContext, site: Told) -> None:
    page = real_context.new_page()
    agrees(page, site)
    page.evaluate("window.kept = true")
    page.goto(f"{site.base}/team")
    wait_until(lambda: site.count("visit") == 2, 10, "the second visit")
    page.go_back(wait_until="commit")
    wait_until(lambda: site.count("visit") == 3, 10, "the page that came back")
    assert page.evaluate("window.kept")
    assert [one["referrer"] for one in site.told if one["told"] == "visit"][2] == ""
