"""A scenario compiled to a flat list of instructions: where a person can stand, and where each leads."""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property

from funnel.domain.conditions import Condition, Value, is_true, leaves
from funnel.domain.tunnel.scenario import Scenario
from funnel.domain.tunnel.steps import AwaitStep, ChooseStep, EmailStep, Step
from funnel.domain.tunnel.trigger import Trigger


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step: its verb's model and the ids it leads to (`None`: the end, `completed`).

    `branches` holds (condition, target) for `choose` and `when`, tried in order; `otherwise` is where an
    await's time-out, a choice without a true case, or a lead who is not to be handed off goes, and where a wait that
    came in time goes on; `next` is the step after the block.
    """

    id: str
    step: Step
    next: str | None
    branches: tuple[tuple[Condition, str | None], ...] = ()
    otherwise: str | None = None

    def way_on(self, known: Mapping[str, Value]) -> str | None:
        """Where a choice leads whoever this is known of."""
        for condition, target in self.branches:
            if is_true(condition, known):
                return target
        return self.otherwise if isinstance(self.step, ChooseStep) else self.next

    def is_settled(self, answered: Collection[str]) -> bool:
        """Whether this is a choice that looks at nothing else than questionnaires whose answers stand."""
        paths = [leaf.name.path for condition, _ in self.branches for leaf in leaves(condition)]
        return bool(paths) and all(path.startswith(tuple(f"answers.{one}." for one in answered)) for path in paths)


@dataclass(frozen=True, slots=True)
class Mail:
    """What the engine knows of an e-mail template: its kind and purpose (`email.yaml`)."""

    name: str
    kind: str
    purpose: str | None


@dataclass(frozen=True)
class Program:
    """A scenario version, ready to run. `first` is `None` only for an empty sequence, which is refused; `valid_when` is
    the profile of its persona."""

    name: str
    version: str
    scenario: Scenario
    first: str | None
    steps: Mapping[str, Instruction]
    mails: Mapping[str, Mail] = field(default_factory=dict)
    valid_when: Condition | None = None

    @cached_property
    def proposes(self) -> frozenset[str]:
        """The appointment types that this scenario's mails propose."""
        steps = (i.step for i in self.steps.values())
        return frozenset(s.propose.appointment for s in steps if isinstance(s, EmailStep) and s.propose)

    @cached_property
    def assets(self) -> tuple[str, ...]:
        """The files that are given to her by a link of her own, in order of name."""
        magnet = self.scenario.magnet
        given = {magnet.asset} if magnet and magnet.asset else set()
        return tuple(sorted(given))

    @cached_property
    def asks(self) -> tuple[AwaitStep, ...]:
        """The steps that wait for a questionnaire which a mail asks for."""
        steps = (i.step for i in self.steps.values())
        return tuple(s for s in steps if isinstance(s, AwaitStep) and s.questionnaire)

    @cached_property
    def awaited(self) -> frozenset[Trigger]:
        """What somebody inside may wait for, or skip a step because of."""
        steps = [i.step for i in self.steps.values()]
        waits = {s.trigger for s in steps if isinstance(s, AwaitStep)}
        return frozenset(waits | {Trigger(s.unless) for s in steps if s.unless})

    def between(self, first: str | None, here: str) -> frozenset[str]:
        """The steps on any way from `first` to `here`, which is not among them."""
        ways = self._ways
        back = {step: {one for one, targets in ways.items() if step in targets} for step in ways}
        return (_closure(ways, first) & _closure(back, here)) - {here}

    def ahead_of(
        self, step: str, answered: Collection[str] = (), known: Mapping[str, Value] | None = None
    ) -> frozenset[str]:
        """A step and all that can be come to from it; past a choice that `answered` questionnaires settle, by the one
        way that what is `known` takes."""
        chosen = {at: {one.way_on(known or {})} for at, one in self.steps.items() if one.is_settled(answered)}
        return _closure({**self._ways, **chosen}, step)

    @cached_property
    def _ways(self) -> Mapping[str, Set[str | None]]:
        """Where each step may lead."""
        return {
            step: {one.next, one.otherwise, *(target for _, target in one.branches)} for step, one in self.steps.items()
        }

    def asked_after(self, step: str | None) -> str | None:
        """The questionnaire that is waited for after a step, as its mail asks for it; else the first of all."""
        here = self.steps.get(step or "")
        while here is not None:
            if isinstance(here.step, AwaitStep) and here.step.questionnaire:
                return here.step.questionnaire
            here = self.steps.get(here.next or "")
        return next((one.questionnaire for one in self.asks), None)

    def awaiting(self, questionnaire: str, step: str | None) -> AwaitStep | None:
        """The step that waits for a questionnaire: the one where she stands if it offers choices at its end, else the
        first that does; none when nothing waits for it."""
        waiting = [one for one in self.asks if one.questionnaire == questionnaire]
        here = self.steps.get(step or "")
        choosing = [one for one in waiting if one.follow_up]
        own = (one for one in choosing if here is not None and one is here.step)
        return next(own, None) or next(iter([*choosing, *waiting]), None)

    def calls(self, questionnaire: str, follow_up: str | None) -> bool:
        """Whether a choice at a questionnaire's end is to be called."""
        waiting = self.awaiting(questionnaire, None)
        return waiting is not None and follow_up in waiting.calls


def _closure(ways: Mapping[str, Set[str | None]], start: str | None) -> frozenset[str]:
    """A step and every one that can be come to from it."""
    found: set[str] = set()
    left = [start]
    while left:
        step = left.pop()
        if step is not None and step not in found:
            found.add(step)
            left += ways[step]
    return frozenset(found)
