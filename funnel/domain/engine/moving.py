"""Appointments that move: to another time, to another rep, or not at all, and then she is asked for another time."""

from collections.abc import Mapping
from dataclasses import replace

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.deadlines import stands_open
from funnel.domain.engine.handing import send_dossier
from funnel.domain.engine.meeting_mails import cause_about, change, forget_reminders, mail_about, remind
from funnel.domain.engine.meetings import concerns, record, tell
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import wait_anew
from funnel.domain.known import is_planned
from funnel.domain.lead import Appointment

PROPOSED = 3
"""How many other times she is proposed when hers cannot be kept."""
KEPT_FOR = "48 hours"
"""How long these are kept for her (S93)."""
SHARE = 30
"""Per cent of a rep's week that may be kept for such proposals (S93)."""


def slot_chosen(turn: Turn, event: on.SlotChosen) -> None:
    """Ask for the other time, or for another rep at the same one; of a time that is over where she was asked to. Then
    it may be the time that it has, which stands again: once, whoever else has said so meanwhile."""
    appointment, company = turn.lead.appointment(event.moves), turn.book.company
    if appointment is None or not stands_open(appointment, turn.now, asked=event.asked):
        return
    stays = appointment.starts_at == event.starts_at and appointment.rep in event.reps
    if stays and (not event.asked or (event.seen is not None and event.seen < appointment.sequence)):
        return
    kind = company.appointment_type(appointment.type)
    turn.do(
        do.MoveSlot(
            appointment=appointment.id,
            type=appointment.type,
            rep=appointment.rep,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            reps=event.reps,
            by=event.by,
            buffer_before=kind.buffer_before if kind else 0,
            buffer_after=kind.buffer_after if kind else 0,
            daily_maximum=kind.daily_maximum if kind else None,
            reason=event.reason,
        )
    )


def appointment_moved(turn: Turn, event: on.AppointmentMoved) -> None:
    """Both get the invitation anew, with the same UID and the next SEQUENCE; reminders and waits follow. With another
    rep, the former one gets the cancellation; where the time stays, she reads who takes over, and nothing has moved; or
    that it is kept after all, where the rep stays too."""
    appointment = turn.lead.appointment(event.appointment)
    if appointment is None or not appointment.open:
        return
    rep = event.rep or appointment.rep
    stays = event.starts_at == appointment.starts_at
    moved = replace(
        appointment,
        rep=rep,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        state=appointment.state if stays else "moved",
        sequence=appointment.sequence + 1,
    )
    forget_reminders(turn, appointment)
    turn.do(do.PutAppointment(moved, turn.now))
    if not stays:
        record(turn, moved, "moved")
    said = change(turn, event.by, event.reason, appointment.rep if rep != appointment.rep else "")
    kept = stays and rep == appointment.rep
    if kept:
        said = {**said, "kept": "yes"}
    moved_from = {} if stays else {"moved_from": appointment.starts_at.isoformat()}
    planned = event.by != "lead" and _is_planned(turn, appointment)
    hers = {**said, **({} if kept else {"planned": "yes"} if planned else {"stays": "yes"} if stays else {})}
    mail_about(turn, moved, "house/appointment_moved", "lead", said=hers | moved_from)
    if rep == appointment.rep:
        mail_about(turn, moved, "house/appointment_moved_rep", f"user:{rep}", said={**said, **moved_from})
    else:
        _given(turn, moved, appointment, said)
    remind(turn, moved)
    for enrolment in [e for e in turn.lead.enrolments if e.runs and concerns(turn, e, moved)]:
        wait_anew(turn, enrolment)
    if not stays:
        tell(turn, moved, "appointment.moved")


def _is_planned(turn: Turn, appointment: Appointment) -> bool:
    """Whether a scenario has kept its time without asking her: she may not have heard of it yet."""
    enrolment = turn.lead.enrolment(appointment.scenario or "", appointment.pass_number or 0)
    key = (enrolment.scenario, enrolment.version) if enrolment else ("", "")
    return is_planned(turn.book.programs.get(key), appointment.type)


def _given(turn: Turn, moved: Appointment, former: Appointment, said: Mapping[str, str]) -> None:
    """It is another rep's now; the former one is told of the time that was hers. Who is away keeps the lead; of who has
    left, the lead goes along."""
    before = former.rep
    if turn.book.company.user(before):
        told = {**said, "was": former.starts_at.isoformat()}
        mail_about(turn, moved, "house/appointment_cancelled_rep", f"user:{before}", said=told)
    handoff = turn.lead.handoff
    if handoff and handoff.rep == before and turn.book.company.user(before) is None:
        given = replace(handoff, rep=moved.rep, state="offered")
        anew = f"/given/{moved.id}/{moved.sequence}"
        turn.do(do.PutHandoff(given, turn.now))
        user = turn.book.company.user(moved.rep)
        turn.do(
            do.RecordFact(
                key=f"handoff/{handoff.id}{anew}",
                kind="lead_given",
                at=turn.now,
                rep=moved.rep,
                team=user.team if user else None,
            )
        )
        send_dossier(turn, given, None, anew)
    mail_about(turn, moved, "house/appointment_booked_rep", f"user:{moved.rep}", said=said)


def other_time_asked(turn: Turn, event: on.OtherTimeAsked) -> None:
    """Propose her other times from the day of hers on, kept for her; the appointment stays until she has chosen, also
    once it is over, and she may be asked again. At most once a day. She is reminded of that time no more, whoever may
    be back by then: only a move, or a rep who takes it over, brings reminders again."""
    appointment = turn.lead.appointment(event.appointment)
    if appointment is None or not stands_open(appointment, turn.now, asked=event.again):
        return
    forget_reminders(turn, appointment)
    again = f"/other/{turn.now:%Y%m%d}"
    turn.do(
        do.HoldSlots(
            cause=cause_about(appointment, again),
            type=appointment.type,
            slots=PROPOSED,
            rep=None,
            share=SHARE,
            hold=KEPT_FOR,
            leaves=turn.now,
            instead_of=appointment.starts_at,
        )
    )
    said = change(turn, event.by, before=appointment.rep)
    mail_about(turn, appointment, "house/appointment_other_time", "lead", again=again, said=said, slots=PROPOSED)
