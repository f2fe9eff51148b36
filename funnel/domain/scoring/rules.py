"""The rules of points as the company writes them, and as they are run: what gives how many, and what happens then."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Literal, get_args

from pydantic import Field

from funnel.domain.conditions import Condition
from funnel.domain.model import Authored, Id, Text
from funnel.domain.spans import SpanText
from funnel.domain.tunnel.trigger import On, Trigger

Group = Literal["engagement", "fit"]
"""Points for what she does, and for who she is."""

GROUPS: tuple[Group, ...] = get_args(Group)

Counts = Literal["once", "once a day", "always"]
"""How often a rule gives its points to one lead; a day is one of the company's zone."""

HIGHEST = 100_000
"""The most points that a threshold or a limit may name."""

Points = Annotated[int, Field(ge=-1000, le=1000)]


class ScoreRule(Authored):
    """Points for an event, or, without one, for as long as a condition over the lead is true. `when` beside `on`
    narrows it. `half_life` and `expires` go before the group's own. A time that a scenario blocks (`book:`) gives none
    for `appointment.booked`: she has done nothing."""

    id: Id
    title: Text
    points: Points
    on: On | None = None
    when: str | None = None
    group: Group | None = None
    counts: Counts | None = None
    half_life: SpanText | None = None
    expires: SpanText | None = None

    @property
    def belongs_to(self) -> Group:
        """The group of its points: as it says, else by whether she did something for them."""
        return self.group or ("engagement" if self.on is not None else "fit")


class ScoreGroup(Authored):
    """What holds for all points of a group: how many there can be (`most`), how they fade (`half_life`), when they are
    forgotten (`expires`)."""

    most: Annotated[int, Field(ge=1, le=HIGHEST)] | None = None
    half_life: SpanText | None = None
    expires: SpanText | None = None


class Scoring(Authored):
    """The score of a lead: its rules, its groups, and how many points there can be in all."""

    most: Annotated[int, Field(ge=1, le=HIGHEST)] | None = None
    groups: dict[Group, ScoreGroup] = {}
    rules: list[ScoreRule] = []

    @property
    def highest(self) -> int | None:
        """How many points there can be in all: the limit of all points, or those of both groups together; none without
        them."""
        groups = [self.groups[group].most if group in self.groups else None for group in GROUPS]
        together = sum(one for one in groups if one is not None) if None not in groups else None
        return min((one for one in (self.most, together) if one is not None), default=None)


class Threshold(Authored):
    """What happens when somebody comes to `score` points: she is handed over (unless that is false), tagged, given a
    status, or a scenario starts (S91)."""

    score: Annotated[int, Field(ge=1, le=HIGHEST)]
    hand_over: bool = True
    because: Text | None = None
    team: Id | None = None
    tag: Id | None = None
    status: Id | None = None
    start: Id | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, ready to run. Without a trigger its points stand for as long as `when` is true."""

    id: str
    title: Text
    points: int
    group: Group
    counts: Counts = "once"
    trigger: Trigger | None = None
    when: Condition | None = None
    half_life: str | None = None
    expires: str | None = None


@dataclass(frozen=True)
class Rulebook:
    """All rules of points, ready to run; `most` by group, and under the empty name for all points together."""

    rules: tuple[Rule, ...] = ()
    most: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        """The rules by their ids."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def standing(self) -> tuple[Rule, ...]:
        """The rules that give points for what a lead is, not for what she does."""
        return tuple(rule for rule in self.rules if rule.trigger is None)

    @cached_property
    def fading(self) -> bool:
        """Whether any points fade or are forgotten."""
        return any(rule.half_life or rule.expires for rule in self.rules)

    def set_off(self, event: str, subject: str | None) -> Iterable[Rule]:
        """The rules that something which has happened sets off."""
        return (rule for rule in self.rules if rule.trigger and rule.trigger.meets(event, subject))
