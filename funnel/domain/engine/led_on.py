"""Whom a click or an opening has led on that was no person's: she waits for it again, or stays and is flagged."""

from dataclasses import replace

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine.doubts import MACHINE, came_to, doubt_handoff
from funnel.domain.engine.mails import cause_of
from funnel.domain.engine.points import take_back
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import met_by
from funnel.domain.lead import Enrolment, Met, Occurrence
from funnel.domain.tunnel import steps as verbs

STAYS = "A machine's click has led on in a scenario: see whether what comes next still fits"
"""What is written of it, on the rep's desk and where she stands."""
RECALLED = "a machine had clicked"
"""Why a mail does not leave."""

_UNDONE = (
    verbs.EmailStep,
    verbs.WaitStep,
    verbs.ChooseStep,
    verbs.WhenStep,
    verbs.TagStep,
    verbs.StatusStep,
    verbs.ScoreStep,
)
"""The steps whose work can be taken back, or does no harm when it is done again. From behind any other she stays: a
task, a call, a hand-over is in somebody's hands, and what she has done since was her own way."""


def unmeet(turn: Turn, enrolment: Enrolment | None, key: str) -> None:
    """What was recorded under `key` has not come, as far as her enrolment goes. Where it has met an await, another that
    has come since takes its place, or the step is revised."""
    found = _known(enrolment, key)
    if enrolment is None or found is None:
        return
    if found.met is None:
        turn.do(do.PutEnrolment(enrolment.without([found])))
    elif enrolment.runs:
        _revise(turn, enrolment, found, found.met)


def step_revised(turn: Turn, event: on.StepRevised) -> None:
    """She waits as if nothing had met the await, for what is left of her time there; or she stays, and is flagged."""
    enrolment = turn.lead.enrolment(event.scenario, event.pass_number)
    found = _known(enrolment, event.of)
    if enrolment is None or found is None or found.met is None or not enrolment.runs:
        return
    if not event.back:
        _flag(turn, enrolment.without([found]), event.of)
        return
    before = came_to(turn)
    program = turn.program(enrolment)
    for step in sorted(_passed(turn, enrolment, found.met)):
        cause, verb = cause_of(enrolment, step), program.steps[step].step
        if isinstance(verb, verbs.EmailStep):
            turn.do(do.RecallMail(cause, RECALLED))
        elif isinstance(verb, verbs.ScoreStep):
            take_back(turn, cause, MACHINE.because)
    there = found.met
    waiting = replace(
        enrolment.without([found]),
        step=there.step,
        state="awaiting",
        entered_at=there.entered_at,
        base_at=there.entered_at,
        due_at=there.due_at,
        mail=None,
        reason=None,
    )
    turn.do(do.PutEnrolment(waiting))
    doubt_handoff(turn, before, MACHINE)


def _revise(turn: Turn, enrolment: Enrolment, found: Occurrence, there: Met) -> None:
    step = turn.program(enrolment).steps[there.step].step
    assert isinstance(step, verbs.AwaitStep)
    without = enrolment.without([found])
    if other := met_by(without, step, there.entered_at):
        instead = replace(other, used=True, met=there if other.key else None)
        happened = tuple(instead if one is other else one for one in without.happened)
        turn.do(do.PutEnrolment(replace(without, happened=happened)))
        return
    program, passed = turn.program(enrolment), _passed(turn, enrolment, there)
    mails = [one for one in passed if isinstance(program.steps[one].step, verbs.EmailStep)]
    waits = enrolment.state in ("waiting", "awaiting")
    undone = all(isinstance(program.steps[one].step, _UNDONE) for one in passed)
    turn.do(
        do.ReviseStep(
            of=found.key or "",
            scenario=enrolment.scenario,
            pass_number=enrolment.pass_number,
            step=there.step,
            back=step.on_revision == "move_back" and waits and undone,
            causes=tuple(sorted(cause_of(enrolment, one) for one in mails)),
        )
    )


def _passed(turn: Turn, enrolment: Enrolment, there: Met) -> frozenset[str]:
    """The steps that she may have come through since."""
    program = turn.program(enrolment)
    return program.between(program.steps[there.step].next, enrolment.step or "")


def _flag(turn: Turn, enrolment: Enrolment, key: str) -> None:
    """Her rep is told, if she has one; her history tells it, and her place, until she goes on."""
    reason = STAYS if enrolment.state in ("waiting", "awaiting") else enrolment.reason
    turn.do(do.PutEnrolment(replace(enrolment, reason=reason)))
    if handoff := turn.lead.handoff:
        task = f"{turn.lead.id}/led_on/{key}"
        turn.do(do.AddTask(task, STAYS, turn.now, rep=handoff.rep, scenario=enrolment.scenario))


def _known(enrolment: Enrolment | None, key: str) -> Occurrence | None:
    return next((one for one in enrolment.happened if one.key == key), None) if enrolment else None
