"""`/me/<token>`: what is kept of her, what she agreed to, what will be sent next; slower, stop, change, take along,
erase. Each acts in her running scenarios at once (GDPR articles 7, 15 to 17, 20, 21)."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import Company
from funnel.domain.contact import clean_text
from funnel.domain.lead import AnswerSheet, Appointment, Lead, about_mails
from funnel.links import Purpose, Token
from funnel.storage import consents, installation, snapshot
from funnel.usecases.addresses import appointment_link, preferences_link, results_link, revoked
from funnel.usecases.erase_lead import erase_lead
from funnel.usecases.errors import Invalid, NotFound
from funnel.usecases.export_lead import export_lead
from funnel.usecases.house import House
from funnel.usecases.naming import Names
from funnel.usecases.preferences import agrees, change_consent
from funnel.usecases.promised_calls import Call, promised_calls
from funnel.usecases.reassign import still_to_choose
from funnel.usecases.record_events import record_events
from funnel.usecases.submit_form import LIMITS, PATIENCE, read_phone
from funnel.usecases.waiting_consents import BUTTON_ON, DENIED_BY, Tick, mark_of, ticked, waiting_consents
from funnel.usecases.what_comes import Coming, coming_mails, coming_webinars, still_to_tell

CHANGEABLE = ("name", "phone", "company", "position")
"""What she may change by herself. Her address is who she is here: another one comes by another form."""


@dataclass(frozen=True)
class Agreed:
    """How a purpose stands: the wording she was shown, when, and whether it is in force. `read_in` is the wording's
    language where it is another than the page's and still known."""

    purpose: str
    given: bool
    wording: str
    at: datetime
    withdrawn_at: datetime | None
    read_in: str | None


@dataclass(frozen=True)
class OwnPage:
    """What the page shows. `links` lead to her appointments and results by id, and to stopping the mails."""

    lead: Lead
    company: Company
    agreed: Sequence[Agreed]
    coming: Sequence[Coming]
    calls: Sequence[Call]
    webinars: Sequence[Mapping[str, Any]]
    appointments: Sequence[tuple[Appointment, str]]
    results: Sequence[tuple[AnswerSheet, str]]
    preferences_url: str
    now: datetime
    unchosen: AbstractSet[int] = frozenset()
    """The appointments, by number, in whose place she is to choose another time."""
    waiting: Mapping[str, Tick] = field(default_factory=dict)
    """What she has ticked and not confirmed, by purpose."""


@dataclass(frozen=True)
class Owner:
    """Whose page a link opens, and nothing of what comes: for what must open whatever her scenarios do."""

    lead: Lead
    company: Company
    now: datetime


def open_own_page(house: House, text: str) -> Owner:
    """Who she is. `BadToken`, or `NotFound` for somebody erased or a revoked link."""
    token = house.links.read(text, Purpose.OWN_PAGE)
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        return Owner(_lead(connection, token), company, moment.now)


def calls_promised(house: House, owner: Owner) -> Sequence[Call]:
    """The calls that she waits for; nobody makes them once she is erased."""
    with house.database.read() as connection:
        return promised_calls(house, connection, owner.company, owner.lead, owner.now)


def read_own_page(house: House, text: str, speak: Callable[[str], str]) -> OwnPage:
    """What the link opens, told in the language that `speak` makes of her own; reading changes nothing. Errors as
    above."""
    token = house.links.read(text, Purpose.OWN_PAGE)
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        lead = _lead(connection, token)
        names = Names(published, speak(lead.language))
        agreed = [_agreed(row, names) for row in _standing(consents.of_lead(connection, lead.id))]
        waiting = waiting_consents(connection, lead)
        coming = coming_mails(house, connection, names, lead, moment.now)
        calls = promised_calls(house, connection, names.company, lead, moment.now)
        webinars = list(coming_webinars(house, connection, names, lead, moment.now))
        unchosen = still_to_choose(connection, [(lead, one) for one in lead.appointments])
    ahead = still_to_tell(lead.appointments, moment.now, unchosen)
    return OwnPage(
        lead,
        published.company.company,
        agreed,
        coming,
        calls,
        webinars,
        [(one, appointment_link(house, lead, one.id)) for one in ahead],
        [(one, results_link(house, lead, one)) for one in lead.answers],
        preferences_link(house, lead.id),
        moment.now,
        unchosen,
        waiting,
    )


