"""A browser in which somebody has agreed to be tracked, and what is looked at afterwards."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from werkzeug.test import TestResponse

from funnel.domain.verdicts import Reason
from funnel.storage import events, snapshot, visitors
from funnel.usecases.submit_form import Sent, Submitted, submit_form
from funnel.usecases.tracking.passes import clicked
from funnel.usecases.tracking.take_in import take_in
from tests.web.tracking.conftest import BROWSER, Street

SITE = "https://www.verdanne.example"


@dataclass
class Surfer:
    """A browser in which somebody has agreed to be tracked: what the tracker tells in her name."""

    street: Street
    name: str = field(default_factory=lambda: secrets.token_hex(16))

    def tells(self, body: object, origin: str = SITE, **headers: str) -> TestResponse:
        """One message of the tracker."""
        return self.street.browser.post(
            "/t",
            data=json.dumps(body) if not isinstance(body, (str, bytes)) else body,
            headers={"Origin": origin, "User-Agent": BROWSER, "Content-Type": "text/plain;charset=UTF-8", **headers},
        )

    def visits(self, path: str = "/", *, site: str = SITE, reads: int = 0, **more: str) -> str:
        """A page is shown, and perhaps read for some seconds."""
        visit = secrets.token_hex(16)
        told = {"told": "visit", "visitor": self.name, "visit": visit, "url": site + path, "title": "A page", **more}
        assert self.tells(told, site).status_code == 204
        if reads:
            left = {"told": "left", "visitor": self.name, "visit": visit, "part": 1, "seconds": reads}
            assert self.tells(left, site).status_code == 204
        return visit


def sends_form(street: Street, email: str = "ana@example.org", *consents: str) -> Submitted:
    """Somebody sends the form."""
    sent = Sent("tunnel", {"name": "Ana Lund", "email": email}, frozenset(consents), page="/l/tunnel")
    return submit_form(street.place.house, sent)


def follows_link(
    street: Street, lead_id: int, reasons: tuple[Reason, ...] = (), *, number: int = 0, soon: bool = False
) -> str:
    """Somebody follows a link in the first mail to her, after ten minutes or at once; what the page is told."""
    street.place.drain()
    if not soon:
        street.passes(timedelta(minutes=10))
    mail = street.place.rows(lead_id)[0]["id"]
    links = [row[0] for row in street.place.sql("SELECT id FROM mail_links ORDER BY id")]
    house = street.place.house
    return clicked(house, mail, take_in(house, "click", mail, links[number], reasons))


def pages_of(street: Street, lead_id: int) -> list[str]:
    """The pages in her history, in the order of her visits."""
    street.place.drain()
    with street.place.house.database.read() as connection:
        rows = events.of_lead(connection, lead_id)
    found = sorted((row["occurred_at"], row["payload"]["page"]) for row in rows if row["kind"] == "PageVisited")
    return [page.partition("/")[2] for _, page in found]


def score_of(street: Street, lead_id: int) -> int:
    """Her points."""
    street.place.drain()
    with street.place.house.database.read() as connection:
        return snapshot.load(connection, [lead_id], lock=False)[lead_id].score


def waiting(street: Street) -> int:
    """How many visits wait for somebody."""
    street.place.drain()
    with street.place.house.database.read() as connection:
        return len(connection.execute(visitors.page_visits.select()).all())


def counts(street: Street) -> dict[str, int]:
    """What was refused, by why."""
    street.place.drain()
    with street.place.house.database.read() as connection:
        found = visitors.counted(connection, street.now.date() - timedelta(days=2))
    names = {what for day in found.values() for what in day} - {visitors.TOLD}
    return {what: sum(day.get(what, 0) for day in found.values()) for what in names}


def goes_over(here: Surfer, there: Surfer) -> None:
    """One browser follows a link from a site where it has one name to a site where it has another."""
    given = secrets.token_hex(16)
    assert here.tells({"told": "leaving", "visitor": here.name, "pass": given}).status_code == 204
    arrived = {"told": "arrived", "pass": given, "visitor": there.name}
    assert there.tells(arrived, "http://127.0.0.1:8000").status_code == 204
