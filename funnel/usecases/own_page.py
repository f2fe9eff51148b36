"""`/me/<token>`: what is kept of her, what she agreed to, what will be sent next; slower, stop, change, take along,
erase. Each acts in her running scenarios at once (GDPR articles 7, 15 to 17, 20, 21)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import Company
from funnel.domain.contact import clean_text
from funnel.domain.engine.mails import why_not
from funnel.domain.lead import AnswerSheet, Appointment, Enrolment, Lead
from funnel.domain.timing import into_window, zone_of
from funnel.domain.tunnel.program import Program
from funnel.domain.tunnel.scenario import AwaitStep, ChooseStep, EmailStep, EndStep, WaitStep, WhenStep
from funnel.links import Purpose, Token
from funnel.storage import consents, installation, outbox_lists, snapshot
from funnel.usecases.addresses import appointment_link, preferences_link, results_link, revoked
from funnel.usecases.erase_lead import erase_lead
from funnel.usecases.errors import Invalid, NotFound
from funnel.usecases.export_lead import export_lead
from funnel.usecases.house import House
from funnel.usecases.naming import Names
from funnel.usecases.preferences import change_consent
from funnel.usecases.record_events import record_events
from funnel.usecases.shelf import holidays_of
from funnel.usecases.submit_form import LIMITS, PATIENCE, read_phone
from funnel.usecases.waiting_consents import address_proven, waiting_consents

CHANGEABLE = ("name", "phone", "company", "position")
"""What she may change by herself. Her address is who she is here: another one comes by another form."""


@dataclass(frozen=True)
class Agreed:
    """A purpose with the wording she was shown, when, and whether it is in force."""

    purpose: str
    given: bool
    wording: str
    at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Coming:
    """A mail that comes next, and when; `unless`: only if she has not done by then what its scenario waits for."""

    at: datetime
    what: str
    unless: bool = False


@dataclass(frozen=True)
class OwnPage:
    """What the page shows. `links` lead to her appointments and results by id, and to stopping the mails."""

    lead: Lead
    company: Company
    agreed: Sequence[Agreed]
    coming: Sequence[Coming]
    appointments: Sequence[tuple[Appointment, str]]
    results: Sequence[tuple[AnswerSheet, str]]
    preferences_url: str
    now: datetime
    waiting: Sequence[str] = ()
    """The wordings of what she has ticked and not confirmed."""


def read_own_page(house: House, text: str, language: str) -> OwnPage:
    """What the link opens; reading changes nothing. `BadToken`, or `NotFound` for somebody erased or a revoked link."""
    token = house.links.read(text, Purpose.OWN_PAGE)
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        lead = _lead(connection, token)
        agreed = [
            Agreed(row["purpose"], row["given"], row["wording"], row["at"], row["withdrawn_at"])
            for row in consents.of_lead(connection, lead.id)
        ]
        names = Names(published, language)
        waiting, _ = waiting_consents(connection, lead)
        mails = [row for row in outbox_lists.of_lead(connection, lead.id) if _is_coming(row)]
        coming = [Coming(max(row["not_before"], moment.now), names.mail(row["message"])) for row in mails]
        for enrolment in lead.enrolments:
            program = house.shelf.bundle(connection, enrolment.version).program if enrolment.runs else None
            if program and (found := _next_mail(published.company.company, lead, enrolment, program)):
                at, email, unless = found
                coming.append(Coming(max(at, moment.now), names.mail(f"{program.name}/{email}"), unless))
    return OwnPage(
        lead,
        published.company.company,
        agreed,
        sorted(coming, key=lambda one: one.at),
        [(one, appointment_link(house, lead, one.id)) for one in lead.appointments],
        [(one, results_link(house, lead, one)) for one in lead.answers],
        preferences_link(house, lead.id),
        moment.now,
        list(waiting.values()),
    )


def _next_mail(
    company: Company, lead: Lead, enrolment: Enrolment, program: Program
) -> tuple[datetime, str, bool] | None:
    """The mail that time alone leads to from where she stands, when it would leave, and whether only when she has not
    done what is awaited; none where something else decides first, or where it would be skipped."""
    step = program.steps.get(enrolment.step or "")
    if step is None or enrolment.due_at is None or enrolment.state not in ("waiting", "awaiting"):
        return None
    unless = isinstance(step.step, AwaitStep)
    following = step.otherwise
    while following is not None:
        here = program.steps[following]
        match here.step:
            case EmailStep(email=email):
                mail = program.mails[email]
                if mail.kind == "marketing" and why_not(lead, mail.purpose):
                    return None
                zone = zone_of(lead.zone, None, company.zone)
                window, holidays = company.sending_window, holidays_of(company.country)
                at = into_window(enrolment.due_at, window, zone, holidays) if mail.kind == "marketing" else None
                return at or enrolment.due_at, email, unless
            case WaitStep() | AwaitStep() | ChooseStep() | WhenStep() | EndStep():
                return None
        following = here.next
    return None


def _is_coming(row: Mapping[str, Any]) -> bool:
    return row["channel"] == "mail" and row["recipient"] == "lead" and row["state"] in ("ready", "claimed")


def _lead(connection: Connection, token: Token) -> Lead:
    lead = snapshot.load(connection, [token.subject], lock=False).get(token.subject)
    if lead is None or lead.erased or revoked(lead, token):
        raise NotFound("this link opens nothing any more")
    return lead


def _whose(house: House, text: str) -> tuple[Lead, datetime, on.EmailProven, str]:
    """Her, now, the proof that the address is hers (she came by its link), and the company's country."""
    token = house.links.read(text, Purpose.OWN_PAGE)
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        lead = _lead(connection, token)
        return lead, moment.now, address_proven(connection, lead, moment), company.country


