"""An appointment that a member of staff sets for a lead: with herself, a colleague, or whoever is free (S82).

The same door, slots and constraint as for the lead's own booking; only the notice, which protects a rep from surprises,
does not bind her colleagues.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from funnel.domain import events as on
from funnel.domain.company import AppointmentType, Company, User
from funnel.domain.lead import Appointment, Lead
from funnel.domain.slots import Slot
from funnel.storage import installation, leads, snapshot
from funnel.usecases.call_list import is_open_call
from funnel.usecases.diary import StoredDiary
from funnel.usecases.errors import Conflict, Invalid, NotFound
from funnel.usecases.find_lead import among_those_to_change, lead_to_change
from funnel.usecases.find_slots import find_slots, never_free, reps_for
from funnel.usecases.house import House
from funnel.usecases.people import require
from funnel.usecases.record_events import record_events
from funnel.usecases.submit_form import PATIENCE, read_phone
from funnel.usecases.take_slot import SlotGone, free_at, gone, keep, press, pressed_before

MOST_FOUND = 12
"""How many leads a search shows."""
LONGEST_SEARCH = 120

ANYBODY = "anybody"
"""Whoever of the team is free."""


@dataclass(frozen=True)
class Choice:
    """What can be set: the types, the one in question, who may be met for it, whom (`whose`, an id or `ANYBODY`), and
    when. With a lead, her appointment of that type that is still to come (`ahead`): then no other is set."""

    company: Company
    now: datetime
    kind: AppointmentType
    reps: Sequence[User]
    whose: str
    slots: Sequence[Slot]
    lead: Lead | None = None
    ahead: Appointment | None = None


def read_choice(house: House, user: User, type_id: str, whose: str, lead_id: int | None = None) -> Choice:
    """What can be set for a lead, or for whom is not known yet. An unknown type is the company's first; without a
    (known) rep it is her own, else the user herself, else anybody. `NotFound` where nothing can be booked at all."""
    require(user.role in ("rep", "manager", "admin"))
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        lead = None
        if lead_id is not None:
            lead = lead_to_change(connection, user, lead_id, company)
        kinds = company.appointment_types
        if not kinds:
            raise NotFound("Nothing can be booked: company.yaml names no appointment types.")
        kind = next((one for one in kinds if one.id == type_id), kinds[0])
        reps = reps_for(company, kind, None)
        ids = [one.id for one in reps]
        own = [lead.handoff.rep] if lead and lead.handoff else []
        chosen = whose if whose in (*ids, ANYBODY) else next((one for one in (*own, user.id) if one in ids), ANYBODY)
        free = find_slots(
            StoredDiary(connection),
            company,
            without_notice(kind),
            None,
            moment.now,
            holder=lead_id,
            rep=None if chosen == ANYBODY else chosen,
        )
    ahead = lead.ahead(kind.id, moment.now) if lead else None
    return Choice(company, moment.now, kind, reps, chosen, free, lead, ahead)


def without_notice(kind: AppointmentType) -> AppointmentType:
    """The type as the staff books it."""
    return kind.model_copy(update={"notice": "1 minute"})


def set_appointment(
    house: House,
    user: User,
    lead_id: int,
    type_id: str,
    whose: str,
    starts_at: datetime,
    phone: str,
    once: str = "",
    *,
    call: str = "",
) -> Appointment:
    """Book a free slot for a lead; the same `once` books it once, and a `call` of the call list is done with it.
    `Invalid` for the telephone, which is asked for where none is known; `Conflict` where she has an appointment of this
    type; `SlotGone` when the slot is not free (any more), `NeverASlot` when it never was one."""
    choice = read_choice(house, user, type_id, whose, lead_id)
    lead = choice.lead
    assert lead is not None
    key = press("set", once, starts_at)
    if choice.ahead:
        if pressed_before(house, key):
            return choice.ahead
        raise Conflict("%(lead)s has such an appointment already: move that one.", lead=lead.called)
    slot = free_at(choice.slots, starts_at)
    try:
        details = _details(choice.company, lead, phone)
    except Invalid:
        if slot:
            keep(house, lead, choice.kind, slot, choice.now)
        raise
    if slot is None:
        raise gone(never=never_free(choice.company, choice.kind, lead, starts_at, choice.now, choice.whose))
    batch: list[on.AnyEvent] = []
    if details:
        batch.append(on.DetailsChanged(lead_id=lead.id, occurred_at=choice.now, fields=details, by=user.id))
    batch.append(
        on.SlotChosen(
            lead_id=lead.id,
            occurred_at=choice.now,
            key=key,
            type=choice.kind.id,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            reps=slot.reps,
            by=user.id,
            call=call if call and is_open_call(house, call, lead_id) else None,
        )
    )
    recorded = record_events(house, batch, patience=PATIENCE)
    made = [one for one in recorded.results.get(lead.id, []) if isinstance(one, on.AppointmentBooked)]
    after = recorded.leads.get(lead.id)
    booked = after.ahead(choice.kind.id, choice.now) if after else None
    if booked is None or (not made and not recorded.repeated):
        raise SlotGone
    return booked


def search_leads(house: House, user: User, words: str) -> Sequence[Lead]:
    """Leads by a part of their name, address or company, the newest first: those for whom the user may set one."""
    require(user.role in ("rep", "manager", "admin"))
    wanted = words.strip()[:LONGEST_SEARCH]
    if not wanted:
        return []
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        ids = leads.search(connection, wanted, MOST_FOUND * 10)
        found = snapshot.load(connection, ids, lock=False)
        seen = [found[one] for one in ids if one in found]
        return among_those_to_change(connection, user, seen, company)[:MOST_FOUND]


def _details(company: Company, lead: Lead, phone: str) -> dict[str, str]:
    """The telephone, where it is new; required unless known."""
    if not phone.strip():
        if not lead.phone:
            raise Invalid({"phone": "required"})
        return {}
    number = read_phone(phone, company.country)
    if number is None:
        raise Invalid({"phone": "not_a_number"})
    return {} if number == lead.phone else {"phone": number}
