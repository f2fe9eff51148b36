"""Who was parked in a program goes on where she stood, when a person tries again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from funnel.domain.engine.turn import Turn
from funnel.domain.engine.until import waits_until
from funnel.domain.engine.walk import met_by, time_out, walk
from funnel.domain.lead import Enrolment
from funnel.domain.spans import parse_span
from funnel.domain.timing import NeverOpen, later
from funnel.domain.tunnel import steps as verbs


def go_on(turn: Turn, enrolment: Enrolment) -> None:
    """A person tries again where she was parked: at that very step, from now on. What she had waited for to its end is
    not waited for again; what she had not begun to wait for begins now."""
    assert enrolment.step is not None
    step = turn.program(enrolment).steps[enrolment.step].step
    awaits = isinstance(step, verbs.AwaitStep)
    again = replace(enrolment, state="awaiting" if awaits else "waiting", reason=None)
    if _had_waited(turn, again, step):
        time_out(turn, again, turn.now)
    else:
        walk(turn, again, enrolment.step, turn.now)


def _had_waited(turn: Turn, enrolment: Enrolment, step: object) -> bool:
    match step:
        case verbs.WaitStep():
            program = turn.program(enrolment)
            return _is_over(turn, lambda: waits_until(turn, program, enrolment, step, enrolment.base_at))
        case verbs.AwaitStep():
            if met_by(enrolment, step, enrolment.entered_at):
                return True
            span = parse_span(step.within)
            return _is_over(turn, lambda: later(enrolment.entered_at, span, turn.zone, turn.book.holidays))
    return False


def _is_over(turn: Turn, until: Callable[[], datetime]) -> bool:
    try:
        return until() <= turn.now
    except (OverflowError, NeverOpen):
        return False
