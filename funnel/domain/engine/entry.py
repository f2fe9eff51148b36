"""Who enters which scenario: by its form, or because of what has happened to her in any of them."""

from datetime import datetime

from funnel.domain.engine.points import earn
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import begin
from funnel.domain.lead import Appointment
from funnel.domain.spans import parse_span
from funnel.domain.timing import later
from funnel.domain.tunnel.program import Program


def happen(
    turn: Turn,
    event: str,
    subject: str | None,
    source: str,
    *,
    appointment: Appointment | None = None,
    happened_at: datetime | None = None,
    earns: bool = True,
) -> None:
    """Something has happened to her, now or `happened_at` shortly before, that her enrolments know by now: it gives its
    points, unless it `earns` none, and begins what starts on it. `source` names it, for taking its points back."""
    if earns:
        earn(turn, event, subject, source, happened_at)
    _begin_on(turn, event, subject, appointment)


def _begin_on(turn: Turn, happened: str, subject: str | None, appointment: Appointment | None) -> None:
    """Begin every scenario that starts `on:` what has happened. Nothing is started by an appointment in whose place
    another was booked already, nothing for somebody of whom nothing is kept, and for who is joined with another lead
    only what follows an appointment of hers."""
    if turn.lead.erased or (appointment and turn.lead.replaced(appointment)):
        return
    if turn.lead.merged_into is not None and appointment is None:
        return
    for name in sorted(turn.book.current):
        program = turn.book.newest(name)
        starts = program.scenario.starts_on if program else None
        if program is None or starts is None or not starts.meets(happened, subject):
            continue
        if happened == "form.submitted" and starts.subject in (None, name):  # its own: she has come in by it
            continue
        if appointment is None:
            if may_enter(turn, program):
                begin(turn, program, ())
        elif _may_enter_for(turn, program, appointment):
            begin(turn, program, (), appointment=appointment.id)


def may_enter(turn: Turn, program: Program) -> bool:
    """Whether a pass would begin now: she is not inside, and `again:` lets her in once more."""
    passes = [e for e in turn.lead.enrolments if e.scenario == program.name]
    again = program.scenario.enters_again
    if not passes or again == "each":
        return not any(e.runs for e in passes)
    if again == "never" or any(e.runs for e in passes):
        return False
    try:
        span = parse_span(again.removeprefix("after "))
        return later(passes[-1].began_at, span, turn.zone, turn.book.holidays) <= turn.now
    except OverflowError:  # beyond the calendar
        return False


def _may_enter_for(turn: Turn, program: Program, appointment: Appointment) -> bool:
    """Each appointment may begin a pass of its own, one at a time; else by `again:`."""
    if program.scenario.enters_again != "each":
        return may_enter(turn, program)
    same = [e for e in turn.lead.enrolments if (e.scenario, e.appointment) == (program.name, appointment.id)]
    return not any(e.runs for e in same)
