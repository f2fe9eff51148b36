"""Appointments: booked, cancelled, held, missed; a booking hands over by itself, wherever she stands (S130). What moves
one stands in `moving`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine.book import Book
from funnel.domain.engine.calls import put_back, tick_off
from funnel.domain.engine.entry import happen
from funnel.domain.engine.handing import add_reason, check_qualified, next_handoff, offer, progress
from funnel.domain.engine.meeting_mails import INVITATION, NOTHING_SAID, change, forget_reminders, mail_about, remind
from funnel.domain.engine.points import take_back
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import end, note, wait_anew
from funnel.domain.known import proposed_types
from funnel.domain.lead import Appointment, AppointmentState, Enrolment, Occurrence

NO_TIME = "No free time was found to block: agree on one"
"""The task where a scenario found none."""
UNREACHED = "Their address was corrected, but mails about the appointment go to the first one: call them"
"""The task where the right address is another lead's, who is given the forms and not what was booked."""
CORRECTED = "the mark was corrected"
"""Why points, mails and passes that a wrong mark had brought are gone."""


def slot_chosen(turn: Turn, event: on.SlotChosen) -> None:
    """Ask for the slot. She has at most one appointment of a type before her, so a second click changes nothing."""
    kind = turn.book.company.appointment_type(event.type)
    if kind is None or turn.lead.ahead(event.type, turn.now):
        return
    turn.do(
        do.BookSlot(
            type=event.type,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            reps=event.reps,
            scenario=event.scenario,
            pass_number=event.pass_number,
            by=event.by,
            buffer_before=kind.buffer_before,
            buffer_after=kind.buffer_after,
            daily_maximum=kind.daily_maximum,
            replaces=_replaced(turn, event),
            call=event.call,
        )
    )


def _replaced(turn: Turn, event: on.SlotChosen) -> int | None:
    """The missed appointment in whose place the new one is: the one that its enrolment is about; where that is about
    none (an older mail's link), or without a scenario's link, her last one of that type that was not cancelled."""
    lead = turn.lead
    enrolment = lead.enrolment(event.scenario, event.pass_number or 0) if event.scenario else None
    if enrolment and enrolment.appointment is not None:
        missed = lead.appointment(enrolment.appointment)
    else:
        missed = next((a for a in reversed(lead.appointments) if a.type == event.type and a.state != "cancelled"), None)
    return missed.id if missed and missed.state == "missed" and lead.replaced(missed) is None else None


HELD_FOR = timedelta(minutes=10)
"""How long a slot is kept while she mends her form."""


def slot_wanted(turn: Turn, event: on.SlotWanted) -> None:
    """Keep the slot for her while she mends what her form lacked."""
    kind = turn.book.company.appointment_type(event.type)
    if kind:
        turn.do(
            do.HoldSlot(
                type=event.type,
                starts_at=event.starts_at,
                ends_at=event.ends_at,
                reps=event.reps,
                until=turn.now + HELD_FOR,
                buffer_before=kind.buffer_before,
                buffer_after=kind.buffer_after,
                daily_maximum=kind.daily_maximum,
            )
        )


def appointment_booked(turn: Turn, event: on.AppointmentBooked) -> None:
    """Keep it, invite both, hand over, and tell the enrolments it concerns; where she had asked to be called about it
    (S134, S141), nobody need call. A time that a scenario blocked without asking her (S89) is told to the rep alone and
    gives no points: she has done nothing."""
    booked = Appointment(
        event.appointment,
        event.type,
        event.rep,
        event.starts_at,
        event.ends_at,
        "booked",
        scenario=event.scenario,
        pass_number=event.pass_number,
        replaces=event.replaces,
    )
    turn.do(do.PutAppointment(booked, turn.now))
    record(turn, booked, "booked")
    put_back(turn, booked, event.by)
    if event.call and booked.replaces is None:  # nothing more is to be called for
        tick_off(turn, event.call, event.by)
    if event.by == "scenario":
        mail_about(turn, booked, "house/appointment_blocked_rep", f"user:{event.rep}")
        if enrolment := turn.lead.enrolment(event.scenario or "", event.pass_number or 0):
            wait_anew(turn, enrolment)
        tell(turn, booked, "appointment.booked", earns=False)
        return
    turn.do(do.AnswerCalls(booked.type, event.by, turn.now))
    progress(turn, "engaged")
    said = change(turn, event.by)
    mail_about(turn, booked, INVITATION, "lead", said=said)
    remind(turn, booked)
    told = False
    because = hands_over(turn.book, event)
    if because and (turn.lead.merged_into is None or turn.lead.handoff):
        if turn.lead.handoff is None:
            offer(turn, next_handoff(turn), event.rep, because, appointment=booked.id)
            told = True
        else:
            same_rep = turn.lead.handoff.rep == event.rep
            told = add_reason(turn, because, appointment=booked.id) and same_rep
            check_qualified(turn)
    if not told:
        mail_about(turn, booked, "house/appointment_booked_rep", f"user:{event.rep}", said=said)
    tell(turn, booked, "appointment.booked")


