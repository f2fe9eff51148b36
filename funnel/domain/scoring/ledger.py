"""The ledger of a lead's points: entries that are only ever added, whose sum is her score, and how points fade."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Literal

from funnel.domain.scoring.rules import Group, Rule, Rulebook
from funnel.domain.spans import parse_span
from funnel.domain.timing import later

EntryKind = Literal["earned", "given", "faded", "reversed"]
"""By a rule; by a step, a person or an import; what faded of a group; what takes an entry back."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `number` counts a lead's entries from 1; `source` says what earned it, and is what it is taken back by;
    `counters` is the number of the entry that a reversal takes back; `happened_at` is when what it is for happened,
    where that was before it was written: a visit that was joined to her later."""

    number: int
    kind: EntryKind
    points: int
    because: str
    at: datetime
    group: Group = "engagement"
    rule: str | None = None
    source: str = ""
    counters: int | None = None
    happened_at: datetime | None = None

    @property
    def since(self) -> datetime:
        """When what it is for happened."""
        return self.happened_at or self.at


def total(entries: Iterable[Entry], group: Group | None = None, until: datetime | None = None) -> int:
    """The sum of the entries: of a group, or of those written until an instant."""
    return sum(
        one.points for one in entries if (group is None or one.group == group) and (until is None or one.at <= until)
    )


def standing(entries: Sequence[Entry]) -> list[Entry]:
    """The entries that count: earned or given, and not taken back."""
    gone = {one.counters for one in entries if one.kind == "reversed"}
    return [one for one in entries if one.kind in ("earned", "given") and one.number not in gone]


def peak(entries: Sequence[Entry]) -> int:
    """The highest that the score has been, counting nothing that was taken back since."""
    gone = {one.counters for one in entries if one.kind == "reversed"}
    kept = (one.points for one in entries if one.kind != "reversed" and one.number not in gone)
    return max(accumulate(kept), default=0)


def worth(points: int, rule: Rule, earned_at: datetime, now: datetime, happened_at: datetime | None = None) -> int:
    """What is left at `now` of points that a rule gave: half after each half-life since they were given, rounded;
    nothing once expired, which counts from when it happened."""
    if rule.expires and now >= _after(happened_at or earned_at, rule.expires):
        return 0
    if not rule.half_life or now <= earned_at:
        return points
    return round(points * math.pow(0.5, (now - earned_at) / _length(earned_at, rule.half_life)))


def faded(entries: Sequence[Entry], rulebook: Rulebook, now: datetime) -> dict[Group, int]:
    """How many points each group still has to lose (below zero) or gain for what has faded by now to be written."""
    due: dict[Group, int] = {}
    for one in standing(entries):
        rule = rulebook.by_id.get(one.rule or "")
        if rule and (rule.half_life or rule.expires):
            due[one.group] = due.get(one.group, 0) + worth(one.points, rule, one.at, now, one.happened_at) - one.points
    for one in entries:
        if one.kind == "faded":
            due[one.group] = due.get(one.group, 0) - one.points
    return {group: points for group, points in due.items() if points}


def fades_next(one: Entry, rulebook: Rulebook, now: datetime) -> datetime | None:
    """The first instant after `now` at which an entry is worth other points than now; none when it never is."""
    rule = rulebook.by_id.get(one.rule or "")
    if rule is None or one.kind != "earned":
        return None
    left = worth(one.points, rule, one.at, now, one.happened_at)
    instants = []
    if rule.expires and left:
        instants.append(_after(one.since, rule.expires))
    if rule.half_life and left:
        halves = math.log2(abs(one.points) / (abs(left) - 0.5))
        instants.append(max(one.at + halves * _length(one.at, rule.half_life), now + timedelta(seconds=1)))
    return min((at for at in instants if at > now), default=None)


def _after(at: datetime, span: str) -> datetime:
    return later(at, parse_span(span), "UTC")


def _length(at: datetime, span: str) -> timedelta:
    return _after(at, span) - at
