"""What she receives and how she stops it: `/u/<token>`, the page and the one-click POST of RFC 8058."""

from dataclasses import dataclass

from funnel.domain import events as on
from funnel.domain.company import Company
from funnel.domain.lead import Lead, about_mails
from funnel.domain.model import in_language
from funnel.links import Purpose
from funnel.storage import installation, snapshot
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events
from funnel.usecases.submit_form import PATIENCE


@dataclass(frozen=True)
class Preferences:
    """Whose the link is."""

    lead: Lead
    company: Company


def read_preferences(house: House, text: str) -> Preferences:
    """What the link opens; reading changes nothing. `BadToken`, or `NotFound` for somebody erased."""
    token = house.links.read(text, Purpose.PREFERENCES)
    with house.database.read() as connection:
        published = house.shelf.published(connection, installation.moment(connection).revision)
        lead = snapshot.load(connection, [token.subject], lock=False).get(token.subject)
    if lead is None or lead.erased:
        raise NotFound("this link opens nothing any more")
    return Preferences(lead, published.company.company)


def agrees(lead: Lead, purpose: str) -> bool:
    """Whether she agrees to a purpose now: to none of the mails once she has unsubscribed."""
    return lead.consents.get(purpose, False) and not (about_mails(purpose) and lead.unsubscribed)


def gets_mails(lead: Lead, company: Company) -> bool:
    """Whether we write to her of our own accord: she agrees to that for some purpose."""
    return any(agrees(lead, purpose) for purpose in company.consents if about_mails(purpose))


def unsubscribe(house: House, text: str, page: str) -> None:
    """Stop all marketing mail at once, also what is queued. Doing it twice changes nothing; nor is anything kept of
    somebody erased, to whom nothing is sent."""
    token = house.links.read(text, Purpose.PREFERENCES)
    with house.database.read() as connection:
        now = installation.moment(connection).now
    record_events(house, [on.Unsubscribed(lead_id=token.subject, occurred_at=now, page=page)], patience=PATIENCE)


def change_consent(house: House, text: str, purpose: str, *, given: bool, page: str, language: str) -> Lead:
    """Give or withdraw one purpose, kept with the wording that she read; who she is by then. A mail's purpose given
    again lifts her unsubscription. What it already says changes nothing; `NotFound` for a purpose that the company does
    not ask for."""
    found = read_preferences(house, text)
    if purpose not in found.company.consents:
        raise NotFound("there is no such purpose")
    if agrees(found.lead, purpose) == given:
        return found.lead
    with house.database.read() as connection:
        now = installation.moment(connection).now
    changed = on.ConsentChanged(
        lead_id=found.lead.id,
        occurred_at=now,
        purpose=purpose,
        given=given,
        wording=in_language(found.company.consents[purpose].text, language),
        page=page,
    )
    return record_events(house, [changed], patience=PATIENCE).leads[found.lead.id]
