"""What comes next for a lead, told to herself: the mails that leave, her webinars, her appointments."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from funnel.domain.engine import Book
from funnel.domain.engine.ahead import Ahead, next_mail
from funnel.domain.lead import Appointment, Enrolment, Lead
from funnel.domain.model import in_language
from funnel.domain.timing import zone_of
from funnel.storage import outbox_lists
from funnel.usecases.house import House
from funnel.usecases.naming import Names
from funnel.usecases.webinars import describe_webinar, webinar_of

log = structlog.get_logger()


@dataclass(frozen=True)
class Coming:
    """A mail that comes next, and when; `unless`: only if she has not done by then what its scenario waits for;
    `may_change`: what is known of her now has chosen it."""

    at: datetime
    what: str
    unless: bool = False
    may_change: bool = False


def coming_mails(house: House, connection: Connection, names: Names, lead: Lead, now: datetime) -> list[Coming]:
    """What waits to leave, and what time alone leads to in each of her scenarios; soonest first."""
    published = names.published
    waiting = [row for row in outbox_lists.of_lead(connection, lead.id) if _is_coming(row)]
    found = [
        Coming(max(row["not_before"], now), _called(house, connection, names, row["message"], row["version"]))
        for row in waiting
    ]
    book = house.shelf.book(connection, published, [lead])
    for enrolment in lead.enrolments:
        if enrolment.runs and (ahead := _next_mail(book, lead, enrolment)):
            what = _called(house, connection, names, ahead.mail.message, ahead.mail.version)
            found.append(Coming(max(ahead.mail.not_before, now), what, ahead.unless, ahead.chosen))
    return sorted(found, key=lambda one: one.at)


def _next_mail(book: Book, lead: Lead, enrolment: Enrolment) -> Ahead | None:
    try:
        return next_mail(book, lead, enrolment)
    except Exception:  # what fails here will park her there, as `Fold` does; her page tells what is known
        log.exception("what comes next is not known", lead=lead.id, scenario=enrolment.scenario, step=enrolment.step)
        return None


def coming_webinars(
    house: House, connection: Connection, names: Names, lead: Lead, now: datetime
) -> Iterator[Mapping[str, Any]]:
    """The webinars that she has registered for and that are not over, in words and in her zone."""
    company = names.company
    for enrolment in lead.enrolments:
        if webinar := webinar_of(house.shelf.bundle(connection, enrolment.version)):
            zone = zone_of(lead.zone, None, company.zone)
            told = describe_webinar(webinar, company, zone, names.language, now)
            if told["state"] != "over":
                yield told


def still_to_tell(appointments: Sequence[Appointment], now: datetime) -> list[Appointment]:
    """Those that lie ahead, also one that was cancelled or is marked as missed already."""
    return [one for one in appointments if one.ends_at > now and one.state != "held"]


def _called(house: House, connection: Connection, names: Names, message: str, version: str | None) -> str:
    """A mail's subject; of a webinar's, with its title."""
    called = names.mail(message)
    bundle = house.shelf.bundle(connection, version) if version else None
    webinar = webinar_of(bundle)
    if webinar is None:
        return called
    title = in_language(webinar.title, names.language)
    return names.speech.gettext("%(title)s: %(name)s", title=called, name=title)


def _is_coming(row: Mapping[str, Any]) -> bool:
    return row["channel"] == "mail" and row["recipient"] == "lead" and row["state"] in ("ready", "claimed")