def hands_over(book: Book, event: on.AppointmentBooked) -> str | None:
    """Why a booking hands her over, where it does; of who is joined with another lead, that one."""
    kind = book.company.appointment_type(event.type)
    hands = event.by != "scenario" and (kind is None or kind.hands_over)
    return f"booked {event.type}" if hands else None


def slot_taken(turn: Turn, event: on.SlotTaken) -> None:
    """Told to whoever chose it. Where a scenario found no time to block, a task says so: a visit is never let fall."""
    if event.scenario is None:
        return
    handoff = turn.lead.handoff
    turn.do(
        do.AddTask(
            task=f"{turn.lead.id}/no_time/{event.scenario}/{event.pass_number}",
            text=NO_TIME,
            call=event.type,
            rep=handoff.rep if handoff else None,
            team=turn.book.company.teams[0].id,
            at=turn.now,
            scenario=event.scenario,
        )
    )


def address_given_elsewhere(turn: Turn) -> None:
    """The right address is another lead's: whoever is to meet her has to call, once, for no mail reaches her."""
    for appointment in [one for one in turn.lead.appointments if one.open and one.starts_at > turn.now]:
        user = turn.book.company.user(appointment.rep)
        turn.do(
            do.AddTask(
                task=f"{turn.lead.id}/unreached/{appointment.id}",
                text=UNREACHED,
                rep=appointment.rep if user else None,
                team=(user.team if user else None) or turn.book.company.teams[0].id,
                at=turn.now,
                scenario=appointment.scenario,
            )
        )


def appointment_asked(turn: Turn, event: on.AppointmentAsked) -> None:
    """Send her the confirmation once more, with the other time that was not booked; at most once a day, and once about
    another time, however often somebody asks for it. Where nobody can be there, she is asked for another time anew."""
    appointment = turn.lead.appointment(event.appointment)
    if appointment and appointment.open:
        said = {"wanted": event.wanted.isoformat()} if event.wanted else NOTHING_SAID
        again = f"/again/{turn.now:%Y%m%d}" + ("/other" if event.wanted else "")
        if event.asked:
            said = {**said, **change(turn, "", before=appointment.rep)}
            mail_about(turn, appointment, "house/appointment_other_time", "lead", again=again, said=said, slots=0)
        else:
            mail_about(turn, appointment, INVITATION, "lead", again=again, said=said)


def appointment_cancelled(turn: Turn, event: on.AppointmentCancelled) -> None:
    """Free the slot and send both the cancellation, with the same UID and the next SEQUENCE."""
    appointment = turn.lead.appointment(event.appointment)
    if appointment is None or not appointment.open:
        return
    said = change(turn, event.by, event.reason)
    cancelled = call_off(turn, appointment, said)
    mail_about(turn, cancelled, "house/appointment_cancelled", "lead", said=said)
    tell(turn, cancelled, "appointment.cancelled")


def call_off(turn: Turn, appointment: Appointment, said: Mapping[str, str] = NOTHING_SAID) -> Appointment:
    """Free its time and tell the rep; gives the appointment as it is then."""
    cancelled = replace(appointment, state="cancelled", sequence=appointment.sequence + 1)
    forget_reminders(turn, appointment)
    turn.do(do.PutAppointment(cancelled, turn.now))
    record(turn, cancelled, "cancelled")
    mail_about(turn, cancelled, "house/appointment_cancelled_rep", f"user:{cancelled.rep}", said=said)
    return cancelled


