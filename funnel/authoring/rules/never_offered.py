"""Appointments that a scenario waits for: something on the way must offer them, or nobody can meet the await."""

from collections.abc import Collection, Iterator

from funnel.authoring.compile import all_steps
from funnel.authoring.findings import Path, Problem
from funnel.authoring.saying import say
from funnel.domain.tunnel.program import Program
from funnel.domain.tunnel.steps import SAME, AwaitStep, BookStep, EmailStep, HandOffStep, Step, TaskStep

_APPOINTMENT = "appointment."


def unoffered(program: Program) -> Iterator[Problem]:
    """The first await of each kind of appointment that nothing before it offers: only what a scenario's own mails
    propose, what its results page offers because of them, and what it blocks, counts for it. Of the staff's bookings
    those count that are of a type which its mails propose; a task or a hand-over before the await asks for one."""
    if program.scenario.follows_appointment:
        return
    places = {id(one.step): one.id for one in program.steps.values()}
    told: set[str | None] = set()
    for path, step in all_steps(program.scenario.sequence):
        if isinstance(step, AwaitStep) and step.await_.startswith(_APPOINTMENT) and step.appointment not in told:
            before = _before(program, places.get(id(step)))
            if before is not None and not _meets(_offered(program, before), step.appointment):
                told.add(step.appointment)
                yield _problem(step, path)


def _problem(step: AwaitStep, path: Path) -> Problem:
    if step.appointment is None:
        message = say("nobody can meet this: nothing before it offers her an appointment")
        fix = say("add 'propose: {appointment: ...}' to a mail before it")
    else:
        message = say(
            "nobody can meet this: nothing before it offers her the appointment %(type)s", type=repr(step.appointment)
        )
        fix = say("add 'propose: {appointment: %(type)s}' to a mail before it", type=step.appointment)
    return Problem((*path, "await"), "never-offered", message, fix, "warning")


def _before(program: Program, here: str | None) -> list[Step] | None:
    """The steps on any way to one; none where no way leads to it, which is another fault."""
    if here is None:
        return None
    way = program.between(program.first, here)
    return [program.steps[one].step for one in sorted(way)] if way or here == program.first else None


def _meets(offered: Collection[str], wanted: str | None) -> bool:
    return bool(offered) if wanted is None else wanted in offered


def _offered(program: Program, before: Collection[Step]) -> frozenset[str]:
    form = program.scenario.form
    asked = form is not None and form.questionnaire is not None
    found: set[str] = set()
    for step in before:
        match step:
            case EmailStep() if step.propose is not None:
                found.add(step.propose.appointment)
            case BookStep():
                found.add(step.book.appointment)
            case TaskStep() | HandOffStep() | AwaitStep(questionnaire=str()):
                asked = True
    return frozenset(found | program.proposes if asked else found) - {SAME}
