"""What she receives and how she stops it: `/u/<token>`, the page and the one-click POST of RFC 8058."""

from dataclasses import dataclass

from funnel.domain import events as on
from funnel.domain.company import Company
from funnel.domain.lead import Lead
from funnel.links import Purpose
from funnel.storage import installation, snapshot
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events
from funnel.usecases.submit_form import PATIENCE


@dataclass(frozen=True)
class Preferences:
    """The lead, and the titles of the scenarios whose marketing mail would stop."""

    lead: Lead
    company: Company
    running: list[str]


def read_preferences(house: House, text: str) -> Preferences:
    """What the link opens; reading changes nothing."""
    token = house.links.read(text, Purpose.PREFERENCES)
    with house.database.read() as connection:
        published = house.shelf.published(connection, installation.moment(connection).revision)
        lead = snapshot.load(connection, [token.subject], lock=False).get(token.subject)
    if lead is None:
        raise NotFound("this link opens nothing any more")
    running = [e.scenario for e in lead.enrolments if e.runs]
    return Preferences(lead, published.company.company, running)


def unsubscribe(house: House, text: str, page: str) -> Preferences:
    """Stop all marketing mail at once, also what is queued. Doing it twice changes nothing."""
    token = house.links.read(text, Purpose.PREFERENCES)
    with house.database.read() as connection:
        now = installation.moment(connection).now
    record_events(house, [on.Unsubscribed(lead_id=token.subject, occurred_at=now, page=page)], patience=PATIENCE)
    return read_preferences(house, text)
