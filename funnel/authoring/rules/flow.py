"""The rules of the way through a scenario: each step is reached, each loop waits, each answer leads somewhere."""

from collections.abc import Iterator, Mapping, Sequence

from funnel.authoring.compile import all_steps
from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import any_of
from funnel.authoring.saying import Saying, say
from funnel.authoring.vocabulary import Vocabulary
from funnel.domain.conditions import Compare, Condition, IsIn, fold
from funnel.domain.email import Email
from funnel.domain.tunnel.program import Program
from funnel.domain.tunnel.scenario import Scenario
from funnel.domain.tunnel.steps import (
    SAME,
    AwaitStep,
    ChooseStep,
    EmailStep,
    EndStep,
    HandOffStep,
    ScoreStep,
    StartStep,
    StatusStep,
    Step,
    TagStep,
    Task,
    TaskStep,
    Until,
    WaitStep,
    WebhookStep,
    WhenStep,
)

Asked = frozenset[str]
"""Why she may hear from us at a step, on the ways that lead to it: `form`, `answer`, `booking` (what follows or comes
before an appointment of hers), or `nobody` asked."""

_AT_ONCE = (EmailStep, TaskStep, ScoreStep, TagStep, StatusStep, WebhookStep)
_OF_THE_MAIL = ("email.opened", "link.clicked")
"""What is done to a mail itself: nobody has done it already."""


def flow_problems(
    scenario: Scenario, program: Program, vocabulary: Vocabulary, emails: Mapping[str, Email]
) -> list[Problem]:
    """Steps nobody comes to, answers that fall through, mails that nobody asked for or that come too late."""
    about = scenario.follows_appointment
    walk = _Walk(emails, fresh=scenario.form is not None or about)
    walk.block(scenario.sequence, ("sequence",), frozenset(("form",)), None)
    return [*walk.problems, *_choices(program, scenario, vocabulary)]


class _Walk:
    """One walk from the first step to the last, blocks within blocks."""

    def __init__(self, emails: Mapping[str, Email], *, fresh: bool) -> None:
        self._emails = emails
        self._fresh = fresh
        """Whether nothing can have happened yet since the form was sent."""
        self.problems: list[Problem] = []

    def block(self, block: Sequence[Step], path: Path, asked: Asked, after: AwaitStep | None) -> Asked:
        """Why she may hear from us after the block, which may lead to a step that awaits; empty when nobody comes to
        its end."""
        told = False
        for index, step in enumerate(block):
            here: Path = (*path, index)
            if not asked and not told:
                message = say("nobody comes to this step: every way before it ends")
                fix = say("delete it, or the 'end' before it")
                self.problems.append(Problem(here, "unreachable-step", message, fix, "warning"))
                told, asked = True, frozenset(("form", "answer"))
            asked = self._step(step, here, asked, _awaits(block[index + 1 :], after))
        return frozenset() if told else asked

    def _step(self, step: Step, path: Path, asked: Asked, then: AwaitStep | None) -> Asked:
        skipped: Asked = asked if step.unless is not None else frozenset()
        match step:
            case EndStep():
                return skipped
            case WaitStep(wait=Until(until="appointment")):
                self._fresh = False
                return frozenset(("booking",))
            case WaitStep(wait=Until(until="webinar")):
                self._fresh = False
                self.block(step.do or [], (*path, "do"), asked, then)  # who registered asked to be reminded of it
                return asked | skipped
            case WaitStep():
                self._fresh = False
                return frozenset("nobody" if one == "form" else one for one in asked)
            case AwaitStep():
                self._fresh = False
                registered = step.await_.startswith("webinar.")  # she registered for the replay, too
                still: Asked = asked if registered else frozenset(("nobody",))
                late = self.block(step.otherwise, (*path, "otherwise"), still, then)
                return frozenset(("answer",)) | late | skipped
            case WhenStep():
                return asked | self.block(step.do, (*path, "do"), asked, then)
            case ChooseStep():
                return self._choose(step, path, asked, then) | skipped
            case HandOffStep(otherwise=list() as outside):
                return asked | self.block(outside, (*path, "otherwise"), asked, then)
            case EmailStep():
                self._email(step, path, asked, then)
            case TaskStep(task=Task(call=str() as call, list=None)) if then and _booked(then, call):
                message = say("whoever has done it already (%(event)s) is called all the same", event=then.await_)
                self._done_already(step, path, then, message)
        return asked

    def _choose(self, step: ChooseStep, path: Path, asked: Asked, then: AwaitStep | None) -> Asked:
        fresh = self._fresh
        after: Asked = frozenset()
        still_fresh = fresh
        for number, case in enumerate(step.choose):
            self._fresh = fresh
            after |= self.block(case.do, (*path, "choose", number, "do"), asked, then)
            still_fresh = still_fresh and self._fresh
        self._fresh = fresh
        after |= self.block(step.otherwise, (*path, "otherwise"), asked, then)
        self._fresh = still_fresh and self._fresh
        return after

    def _email(self, step: EmailStep, path: Path, asked: Asked, then: AwaitStep | None) -> None:
        email = self._emails.get(step.email)
        if email is None:
            return
        again = step.propose is not None and step.propose.appointment == SAME  # she had booked it: it is owed to her
        if email.kind == "asked" and "nobody" in asked and not again:
            name = repr(step.email)
            message = say("the e-mail %(name)s is of kind 'asked', but on the way here nobody asked for it", name=name)
            fix = say(
                "make it 'kind: marketing' in its email.yaml, or send it at once after a form, an answer or a booking"
            )
            self.problems.append(Problem((*path, "email"), "not-asked-for", message, fix, "warning"))
        if then and email.kind == "marketing" and then.await_ not in _OF_THE_MAIL:
            message = say("whoever has done it already (%(event)s) gets this mail all the same", event=then.await_)
            self._done_already(step, path, then, message)

    def _done_already(self, step: Step, path: Path, then: AwaitStep, message: Saying) -> None:
        """Told of what asks her for something that may have happened, without an `unless:` of it."""
        if not self._fresh and step.unless != then.await_:
            fix = say("add 'unless: %(event)s'", event=then.await_)
            self.problems.append(Problem(path, "missing-unless", message, fix, "warning"))


