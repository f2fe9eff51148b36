"""Booking, seeing and cancelling an appointment: what a booking link opens and what its POST does (S129, S130)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import AppointmentType, Company
from funnel.domain.lead import Appointment, Enrolment, Lead
from funnel.domain.slots import Slot
from funnel.domain.spans import parse_span
from funnel.domain.timing import is_zone, later
from funnel.links import Purpose, Token
from funnel.storage import appointments, installation, snapshot
from funnel.usecases.addresses import UNPROVEN, enrolment_of, type_of
from funnel.usecases.errors import Conflict, Invalid, NotFound
from funnel.usecases.find_slots import find_slots
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events
from funnel.usecases.submit_form import PATIENCE, read_phone


@dataclass(frozen=True)
class Diary:
    """What a booking page shows: the type, her free slots, and the appointment of that type she has already."""

    lead: Lead
    company: Company
    kind: AppointmentType
    enrolment: Enrolment | None
    slots: Sequence[Slot]
    booked: Appointment | None
    now: datetime
    proven: bool


@dataclass(frozen=True)
class Meeting:
    """One appointment of a lead, and whether she may still cancel it."""

    lead: Lead
    company: Company
    appointment: Appointment
    may_cancel: bool
    now: datetime


def open_diary(house: House, text: str) -> Diary:
    """What a booking link opens. `BadToken` or `NotFound` when it opens nothing."""
    token = house.links.read(text, Purpose.BOOK)
    with house.database.read() as connection:
        return _open(connection, house, token)


def _open(connection: Connection, house: House, token: Token) -> Diary:
    moment = installation.moment(connection)
    published = house.shelf.published(connection, moment.revision)
    lead = snapshot.load(connection, [token.subject], lock=False).get(token.subject)
    if lead is None:
        raise NotFound("this link opens nothing any more")
    enrolment = enrolment_of(lead, token)
    if enrolment is None:
        raise NotFound("this link opens nothing any more")
    program = house.shelf.bundle(connection, enrolment.version).program
    name = type_of(token, program)
    company = published.company.company
    kind = next((one for one in company.appointment_types if one.id == name), None)
    if kind is None:
        raise NotFound("this appointment is not offered any more")
    booked = next((a for a in lead.appointments if a.open and a.type == kind.id and a.ends_at > moment.now), None)
    slots = [] if booked else find_slots(connection, company, kind, lead, moment)
    return Diary(lead, company, kind, enrolment, slots, booked, moment.now, token.generation != UNPROVEN)


def book_appointment(
    house: House, text: str, starts_at: datetime, phone: str, zone: str | None = None
) -> tuple[Appointment, Diary]:
    """Book a free slot. `Invalid` for the telephone, `Conflict` when the slot has gone (the diary has others)."""
    diary = open_diary(house, text)
    if diary.booked:
        return diary.booked, diary
    details = _details(diary, phone, zone)
    slot = next((one for one in diary.slots if one.starts_at == starts_at), None)
    if slot is None:
        raise Conflict("This time has just been taken.")
    lead_id = diary.lead.id
    batch: list[on.AnyEvent] = []
    if diary.proven:
        batch.append(on.EmailProven(lead_id=lead_id, occurred_at=diary.now))
    if details:
        batch.append(on.DetailsChanged(lead_id=lead_id, occurred_at=diary.now, fields=details))
    enrolment = diary.enrolment
    batch.append(
        on.SlotChosen(
            lead_id=lead_id,
            occurred_at=diary.now,
            type=diary.kind.id,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            reps=slot.reps,
            scenario=enrolment.scenario if enrolment else None,
            pass_number=enrolment.pass_number if enrolment else None,
        )
    )
    recorded = record_events(house, batch, patience=PATIENCE)
    if any(isinstance(result, on.SlotTaken) for result in recorded.results[lead_id]):
        raise Conflict("This time has just been taken.")
    lead = recorded.leads[lead_id]
    booked = next((a for a in reversed(lead.appointments) if a.open and a.type == diary.kind.id), None)
    if booked is None:
        raise Conflict("This time has just been taken.")
    return booked, diary


def _details(diary: Diary, phone: str, zone: str | None) -> dict[str, str]:
    """The telephone, required unless known; an unproven browser only fills what is empty and is always asked."""
    details: dict[str, str] = {}
    if phone.strip():
        number = read_phone(phone, diary.company.country)
        if number is None:
            raise Invalid({"phone": "not_a_number"})
        if diary.proven or not diary.lead.phone:
            details["phone"] = number
    elif not diary.proven or not diary.lead.phone:
        raise Invalid({"phone": "required"})
    if zone and is_zone(zone) and diary.proven and diary.lead.zone != zone:
        details["zone"] = zone
    return details


def open_appointment(house: House, text: str) -> Meeting:
    """What an appointment's own link opens."""
    token = house.links.read(text, Purpose.APPOINTMENT)
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        lead_id = appointments.lead_of(connection, token.subject)
        lead = snapshot.load(connection, [lead_id], lock=False).get(lead_id) if lead_id else None
    appointment = lead.appointment(token.subject) if lead else None
    if lead is None or appointment is None:
        raise NotFound("this link opens nothing any more")
    kind = next((one for one in company.appointment_types if one.id == appointment.type), None)
    until = parse_span(kind.cancel_until if kind else "1 minute")
    in_time = later(moment.now, until, company.zone) <= appointment.starts_at
    return Meeting(lead, company, appointment, appointment.open and in_time, moment.now)


def cancel_appointment(house: House, text: str) -> Meeting:
    """Cancel by her own link. `Conflict` when it is too late or over; cancelling twice changes nothing."""
    meeting = open_appointment(house, text)
    if meeting.appointment.state == "cancelled":
        return meeting
    if not meeting.may_cancel:
        raise Conflict("It is too late to cancel this here. Please call or write to us.")
    event = on.AppointmentCancelled(
        lead_id=meeting.lead.id, occurred_at=meeting.now, appointment=meeting.appointment.id
    )
    record_events(house, [event], patience=PATIENCE)
    return open_appointment(house, text)
