"""An appointment by its own link: what it shows, cancelling it, moving it to another time (S98)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import AppointmentType, Company
from funnel.domain.deadlines import is_alone, may_cancel, may_move, stands_open
from funnel.domain.lead import Appointment, Lead
from funnel.domain.slots import Slot
from funnel.links import Purpose
from funnel.storage import appointments, holds, installation, snapshot
from funnel.storage.holds import Hold
from funnel.usecases.addresses import book_again_link, revoked
from funnel.usecases.diary import StoredDiary
from funnel.usecases.errors import Conflict, NotFound
from funnel.usecases.find_slots import never_free
from funnel.usecases.house import House
from funnel.usecases.other_times import other_times
from funnel.usecases.reassign import still_to_choose
from funnel.usecases.record_events import record_events
from funnel.usecases.submit_form import PATIENCE
from funnel.usecases.take_slot import SlotGone, free_at, gone, press, whom


@dataclass(frozen=True)
class OwnAppointment:
    """One appointment of a lead, and whether she may still cancel or move it (not where its type is no more). `asked`:
    whom she was to meet cannot be there, she was asked for another time, has not chosen yet and has no newer one of its
    type; she may, also once the time itself is over. Only who is `proven` may see what is stored."""

    lead: Lead
    company: Company
    appointment: Appointment
    kind: AppointmentType | None
    may_cancel: bool
    may_move: bool
    now: datetime
    proven: bool
    book_url: str | None
    asked: bool = False

    @property
    def ahead(self) -> bool:
        """Whether it is still to come, or another time for it is to be chosen."""
        return stands_open(self.appointment, self.now, asked=self.asked)

    @property
    def over(self) -> bool:
        """Whether its time has passed."""
        return self.appointment.ends_at <= self.now

    def never_had(self, at: datetime) -> bool:
        """Whether a time to which it cannot be moved never was one, so that nobody can have taken it before her."""
        own = self.appointment
        return never_free(self.company, self.kind, self.lead, at, self.now, own.rep, own.starts_at)


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
        again = book_again_link(
            house,
            lead,
            appointment,
            lambda enrolment: house.shelf.bundle(connection, enrolment.version).program,
            unproven=not proven,
        )
        asked = appointment.id in still_to_choose(connection, [(lead, appointment)])
    kind = company.appointment_type(appointment.type)
    return OwnAppointment(
        lead,
        company,
        appointment,
        kind,
        asked or may_cancel(company, appointment, moment.now),
        (asked and kind is not None) or may_move(company, appointment, moment.now),
        moment.now,
        proven,
        again,
        asked,
    )


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


def times_to_move_to(house: House, meeting: OwnAppointment) -> Sequence[Slot]:
    """The free slots that the appointment may be moved to, as `other_times` has them; none when it is too late."""
    if not meeting.may_move or meeting.kind is None:
        return []
    with house.database.read() as connection:
        return other_times(
            StoredDiary(connection),
            meeting.company,
            meeting.kind,
            meeting.appointment,
            meeting.now,
            holder=meeting.lead.id,
            kept=_kept(connection, meeting),
            asked=meeting.asked,
        )


def _kept(connection: Connection, meeting: OwnAppointment) -> list[Hold]:
    """What reps keep for her of the appointment's type."""
    reps = [one.id for one in meeting.company.reps]
    return holds.kept_for(connection, meeting.lead.id, meeting.appointment.type, reps, meeting.now)


def move_appointment(house: House, text: str, starts_at: datetime, once: str = "") -> OwnAppointment:
    """Move it by its own link; the same `once` moves it once. `Conflict` when it is too late; `SlotGone` when the time
    is not free any more, `NeverASlot` when it never was."""
    meeting = open_appointment(house, text)
    own = meeting.appointment
    if own.starts_at == starts_at and not meeting.asked and not is_alone(meeting.company, own):
        return meeting
    if not meeting.may_move:
        raise Conflict("It is too late to move this here. Please call or write to us.")
    slot = free_at(times_to_move_to(house, meeting), starts_at)
    if slot is None:
        raise gone(never=meeting.never_had(starts_at))
    with house.database.read() as connection:
        reps = whom(_kept(connection, meeting), slot)
    event = on.SlotChosen(
        lead_id=meeting.lead.id,
        occurred_at=meeting.now,
        key=press("move", once, starts_at),
        type=own.type,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        reps=reps,
        moves=own.id,
        asked=meeting.asked,
        seen=own.sequence,
    )
    record_events(house, [event], patience=PATIENCE)
    moved = open_appointment(house, text)
    if moved.appointment.starts_at != starts_at or moved.appointment.rep not in slot.reps:
        raise SlotGone
    return moved
