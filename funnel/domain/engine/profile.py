"""The profile a lead needs: judged by her scenarios' personas, marked on her, never handed over as valid (S118)."""

from funnel.domain import effects as do
from funnel.domain.conditions import is_true
from funnel.domain.engine.turn import Turn
from funnel.domain.known import values_of
from funnel.domain.lead import Enrolment


def fits(turn: Turn, enrolment: Enrolment) -> bool:
    """Whether she fits the persona of this enrolment's scenario; the answer stays on her. Where none is, all do."""
    program = turn.program(enrolment)
    if program.valid_when is None or program.scenario.persona is None:
        return True
    fitting = is_true(program.valid_when, values_of(turn.lead, enrolment))
    if turn.lead.profiles.get(program.scenario.persona) != fitting:
        turn.do(do.ChangeDetails({"profiles": {**turn.lead.profiles, program.scenario.persona: fitting}}))
    return fitting


def outside(turn: Turn) -> bool:
    """Whether her scenarios ask for a profile and she fits none of those they ask for."""
    judged = [fits(turn, enrolment) for enrolment in turn.lead.enrolments if _asks(turn, enrolment)]
    return bool(judged) and not any(judged)


def marked_outside(turn: Turn) -> bool:
    """Whether the last judgement left her outside."""
    return bool(turn.lead.profiles) and not any(turn.lead.profiles.values())


def _asks(turn: Turn, enrolment: Enrolment) -> bool:
    return turn.program(enrolment).valid_when is not None
