"""What lies ahead of somebody in a scenario, by what is known of her now."""

from funnel.domain.conditions import is_true
from funnel.domain.known import values_of
from funnel.domain.lead import Enrolment, Lead
from funnel.domain.tunnel import scenario as verbs
from funnel.domain.tunnel.program import Program


def proposed_to(program: Program, lead: Lead, enrolment: Enrolment) -> str | None:
    """The appointment type that her way through a program proposes first: choices are taken by her answers, every event
    is taken to come. Where her way proposes none, the first of those that the program proposes at all."""
    values = values_of(lead, enrolment)
    step = program.first
    while step is not None:
        instruction = program.steps[step]
        match instruction.step:
            case verbs.EmailStep(propose=verbs.Propose(appointment=kind)) if kind != verbs.SAME:
                return kind
            case verbs.ChooseStep() | verbs.WhenStep():
                taken = (target for condition, target in instruction.branches if is_true(condition, values))
                step = next(taken, instruction.otherwise)
            case _:
                step = instruction.next
    return min(program.proposes, default=None)
