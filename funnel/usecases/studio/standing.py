"""Where somebody stands, in words that tell two waits apart: by how long they are and what comes next."""

from funnel.domain.tunnel.program import Program
from funnel.domain.tunnel.steps import AwaitStep, EndStep, WaitStep
from funnel.usecases.naming import Names
from funnel.usecases.wording import span_in_words


def standing_at(names: Names, program: Program, step: str) -> str:
    """`waits 2 days, then: mail “The summary”`, `waits for a booking, else: no answer`; other steps as they are."""
    said, instruction = names.step(program.name, step), program.steps.get(step)
    if instruction is None:
        return said
    say = names.speech.gettext
    match instruction.step:
        case WaitStep(wait=str() as span):
            following = _next(names, program, instruction.next)
            return say("waits %(span)s, then: %(next)s", span=span_in_words(span, names.language), next=following)
        case WaitStep():
            return say("%(step)s, then: %(next)s", step=said, next=_next(names, program, instruction.next))
        case AwaitStep():
            return say("%(step)s, else: %(next)s", step=said, next=_next(names, program, instruction.otherwise))
    return said


def _next(names: Names, program: Program, step: str | None) -> str:
    """What a step does; of an end, how people come to it."""
    if step is None:
        return names.ended("completed")
    ends = program.steps[step].step
    return names.ended(ends.end) if isinstance(ends, EndStep) else names.step(program.name, step)
