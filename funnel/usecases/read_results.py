"""The results of a questionnaire: by her private link, or for the browser that has just sent it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.domain.company import AppointmentType, Company
from funnel.domain.engine.ahead import offered_with_results
from funnel.domain.lead import AnswerSheet, Appointment, Enrolment, Lead
from funnel.links import Purpose
from funnel.storage import installation, snapshot, submissions
from funnel.usecases.addresses import appointment_link, booking_link, revoked, sheet_of
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.promised_calls import Call, call_asked_for
from funnel.usecases.record_events import record_events
from funnel.usecases.results import describe_results
from funnel.usecases.submit_form import PATIENCE
from funnel.usecases.waiting_consents import address_proven, mark_of, waiting_for_proof


@dataclass(frozen=True)
class Results:
    """A results page: the diagnosis in words, the lead, where to book what, and what of it is booked already. With
    `may_prove` a press of a button would say something new: that the address, or what a form ticked (`ticked`, its
    wording by its mark), is hers. `call`: she is to be called about them."""

    lead: Lead
    company: Company
    scenario: str
    results: dict[str, Any]
    taken_at: datetime
    book_url: str | None
    offer: AppointmentType | None
    booked: Appointment | None
    booked_url: str | None
    may_prove: bool
    ticked: Mapping[str, str] = field(default_factory=dict)
    call: Call | None = None


def read_results(house: House, text: str, speak: Callable[[str], str] = str) -> Results:
    """What a private link opens, told in the language that `speak` makes of her own. Reading changes nothing."""
    token = house.links.read(text, Purpose.RESULTS)
    with house.database.read() as connection:
        lead = snapshot.load(connection, [token.subject], lock=False).get(token.subject)
        sheet = sheet_of(lead, token) if lead else None
        if lead is None or sheet is None or revoked(lead, token):
            raise NotFound("this link opens nothing any more")
        return _results(connection, house, lead, sheet, speak(lead.language))


def read_submitted(house: House, submission: str, language: str) -> Results:
    """The results of the answers that this browser sent a moment ago; its booking link shows nothing stored. `NotFound`
    for somebody erased."""
    with house.database.read() as connection:
        form = submissions.read(connection, submission)
        lead = snapshot.load(connection, [form["lead_id"]], lock=False).get(form["lead_id"]) if form else None
        sheet = next((one for one in lead.answers if one.id == submission), None) if lead else None
        if lead is None or lead.erased or sheet is None:
            raise NotFound("these results are not here any more")
        return _results(connection, house, lead, sheet, language, unproven=True)


def _results(
    connection: Connection, house: House, lead: Lead, sheet: AnswerSheet, language: str, *, unproven: bool = False
) -> Results:
    moment = installation.moment(connection)
    published = house.shelf.published(connection, moment.revision)
    enrolment: Enrolment | None = None
    if sheet.scenario and sheet.pass_number:
        enrolment = lead.enrolment(sheet.scenario, sheet.pass_number)
    bundle = house.shelf.bundle(connection, enrolment.version) if enrolment else None
    bundle = bundle or published.newest.get(sheet.scenario or "")
    questionnaire = bundle.questionnaires.get(sheet.questionnaire) if bundle else None
    if bundle is None or questionnaire is None:
        raise NotFound("these results are not here any more")
    company = published.company.company
    waiting = {} if unproven else waiting_for_proof(connection, company, lead)
    ticked = {mark_of(purpose, tick.wording): tick.wording for purpose, tick in waiting.items()}
    book_url = offer = booked = None
    if enrolment:
        offer = offered_with_results(bundle.program, lead, enrolment, company, moment.now)
        if offer:
            book_url = booking_link(house, lead, enrolment, bundle.program, offer.id, unproven=unproven)
            if not unproven:
                booked = lead.ahead(offer.id, moment.now)
    return Results(
        lead,
        company,
        bundle.name,
        describe_results(questionnaire, sheet, language),
        sheet.completed_at,
        book_url,
        offer,
        booked,
        appointment_link(house, lead, booked.id) if booked else None,
        not unproven and (not lead.email_proven or bool(ticked)),
        ticked,
        None if unproven or booked else call_asked_for(house, connection, company, lead, sheet, moment.now),
    )


def prove_address(house: House, text: str, shown: Collection[str]) -> None:
    """She pressed the button on the page that her mail led to: the address is hers, and so are the ticks whose marks
    the page has `shown`; what was ticked since is asked on it anew. `BadToken` for a wrong link."""
    token = house.links.read(text, Purpose.RESULTS)
    with house.database.read() as connection:
        lead = snapshot.load(connection, [token.subject], lock=False).get(token.subject)
        if lead is None or revoked(lead, token):
            raise NotFound("this link opens nothing any more")
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        proven = address_proven(connection, company, lead, moment.now, shown)
    record_events(house, [proven], patience=PATIENCE)
