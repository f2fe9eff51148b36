"""Appointments that a scenario waits for: something on the way must offer them, or nobody can meet the await."""

from collections.abc import Iterator

from funnel.authoring.compile import all_steps
from funnel.authoring.findings import Path, Problem
from funnel.authoring.home import Home
from funnel.authoring.saying import say
from funnel.domain.tunnel.scenario import (
    SAME,
    AwaitStep,
    BookStep,
    EmailStep,
    HandOffStep,
    Scenario,
    StartStep,
    Step,
    TaskStep,
)

_APPOINTMENT = "appointment."
_ANY = "*"
"""Whatever a person on our side arranges with her."""


def unoffered(home: Home, scenario: Scenario) -> Iterator[Problem]:
    """The first await of each kind of appointment that no mail, task or hand-over here, in what led here or in what is
    started from here offers; only of a home that was read as a whole."""
    if not home.whole or scenario.follows_appointment:
        return
    offered = _offered(scenario)
    for other in home.scenarios.values():
        if scenario.scenario in _starts(other) or other.scenario in _starts(scenario):
            offered |= _offered(other)
    told: set[str | None] = set()
    for path, step in all_steps(scenario.sequence):
        if isinstance(step, AwaitStep) and step.await_.startswith(_APPOINTMENT) and step.appointment not in told:
            told.add(step.appointment)
            if not _meets(offered, step.appointment):
                yield _problem(step, path)


def _problem(step: AwaitStep, path: Path) -> Problem:
    if step.appointment is None:
        message = say("nobody can meet this: nothing here offers her an appointment")
        fix = say("add 'propose: {appointment: ...}' to a mail before it")
    else:
        message = say(
            "nobody can meet this: nothing here offers her the appointment %(type)s", type=repr(step.appointment)
        )
        fix = say("add 'propose: {appointment: %(type)s}' to a mail before it", type=step.appointment)
    return Problem((*path, "await"), "never-offered", message, fix, "warning")


def _meets(offered: set[str], wanted: str | None) -> bool:
    return bool(offered) if wanted is None else wanted in offered or _ANY in offered


def _offered(scenario: Scenario) -> set[str]:
    return {kind for _, step in all_steps(scenario.sequence) if (kind := _offers(step)) is not None}


def _offers(step: Step) -> str | None:
    match step:
        case EmailStep() if step.propose is not None and step.propose.appointment != SAME:
            return step.propose.appointment
        case BookStep():
            return step.book.appointment
        case TaskStep() | HandOffStep():
            return _ANY
    return None


def _starts(scenario: Scenario) -> set[str]:
    return {step.start for _, step in all_steps(scenario.sequence) if isinstance(step, StartStep)}
