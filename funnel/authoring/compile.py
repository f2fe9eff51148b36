"""A scenario's tree of steps made flat: instructions that know where each leads, under ids that survive moving."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from funnel.authoring.conditions import names_in, parse_condition
from funnel.authoring.findings import Path, Problem
from funnel.authoring.saying import say
from funnel.authoring.tokens import ConditionError
from funnel.authoring.vocabulary import Declared, Vocabulary
from funnel.domain.conditions import Condition
from funnel.domain.model import in_language
from funnel.domain.spans import parse_span
from funnel.domain.tunnel.program import Instruction, Mail, Program
from funnel.domain.tunnel.scenario import Scenario
from funnel.domain.tunnel.steps import (
    DIAGNOSIS,
    AnyStep,
    AwaitStep,
    BookStep,
    ChooseStep,
    EmailStep,
    EndStep,
    HandOffStep,
    ScoreStep,
    Step,
    TaskStep,
    Until,
    WaitStep,
    WebhookStep,
    WhenStep,
    verb_of,
)
from funnel.domain.webinar import WebinarState

MAX_ID = 64
_NEEDS_ID = (EmailStep, HandOffStep, TaskStep, WebhookStep)
_NOT_ID = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program with every problem found on the way; one with an error among them is not to be run."""

    program: Program
    problems: tuple[Problem, ...]


def compile_scenario(
    scenario: Scenario,
    version: str,
    vocabulary: Vocabulary,
    mails: Mapping[str, Mail],
    valid_when: Condition | None = None,
) -> Compiled:
    """Flatten a scenario. `mails` are the e-mail templates by name; those that the steps send go into the program;
    `valid_when` is the profile of its persona."""
    ids, problems = _name_steps(scenario)
    flattener = _Flattener(ids, vocabulary)
    first = flattener.block(scenario.sequence, ("sequence",), None)
    sent = {i.step.email for i in flattener.steps.values() if isinstance(i.step, EmailStep)}
    program = Program(
        name=scenario.scenario,
        version=version,
        scenario=scenario,
        first=first,
        steps={step_id: flattener.steps[step_id] for step_id in ids.values() if step_id in flattener.steps},
        mails={name: mails[name] for name in sorted(sent & mails.keys())},
        valid_when=valid_when,
    )
    return Compiled(program, (*problems, *flattener.problems))


def words_of(scenario: Scenario, words: Vocabulary) -> Vocabulary:
    """The names of a scenario: how its webinar stands, too (no query knows it: it is told of a scenario, not of a
    lead), and of the questionnaires at whose end it offers choices, those choices."""
    own: dict[str, Declared] = {}
    if scenario.magnet is not None and scenario.magnet.webinar is not None:
        own["webinar.state"] = Declared("text", get_args(WebinarState))
    for _, step in all_steps(scenario.sequence):
        if isinstance(step, AwaitStep) and step.questionnaire and step.follow_up:
            name = f"answers.{step.questionnaire}.follow_up"
            before = own[name].values or () if name in own else ()
            own[name] = Declared("text", (*before, *step.follow_up))
    return Vocabulary({**words.names, **own}, words.open_prefixes)


def all_steps(sequence: list[AnyStep], path: Path = ("sequence",)) -> list[tuple[Path, Step]]:
    """Every step of a block and of the blocks within, in the file's order, with its path."""
    found: list[tuple[Path, Step]] = []
    for index, step in enumerate(sequence):
        here: Path = (*path, index)
        found.append((here, step))
        for inner, block in _blocks(step, here):
            found.extend(all_steps(block, inner))
    return found


def mails_sent(scenario: Scenario) -> set[str]:
    """The names of the e-mails that a scenario's steps send."""
    return {step.email for _, step in all_steps(scenario.sequence) if isinstance(step, EmailStep)}


def assets_given(scenario: Scenario) -> set[str]:
    """The files that a scenario gives by a link or attaches; what is drawn for her is none."""
    attached = {name for _, step in all_steps(scenario.sequence) if isinstance(step, EmailStep) for name in step.attach}
    magnet = scenario.magnet
    return (attached | ({magnet.asset} if magnet and magnet.asset else set())) - {DIAGNOSIS}


def questionnaires_used(scenario: Scenario, program: Program) -> Iterator[str]:
    """The questionnaires that a scenario names, those in its conditions too."""
    if scenario.form and scenario.form.questionnaire:
        yield scenario.form.questionnaire
    if scenario.magnet and scenario.magnet.questionnaire:
        yield scenario.magnet.questionnaire
    if program.valid_when:
        yield from _asked_of(program.valid_when)
    for instruction in program.steps.values():
        if isinstance(instruction.step, AwaitStep) and instruction.step.questionnaire:
            yield instruction.step.questionnaire
        for condition, _ in instruction.branches:
            yield from _asked_of(condition)


def _asked_of(condition: Condition) -> Iterator[str]:
    return (path.split(".")[1] for path in names_in(condition) if path.startswith("answers."))


