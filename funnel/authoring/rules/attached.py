"""The rules of what goes with a mail: the file is there, once, and her diagnosis has answers to be drawn from."""

from collections.abc import Sequence

from funnel.authoring.compile import all_steps
from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import quote
from funnel.authoring.rules.surroundings import Surroundings, asset_problems
from funnel.authoring.saying import say
from funnel.domain.tunnel.scenario import Scenario
from funnel.domain.tunnel.steps import (
    DIAGNOSIS,
    AwaitStep,
    ChooseStep,
    EmailStep,
    EndStep,
    HandOffStep,
    Step,
    WaitStep,
    WhenStep,
)

Answered = frozenset[bool]
"""Whether she has answered a questionnaire, on the ways that lead to a step; empty: no way leads there."""

_ANSWERS = "questionnaire.completed"


def attached_problems(scenario: Scenario, around: Surroundings) -> list[Problem]:
    """Everything wrong with what the steps attach."""
    problems: list[Problem] = []
    for path, step in all_steps(scenario.sequence):
        names = step.attach if isinstance(step, EmailStep) else []
        for number, name in enumerate(names):
            here: Path = (*path, "attach", number)
            if name in names[:number]:
                problems.append(
                    Problem(
                        here,
                        "duplicate-id",
                        say("%(name)s goes with this mail twice", name=quote(name)),
                        say("keep one"),
                    )
                )
            elif name != DIAGNOSIS:
                problems += asset_problems(around, scenario.scenario, name, here, drawn=[DIAGNOSIS])
    walk = _Walk()
    walk.block(scenario.sequence, ("sequence",), frozenset((_begins_with_answers(scenario),)))
    return [*problems, *walk.problems]


def _begins_with_answers(scenario: Scenario) -> bool:
    """Who comes in by a questionnaire has answered it; of who comes in by an event, nobody knows."""
    if scenario.form is not None:
        return scenario.form.questionnaire is not None
    return scenario.on is not None


class _Walk:
    """One walk from the first step to the last, blocks within blocks."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def block(self, block: Sequence[Step], path: Path, answered: Answered) -> Answered:
        """Whether she has answered after the block."""
        for index, step in enumerate(block):
            answered = self._step(step, (*path, index), answered)
        return answered

    def _step(self, step: Step, path: Path, answered: Answered) -> Answered:
        match step:
            case EmailStep():
                self._email(step, path, answered)
            case EndStep():
                return answered if step.unless is not None else frozenset()
            case AwaitStep():
                late = self.block(step.otherwise, (*path, "otherwise"), answered)
                met = frozenset((True,)) if step.await_ == _ANSWERS and answered else answered
                return met | late
            case WhenStep():
                return answered | self._case(step.when, step.do, (*path, "do"), answered)
            case ChooseStep():
                after = self.block(step.otherwise, (*path, "otherwise"), answered)
                for number, case in enumerate(step.choose):
                    after |= self._case(case.when, case.do, (*path, "choose", number, "do"), answered)
                return after
            case WaitStep():
                return answered | self.block(step.do or [], (*path, "do"), answered)
            case HandOffStep():
                return answered | self.block(step.otherwise or [], (*path, "otherwise"), answered)
        return answered

    def _case(self, when: str, block: Sequence[Step], path: Path, answered: Answered) -> Answered:
        """A case that asks for an answer is true only of who has given it."""
        given = "answers." in when and "missing" not in when and "not " not in when
        return self.block(block, path, frozenset((True,)) if given and True in answered else answered)

    def _email(self, step: EmailStep, path: Path, answered: Answered) -> None:
        if DIAGNOSIS not in step.attach or False not in answered:
            return
        here: Path = (*path, "attach", step.attach.index(DIAGNOSIS))
        if True in answered:
            message = say(
                "whoever has answered nothing cannot be sent %(name)s: the mail would not leave",
                name=quote(DIAGNOSIS),
            )
            fix = say("send it only behind 'await: %(event)s', or end the other way before it", event=_ANSWERS)
        else:
            message = say(
                "nobody has answered a questionnaire here: there is nothing to draw %(name)s from",
                name=quote(DIAGNOSIS),
            )
            fix = say("send it behind 'await: %(event)s', or leave it out", event=_ANSWERS)
        self.problems.append(Problem(here, "unfilled-name", message, fix))
