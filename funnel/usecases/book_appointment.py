"""Booking, seeing and cancelling an appointment: what a booking link opens and what its POST does (S129, S130)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import AppointmentType, Company
from funnel.domain.lead import Appointment, Enrolment, Lead
from funnel.domain.slots import Slot
from funnel.domain.timing import is_zone
from funnel.links import Purpose, Token
from funnel.storage import events, holds, installation, snapshot
from funnel.storage.holds import Hold
from funnel.usecases.addresses import appointment_link, enrolment_of, opened_by, revoked
from funnel.usecases.diary import StoredDiary
from funnel.usecases.errors import Invalid, NotFound
from funnel.usecases.find_slots import find_slots, find_slots_with, never_free, with_kept
from funnel.usecases.house import House
from funnel.usecases.reassign import waiting_for_choice
from funnel.usecases.record_events import record_events
from funnel.usecases.submit_form import PATIENCE, read_phone
from funnel.usecases.take_slot import SlotGone, free_at, gone, keep, press, pressed_before, whom
from funnel.usecases.waiting_consents import address_proven

_LOOKS_BACK = 20
"""Among so many proposals to her the last one of a type is looked for."""


@dataclass(frozen=True)
class Diary:
    """What a booking page shows: the type, her free slots, and the appointment of that type she has already.

    An unproven browser is shown the team's slots and is not told of an appointment (`booked`), nor of what is `kept`
    for her: it may be a stranger's. `rep`: whom the link is for, if anybody; `proposed`: the times that a mail named to
    her last, kept or not any more.
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
    kept: Sequence[Hold] = ()
    rep: str | None = None
    proposed: on.SlotsHeld | None = None

    def never_had(self, at: datetime) -> bool:
        """Whether a time that is not among the slots never was, so that nobody can have taken it before her."""
        return never_free(self.company, self.kind, self.lead, at, self.now, self.rep)


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
    opened = opened_by(token, house.shelf.bundle(connection, enrolment.version).program, lead, enrolment)
    company = published.company.company
    kind = company.appointment_type(opened.type) if opened else None
    if kind is None or opened is None:
        raise NotFound("this appointment is not offered any more")
    booked = lead.ahead(kind.id, moment.now)
    proven = not token.unproven
    rep = opened.rep if company.rep(opened.rep) else None
    diary = StoredDiary(connection)
    if not proven:
        slots = find_slots(diary, company, kind, None, moment.now, holder=lead.id, rep=rep)
        slots = slots or find_slots(diary, company, kind, None, moment.now, holder=lead.id)
        return Diary(lead, company, kind, enrolment, slots, None, moment.now, proven, rep=rep)
    now, booked_url = moment.now, appointment_link(house, lead, booked.id) if booked else None
    kept = holds.kept_for(connection, lead.id, kind.id, [one.id for one in company.reps], moment.now)
    slots = [] if booked else find_slots_with(rep, diary, company, kind, lead, now)
    if not booked:
        times = [(one.rep, one.starts_at) for one in kept]
        slots = with_kept(slots, times, lambda rep: find_slots(diary, company, kind, lead, now, rep=rep))
    proposed = None if booked else _proposed(connection, lead, kind)
    return Diary(lead, company, kind, enrolment, slots, booked, moment.now, proven, booked_url, kept, rep, proposed)


def _proposed(connection: Connection, lead: Lead, kind: AppointmentType) -> on.SlotsHeld | None:
    """The times of a type that a mail named to her last, kept or not any more."""
    found = events.newest_of(connection, lead.id, on.SlotsHeld, _LOOKS_BACK)
    return next((one for one in found if isinstance(one, on.SlotsHeld) and one.type == kind.id), None)


def book_appointment(
    house: House, text: str, starts_at: datetime, phone: str, zone: str | None = None, once: str = ""
) -> tuple[Appointment, str] | None:
    """Book a free slot: the appointment, and its own link. The same `once` books the same slot once; who has one of
    this type before her keeps that one, and it is what she gets.

    None for an unproven browser: it may be a stranger's, so it is told the same whether the slot was booked or the lead
    has an appointment of this type before her; the mail to her address says which. `Invalid` for the telephone;
    `SlotGone` when the slot is not free (the diary has others), `NeverASlot` when it never was one.
    """
    diary = open_diary(house, text)
    if diary.booked:
        return diary.booked, appointment_link(house, diary.lead, diary.booked.id)
    key = press("book", once, starts_at)
    slot = _to_take(diary, starts_at)
    try:
        details, number = _details(diary, phone, zone)
    except Invalid:
        if slot:
            keep(house, diary.lead, diary.kind, slot, diary.now)
        raise
    if slot is None:
        return _clicked_or_gone(house, text, key, starts_at)
    if not diary.proven and (ahead := _ahead(diary.lead, diary)):
        _tell_her(house, diary, ahead, starts_at, key)
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
        raise SlotGone
    if diary.proven:
        return booked, appointment_link(house, lead, booked.id)
    if not any(isinstance(result, on.AppointmentBooked) for result in recorded.results.get(lead_id, [])):
        _tell_her(house, diary, booked, starts_at, key)
    return None


def _to_take(diary: Diary, starts_at: datetime) -> Slot | None:
    """The free slot of that start, of the rep alone who keeps it for her, if one does; none when it is not free."""
    slot = free_at(diary.slots, starts_at)
    return replace(slot, reps=whom(diary.kept, slot)) if slot else None


def _proven(house: House, diary: Diary) -> on.EmailProven:
    with house.database.read() as connection:
        return address_proven(connection, diary.company, diary.lead, diary.now)


def _ahead(lead: Lead, diary: Diary) -> Appointment | None:
    """The appointment of the diary's type that she has before her."""
    return lead.ahead(diary.kind.id, diary.now)


def _clicked_or_gone(house: House, text: str, key: str | None, starts_at: datetime) -> tuple[Appointment, str] | None:
    """The slot is not free: her own first click may have taken it, also between the reads of her second one."""
    diary = open_diary(house, text)
    if diary.booked:
        return diary.booked, appointment_link(house, diary.lead, diary.booked.id)
    if not diary.proven and _ahead(diary.lead, diary) and pressed_before(house, key):
        return None
    raise gone(never=diary.never_had(starts_at))


def _tell_her(house: House, diary: Diary, ahead: Appointment, starts_at: datetime, key: str | None) -> None:
    """The lead is written to about the appointment that she has, and about the other time that was chosen; a second
    click on the same button says nothing new."""
    if not pressed_before(house, key):
        wanted = starts_at if starts_at != ahead.starts_at else None
        with house.database.read() as connection:
            asked = bool(waiting_for_choice(connection, [(diary.lead, ahead)]))
        event = on.AppointmentAsked(
            lead_id=diary.lead.id, occurred_at=diary.now, appointment=ahead.id, wanted=wanted, asked=asked
        )
        record_events(house, [event], patience=PATIENCE)


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
