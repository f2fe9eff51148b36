"""A visitor with a browser of her own: she reads pages, fills in forms and follows redirects as browsers do."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from funnel.usecases.addresses import own_page_link
from tests.web.conftest import Town

Fields = Mapping[str, str | Sequence[str]]

LANDING = "/l/self-evaluation"
LEA = {"name": "Léa Martin", "email": "lea.martin@ostrel.example"}


class Form(HTMLParser):
    """The forms of a page: where each posts, and what it would send untouched."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._area: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect fields."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "method": given.get("method", "get"), "fields": {}})
        if not self.forms or "name" not in given:
            return
        fields = self.forms[-1]["fields"]
        if tag == "input":
            if given.get("type") in ("radio", "checkbox"):
                if "checked" in dict(attrs):
                    fields.setdefault(given["name"], []).append(given["value"])
            else:
                fields.setdefault(given["name"], []).append(given.get("value", ""))
        elif tag == "textarea":
            fields[given["name"]] = [""]
            self._area = given["name"]

    def handle_data(self, data: str) -> None:
        """The text of a textarea."""
        if self._area:
            self.forms[-1]["fields"][self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        """A textarea ends."""
        if tag == "textarea":
            self._area = None


class Visitor:
    """One browser with its cookies. `page` is what it shows."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page: TestResponse
        self.address = ""

    def open(self, address: str, **more: Any) -> TestResponse:
        """Follow a link, and every redirect."""
        self.page = self.client.get(address, follow_redirects=True, **more)
        self.address = self.page.request.path
        return self.page

    @property
    def text(self) -> str:
        """What the page says, without tags."""
        return re.sub(r"\s+", " ", unescape(re.sub(r"<(style|title).*?</\1>|<[^>]+>", " ", self.page.text, flags=re.S)))

    def form(self, ending: str = "") -> dict[str, Any]:
        """The page's posting form whose action ends so."""
        found = [form for form in Form(self.page.text).forms if form["method"] == "post"]
        return next(form for form in found if form["action"].endswith(ending))

    def send(self, fields: Fields | None = None, *, ending: str = "", follow: bool = True, **more: Any) -> TestResponse:
        """Fill in the page's form and send it."""
        form = self.form(ending)
        self.page = self.client.post(
            form["action"] or self.address,
            data={**form["fields"], **(fields or {})},
            follow_redirects=follow,
            **more,
        )
        self.address = self.page.request.path
        return self.page

    def answer_page(self, change: Fields | None = None) -> TestResponse:
        """Answer what the page asks, and go on."""
        return self.send({**answers(self.page.text), "go": "next", **(change or {})})

    def answer_all(self, change: Fields | None = None) -> None:
        """From the landing page to the details."""
        self.open(LANDING + "?cta=article-3-companies")
        while not self.address.endswith("/details"):
            named = {name: value for name, value in (change or {}).items() if f'name="{name}"' in self.page.text}
            self.answer_page(named)
            assert self.page.status_code == 200, self.text

    def sends_form(self, scenario: str, fields: Fields | None = None) -> None:
        """A form whose details stand on its landing page."""
        self.open(f"/l/{scenario}")
        self.send_details(fields)
        assert self.address == f"/l/{scenario}/thanks", self.text

    def send_details(self, fields: Fields | None = None, **more: Any) -> TestResponse:
        """Who she is."""
        return self.send({**LEA, "zone": "Europe/Paris", "go": "send", **(fields or {})}, ending="/details", **more)


def answers(text: str) -> dict[str, str]:
    """An answer to each required choice or scale on a page: the last one shown."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*type=\"radio\"[^>]*>", text):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]+)"', tag)
        if name and value:
            found[name[1]] = value[1]
    return found


def in_the_tunnel(town: Town, fields: Fields | None = None) -> Visitor:
    """A visitor who has just sent the self-evaluation."""
    visitor = Visitor(town.app)
    visitor.answer_all()
    visitor.send_details(fields)
    return visitor


def private_link(town: Town, address: str = LEA["email"], purpose: str = "/r/") -> str:
    """The latest link of a purpose in her mails, as a path."""
    for mail in reversed(town.mails(address)):
        found = re.search(rf"http://127\.0\.0\.1:8000({purpose}[\w-]+(?:/appointment)?)", mail.as_json()["text"])
        if found:
            return found[1]
    raise AssertionError(f"no mail to {address} has a link {purpose}")


def invited(town: Town, **fields: str) -> str:
    """The link to the questions that a reader of the ebook is sent."""
    visitor = Visitor(town.app)
    visitor.open("/l/ebook")
    visitor.send(
        {**LEA, "zone": "Europe/Paris", "go": "send", "consent_follow_up_email": "yes", **fields}, ending="/details"
    )
    town.move_clock(town.now + timedelta(days=9))
    return private_link(town, purpose="/q/[a-z-]+/")


def answered(town: Town, link: str) -> Visitor:
    """Who has followed such a link and answered every question."""
    visitor = Visitor(town.app)
    visitor.open(link)
    for _ in range(12):
        if visitor.address.endswith("/end"):
            break
        visitor.answer_page()
        assert visitor.page.status_code == 200, visitor.text
    return visitor


def own_link(town: Town) -> str:
    """Her own page, as a path; she is the only lead."""
    [lead] = town.leads()
    return own_page_link(town.house, lead).removeprefix(town.settings.base_url)


def another_form(town: Town, ticks: dict[str, str]) -> None:
    """Another form with her address, from a browser of which nobody knows whose it is."""
    visitor = Visitor(town.app)
    visitor.open("/l/ebook")
    visitor.send({**LEA, "company": "Ostrel", "go": "send", **ticks}, ending="/details")
    assert visitor.address.endswith("/thanks")


def books_from_her_results(town: Town) -> None:
    """She follows the mail's link to her results in another browser, and takes the first time there."""
    visitor = Visitor(town.app)
    visitor.open(private_link(town))
    visitor.open(next(part for part in visitor.page.text.split('"') if part.startswith("/book/")))
    slot = visitor.page.text.split('name="slot" value="')[1].split('"')[0]
    visitor.send({"slot": slot, "phone": "0612345678"})


def mails_to_her(visitor: Visitor) -> str:
    """What her page says of the mails that she gets."""
    return visitor.text.partition("Our e-mails")[2].partition("What you agree to")[0]


def asked(visitor: Visitor) -> str:
    """What her page says of how each purpose stands."""
    return visitor.text.partition("What you were asked, and when")[2].partition("Take it along")[0]