def _awaits(following: Sequence[Step], after: AwaitStep | None) -> AwaitStep | None:
    """The step that awaits what these steps ask her for: nothing that waits or branches comes between."""
    for step in following:
        if isinstance(step, AwaitStep):
            return step
        if not isinstance(step, _AT_ONCE):
            return None
    return after


def _booked(then: AwaitStep, type_id: str) -> bool:
    """Whether the step awaits what a call about a type of appointment is for."""
    return then.await_ == "appointment.booked" and then.appointment in (None, type_id)


def _choices(program: Program, scenario: Scenario, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Choices over one closed name whose values are not all in a case, with an `otherwise` that does nothing."""
    branches = {id(instruction.step): instruction.branches for instruction in program.steps.values()}
    for path, step in all_steps(scenario.sequence):
        if not isinstance(step, ChooseStep):
            continue
        conditions = [condition for condition, _ in branches.get(id(step), ())]
        if len(conditions) < len(step.choose):
            continue
        for number, condition in enumerate(conditions):
            if condition in conditions[:number]:
                message = say("nobody comes to this case: an equal one stands before it")
                place: Path = (*path, "choose", number, "when")
                yield Problem(place, "unreachable-step", message, say("change its condition, or delete it"), "warning")
        if not step.otherwise and (left := _uncovered(conditions, vocabulary)):
            words = any_of([repr(one) for one in left[:6]])
            message = say("%(words)s is in no case, and 'otherwise' does nothing", words=words)
            fix = say("add a case, or say in 'otherwise' what happens then")
            yield Problem((*path, "otherwise"), "falls-through", message, fix, "warning")


def _uncovered(conditions: Sequence[Condition], vocabulary: Vocabulary) -> list[str]:
    names: set[str] = set()
    covered: set[str] = set()
    for condition in conditions:
        match condition:
            case Compare(name, "==", str() as literal):
                names.add(name.path)
                covered.add(fold(literal))
            case IsIn(name, literals) if name.type == "text":
                names.add(name.path)
                covered |= {fold(literal) for literal in literals}
            case _:
                return []
    declared = vocabulary.get(names.pop()) if len(names) == 1 else None
    if declared is None or declared.values is None:
        return []
    return [value for value in declared.values if fold(value) not in covered]


def quick_starts(block: Sequence[Step], path: Path = ("sequence",)) -> tuple[list[tuple[Path, str]], bool]:
    """The `start` steps that can be reached without any wait, and whether the block's end can be."""
    found: list[tuple[Path, str]] = []
    for index, step in enumerate(block):
        here: Path = (*path, index)
        goes_on = True
        match step:
            case WaitStep() | EndStep() | AwaitStep():
                goes_on = step.unless is not None
            case StartStep():
                found.append(((*here, "start"), step.start))
            case WhenStep():
                found += quick_starts(step.do, (*here, "do"))[0]
            case HandOffStep(otherwise=list() as outside):
                found += quick_starts(outside, (*here, "otherwise"))[0]
            case ChooseStep():
                blocks = [(case.do, (*here, "choose", number, "do")) for number, case in enumerate(step.choose)]
                inner = [quick_starts(one, where) for one, where in [*blocks, (step.otherwise, (*here, "otherwise"))]]
                found += [start for starts, _ in inner for start in starts]
                goes_on = any(on for _, on in inner) or step.unless is not None
        if not goes_on:
            return found, False
    return found, True
