"""What would bring somebody to a threshold: the rules that can still give her points, and how often each would have to
(why not yet)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from funnel.domain.scoring import ledger
from funnel.domain.scoring.ledger import Entry
from funnel.domain.scoring.rules import Rule, Rulebook
from funnel.domain.tunnel.trigger import least_away

MOST_WAYS = 4
MOST_TIMES = 5
"""More than so many times the same thing is no answer to 'what would do?'."""
DAY = timedelta(days=1)
NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Way:
    """A rule that would bring the missing points by itself, set off so many times: on as many days where it counts
    once a day, and on `other_days` than today where it has counted today already."""

    rule: Rule
    times: int = 1
    other_days: bool = False

    @property
    def on_days(self) -> bool:
        """Whether each time is a day of its own."""
        return self.rule.counts == "once a day"


@dataclass(frozen=True, slots=True)
class NotYet:
    """How many points are missing to a threshold, and what would bring them: each of `ways` alone, or, where there is
    none, the rules of `together`, once each; nothing in either when the rules cannot give so many any more. Without
    `rules` of the company's, steps of scenarios give all points there are. `unwatched`: other rules give points to
    those who agree to what they open, follow and look at being kept, and she does not."""

    threshold: int
    missing: int
    ways: tuple[Way, ...] = ()
    together: tuple[Way, ...] = ()
    rules: bool = True
    unwatched: bool = False


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
        if way := _way(rulebook, entries, rule, missing, room, now, zone):
            ways.append(way)
    ways.sort(key=lambda way: (way.times, way.rule.points))
    if ways:
        return NotYet(threshold, missing, tuple(ways[:MOST_WAYS]))
    together = _together(open_, rulebook, entries, score, missing, now, zone)
    return NotYet(threshold, missing, together=together, rules=bool(rulebook.rules))


def _is_open(rule: Rule, entries: Sequence[Entry]) -> bool:
    """Whether it may give its points once more."""
    if rule.counts != "once" and rule.trigger is not None:
        return True
    return not ledger.given_by(entries, rule.id)


def _way(
    rulebook: Rulebook, entries: Sequence[Entry], rule: Rule, missing: int, room: float, now: datetime, zone: str
) -> Way | None:
    """How often a rule would have to give its points, each time as soon as it can, until they bring those that are
    missing and what fades meanwhile; none when it cannot."""
    often = rule.counts != "once" and rule.trigger is not None
    had, today = ledger.given_by(entries, rule.id), _counted_today(rule, entries, now, zone)
    apart = max(DAY if rule.counts == "once a day" else NONE, _away(rule))
    first = max(now + DAY if today else now, had[-1].since + _away(rule) if had else now)
    for times in range(1, (MOST_TIMES if often else 1) + 1):
        instants = [first + apart * number for number in range(times)]
        brought = sum(ledger.worth(rule.points, rule, at, instants[-1]) for at in instants)
        if missing <= min(brought, room) + _lost(rulebook, entries, now, instants[-1]):
            return Way(rule, times, today)
    return None


def _counted_today(rule: Rule, entries: Sequence[Entry], now: datetime, zone: str) -> bool:
    return rule.counts == "once a day" and ledger.on_day_of(ledger.given_by(entries, rule.id), now, zone)


def _away(rule: Rule) -> timedelta:
    """How long nothing is seen of her each time before a rule gives its points."""
    trigger = rule.trigger
    if trigger is None or trigger.event != "visit.returned" or trigger.subject is None:
        return NONE
    return timedelta(seconds=least_away(trigger.subject))


def _lost(rulebook: Rulebook, entries: Sequence[Entry], now: datetime, at: datetime) -> int:
    """What of the points that she has will have faded at an instant; below zero."""
    return sum(ledger.faded(entries, rulebook, at).values()) if at > now else 0


def _room(rulebook: Rulebook, entries: Sequence[Entry], score: int, rule: Rule) -> float:
    """How many points the limits leave for a rule."""
    most = rulebook.most
    of_group = most[rule.group] - ledger.total(entries, rule.group) if rule.group in most else float("inf")
    return min(of_group, most[""] - score if "" in most else float("inf"))


def _together(
    rules: Sequence[Rule],
    rulebook: Rulebook,
    entries: Sequence[Entry],
    score: int,
    missing: int,
    now: datetime,
    zone: str,
) -> tuple[Way, ...]:
    """The fewest rules, each set off once, that bring the points; none when they cannot."""
    chosen: list[Way] = []
    brought: dict[str, int] = {}
    tomorrow = _lost(rulebook, entries, now, now + DAY)
    for rule in sorted(rules, key=lambda one: -one.points):
        room = _room(rulebook, entries, score, rule) - brought.get(rule.group, 0)
        points = int(min(rule.points, room))
        if points > 0:
            chosen.append(Way(rule, other_days=_counted_today(rule, entries, now, zone)))
            brought[rule.group] = brought.get(rule.group, 0) + points
        lost = tomorrow if any(way.other_days for way in chosen) else 0
        if sum(brought.values()) + lost >= missing:
            return tuple(chosen)
    return ()
