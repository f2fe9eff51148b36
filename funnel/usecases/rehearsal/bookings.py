"""The appointments of a rehearsal: chosen from a mail or the page of results, moved, accepted by the rep, marked."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from funnel.domain import events as on
from funnel.domain.company import AppointmentType, Company
from funnel.domain.deadlines import may_cancel, may_move
from funnel.domain.engine.ahead import offered_with_results
from funnel.domain.lead import Appointment, Enrolment, Lead
from funnel.domain.slots import Slot
from funnel.domain.tunnel.program import Program
from funnel.domain.tunnel.scenario import START
from funnel.usecases.find_slots import find_slots, find_slots_with
from funnel.usecases.other_times import other_times
from funnel.usecases.rehearsal.crowd import Person
from funnel.usecases.rehearsal.habits import Trigger
from funnel.usecases.rehearsal.world import World

_MARKED_AFTER = timedelta(minutes=10)
_ACCEPTED_AFTER = timedelta(minutes=40)
_CHOICES = 20
"""Among how many of the first free slots somebody chooses."""
_PHONE = "+33 1 99 00 00 00"

React = Callable[[Person, Trigger], None]


class Bookings:
    """What people and reps do about appointments. `react` hears what somebody may react to."""

    def __init__(self, world: World, company: Company, program: Program, react: React) -> None:
        self._world = world
        self._company = company
        self._program = program
        self._react = react
        self._offers: dict[str, Mapping[str, Any]] = {}
        self._marked: Counter[int] = Counter()
        self._starts_on = program.scenario.starts_on

    def offered(self, person: Person, row: Mapping[str, Any]) -> None:
        """A mail that proposes an appointment has left to her."""
        self._offers[person.id] = row

    def begin(self, person: Person, lead: Lead) -> None:
        """A rep makes the appointment that the scenario is about: of the wanted type, else of the company's first."""
        wanted = person.expected.appointment if person.expected else None
        kind = self._kind(wanted) or next(iter(self._company.appointment_types), None)
        slot = self._one(person, kind, lead, None) if kind else None
        if kind and slot:
            self._choose(person, lead, kind, slot, by=slot.reps[0])

    def book(self, person: Person, lead: Lead) -> None:
        """She chooses: one of the times kept for the last mail that proposed any, else one of the first free ones;
        before any such mail from the page of her results, where that offers a time."""
        offer = self._offers.get(person.id)
        kind, enrolment = self._by_mail(lead, offer) if offer else self._by_results(lead)
        if kind is None or enrolment is None or lead.ahead(kind.id, self._world.now):
            return
        rep = offer["data"].get("rep") if offer else None
        slot = self._kept(person, kind, lead, offer) or self._one(person, kind, lead, rep)
        if slot:
            self._choose(person, lead, kind, slot, scenario=enrolment.scenario, pass_number=enrolment.pass_number)

    def cancel(self, lead: Lead) -> None:
        """She cancels what is ahead of her, while she may."""
        now = self._world.now
        one = self._ahead(lead)
        if one and may_cancel(self._company, one, now):
            self._world.record([on.AppointmentCancelled(lead_id=lead.id, occurred_at=now, appointment=one.id)])

    def reschedule(self, person: Person, lead: Lead) -> None:
        """She moves what is ahead of her to one of the first times that its own page offers, while she may."""
        now = self._world.now
        one = self._ahead(lead)
        if one is None or not may_move(self._company, one, now):
            return
        kind = self._kind(one.type)
        free = other_times(self._world.diary, self._company, kind, one, now, holder=lead.id) if kind else []
        slot = _any_of(person, free[:_CHOICES])
        if slot is None:
            return
        wanted = on.SlotChosen(
            lead_id=lead.id,
            occurred_at=now,
            type=one.type,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            reps=slot.reps,
            moves=one.id,
        )
        for result in self._world.record([wanted]):
            if isinstance(result, on.AppointmentMoved):
                self._world.at(result.ends_at + _MARKED_AFTER, partial(self._mark, person, lead.id, one.id))

    def correct(self, lead: Lead) -> None:
        """The rep had pressed the wrong button: she was there."""
        missed = next((a for a in reversed(lead.appointments) if a.state == "missed"), None)
        if missed:
            now = self._world.now
            held = on.AppointmentHeld(lead_id=lead.id, occurred_at=now, appointment=missed.id, by=missed.rep)
            self._world.record([held])

    def blocked(self, person: Person, booked: on.AppointmentBooked) -> None:
        """A scenario has blocked a time for her: the rep comes, and marks it."""
        self._world.at(booked.ends_at + _MARKED_AFTER, partial(self._mark, person, booked.lead_id, booked.appointment))

    def _by_mail(self, lead: Lead, offer: Mapping[str, Any]) -> tuple[AppointmentType | None, Enrolment | None]:
        """What a mail proposes, and for which pass of its scenario it counts."""
        enrolment = next((e for e in reversed(lead.enrolments) if e.scenario == offer["scenario"]), None)
        return self._kind(offer["data"]["propose"]), enrolment

    def _by_results(self, lead: Lead) -> tuple[AppointmentType | None, Enrolment | None]:
        """The same of the page of her last results; nothing where she has none."""
        sheet = lead.answers[-1] if lead.answers else None
        enrolment = lead.enrolment(sheet.scenario or "", sheet.pass_number or 0) if sheet else None
        if enrolment is None:
            return None, None
        program = self._world.book.program(enrolment.scenario, enrolment.version)
        return offered_with_results(program, lead, enrolment, self._company, self._world.now), enrolment

    def _choose(
        self,
        person: Person,
        lead: Lead,
        kind: AppointmentType,
        slot: Slot,
        *,
        scenario: str | None = None,
        pass_number: int | None = None,
        by: str = "lead",
    ) -> None:
        now = self._world.now
        batch: list[on.AnyEvent] = []
        if by == "lead" and not lead.email_proven and person.behaves != "books_at_once":
            batch.append(on.EmailProven(lead_id=lead.id, occurred_at=now))
        if not lead.phone:
            batch.append(on.DetailsChanged(lead_id=lead.id, occurred_at=now, fields={"phone": _PHONE}))
        batch.append(
            on.SlotChosen(
                lead_id=lead.id,
                occurred_at=now,
                type=kind.id,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                reps=slot.reps,
                scenario=scenario,
                pass_number=pass_number,
                by=by,
            )
        )
        for result in self._world.record(batch):
            if isinstance(result, on.AppointmentBooked) and result.by != "scenario":
                self._booked(person, result)

    def _kind(self, type_id: str | None) -> AppointmentType | None:
        return self._company.appointment_type(type_id)

    def _ahead(self, lead: Lead) -> Appointment | None:
        """The first of her appointments that is still to begin."""
        return next((one for one in lead.appointments if one.open and one.starts_at > self._world.now), None)

    def _kept(self, person: Person, kind: AppointmentType, lead: Lead, offer: Mapping[str, Any] | None) -> Slot | None:
        """One of the times that the mail shows, while they are still kept and ahead."""
        if offer is None or "slots" not in offer["data"]:
            return None
        held = self._world.diary.held_for(lead.id, offer["cause"], self._world.now)
        free = (
            []
            if not held
            else find_slots(self._world.diary, self._company, kind, lead, self._world.now, rep=held[0].rep)
        )
        ahead = {slot.starts_at for slot in free}
        kept = [one for one in held if one.starts_at in ahead]
        if not kept:
            return None
        one = kept[int(person.pick * len(kept))]
        return Slot(one.starts_at, one.ends_at, (one.rep,))

    def _one(self, person: Person, kind: AppointmentType, lead: Lead, rep: str | None) -> Slot | None:
        """One of the first free times, as the booking page shows them."""
        slots = find_slots_with(rep, self._world.diary, self._company, kind, lead, self._world.now, most=_CHOICES)
        return _any_of(person, slots)

    def _booked(self, person: Person, booked: on.AppointmentBooked) -> None:
        """The rep accepts her, and marks what became of the appointment."""
        self._world.at(self._world.now + _ACCEPTED_AFTER, partial(self._accept, booked.lead_id, booked.rep))
        self.blocked(person, booked)
        self._react(person, "booked")

    def _accept(self, lead_id: int, rep: str) -> None:
        handoff = self._world.leads[lead_id].handoff
        if handoff and handoff.state == "offered":
            accepted = on.HandoffAccepted(lead_id=lead_id, occurred_at=self._world.now, handoff=handoff.id, by=rep)
            self._world.record([accepted])

    def _mark(self, person: Person, lead_id: int, appointment_id: int) -> None:
        appointment = self._world.leads[lead_id].appointment(appointment_id)
        now = self._world.now
        if appointment is None or not appointment.open or appointment.ends_at > now:
            return
        first = self._marked[lead_id] == 0
        self._marked[lead_id] += 1
        held = person.attends(self._marked[lead_id])
        if first and self._starts_on and self._program.scenario.follows_appointment:
            held = self._starts_on.event != "appointment.missed"
        kind = on.AppointmentHeld if held else on.AppointmentMissed
        mark = kind(lead_id=lead_id, occurred_at=now, appointment=appointment.id, by=appointment.rep)
        self._world.record([mark])
        if not held:
            self._react(person, "missed")
        if first and self._program.scenario.on == START:
            self._start(lead_id, now)

    def _start(self, lead_id: int, now: datetime) -> None:
        started = on.ScenarioStarted(lead_id=lead_id, occurred_at=now, scenario=self._program.name, by="rehearsal")
        self._world.record([started])


def _any_of(person: Person, slots: Sequence[Slot]) -> Slot | None:
    """The one that she takes; none where there is none."""
    return slots[int(person.pick * len(slots))] if slots else None
