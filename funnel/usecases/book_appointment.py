"""Booking, seeing and cancelling an appointment: what a booking link opens and what its POST does (S129, S130)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import AppointmentType, Company
from funnel.domain.lead import Appointment, Enrolment, Lead
from funnel.domain.slots import Slot
from funnel.domain.spans import parse_span
from funnel.domain.timing import is_zone, later
from funnel.links import Purpose, Token
from funnel.storage import appointments, events, installation, snapshot
from funnel.usecases.addresses import appointment_link, booking_link, enrolment_of, revoked, type_of
from funnel.usecases.diary import StoredDiary
from funnel.usecases.errors import Conflict, Invalid, NotFound
from funnel.usecases.find_slots import find_slots
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events
from funnel.usecases.submit_form import PATIENCE, read_phone
from funnel.usecases.waiting_consents import address_proven


class SlotGone(Conflict):
    """Somebody else was faster."""


@dataclass(frozen=True)
class Diary:
    """What a booking page shows: the type, her free slots, and the appointment of that type she has already.

    An unproven browser is shown the team's slots and is not told of an appointment (`booked`): it may be a stranger's.
    """

    lead: Lead
    company: Company
    kind: AppointmentType
    enrolment: Enrolment | None
    slots: Sequence[Slot]
    booked: Appointment | None
    now: datetime
    proven: bool
    booked_url: str | None = None


@dataclass(frozen=True)
class OwnAppointment:
    """One appointment of a lead, and whether she may still cancel it. Only who is `proven` may see what is stored."""

    lead: Lead
    company: Company
    appointment: Appointment
    may_cancel: bool
    now: datetime
    proven: bool
    book_url: str | None


def open_diary(house: House, text: str) -> Diary:
    """What a booking link opens. `BadToken` or `NotFound` when it opens nothing."""
    token = house.links.read(text, Purpose.BOOK)
    with house.database.read() as connection:
        return _open(connection, house, token)


def _open(connection: Connection, house: House, token: Token) -> Diary:
    moment = installation.moment(connection)
    published = house.shelf.published(connection, moment.revision)
    lead = snapshot.load(connection, [token.subject], lock=False).get(token.subject)
    if lead is None or revoked(lead, token):
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
    booked = lead.ahead(kind.id, moment.now)
    proven = not token.unproven
    if not proven:
        slots = find_slots(StoredDiary(connection), company, kind, None, moment.now, holder=lead.id)
        return Diary(lead, company, kind, enrolment, slots, None, moment.now, proven)
    slots = [] if booked else find_slots(StoredDiary(connection), company, kind, lead, moment.now)
    booked_url = appointment_link(house, lead, booked.id) if booked else None
    return Diary(lead, company, kind, enrolment, slots, booked, moment.now, proven, booked_url)


def book_appointment(
    house: House, text: str, starts_at: datetime, phone: str, zone: str | None = None, once: str = ""
) -> tuple[Appointment, str] | None:
    """Book a free slot: the appointment, and its own link. The same `once` books the same slot once.

    None for an unproven browser: it may be a stranger's, so it is told the same whether the slot was booked or the lead
    has an appointment of this type before her; the mail to her address says which. `Invalid` for the telephone;
    `SlotGone` when the slot is not free (the diary has others).
    """
    diary = open_diary(house, text)
    if diary.booked:
        return diary.booked, appointment_link(house, diary.lead, diary.booked.id)
    key = f"book/{once}/{starts_at.astimezone(UTC):%Y%m%dT%H%M%S}" if once else None
    try:
        details, number = _details(diary, phone, zone)
    except Invalid:
        _keep(house, diary, starts_at)
        raise
    slot = next((one for one in diary.slots if one.starts_at == starts_at), None)
    if slot is None:
        return _clicked_or_gone(house, text, key)
    if not diary.proven and (ahead := _ahead(diary.lead, diary)):
        _tell_her(house, diary, ahead, key)
        return None
    lead_id, enrolment = diary.lead.id, diary.enrolment
    batch: list[on.AnyEvent] = []
    if diary.proven:
        batch.append(_proven(house, diary))
    if details:
        batch.append(on.DetailsChanged(lead_id=lead_id, occurred_at=diary.now, fields=details))
    batch.append(
        on.SlotChosen(
            lead_id=lead_id,
            occurred_at=diary.now,
            key=key,
            type=diary.kind.id,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            reps=slot.reps,
            scenario=enrolment.scenario if enrolment else None,
            pass_number=enrolment.pass_number if enrolment else None,
            phone="" if "phone" in details else number,
        )
    )
    recorded = record_events(house, batch, patience=PATIENCE)
    lead = recorded.leads.get(lead_id) or open_diary(house, text).lead
    booked = _ahead(lead, diary)
    if booked is None:
        raise SlotGone("This time has just been taken.")
    if diary.proven:
        return booked, appointment_link(house, lead, booked.id)
    if not any(isinstance(result, on.AppointmentBooked) for result in recorded.results.get(lead_id, [])):
        _tell_her(house, diary, booked, key)
    return None


def _proven(house: House, diary: Diary) -> on.EmailProven:
    with house.database.read() as connection:
        return address_proven(connection, diary.lead, installation.moment(connection))


def _keep(house: House, diary: Diary, starts_at: datetime) -> None:
    """Keep the slot for her for some minutes, while she mends what her form lacked."""
    slot = next((one for one in diary.slots if one.starts_at == starts_at), None)
    if slot:
        event = on.SlotWanted(
            lead_id=diary.lead.id,
            occurred_at=diary.now,
            type=diary.kind.id,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            reps=slot.reps,
        )
        record_events(house, [event], patience=PATIENCE)


def _ahead(lead: Lead, diary: Diary) -> Appointment | None:
    """The appointment of the diary's type that she has before her."""
    return lead.ahead(diary.kind.id, diary.now)