def _standing(kept: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """For each purpose, in the order in which she was asked, the answer that says how it stands and since when: her
    last agreement, taken back or not, else her first refusal."""
    found: dict[str, Mapping[str, Any]] = {}
    for row in kept:
        if row["given"] or row["purpose"] not in found:
            found[row["purpose"]] = row
    return list(found.values())


def _agreed(row: Mapping[str, Any], names: Names) -> Agreed:
    purpose = names.company.consents.get(row["purpose"])
    text = purpose.text if purpose else ""
    by_language = {} if isinstance(text, str) else text
    read_in = [code for code, wording in by_language.items() if wording == row["wording"]]
    elsewhere = read_in[0] if read_in and names.language not in read_in else None
    return Agreed(row["purpose"], row["given"], row["wording"], row["at"], row["withdrawn_at"], elsewhere)


def _lead(connection: Connection, token: Token) -> Lead:
    lead = snapshot.load(connection, [token.subject], lock=False).get(token.subject)
    if lead is None or lead.erased or revoked(lead, token):
        raise NotFound("this link opens nothing any more")
    return lead


def _record(house: House, owner: Owner, *events: on.AnyEvent) -> None:
    """What she says here, after the proof that the address is hers: she came by its link. What a form ticked is asked
    on the same page, and is answered by its own buttons alone."""
    proven = on.EmailProven(lead_id=owner.lead.id, occurred_at=owner.now)
    record_events(house, [proven, *events], patience=PATIENCE)


def change_details(house: House, text: str, typed: Mapping[str, str]) -> None:
    """Change what is kept of her; an empty field is emptied, but the name. `Invalid` names every field that cannot be
    taken, and nothing is stored."""
    owner = open_own_page(house, text)
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
            number = read_phone(clean, owner.company.country)
            if number is None:
                errors[name] = "not_a_number"
            else:
                fields[name] = number
        else:
            fields[name] = clean
    if errors:
        raise Invalid(errors)
    _record(house, owner, on.DetailsChanged(lead_id=owner.lead.id, occurred_at=owner.now, fields=fields))


def confirm(house: House, text: str, purpose: str, shown: str) -> bool:
    """The address is hers, and so is the tick for one purpose: kept with when, and with the page on which she confirmed
    it. Where her page has asked and she has said no since, or has stopped the mails, she agrees anew: her last word
    counts. She agrees to the wording whose mark the page has `shown`; where another was ticked since, that one is asked
    anew. Whether she has answered what is asked."""
    owner = open_own_page(house, text)
    tick, waits = _asked(house, owner, purpose)
    if tick is None or agrees(owner.lead, purpose):
        _record(house, owner)
    elif mark_of(purpose, tick.wording) != shown:
        _record(house, owner)
        return False
    elif waits and not (owner.lead.unsubscribed and about_mails(purpose)):
        meant = {purpose: tick.wording}
        proven = on.EmailProven(lead_id=owner.lead.id, occurred_at=owner.now, ticked=meant, page=BUTTON_ON)
        record_events(house, [proven], patience=PATIENCE)
    else:
        _record(house, owner, _said(owner, purpose, tick, given=True, page=BUTTON_ON))
    return True


def deny(house: House, text: str, purpose: str) -> None:
    """She has not ticked one purpose, or did not mean it: kept as her answer, after which the tick waits no more. Where
    it has come to count since her page asked, she takes it back."""
    owner = open_own_page(house, text)
    tick, waits = _asked(house, owner, purpose)
    if tick and waits:
        _record(house, owner, _said(owner, purpose, tick, given=False, page=DENIED_BY))
    elif tick and agrees(owner.lead, purpose):
        _record(house, owner, _said(owner, purpose, tick, given=False, page=BUTTON_ON))


def _asked(house: House, owner: Owner, purpose: str) -> tuple[Tick | None, bool]:
    """What her page asks about, or has asked, for one purpose, and whether it waits still."""
    with house.database.read() as connection:
        return ticked(connection, owner.lead).get(purpose), purpose in waiting_consents(connection, owner.lead)


def _said(owner: Owner, purpose: str, tick: Tick, *, given: bool, page: str) -> on.ConsentChanged:
    return on.ConsentChanged(
        lead_id=owner.lead.id, occurred_at=owner.now, purpose=purpose, given=given, wording=tick.wording, page=page
    )


def choose_pace(house: House, text: str, *, slow: bool) -> None:
    """Marketing mails half as often, or as usual again."""
    owner = open_own_page(house, text)
    _record(house, owner, on.PaceChosen(lead_id=owner.lead.id, occurred_at=owner.now, slow=slow))


def stop_everything(house: House, text: str, page: str) -> None:
    """No more mails but what she asks for, also none that is queued."""
    owner = open_own_page(house, text)
    _record(house, owner, on.Unsubscribed(lead_id=owner.lead.id, occurred_at=owner.now, page=page))


def change_consent_here(house: House, text: str, purpose: str, *, given: bool, page: str, language: str) -> Lead:
    """Give or withdraw one purpose, as by the link in a mail; who she is by then."""
    own = house.links.sign(Token(Purpose.PREFERENCES, open_own_page(house, text).lead.id))
    return change_consent(house, own, purpose, given=given, page=page, language=language)


def take_along(house: House, text: str, speak: Callable[[str], str]) -> dict[str, Any]:
    """Everything that is kept of her, as data, told in the language that `speak` makes of her own."""
    return export_lead(house, open_own_page(house, text).lead.id, speak)


def be_erased(house: House, text: str) -> Owner:
    """She is erased, at once; this link opens nothing afterwards. Who she was, to be told so in her language."""
    owner = open_own_page(house, text)
    erase_lead(house, owner.lead.id, "lead")
    return owner
