"""What the staff does with an appointment that is still to come: another time, another rep, or none at all (S82)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from funnel.domain import events as on
from funnel.domain.company import AppointmentType, Company, User
from funnel.domain.deadlines import stands_open
from funnel.domain.lead import Appointment, Lead
from funnel.domain.slots import Slot
from funnel.usecases.clean_words import clean_words
from funnel.usecases.diary import StoredDiary
from funnel.usecases.errors import Conflict
from funnel.usecases.find_slots import find_slots_around, never_free, reps_for
from funnel.usecases.house import House
from funnel.usecases.one_appointment import find_appointment
from funnel.usecases.people import require, require_change
from funnel.usecases.reassign import still_to_choose
from funnel.usecases.record_events import record_events
from funnel.usecases.set_appointment import ANYBODY, without_notice
from funnel.usecases.submit_form import PATIENCE
from funnel.usecases.take_slot import SlotGone, free_at, gone, press

LONGEST_REASON = 300
"""Characters of why an appointment is moved or cancelled; what is longer is cut."""


@dataclass(frozen=True)
class Change:
    """An appointment, who may be met in its place (none: its type is no more), whom (`whose`) and when. `asked`: its
    lead was asked for another time, has not chosen and has no newer one of its type."""

    lead: Lead
    appointment: Appointment
    company: Company
    now: datetime
    kind: AppointmentType | None
    reps: Sequence[User]
    whose: str
    slots: Sequence[Slot]
    asked: bool

    @property
    def open(self) -> bool:
        """Whether it can still be changed."""
        return stands_open(self.appointment, self.now, asked=self.asked)

    def never_had(self, at: datetime) -> bool:
        """Whether a time that is not among the slots never was, so that nobody can have been faster."""
        return never_free(self.company, self.kind, self.lead, at, self.now, self.whose, self.appointment.starts_at)


def open_change(house: House, user: User, appointment_id: int, whose: str = "") -> Change:
    """What can be done with an appointment. `NotFound`; `Forbidden` for a rep whose lead it is not."""
    require(user.role in ("rep", "manager", "admin"))
    lead, appointment, company, now = find_appointment(house, appointment_id)
    if appointment.rep != user.id:
        require_change(user, lead, company)
    kind = company.appointment_type(appointment.type)
    reps = reps_for(company, kind, None) if kind else []
    ids = [one.id for one in reps]
    chosen = whose if whose in (*ids, ANYBODY) else appointment.rep if appointment.rep in ids else ANYBODY
    with house.database.read() as connection:
        waits = bool(still_to_choose(connection, [(lead, appointment)]))
    change = Change(lead, appointment, company, now, kind, reps, chosen, [], waits)
    if kind is None or not change.open:
        return change
    with house.database.read() as connection:
        free = find_slots_around(
            StoredDiary(connection),
            company,
            without_notice(kind),
            None,
            now,
            appointment.starts_at,
            holder=lead.id,
            rep=None if chosen == ANYBODY else chosen,
            moving=appointment,
        )
    return replace(change, slots=[slot for slot in free if waits or not _is_its_own(slot, appointment)])


def _is_its_own(slot: Slot, appointment: Appointment) -> bool:
    """Whether it is the time that an appointment has: no other one, but where its lead was asked for another it is the
    one to choose once its rep is there again."""
    return slot.starts_at == appointment.starts_at and appointment.rep in slot.reps


def move_by_hand(
    house: House, user: User, appointment_id: int, whose: str, starts_at: datetime, reason: str, once: str = ""
) -> Appointment:
    """Move it to a free slot, of another rep where that one was chosen; the same `once` moves it once. `Invalid`
    without a reason, `Conflict` when it is over, `SlotGone` when the slot is not free (any more), `NeverASlot` when it
    never was one."""
    said = clean_words("reason", reason, LONGEST_REASON)
    change = open_change(house, user, appointment_id, whose)
    before = change.appointment
    if before.starts_at == starts_at and change.whose in (before.rep, ANYBODY) and not change.asked:
        return before
    if not change.open:
        raise Conflict("This appointment cannot be moved any more.")
    slot = free_at(change.slots, starts_at)
    if slot is None:
        raise gone(never=change.never_had(starts_at))
    event = on.SlotChosen(
        lead_id=change.lead.id,
        occurred_at=change.now,
        key=press("change", once, starts_at),
        type=before.type,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        reps=slot.reps,
        by=user.id,
        moves=before.id,
        asked=change.asked,
        seen=before.sequence,
        reason=said,
    )
    recorded = record_events(house, [event], patience=PATIENCE)
    after = recorded.leads[change.lead.id].appointment(appointment_id) if recorded.leads else None
    after = after or find_appointment(house, appointment_id)[1]
    if after.starts_at != starts_at or after.rep not in slot.reps:
        raise SlotGone
    return after


def cancel_by_hand(house: House, user: User, appointment_id: int, reason: str) -> Appointment:
    """Cancel it; twice changes nothing. `Invalid` without a reason, `Conflict` when it is over."""
    said = clean_words("reason", reason, LONGEST_REASON)
    change = open_change(house, user, appointment_id)
    if change.appointment.state == "cancelled":
        return change.appointment
    if not change.open:
        raise Conflict("This appointment cannot be cancelled any more.")
    event = on.AppointmentCancelled(
        lead_id=change.lead.id, occurred_at=change.now, appointment=appointment_id, by=user.id, reason=said
    )
    record_events(house, [event], patience=PATIENCE)
    return find_appointment(house, appointment_id)[1]
