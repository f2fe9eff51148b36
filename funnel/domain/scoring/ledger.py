"""The ledger of a lead's points: entries that are only ever added, whose sum is her score, and how points fade."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from funnel.domain.scoring.rules import GROUPS, Group, Rule, Rulebook
from funnel.domain.spans import parse_span
from funnel.domain.timing import later, same_day

EntryKind = Literal["earned", "given", "faded", "reversed"]
"""By a rule; by a step, a person or an import; what faded of a rule's; what takes an entry back."""

Faded = tuple[Group, str | None]
"""Whose points have faded: a group's, by one of its rules."""


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


def given_by(entries: Sequence[Entry], rule: str) -> list[Entry]:
    """What a rule has given and nobody has taken back."""
    return [one for one in standing(entries) if one.rule == rule]


def totals(entries: Sequence[Entry], until: datetime | None = None) -> dict[Group, int]:
    """The sum of each group's."""
    return {group: total(entries, group, until) for group in GROUPS}


def course(entries: Sequence[Entry]) -> Iterator[tuple[Entry, int]]:
    """Each entry that nobody has taken back meanwhile, and the score after it; of rules of which nothing is left, how
    they had faded is passed over too."""
    rules = {one.rule for one in standing(entries)} | {None}
    gone = {one.counters for one in entries if one.kind == "reversed"}
    score = 0
    for one in entries:
        if one.kind != "reversed" and one.number not in gone and (one.kind != "faded" or one.rule in rules):
            score += one.points
            yield one, score


def peak(entries: Sequence[Entry], since: datetime | None = None) -> int:
    """The highest that the score has been, ever or `since` an instant, by what nobody has taken back meanwhile."""
    highest = 0
    for one, score in course(entries):
        highest = score if since and one.at < since else max(highest, score)
    return highest


def on_day_of(entries: Iterable[Entry], at: datetime, zone: str) -> bool:
    """Whether one of them is for something that happened on the same day of a zone's as an instant."""
    return any(same_day(one.since, at, zone) for one in entries)


def worth(points: int, rule: Rule, earned_at: datetime, now: datetime, happened_at: datetime | None = None) -> int:
    """What is left at `now` of points that a rule gave: half after each half-life since they were given, rounded;
    nothing once expired, which counts from when it happened."""
    if rule.expires and now >= _after(happened_at or earned_at, rule.expires):
        return 0
    if not rule.half_life or now <= earned_at:
        return points
    return round(points * math.pow(0.5, (now - earned_at) / _length(earned_at, rule.half_life)))


def faded(entries: Sequence[Entry], rulebook: Rulebook, now: datetime) -> dict[Faded, int]:
    """How many points each rule still has to lose (below zero) or gain for what has faded by now to be written, losses
    first. What has faded of a rule that there is no more stays so, as far as its points have not been taken back."""
    due: dict[Faded, int] = {}
    left: dict[Faded, int] = {}
    for one in standing(entries):
        rule, of = rulebook.by_id.get(one.rule or ""), (one.group, one.rule)
        if rule and (rule.half_life or rule.expires):
            due[of] = due.get(of, 0) + worth(one.points, rule, one.at, now, one.happened_at) - one.points
        elif rule is None and one.rule:
            left[of] = left.get(of, 0) + one.points
    for of, points in _written(entries).items():
        gone = left.get(of, 0) if of[1] else sum(more for (group, _), more in left.items() if group == of[0])
        due[of] = due.get(of, 0) - points + _between(points, -gone)
    return {of: points for of, points in sorted(due.items(), key=lambda one: one[1]) if points}


def _written(entries: Iterable[Entry]) -> dict[Faded, int]:
    """What has been written as faded; under no rule where that was not kept yet."""
    found: dict[Faded, int] = {}
    for one in entries:
        if one.kind == "faded":
            found[one.group, one.rule] = found.get((one.group, one.rule), 0) + one.points
    return found


def _between(points: int, furthest: int) -> int:
    """So many points, from nothing to the furthest, whichever sign that has."""
    return max(min(points, max(furthest, 0)), min(furthest, 0))


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
