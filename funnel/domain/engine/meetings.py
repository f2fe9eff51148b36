"""Appointments: booked, cancelled, held, missed; a booking hands over by itself, wherever she stands (S130)."""

from dataclasses import replace
from datetime import timedelta

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine.handing import add_reason, check_qualified, hand_over, next_handoff, offer, progress
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import note
from funnel.domain.lead import Appointment, AppointmentState, Enrolment, Occurrence


def slot_chosen(turn: Turn, event: on.SlotChosen) -> None:
    """Ask for the slot; she has at most one appointment of a type before her, so a second click changes nothing."""
    kind = turn.book.appointment_type(event.type)
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
        )
    )


HELD_FOR = timedelta(minutes=10)
"""How long a slot is kept while she mends her form."""


def slot_wanted(turn: Turn, event: on.SlotWanted) -> None:
    """Keep the slot for her while she mends what her form lacked."""
    kind = turn.book.appointment_type(event.type)
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
            )
        )


def appointment_booked(turn: Turn, event: on.AppointmentBooked) -> None:
    """Keep it, invite both, hand over, and tell the enrolments it concerns."""
    booked = Appointment(
        event.appointment,
        event.type,
        event.rep,
        event.starts_at,
        event.ends_at,
        "booked",
        scenario=event.scenario,
        pass_number=event.pass_number,
    )
    turn.do(do.PutAppointment(booked, turn.now))
    _fact(turn, booked, "booked")
    progress(turn, "engaged")
    _mail(turn, booked, "house/appointment_booked", "lead")
    kind = turn.book.appointment_type(event.type)
    told = False
    if kind is None or kind.hands_over:
        because = f"booked {event.type}"
        if turn.lead.handoff is None:
            offer(turn, next_handoff(turn), event.rep, because, appointment=booked.id)
            told = True
        else:
            same_rep = turn.lead.handoff.rep == event.rep
            told = add_reason(turn, because, appointment=booked.id) and same_rep
            check_qualified(turn)
    if not told:
        _mail(turn, booked, "house/appointment_booked_rep", f"user:{event.rep}")
    _tell(turn, booked, "appointment.booked")


def appointment_asked(turn: Turn, event: on.AppointmentAsked) -> None:
    """Send her the confirmation once more, at most once a day, whoever asks how often for it."""
    appointment = turn.lead.appointment(event.appointment)
    if appointment and appointment.open:
        _mail(turn, appointment, "house/appointment_booked", "lead", again=f"/again/{turn.now:%Y%m%d}")


def appointment_cancelled(turn: Turn, event: on.AppointmentCancelled) -> None:
    """Free the slot and send both the cancellation, with the same UID and the next SEQUENCE."""
    appointment = turn.lead.appointment(event.appointment)
    if appointment is None or not appointment.open:
        return
    cancelled = replace(appointment, state="cancelled", sequence=appointment.sequence + 1)
    turn.do(do.PutAppointment(cancelled, turn.now))
    _fact(turn, cancelled, "cancelled")
    _mail(turn, cancelled, "house/appointment_cancelled", "lead")
    _mail(turn, cancelled, "house/appointment_cancelled_rep", f"user:{cancelled.rep}")
    _tell(turn, cancelled, "appointment.cancelled")


def appointment_marked(turn: Turn, event: on.AppointmentHeld | on.AppointmentMissed) -> None:
    """Held or missed, as the rep marked it; another mark corrects the first, in the facts too (S92)."""
    appointment = turn.lead.appointment(event.appointment)
    state: AppointmentState = "held" if isinstance(event, on.AppointmentHeld) else "missed"
    if appointment is None or appointment.state in ("cancelled", state):
        return
    marked = replace(appointment, state=state, marks=appointment.marks + 1)
    turn.do(do.PutAppointment(marked, turn.now))
    _fact(turn, marked, state, corrects=None if appointment.open else _key(appointment, appointment.state))
    _tell(turn, marked, f"appointment.{state}")


