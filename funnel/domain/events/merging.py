"""Two leads that are one person: joined by hand, parted again, and what the one has earned counted for the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from funnel.domain.events.base import Event
from funnel.domain.lead import Stage
from funnel.domain.scoring.rules import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadsMerged(Event):
    """`by` has said that she and the lead `other` are one person; in the history of both. The one who `stays` stands
    for both from now on; she is told what comes to her: the `points` of the other one by group, the `rep` who has that
    one and why (`because`; `scores`: of thresholds, at which), that one's `stage`, and which she had herself
    (`was`), and what alone engages that one (`engaged_by`): the keys of followed links, else that she is that one."""

    other: int
    stays: bool
    by: str
    points: Mapping[Group, int] = field(default_factory=dict)
    rep: str | None = None
    because: tuple[str, ...] = ()
    stage: Stage | None = None
    was: Stage | None = None
    scores: Mapping[str, int] = field(default_factory=dict)
    engaged_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadsParted(Event):
    """`by` has said that they are two people after all, who were one `since` then. Whoever had stayed is told what had
    come to her with that, and whose the other one was (`rep`); the other one, why she would have been handed over
    meanwhile (`because`), and to whom (`rep`)."""

    other: int
    stays: bool
    by: str
    because: tuple[str, ...] = ()
    stage: Stage | None = None
    was: Stage | None = None
    rep: str | None = None
    since: datetime | None = None
    engaged_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsShared(Event):
    """How many points, by group, the lead `other` has by now, who is the same person: they count for her. `gone`: why
    some are no more that were not hers."""

    other: int
    points: Mapping[Group, int]
    gone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverShared(Event):
    """The lead `other`, who is the same person, is to be handed over: to this rep (none: nobody could take her), by the
    `appointment` that she has booked, by a step, or at a threshold (its `score`). It is hers who stands for both."""

    other: int
    because: str
    score: int | None = None
    rep: str | None = None
    appointment: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementUndone(Event):
    """The lead `other`, who is the same person, was engaged by followed links, and it was a machine that followed these
    (`link`: the keys of those events, separated by spaces)."""

    other: int
    link: str
