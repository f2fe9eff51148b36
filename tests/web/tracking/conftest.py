"""Fixtures: a whole house on each database, with a mail that has links of its own, and browsers of all kinds."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import pytest
from werkzeug.test import Client, TestResponse

from funnel.storage import events
from funnel.usecases.submit_form import Sent, submit_form
from funnel.web.app import make_app
from tests.support.home import COMPANY, TUNNEL
from tests.support.place import Place
from tests.usecases.conftest import Builder as Places
from tests.usecases.conftest import build_place, database_url

__all__ = ["build_place", "database_url"]

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
LINKS = """
<mj-button name="prices" href="https://verdanne.example/prices?a=1&amp;b=2">Prices</mj-button>
<mj-text><a href="https://verdanne.example/cases" name="cases">Cases</a>, <a href="https://verdanne.example/team">we</a>,
<a href="https://verdanne.example/privacy">privacy</a>, <a href="tel:+33123">call</a></mj-text>
"""
MAIL_RULES = """
scoring:
  rules:
    - {id: prices, title: {en: Read the prices}, on: {link.clicked: prices}, points: 30}
    - {id: opened, title: {en: Opened it}, on: {email.opened: results}, points: 2}
"""
"""Points for what is opened and followed."""
PAGE_RULES = """
scoring:
  rules:
    - {id: pricing, title: {en: Read the prices}, on: {page.visited: /pricing*}, points: 20, counts: once a day,
       half_life: 10 days}
    - {id: back, title: {en: Came back}, on: {visit.returned: 7 days}, points: 5, counts: always}
    - {id: form, title: {en: Sent a form}, on: form.submitted, points: 1}
"""
"""Points for pages and for coming back."""


@dataclass
class Post:
    """A mail as it arrived: where its links lead, and its picture."""

    html: str
    text: str

    @property
    def clicks(self) -> list[str]:
        """The paths of its links that tell of a click, the hidden one last."""
        return re.findall(r'href="http://127.0.0.1:8000(/c/[^"]+)"', self.html)

    @property
    def picture(self) -> str:
        """The path of its picture."""
        (found,) = re.findall(r'src="http://127.0.0.1:8000(/o/[^"]+)"', self.html)
        return str(found)


@dataclass
class Street:
    """A place with its web application, in front of which browsers and machines stand."""

    place: Place
    browser: Client = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Client(make_app(self.place.house))

    def writes(self, *consents: str, after: timedelta = timedelta(minutes=10)) -> tuple[int, Post]:
        """A form arrives and is answered by a mail, so long ago; the lead and the mail."""
        agreed = frozenset(consents)
        done = submit_form(
            self.place.house, Sent("tunnel", {"name": "Ana Lund", "email": "ana@example.org"}, agreed, page="/l/tunnel")
        )
        self.place.drain()
        self.passes(after)
        mail = next(one for one in self.place.sent() if "results" in one.as_json()["subject"]).as_json()
        return done.lead_id, Post(mail["html"], mail["text"])

    def passes(self, span: timedelta) -> None:
        """Time goes by."""
        self.place.set(self.place.now + span)

    def asks(self, path: str, method: str = "GET", agent: str = BROWSER, **headers: str) -> TestResponse:
        """A request, as somebody's browser or a machine makes it."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.browser.open(path, method=method, headers={"User-Agent": agent, **names})

    def told(self, lead_id: int) -> list[tuple[str, str]]:
        """What was recorded of opens and clicks, and of whom."""
        self.place.drain()
        with self.place.house.database.read() as connection:
            rows = events.of_lead(connection, lead_id)
        return [
            (row["payload"].get("link") or row["payload"].get("touched") or "opened", row["payload"]["verdict"])
            for row in rows
            if "verdict" in row["payload"]
        ]

    @property
    def now(self) -> datetime:
        """Business time."""
        return self.place.now


@pytest.fixture
def build_street(build_place: Places) -> Callable[..., Street]:
    """Builds a street on a database, with the tracking that a company wants, and a tunnel and points of its own."""

    def build(
        url: str, tracks: str = "{}", rules: str = MAIL_RULES, tunnel: str = TUNNEL, **settings: object
    ) -> Street:
        place = build_place(url, {"tunnel": tunnel}, COMPANY, **settings)
        body = place.home / "email_templates" / "tunnel" / "results" / "body.en.mjml"
        body.write_text(body.read_text().replace("</mj-column>", f"{LINKS}</mj-column>"))
        (place.home / "scenarios" / "company.yaml").write_text(f"{COMPANY}{rules}tracking: {tracks}\n")
        place.publish()
        return Street(place)

    return build


@pytest.fixture
def build_web(build_street: Callable[..., Street]) -> Callable[..., Street]:
    """Builds one whose company gives points for pages."""
    return partial(build_street, rules=PAGE_RULES)


@pytest.fixture
def street(database_url: str, build_street: Callable[..., Street]) -> Street:
    """The ordinary street, on each of the three databases."""
    return build_street(database_url)


@pytest.fixture
def web(database_url: str, build_web: Callable[..., Street]) -> Street:
    """The ordinary one, on each of the three databases."""
    return build_web(database_url)


@pytest.fixture
def lite_web(sqlite_url: str, build_web: Callable[..., Street]) -> Street:
    """The same on SQLite alone."""
    return build_web(sqlite_url)