def _blocks(step: Step, path: Path) -> list[tuple[Path, list[AnyStep]]]:
    match step:
        case AwaitStep():
            return [((*path, "otherwise"), step.otherwise)]
        case HandOffStep():
            return [((*path, "otherwise"), step.otherwise or [])]
        case WhenStep():
            return [((*path, "do"), step.do)]
        case WaitStep():
            return [((*path, "do"), step.do or [])]
        case ChooseStep():
            cases = [((*path, "choose", number, "do"), case.do) for number, case in enumerate(step.choose)]
            return [*cases, ((*path, "otherwise"), step.otherwise)]
        case _:
            return []


def step_name(step: Step) -> str:
    """A step's id when its author gives none: `<verb>_<argument>`, or the verb alone where the argument is no word."""
    verb = verb_of(step) or "step"
    match step:
        case WaitStep():
            argument = str(parse_span(step.wait)) if isinstance(step.wait, str) else _until(step.wait)
        case AwaitStep():
            argument = step.await_
        case ScoreStep():
            argument = str(step.score).replace("-", "minus ")
        case HandOffStep():
            argument = step.hand_off.team or ""
        case TaskStep():
            task = step.task
            argument = task if isinstance(task, str) else task.call or task.list or in_language(task.text, "en")
        case BookStep():
            argument = step.book.appointment
        case ChooseStep() | WhenStep():
            argument = ""
        case _:
            argument = str(getattr(step, verb))
    slug = _NOT_ID.sub("_", argument.lower()).strip("_")
    return f"{verb}_{slug}"[:MAX_ID].rstrip("_") if slug else verb


def _until(wait: Until) -> str:
    return f"{wait.before} before {wait.until}" if wait.before else f"until {wait.until}"


def _name_steps(scenario: Scenario) -> tuple[dict[Path, str], list[Problem]]:
    """Each step's id by its path; equal steps that must be told apart, and ids given twice, are problems."""
    steps = all_steps(scenario.sequence)
    ids: dict[Path, str] = {}
    taken: set[str] = set()
    problems: list[Problem] = []
    for path, step in steps:
        if step.id is None:
            continue
        if step.id in taken:
            message = say("two steps have the id %(id)s", id=repr(step.id))
            problems.append(Problem((*path, "id"), "duplicate-id", message, say("give each its own")))
        taken.add(step.id)
        ids[path] = step.id
    given = frozenset(taken)
    for path, step in steps:
        if path in ids:
            continue
        name = step_name(step)
        if name in taken and isinstance(step, _NEEDS_ID):
            other = say("a step has that id") if name in given else say("an equal step stands before it")
            message = say("this step would be %(name)s, but %(other)s", name=repr(name), other=other)
            fix = say("give it an id, like 'id: %(name)s_again'", name=name[: MAX_ID - 6])
            problems.append(Problem(path, "needs-id", message, fix))
        ids[path] = _free(name, taken)
        taken.add(ids[path])
    return {path: ids[path] for path, _ in steps}, problems


def _free(name: str, taken: set[str]) -> str:
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name[: MAX_ID - 6]}_{number}"
    return candidate


class _Flattener:
    """Walks the blocks from their ends, so that each step knows the one after it."""

    def __init__(self, ids: Mapping[Path, str], vocabulary: Vocabulary) -> None:
        self._ids = ids
        self._vocabulary = vocabulary
        self.steps: dict[str, Instruction] = {}
        self.problems: list[Problem] = []

    def block(self, block: list[AnyStep], path: Path, after: str | None) -> str | None:
        """Flatten a block that goes on at `after`; gives the id it begins with (`after` when it is empty)."""
        following = after
        for index in range(len(block) - 1, -1, -1):
            here: Path = (*path, index)
            step: Step = block[index]
            self.steps[self._ids[here]] = self._instruction(step, here, following)
            following = self._ids[here]
        return following

    def _instruction(self, step: Step, path: Path, following: str | None) -> Instruction:
        step_id = self._ids[path]
        match step:
            case EndStep(unless=None):
                return Instruction(step_id, step, None)
            case AwaitStep():
                otherwise = self.block(step.otherwise, (*path, "otherwise"), following)
                return Instruction(step_id, step, following, otherwise=otherwise)
            case HandOffStep():
                otherwise = self.block(step.otherwise or [], (*path, "otherwise"), following)
                return Instruction(step_id, step, following, otherwise=otherwise)
            case WaitStep():
                in_time = self.block(step.do or [], (*path, "do"), following)
                return Instruction(step_id, step, following, otherwise=in_time)
            case WhenStep():
                branches = self._branch(step.when, (*path, "when"), self.block(step.do, (*path, "do"), following))
                return Instruction(step_id, step, following, branches, following)
            case ChooseStep():
                cases: tuple[tuple[Condition, str | None], ...] = ()
                for number, case in enumerate(step.choose):
                    here: Path = (*path, "choose", number)
                    cases += self._branch(case.when, (*here, "when"), self.block(case.do, (*here, "do"), following))
                otherwise = self.block(step.otherwise, (*path, "otherwise"), following)
                return Instruction(step_id, step, following, cases, otherwise)
            case _:
                return Instruction(step_id, step, following)

    def _branch(self, text: str, path: Path, target: str | None) -> tuple[tuple[Condition, str | None], ...]:
        try:
            return ((parse_condition(text, self._vocabulary), target),)
        except ConditionError as error:
            self.problems.append(error.at(path))
            return ()
