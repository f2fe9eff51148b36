"""docs/tutorial.md, followed word by word: every command typed, every file changed, every page opened."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.docs.tutorial import FILE, SHOWN, Desk, matches, parts
from tests.e2e.browser import Browser, Page
from tests.support.processes import LONG, ROOT, wait_until

EMAIL = "ada@lead.example"
_LOG_IN = re.compile(r"^ +rep +(\S+) +(\S+)$", re.MULTILINE)
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_ADDRESS = re.compile(r"<http://([^>]+)>")


class Reader:
    """Who follows the tutorial, with a browser. `seen` is what she has been shown in the section so far."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.browser = Browser(f"http://127.0.0.1:{desk.port}")
        self.seen = ""
        self.opened: set[str] = set()
        self.meeting = ""

    def open(self, path: str) -> Page:
        """Open a page of the product."""
        self.opened.add(path.partition("?")[0])
        return self.look(self.browser.open(path))

    def send(self, fields: dict[str, str], **which: str) -> Page:
        """Fill in a form and send it."""
        return self.look(self.browser.send(fields, **which))

    def look(self, page: Page) -> Page:
        """See a page."""
        assert page.status == 200, f"{page.url}: {page.status} {page.text[:1000]}"
        self.seen += f" {page.text}"
        return page

    def mails(self) -> list[dict[str, Any]]:
        """Her mails, oldest first."""
        return [mail for mail in self._json("/dev/mail.json") if EMAIL in mail["to"]]

    def _json(self, path: str) -> Any:
        return self.browser.request("GET", path, headers={"Accept": "application/json"}).json

    def has(self, number: int) -> None:
        """So many mails have come, and the mailbox shows them."""
        wait_until(lambda: len(self.mails()) >= number, LONG, f"{number} mails to {EMAIL}")
        assert len(self.mails()) == number, [mail["subject"] for mail in self.mails()]
        self.open("/dev/mail")

    # -- what is done by hand ------------------------------------------------------------------------------------------

    def be_a_visitor(self) -> None:
        overview = self.open("/")
        for url in overview.links:
            if url.startswith("/"):
                assert self.browser.open(url).status == 200, f"the overview of a new home leads to {url}"
        page = self.open("/l/quick-check")
        while not self.browser.path.endswith("/details"):
            form = page.form(having="csrf_token")
            page = self.send({**{name: offered[0] for name, offered in form.choices.items()}, "go": "next"})
        fields = {"name": "Ada Lane", "email": EMAIL, "zone": "Europe/Paris", "consent_follow_up_email": "yes"}
        self.send({**fields, "go": "send"})
        assert self.browser.path == "/l/quick-check/thanks"
        self.has(1)

    def move_the_clock(self) -> None:
        self.open("/dev/clock")
        self.send({"advance": "2 days"}, ending="/dev/clock")
        self._settles()
        if len(self.mails()) < 2:  # it is night or a weekend, and the mail waits for its window
            page = self.open("/dev/clock")
            (button,) = [value for name, value, _ in page.form("/dev/clock").buttons if name == "to"]
            self.send({"to": button}, ending="/dev/clock")
        self.has(2)

    def _settles(self) -> None:
        """Everything that is due has been carried out: what comes next lies ahead."""
        wait_until(lambda: not self._json("/dev/clock")["pending"], LONG, "all is done")

    def book(self) -> None:
        mail = self.mails()[1]
        self.seen += mail["text"] + mail["html"]
        (link,) = set(re.findall(rf"http://127\.0\.0\.1:{self.desk.port}/book/[\w/-]+", mail["text"]))
        page = self.look(self.browser.open(link))
        days = [url for url in page.links if "day=" in url]
        if "slot" not in page.form(having="once").choices:
            page = self.look(self.browser.open(days[0]))
        self.meeting = page.form(having="once").choices["slot"][0]
        self.send({"slot": self.meeting, "phone": "01 99 00 56 78"}, having="once")
        self.has(3)
        assert [part for part in self.mails()[2]["attachments"] if "calendar" in str(part)]
        wait_until(lambda: len(self._json("/dev/mail.json")) == 4, LONG, "the rep's dossier")

    def be_the_rep(self) -> None:
        assert self.desk.up
        found = _LOG_IN.search(self.desk.up.log())
        assert found
        self.browser.open("/desk")
        self.send({"email": found[1], "password": found[2]}, ending="/login")
        page = self.open("/desk")
        (lead,) = {url for url in page.links if re.fullmatch(r"/desk/leads/\d+", url)}
        page = self.look(self.browser.open(lead))
        self._press(page, "/accept")
        over = datetime.fromisoformat(self.meeting) + timedelta(minutes=31)
        while datetime.fromisoformat(self._json("/dev/clock")["now"]) < over:
            self.open("/dev/clock")
            self.send({"advance": "1 day"}, ending="/dev/clock")
            self._settles()
        self._press(self.look(self.browser.open(lead)), "/held")
        wait_until(lambda: self._ended() == "call_held", LONG, "her way has ended")
        self.look(self.browser.open(lead))

    def _ended(self) -> str | None:
        (lead,) = [one for one in self._json("/dev/leads.json") if one["email"] == EMAIL]
        (enrolment,) = lead["enrolments"]
        ended: str | None = enrolment["ended_because"]
        return ended

    def _press(self, page: Page, action: str) -> Page:
        (found,) = {form.action for form in page.forms if form.action.endswith(action)}
        self.browser.page = page
        return self.send({}, ending=found)