def _clicked_or_gone(house: House, text: str, key: str | None) -> tuple[Appointment, str] | None:
    """The slot is not free: her own first click may have taken it, also between the reads of her second one."""
    diary = open_diary(house, text)
    if diary.booked:
        return diary.booked, appointment_link(house, diary.lead, diary.booked.id)
    if not diary.proven and _ahead(diary.lead, diary) and _clicked(house, key):
        return None
    raise SlotGone("This time has just been taken.")


def _clicked(house: House, key: str | None) -> bool:
    """Whether the same button was pressed before."""
    with house.database.read() as connection:
        return key is not None and events.is_taken(connection, key)


def _tell_her(house: House, diary: Diary, ahead: Appointment, key: str | None) -> None:
    """The lead is written to about the appointment that she has; a second click on the same button says nothing new."""
    if not _clicked(house, key):
        asked = on.AppointmentAsked(lead_id=diary.lead.id, occurred_at=diary.now, appointment=ahead.id)
        record_events(house, [asked], patience=PATIENCE)


def _details(diary: Diary, phone: str, zone: str | None) -> tuple[dict[str, str], str]:
    """What changes, and the number to call. The telephone is required unless known; an unproven browser only fills
    what is empty and is always asked."""
    details: dict[str, str] = {}
    number = ""
    if phone.strip():
        read = read_phone(phone, diary.company.country)
        if read is None:
            raise Invalid({"phone": "not_a_number"})
        number = read
        if diary.proven or not diary.lead.phone:
            details["phone"] = number
    elif not diary.proven or not diary.lead.phone:
        raise Invalid({"phone": "required"})
    if zone and is_zone(zone) and diary.proven and diary.lead.zone != zone:
        details["zone"] = zone
    return details, number


def open_appointment(house: House, text: str) -> OwnAppointment:
    """What an appointment's own link opens."""
    token = house.links.read(text, Purpose.APPOINTMENT)
    proven = not token.unproven
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        lead_id = appointments.lead_of(connection, token.subject)
        lead = snapshot.load(connection, [lead_id], lock=False).get(lead_id) if lead_id else None
        appointment = lead.appointment(token.subject) if lead else None
        if lead is None or appointment is None or revoked(lead, token):
            raise NotFound("this link opens nothing any more")
        again = _book_again(connection, house, lead, appointment, proven)
    kind = next((one for one in company.appointment_types if one.id == appointment.type), None)
    until = parse_span(kind.cancel_until if kind else "1 minute")
    in_time = later(moment.now, until, company.zone) <= appointment.starts_at
    return OwnAppointment(lead, company, appointment, appointment.open and in_time, moment.now, proven, again)


def _book_again(connection: Connection, house: House, lead: Lead, appointment: Appointment, proven: bool) -> str | None:
    """Where another time of the same type is chosen, if its scenario still proposes it."""
    enrolment = lead.enrolment(appointment.scenario or "", appointment.pass_number or 0)
    if enrolment is None:
        return None
    program = house.shelf.bundle(connection, enrolment.version).program
    if appointment.type not in program.proposes:
        return None
    return booking_link(house, lead, enrolment, program, appointment.type, unproven=not proven)


def cancel_appointment(house: House, text: str) -> OwnAppointment:
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