def change_details(house: House, text: str, typed: Mapping[str, str]) -> None:
    """Change what is kept of her; an empty field is emptied, but the name. `Invalid` names every field that cannot be
    taken, and nothing is stored."""
    lead, now, proven, country = _whose(house, text)
    errors: dict[str, str] = {}
    fields: dict[str, str] = {}
    for name in CHANGEABLE:
        if name not in typed:
            continue
        clean = clean_text(typed[name].strip(), LIMITS[name])
        if clean is None:
            errors[name] = "too_long" if len(typed[name]) > LIMITS[name] else "unreadable"
        elif name == "name" and not clean:
            errors[name] = "required"
        elif name == "phone" and clean:
            number = read_phone(clean, country)
            if number is None:
                errors[name] = "not_a_number"
            else:
                fields[name] = number
        else:
            fields[name] = clean
    if errors:
        raise Invalid(errors)
    changed = on.DetailsChanged(lead_id=lead.id, occurred_at=now, fields=fields)
    record_events(house, [proven, changed], patience=PATIENCE)


def confirm(house: House, text: str) -> None:
    """The address is hers, and so is what she ticked: kept with when, and with the page on which she confirmed it."""
    _, _, proven, _ = _whose(house, text)
    record_events(house, [proven], patience=PATIENCE)


def choose_pace(house: House, text: str, *, slow: bool) -> None:
    """Marketing mails half as often, or as usual again."""
    lead, now, proven, _ = _whose(house, text)
    record_events(house, [proven, on.PaceChosen(lead_id=lead.id, occurred_at=now, slow=slow)], patience=PATIENCE)


def stop_everything(house: House, text: str, page: str) -> None:
    """No more mails but what she asks for, also none that is queued."""
    lead, now, proven, _ = _whose(house, text)
    record_events(house, [proven, on.Unsubscribed(lead_id=lead.id, occurred_at=now, page=page)], patience=PATIENCE)


def change_consent_here(house: House, text: str, purpose: str, *, given: bool, page: str, language: str) -> None:
    """Give or withdraw one purpose, as by the link in a mail."""
    lead, _, _, _ = _whose(house, text)
    own = house.links.sign(Token(Purpose.PREFERENCES, lead.id))
    change_consent(house, own, purpose, given=given, page=page, language=language)


def take_along(house: House, text: str) -> dict[str, Any]:
    """Everything that is kept of her, as data."""
    lead, _, _, _ = _whose(house, text)
    return export_lead(house, lead.id)


def be_erased(house: House, text: str) -> None:
    """She is erased, at once; this link opens nothing afterwards."""
    lead, _, _, _ = _whose(house, text)
    erase_lead(house, lead.id, "lead")
