"""The call list of those who missed an appointment: put on it, called, put back in the diary, given up (S95, S96)."""

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine.turn import Turn
from funnel.domain.lead import Appointment
from funnel.domain.no_shows import BY_CALL, BY_MAIL, GIVEN_UP, LISTED


def listed(turn: Turn, task: do.AddTask) -> None:
    """Keep the fact that somebody is to be called (S96)."""
    subject = f"appointment/{task.appointment}" if task.appointment else f"task/{task.task}"
    turn.do(
        do.RecordFact(
            key=f"{subject}/{LISTED}",
            kind=LISTED,
            at=turn.now,
            rep=task.rep,
            team=task.team,
            scenario=task.scenario,
        )
    )


def call_made(turn: Turn, event: on.CallMade) -> None:
    """Due again, with the call as a fact; or ticked off because it is given up. She may have a new time meanwhile: then
    nothing is left to note."""
    missed = turn.lead.appointment(event.appointment)
    if missed and turn.lead.replaced(missed):
        return
    if event.outcome == "gave_up":
        turn.do(do.FinishTask(event.task, event.by, turn.now, event.outcome, event.note))
        subject = f"appointment/{event.appointment}" if event.appointment else f"task/{event.task}"
        turn.do(do.RecordFact(key=f"{subject}/{GIVEN_UP}", kind=GIVEN_UP, at=turn.now, rep=event.by))
    elif event.again_at:
        kind = "call_unanswered" if event.outcome == "not_reached" else "call_answered"
        key = f"task/{event.task}/{turn.now:%Y%m%dT%H%M%S%f}"
        turn.do(do.RecordFact(key=key, kind=kind, at=turn.now, rep=event.by))
        turn.do(do.CallAgain(event.task, event.again_at, event.note, turn.now))


def tick_off(turn: Turn, task: str, by: str) -> None:
    """A task is done."""
    turn.do(do.FinishTask(task, by, turn.now))
    turn.do(do.RecordFact(key=f"task/{task}", kind="task_done", at=turn.now, rep=by))


def put_back(turn: Turn, booked: Appointment, by: str) -> None:
    """A missed appointment has a new time: by whom it came about is a fact (S95), and nobody need call any more."""
    missed = turn.lead.appointment(booked.replaces)
    if missed is None or by == "scenario":
        return
    user = turn.book.company.user(missed.rep)
    kind = BY_MAIL if by == "lead" else BY_CALL
    turn.do(
        do.RecordFact(
            key=f"appointment/{missed.id}/{kind}/{booked.id}",
            kind=kind,
            at=turn.now,
            rep=missed.rep,
            team=user.team if user else None,
            scenario=booked.scenario,
        )
    )
    turn.do(do.FinishCalls(missed.id, "put_back", by, turn.now))