def appointment_marked(turn: Turn, event: on.AppointmentHeld | on.AppointmentMissed) -> None:
    """Held or missed, as the rep marked it; another mark corrects the first, in the facts too, and ends what the wrong
    one had begun (S92)."""
    appointment = turn.lead.appointment(event.appointment)
    state: AppointmentState = "held" if isinstance(event, on.AppointmentHeld) else "missed"
    if appointment is None or appointment.state in ("cancelled", state):
        return
    marked = replace(appointment, state=state, marks=appointment.marks + 1)
    turn.do(do.PutAppointment(marked, turn.now))
    record(turn, marked, state, corrects=None if appointment.open else _key(appointment, appointment.state))
    if not appointment.open:
        _take_back(turn, appointment)
        if appointment.state == "missed":
            turn.do(do.FinishCalls(appointment.id, "corrected", event.by, turn.now))
        take_back(turn, _source(appointment, f"appointment.{appointment.state}"), CORRECTED)
    tell(turn, marked, f"appointment.{state}")


def _take_back(turn: Turn, appointment: Appointment) -> None:
    """End the passes that a wrong mark had begun, with their mails and the times they kept for her."""
    for enrolment in [e for e in turn.lead.enrolments if e.runs and e.appointment == appointment.id]:
        program = turn.program(enrolment)
        starts = program.scenario.starts_on
        if starts and starts.meets(f"appointment.{appointment.state}", appointment.type):
            turn.do(do.SkipQueued(CORRECTED, turn.now, enrolment.scenario, enrolment.pass_number))
            turn.do(do.ReleaseHolds(appointment.type))
            end(turn, enrolment, "mark_corrected")


def tell(turn: Turn, appointment: Appointment, happened: str, *, earns: bool = True) -> None:
    """Tell the enrolments that it concerns; then give its points, unless it `earns` none, and begin what starts on
    it."""
    occurrence = Occurrence(happened, appointment.type, turn.now)
    for enrolment in [e for e in turn.lead.enrolments if e.runs and concerns(turn, e, appointment)]:
        note(turn, enrolment, occurrence)
    source = _source(appointment, happened)
    happen(turn, happened, appointment.type, source, appointment=appointment, earns=earns)


def _source(appointment: Appointment, happened: str) -> str:
    """What points for it are taken back by."""
    return f"{happened}/{appointment.id}"


def concerns(turn: Turn, enrolment: Enrolment, appointment: Appointment) -> bool:
    """Whether it is of this enrolment, or goes on with one that is; made without a scenario's link, of every running
    one that proposes its type."""
    chain = turn.lead.chain(appointment)
    if any((a.scenario, a.pass_number) == (enrolment.scenario, enrolment.pass_number) for a in chain):
        return True
    if enrolment.appointment in {a.id for a in chain}:
        return True
    return appointment.scenario is None and appointment.type in proposed_types(
        turn.lead, enrolment, turn.program(enrolment).proposes
    )


def record(turn: Turn, appointment: Appointment, state: str, *, corrects: str | None = None) -> None:
    """Keep the fact that it was booked, moved, cancelled, held or missed."""
    user = turn.book.company.user(appointment.rep)
    turn.do(
        do.RecordFact(
            key=_key(appointment, state),
            kind=f"appointment_{state}",
            at=min(appointment.starts_at, turn.now) if state in ("held", "missed") else turn.now,
            rep=appointment.rep,
            team=user.team if user else None,
            scenario=appointment.scenario,
            corrects=corrects,
        )
    )


def _key(appointment: Appointment, state: str) -> str:
    """A fact's key; a mark that corrects another has a number, so that a mark taken back can be given once more, and
    so has a move."""
    number = f"/{appointment.marks}" if appointment.marks > 1 else ""
    if state == "moved":
        number = f"/{appointment.sequence}"
    return f"appointment/{appointment.id}/{state}{number}"