def rep_assigned(turn: Turn, event: on.RepAssigned) -> None:
    """The rep is chosen: offer, or add the reason where a handoff was made meanwhile. Nobody to choose: a task says so,
    for a lead who is ready is never let fall."""
    if turn.lead.handoff:
        add_reason(turn, event.because)
    elif event.rep is None:
        turn.do(
            do.AddTask(
                task=f"{turn.lead.id}/no_rep/{event.handoff}",
                text=f"No rep could take this lead: {event.because}",
                call=None,
                due_at=None,
                rep=None,
                team=None,
                at=turn.now,
            )
        )
    elif event.rep and not any(h.id == event.handoff for h in turn.lead.handoffs):
        offer(turn, event.handoff, event.rep, event.because)


def hand_off_asked(turn: Turn, event: on.HandOffAsked) -> None:
    """A marketer's click (S87)."""
    hand_over(turn, event.because, team=event.team)


def handoff_accepted(turn: Turn, event: on.HandoffAccepted) -> None:
    """The first acceptance wins; a second changes nothing, and its use case says who was first."""
    handoff = next((h for h in turn.lead.handoffs if h.id == event.handoff), None)
    if handoff is None or handoff.state != "offered":
        return
    turn.do(do.PutHandoff(replace(handoff, state="accepted", rep=event.by), turn.now))
    turn.do(do.RecordFact(key=f"handoff/{handoff.id}/accepted", kind="accepted", at=turn.now, rep=event.by))
    progress(turn, "accepted")


def handoff_returned(turn: Turn, event: on.HandoffReturned) -> None:
    """Given back, never without a reason; her marketing mails may go again, or she is no prospect at all."""
    handoff = next((h for h in turn.lead.handoffs if h.id == event.handoff), None)
    if handoff is None or not handoff.open or not event.reason.strip():
        return
    turn.do(do.PutHandoff(replace(handoff, state="returned", return_reason=event.reason), turn.now))
    turn.do(do.RecordFact(key=f"handoff/{handoff.id}/returned", kind="returned", at=turn.now, rep=event.by))
    turn.do(do.SetStage("disqualified" if event.disqualified else "engaged"))


def _tell(turn: Turn, appointment: Appointment, happened: str) -> None:
    """It concerns its own enrolment; made without a scenario's link, every running one that proposes its type."""
    occurrence = Occurrence(happened, appointment.type, turn.now)
    for enrolment in [e for e in turn.lead.enrolments if e.runs and _concerns(turn, e, appointment)]:
        note(turn, enrolment, occurrence)


def _concerns(turn: Turn, enrolment: Enrolment, appointment: Appointment) -> bool:
    if appointment.scenario:
        return (enrolment.scenario, enrolment.pass_number) == (appointment.scenario, appointment.pass_number)
    return appointment.type in turn.program(enrolment).proposes


def _mail(turn: Turn, appointment: Appointment, message: str, recipient: str, *, again: str = "") -> None:
    turn.do(
        do.SendEmail(
            cause=f"appointment/{appointment.id}/{appointment.sequence}{again}",
            message=message,
            kind="asked" if recipient == "lead" else "staff",
            at=turn.now,
            not_before=turn.now,
            recipient=recipient,
            data={"appointment": appointment.id, "sequence": appointment.sequence},
        )
    )


def _fact(turn: Turn, appointment: Appointment, state: str, *, corrects: str | None = None) -> None:
    user = turn.book.user(appointment.rep)
    turn.do(
        do.RecordFact(
            key=_key(appointment, state),
            kind=f"appointment_{state}",
            at=turn.now,
            rep=appointment.rep,
            team=user.team if user else None,
            scenario=appointment.scenario,
            corrects=corrects,
        )
    )


def _key(appointment: Appointment, state: str) -> str:
    """A fact's key; a mark that corrects another has a number, so that a mark taken back can be given once more."""
    number = f"/{appointment.marks}" if appointment.marks > 1 else ""
    return f"appointment/{appointment.id}/{state}{number}"