BY_HAND: dict[str, Callable[[Reader], None]] = {
    "be a visitor": Reader.be_a_visitor,
    "move the clock": Reader.move_the_clock,
    "book": Reader.book,
    "be the rep": Reader.be_the_rep,
}


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


@pytest.mark.timeout(900)
@pytest.mark.slow
def test_the_tutorial_leads_word_for_word_from_an_empty_folder_to_a_held_meeting(desk: Desk) -> None:
    reader = Reader(desk)
    said = ""
    for part in parts(FILE.read_text(encoding="utf-8")):
        match part.kind:
            case "sh" if part.body.strip() == "funnel up":
                said = desk.starts(part.body.strip())
            case "sh":
                said = desk.types(part.body)
            case "text":
                assert matches(part.body, said), f"The page shows:\n{part.body}\nThe terminal says:\n{said}"
            case "diff":
                desk.changes(part.body)
            case "hand":
                reader.seen, reader.opened = "", set()
                BY_HAND[part.name](reader)
                _holds(part.body, reader)
            case _:
                raise AssertionError(f"a block of kind {part.kind!r} is not followed by anybody")
    desk.stop()


def _holds(section: str, reader: Reader) -> None:
    """Every address that the section names was opened, every word in bold was there to be read or pressed."""
    for address in _ADDRESS.findall(section):
        assert address.removeprefix(SHOWN) in reader.opened, address
    seen = " ".join(reader.seen.split())
    for words in _BOLD.findall(section):
        assert " ".join(words.split()) in seen, f"{words!r} is nowhere in: {seen}"


def test_every_section_by_hand_is_done_and_every_way_of_doing_is_used() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert [part.name for part in parts(text) if part.kind == "hand"] == list(BY_HAND)
    assert text.count("```") == 2 * sum(part.kind != "hand" for part in parts(text))


def test_dots_stand_for_words_in_a_line_and_for_lines() -> None:
    assert matches("a ... c\n...\nz\n", "a b b c\nd\ne\nz\n")
    assert matches("a\n...\n", "a\n")
    assert not matches("a ... c\n", "a b\nc\n")
    assert not matches("a\n", "a\nb\n")
    assert not matches("a.c\n", "abc\n")


@pytest.mark.parametrize("page", ["tutorial.md", "words.md", "linter.md"])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (ROOT / "docs" / target).exists(), target
