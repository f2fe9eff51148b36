"""What happens between the pictures: the self-evaluation's people and staff, through the real pages and the clock."""

import json
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from scripts.screens import people
from scripts.screens.people import ANA, CHLOE, CROWD, EVA, INES, JONAS, LEA, LONG, NOOR, OMAR, PRIYA, TOM, TYPO, Visitor
from scripts.screens.product import Product

SITE = "https://www.verdanne.example"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36"
STAFF = {"camille": "rep", "solene": "marketer", "hugo": "manager"}


class Story:
    """A running product, a browser for each person, and what was found on the way (`facts`: paths by name)."""

    def __init__(self, product: Product, browser: Browser) -> None:
        self.product = product
        self._browser = browser
        self._contexts: dict[str, BrowserContext] = {}
        self.facts: dict[str, Any] = {}
        self.missed = False
        self.late = False
        self.told = False

    def browser_of(self, who: str) -> BrowserContext:
        """Somebody's own browser: her cookies, her zone."""
        if who not in self._contexts:
            self._contexts[who] = self._browser.new_context(
                base_url=self.product.url,
                timezone_id="Europe/Paris",
                locale="en-GB",
                user_agent=BROWSER,  # a headless one is taken for a machine, and told of nothing
                viewport={"width": 1280, "height": 800},
            )
            if who in STAFF:
                email = f"{who}@verdanne.example"
                people.log_in(self._contexts[who], email, self.product.logins()[email])
        return self._contexts[who]

    def lead(self, who: Visitor) -> int:
        """A lead's number."""
        return next(int(one["id"]) for one in self.product.get("/dev/leads.json") if one["email"] == who.email)

    def evaluates(self, key: str, who: Visitor) -> None:
        """Somebody takes the self-evaluation."""
        people.evaluate(self.browser_of(key), who)

    def books(self, key: str, who: Visitor, *, day: int = 0, time: int = 0) -> str:
        """Somebody books from her results, behind the private link of her mail."""
        return people.book(self.browser_of(key), self.diary_of(who), who.phone or "+33 6 11 22 33 44", day, time)

    def diary_of(self, who: Visitor) -> str:
        """The link with which she books; empty when she has booked, for her results lead to her appointment then."""
        page = self.page_of("nobody", self.product.link(who.email, "/r/"))
        link = page.locator("a[href^='/book/']")
        found = (link.first.get_attribute("href") or "") if link.count() else ""
        page.close()
        return found

    def page_of(self, who: str, path: str) -> Page:
        """A page in somebody's browser."""
        page = self.browser_of(who).new_page()
        page.goto(path)
        return page

    def marks(self, who: Visitor, word: str) -> None:
        """The manager marks somebody's appointment."""
        page = self.page_of("hugo", f"/desk/leads/{self.lead(who)}")
        people.press(page, f"button:text-is('{word}')")
        page.close()

    def play(self) -> None:
        """Two weeks of work."""
        product = self.product
        people.evaluate(self.browser_of("lea"), LEA)
        for key, who in (
            ("long", LONG),
            ("jonas", JONAS),
            ("ana", ANA),
            ("typo", TYPO),
            ("priya", PRIYA),
            ("ines", INES),
            ("chloe", CHLOE),
        ):
            self.evaluates(key, who)
        people.download(self.browser_of("eva"), EVA)
        people.download(self.browser_of("seat"), EVA, people.WEBINAR)
        people.download(self.browser_of("talk"), NOOR, people.TALK)
        product.settle()
        self.facts["asset"] = product.link(EVA.email, "/a/")
        page = self.page_of("jonas", product.link(JONAS.email, "/r/"))
        people.press(page, "button:has-text('Yes, this is me')")
        page.close()
        self.facts["results"] = product.link(LEA.email, "/r/")
        self.facts["booked_lea"] = self.books("lea", LEA)
        self.facts["results_proven"] = product.link(JONAS.email, "/r/") + "?thanks=yes"
        self.books("priya", PRIYA, time=1)
        self.books("long", LONG, day=3)
        product.settle()
        product.move("63 hours")  # D+2 and a night, whatever the hour is now
        self.reads("lea", ("/pricing", "/cases"))
        self.facts["unsubscribe"] = product.link(JONAS.email, "/u/")
        self.facts["own_page"] = product.link(JONAS.email, "/me/")
        self.facts["own_page_lea"] = product.link(LEA.email, "/me/")
        self.facts["book"] = self.diary_of(JONAS)
        page = self.page_of("nobody", self.facts["book"])
        free = datetime.fromisoformat(page.locator("[name=slot]").first.get_attribute("value") or "")
        self.facts["proposed"] = f"{self.facts['book']}?slot={free.astimezone(UTC):%Y%m%dT%H%MZ}"
        page.close()
        self.facts["unsubscribed"] = product.link(INES.email, "/u/")
        page = self.page_of("ines", self.facts["unsubscribed"])
        people.press(page, "form button")
        page.close()
        page = self.page_of("chloe", self.books("chloe", CHLOE, day=4) + "/cancel")
        people.press(page, "form button.danger")
        page.close()
        for who in (OMAR, TOM, *CROWD):
            self.evaluates(who.name, who)
        product.settle()
        self._return_and_accept()
        product.move("2 days")
        while not any("/q/cx-" in one["text"] for one in product.get("/dev/mail.json")):  # on a working day
            product.move("1 day")
        self.facts["asked"] = product.link(EVA.email, "/q/cx-maturity/")
        self.facts["results_talk"] = self._answers("talk", NOOR, "/q/talk-feedback/")
        self.marks(LEA, "Held")
        product.settle()
        self.facts["booked"] = self.books("tom", TOM, day=2)
        self.facts["an_hour_before"] = self._start_of(self.facts["booked"]) - timedelta(hours=1)
        cancelled = self.books("omar", OMAR, day=1)
        page = self.page_of("omar", cancelled + "/cancel")
        people.press(page, "button:text-is('Yes, cancel it')")
        page.close()
        self.facts["cancelled"] = cancelled
        for place, who in enumerate(CROWD[:4]):
            self.books(who.name, who, day=1 + place % 2, time=2 * place)
        product.settle()
        self.marks(PRIYA, "Held")
        product.move("2 hours")
        self.facts["leads"] = {who.name: self.lead(who) for who in (LEA, LONG, JONAS, ANA, PRIYA, OMAR, TOM, NOOR)}
        self.facts["leads"]["long"] = self.lead(LONG)
        self.facts["over"] = self._appointment_of(LONG)
        self.facts["outcome"] = product.link("camille@verdanne.example", "/outcome/")
        self.facts["results_tom"] = product.link(CROWD[5].email, "/r/")
        self.facts["results_booked"] = product.link(TOM.email, "/r/")
        self.facts["own_page_booked"] = product.link(TOM.email, "/me/")
        self.facts["password"] = product.password_link("maud@verdanne.example")
        mails = product.get("/dev/mail.json")
        self.facts["dossier"] = next(one["id"] for one in mails[::-1] if "@verdanne.example" in one["to"][0])

    def misses(self) -> None:
        """Those of the crowd who booked did not come; a week later they are to be called."""
        self.product.move("7 days")
        for who in (LONG, *CROWD[:4]):
            self.marks(who, "Missed")
        self.product.settle()
        self.product.move("8 days")
        self.missed = True

    def reads(self, who: str, pages: Sequence[str]) -> None:
        """Somebody whom the tracker knows reads an article here, and pages of the company's own site."""
        page = self.page_of(who, people.ARTICLE)
        page.wait_for_load_state("networkidle")
        visitor = page.evaluate("localStorage.funnel")
        page.close()
        for number, path in enumerate(pages):
            visit = {"told": "visit", "visitor": visitor, "visit": f"{number + 100:032x}", "url": SITE + path}
            self._tells(visit)

    def _tells(self, told: object, agent: str = BROWSER) -> None:
        body = told if isinstance(told, str) else json.dumps(told)
        headers = {"User-Agent": agent, "Content-Type": "text/plain"}
        self.browser_of("nobody").request.post("/t", data=body, headers=headers)

    def tells_visits(self) -> None:
        """Three browsers that nobody knows read some pages, a crawler too, and somebody tells what no tracker says."""
        for one, path in enumerate(("/", "/pricing", "/cases", "/pricing", "/team", "/", "/")):
            told = {"told": "visit", "visitor": f"{one % 3:032x}", "visit": f"{one:032x}", "url": SITE + path}
            self._tells(told, "Googlebot/2.1" if one == 6 else BROWSER)
        self._tells("{}")
        time.sleep(2)  # the counts of a second are told together
        self._tells("[]")
        time.sleep(2)

    def _answers(self, key: str, who: Visitor, asked: str) -> str:
        """Somebody answers what a mail asks, and would like to be called: the path of her results."""
        page = self.page_of(key, self.product.link(who.email, asked))
        people.answer_here(page, who)
        page.locator("[name=follow_up]").first.check(force=True)
        people.press(page, "button[value=send]")
        found = "/" + page.url.split("/", 3)[3]
        page.close()
        return found

    def _appointment_of(self, who: Visitor) -> int:
        """The number of somebody's first appointment."""
        found = next(one for one in self.product.get("/dev/leads.json") if one["email"] == who.email)
        return int(found["appointments"][0]["id"])

    def _start_of(self, appointment: str) -> datetime:
        """When an appointment begins, by its file for calendars."""
        said = self.browser_of("nobody").request.get(appointment + ".ics").text()
        found = re.search(r"DTSTART\S*:(\w+)", said)
        return datetime.strptime(found[1] if found else "", "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    def _return_and_accept(self) -> None:
        """The manager gives a lead back to marketing; the rep accepts her first."""
        page = self.page_of("hugo", "/desk?who=team")
        page.goto(page.locator("section[aria-labelledby=h-leads] a.name").last.get_attribute("href") or "")
        self.facts["returned"] = page.url.rpartition("/")[2]
        page.click("summary:has-text('Return')")
        page.fill("#reason", "Wants a tool, not advice. Happy to talk again in spring.")
        people.press(page, "button:text-is('Return the lead')")
        page.close()
        page = self.page_of("camille", "/desk")
        people.press(page, "button:text-is('Accept')")
        page.close()
