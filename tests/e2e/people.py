"""Those who use it: a prospect who walks the tunnel, and the company's own people at their desks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import icalendar

from tests.e2e.browser import Browser, Fields, Page
from tests.e2e.place import PARIS, Mail, Place, instant

ARTICLE = "/articles/three-inspiring-customer-experience-companies"
LANDING = "/l/self-evaluation"
DETAILS = "/l/self-evaluation/details"
THANKS = "/l/self-evaluation/thanks"

_numbers = count(1)


class Prospect:
    """A person with a browser and a mailbox of her own."""

    def __init__(self, place: Place, name: str = "Léa Martin", *, host: str = "ostrel.example") -> None:
        self.place = place
        self.name = name
        self.email = f"reader{next(_numbers)}@{host}"
        self.browser: Browser = place.browser()

    @property
    def page(self) -> Page:
        """What she sees."""
        return self.browser.page

    def read_article(self) -> Page:
        """The article, and its call to action followed (S126)."""
        article = self.browser.open(ARTICLE)
        assert article.status == 200
        (link,) = [url for url in article.links if url.startswith("/s/")]
        return self.browser.open(link)

    def answer(self, choices: Fields | None = None, *, go: str = "next") -> Page:
        """Answer the questions shown: as told in `choices` (question: value), else the last choice of each."""
        form = self.page.form(having="csrf_token")
        given: dict[str, Any] = {name: offered[-1] for name, offered in form.choices.items()}
        told = {f"q_{question}": value for question, value in (choices or {}).items()}
        given |= {name: value for name, value in told.items() if name in {*form.fields, *form.choices}}
        return self.browser.send({**given, "go": go})

    def answer_all(self, choices: Fields | None = None) -> Page:
        """From the landing page to the details."""
        if not self.browser.path.startswith(LANDING):
            self.browser.open(LANDING)
        while self.browser.path != DETAILS:
            assert self.answer(choices).status == 200, self.page.text
        return self.page

    def leave_details(self, fields: Fields | None = None, *, consent: bool = True) -> Page:
        """Who she is (S128)."""
        told: dict[str, Any] = {"name": self.name, "email": self.email, "zone": "Europe/Paris"}
        if consent:
            told["consent_follow_up_email"] = "yes"
        return self.browser.send({**told, "go": "send", **(fields or {})})

    def walk_in(self, fields: Fields | None = None, *, consent: bool = True, choices: Fields | None = None) -> None:
        """From the article to her results, and the mail with them has come."""
        self.browser = self.place.browser()
        self.read_article()
        self.answer_all(choices)
        page = self.leave_details(fields, consent=consent)
        assert (page.status, self.browser.path) == (200, THANKS), page.text

    def mails(self, number: int) -> list[Mail]:
        """Her mails, once there are so many and no more."""
        return self.place.wait_for_mails(self.email, number)

    def subjects(self) -> list[str]:
        """The subjects of all her mails, in order."""
        return [mail["subject"] for mail in self.place.mails(self.email)]

    @property
    def lead(self) -> dict[str, Any]:
        """Her record."""
        return self.place.lead(self.email)

    def book(self, link: str, *, phone: str | None = None, zone: str | None = None) -> Page:
        """Open a booking link, find a time of Camille's alone, and take it."""
        self.browser.open(link + (f"?zone={zone}" if zone else ""))
        return self.take(self.camilles_slot(), phone=phone)

    def camilles_slot(self) -> str:
        """A free time before ten in Paris, when nobody but Camille works; its day is shown then."""
        for day in [url for url in self.page.links if "day=" in url]:
            self.browser.open(day)
            offered = self.page.form(having="once").choices["slot"]
            hers = [slot for slot in offered if datetime.fromisoformat(slot).astimezone(PARIS).hour == 9]
            if hers:
                return hers[0]
        raise AssertionError(f"no time of Camille's alone: {self.page.text}")

    def take(self, slot: str, *, phone: str | None = None) -> Page:
        """Book a time of the page."""
        return self.browser.send({"slot": slot} | ({} if phone is None else {"phone": phone}), having="once")


class Colleague:
    """Somebody of the company, logged in: the one whom `up` printed for a role, or anybody by address."""

    def __init__(self, place: Place, role: str = "", *, email: str = "") -> None:
        self.place = place
        self.email, password = place.log_in(role) if role else place.give_password(email)
        self.browser = place.browser()
        self.browser.open("/desk")
        assert self.browser.path.startswith("/login")
        self.browser.send({"email": self.email, "password": password}, ending="/login")
        assert self.browser.path in ("/desk", "/studio"), self.browser.page.text

    def desk(self, query: str = "?who=team") -> Page:
        """The desk."""
        return self.browser.open(f"/desk{query}")

    def press(self, page: Page, action: str, fields: Mapping[str, str] | None = None) -> Page:
        """The one button of a page whose action matches."""
        (form,) = {one.action: one for one in page.forms if re.search(action, one.action)}.values()
        self.browser.page = page
        return self.browser.send(fields, ending=form.action)


def words(mail: Mail) -> str:
    """What a mail says, its lines joined."""
    return " ".join(mail["text"].split())


def gap(earlier: Mail, later: Mail) -> timedelta:
    """The time between two mails by the clock in Paris, in whole hours: a busy machine takes seconds for its part."""
    begins, ends = (instant(mail["at"]).astimezone(PARIS).replace(tzinfo=None) for mail in (earlier, later))
    return timedelta(hours=round((ends - begins) / timedelta(hours=1)))


def link(mail: Mail, purpose: str) -> str:
    """The link of a mail's text part that begins so (`/r/`, `/book/`)."""
    found = re.findall(rf"http://127\.0\.0\.1:\d+{purpose}[\w/-]+", mail["text"])
    assert found, f"no {purpose} in {mail['subject']}: {mail['text']}"
    return str(found[0])


@dataclass(frozen=True)
class Invitation:
    """What a calendar program understands of a mail's attachment."""

    method: str
    uid: str
    sequence: int
    status: str
    starts_at: datetime
    ends_at: datetime
    attendees: frozenset[str]


def invitation(place: Place, mail: Mail) -> Invitation:
    """The one calendar entry attached to a mail; its instants must be in UTC."""
    (part,) = [part for part in mail["attachments"] if part["type"].startswith("text/calendar")]
    calendar: Any = icalendar.Calendar.from_ical(place.content(part["url"]))
    (event,) = calendar.walk("VEVENT")
    for name in ("DTSTART", "DTEND", "DTSTAMP"):
        assert event[name].to_ical().endswith(b"Z"), name
    told = event["ATTENDEE"]
    return Invitation(
        str(calendar["METHOD"]),
        str(event["UID"]),
        int(event["SEQUENCE"]),
        str(event.get("STATUS", "")),
        event["DTSTART"].dt,
        event["DTEND"].dt,
        frozenset(str(one).lower().removeprefix("mailto:") for one in (told if isinstance(told, list) else [told])),
    )
