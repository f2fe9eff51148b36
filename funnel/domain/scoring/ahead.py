"""What would bring somebody to a threshold: the rules that can still give her points, and how often each would have to
(why not yet)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from funnel.domain.scoring import ledger
from funnel.domain.scoring.ledger import Entry
from funnel.domain.scoring.rules import Rule, Rulebook

MOST_WAYS = 4
MOST_TIMES = 5
"""More than so many times the same thing is no answer to 'what would do?'."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Way:
    """A rule that would bring the missing points by itself, set off so many times: on as many days where it counts
    once a day."""

    rule: Rule
    times: int

    @property
    def on_days(self) -> bool:
        """Whether each time is a day of its own."""
        return self.rule.counts == "once a day"


@dataclass(frozen=True, slots=True)
class NotYet:
    """How many points are missing to a threshold, and what would bring them: each of `ways` alone, or, where there is
    none, the rules of `together`, once each; nothing in either when the rules cannot give so many any more. Without
    `rules` of the company's, steps of scenarios give all points there are."""

    threshold: int
    missing: int
    ways: tuple[Way, ...] = ()
    together: tuple[Rule, ...] = ()
    rules: bool = True


def not_yet(
    rulebook: Rulebook,
    entries: Sequence[Entry],
    score: int,
    threshold: int,
    now: datetime,
    zone: str,
    can: Callable[[Rule], bool],
) -> NotYet:
    """What a lead with this ledger lacks for a threshold above her score, by the rules that `can` give her points."""
    missing = threshold - score
    open_ = [rule for rule in rulebook.rules if rule.points > 0 and _is_open(rule, entries) and can(rule)]
    ways = []
    for rule in open_:
        room = _room(rulebook, entries, score, rule)
        times = _times(rulebook, entries, rule, missing, room, now, zone)
        if times is not None:
            ways.append(Way(rule, times))
    ways.sort(key=lambda way: (way.times, way.rule.points))
    if ways:
        return NotYet(threshold, missing, tuple(ways[:MOST_WAYS]))
    together = _together(open_, rulebook, entries, score, missing)
    return NotYet(threshold, missing, together=together, rules=bool(rulebook.rules))


def _is_open(rule: Rule, entries: Sequence[Entry]) -> bool:
    """Whether it may give its points once more."""
    if rule.counts != "once" and rule.trigger is not None:
        return True
    return all(one.rule != rule.id for one in ledger.standing(entries))


def _times(
    rulebook: Rulebook, entries: Sequence[Entry], rule: Rule, missing: int, room: float, now: datetime, zone: str
) -> int | None:
    """How often a rule would have to give its points until they bring those that are missing, and what fades meanwhile;
    none when it cannot."""
    often = rule.counts != "once" and rule.trigger is not None
    today = ledger.on_day_of((one for one in ledger.standing(entries) if one.rule == rule.id), now, zone)
    for times in range(1, (MOST_TIMES if often else 1) + 1):
        if rule.counts != "once a day":
            brought, lost = times * rule.points, 0
        else:
            days = [now + DAY * (day + today) for day in range(times)]
            brought = sum(ledger.worth(rule.points, rule, day, days[-1]) for day in days)
            lost = sum(ledger.faded(entries, rulebook, days[-1]).values()) if days[-1] > now else 0
        if missing <= min(brought, room) + lost:
            return times
    return None


def _room(rulebook: Rulebook, entries: Sequence[Entry], score: int, rule: Rule) -> float:
    """How many points the limits leave for a rule."""
    most = rulebook.most
    of_group = most[rule.group] - ledger.total(entries, rule.group) if rule.group in most else float("inf")
    return min(of_group, most[""] - score if "" in most else float("inf"))


def _together(
    rules: Sequence[Rule], rulebook: Rulebook, entries: Sequence[Entry], score: int, missing: int
) -> tuple[Rule, ...]:
    """The fewest rules, each set off once, that bring the points; none when they cannot."""
    chosen: list[Rule] = []
    brought: dict[str, int] = {}
    for rule in sorted(rules, key=lambda one: -one.points):
        room = _room(rulebook, entries, score, rule) - brought.get(rule.group, 0)
        points = int(min(rule.points, room))
        if points > 0:
            chosen.append(rule)
            brought[rule.group] = brought.get(rule.group, 0) + points
        if sum(brought.values()) >= missing:
            return tuple(chosen)
    return ()
