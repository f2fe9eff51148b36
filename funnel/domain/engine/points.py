"""Points: what rules and steps give, what is taken back, what fades, and what happens at a threshold (S90, S91)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from funnel.domain import effects as do
from funnel.domain.company import Company
from funnel.domain.conditions import is_true
from funnel.domain.engine.handing import hand_over_at
from funnel.domain.engine.profile import outside
from funnel.domain.engine.reviews import plan_review
from funnel.domain.engine.turn import Turn
from funnel.domain.lead import Lead
from funnel.domain.model import in_language
from funnel.domain.scoring import ledger
from funnel.domain.scoring.ledger import Entry, EntryKind
from funnel.domain.scoring.rules import Group, Rule, Threshold
from funnel.domain.timing import same_day

FADED = "faded"
NO_LONGER = ": no longer so"
"""Why points went: with time; and behind a rule's title, because she is not so any more."""


def give(
    turn: Turn,
    points: int,
    because: str,
    *,
    team: str | None = None,
    source: str = "",
    group: Group = "engagement",
) -> None:
    """Add what a step, a person or an import gives; limits hold it as they hold what rules give, and it does not
    fade."""
    if held := _held(turn, group, points):
        _add(turn, "given", held, because, group, source, team=team)


def earn(turn: Turn, event: str, subject: str | None, source: str, happened_at: datetime | None = None) -> None:
    """Add what the rules give for something that has happened to her: now, or `happened_at` an instant before, which
    matters when that was on another day of the company's. `source` names it, for taking it back."""
    at_once = happened_at is None or same_day(happened_at, turn.now, turn.book.company.zone)
    earlier = None if at_once else happened_at
    for rule in turn.book.rules.set_off(event, subject):
        if not _counts(turn, rule, earlier or turn.now):
            continue
        if rule.when is None or is_true(rule.when, turn.values):
            _earn(turn, rule, source, earlier)


def judge_standing(turn: Turn, *, anew: bool = False) -> None:
    """Take back the points of what she is no more, and give those of what she is now (profile fit), also such as a
    limit had left no room for before; only where this turn has changed what conditions look at, or `anew`. Another
    number in the file gives and takes nothing by itself."""
    rules = turn.book.rules.standing
    if not rules or not turn.judges(anew=anew):
        return
    values = turn.values
    had: dict[str | None, list[Entry]] = defaultdict(list)
    for one in ledger.standing(turn.lead.entries):
        had[one.rule].append(one)
    fitting = [rule for rule in rules if rule.when is not None and is_true(rule.when, values)]
    for rule in rules:
        if had[rule.id] and rule not in fitting:
            _reverse(turn, had[rule.id], f"{_because(turn, rule)}{NO_LONGER}")
    for rule in fitting:
        lacks = rule.points - sum(one.points for one in had[rule.id])
        if not had[rule.id] or (lacks > 0 and _was_cut(turn, had[rule.id][-1])):
            _earn(turn, replace(rule, points=lacks), "")


def take_back(turn: Turn, source: str, because: str) -> None:
    """Take back by counter-entries all that was earned by something that is now known not to have happened so."""
    _reverse(turn, [one for one in ledger.standing(turn.lead.entries) if one.source == source], because)


def earn_again(turn: Turn, event: str, subject: str, source: str, happened_at: datetime, lost: Iterable[Entry]) -> None:
    """Add what rules give for something else of hers that they had turned away because of entries that are `lost` just
    now: once, since then; once a day, on that day. As many as hers were, so that they bring her to no threshold
    anew."""
    zone = turn.book.company.zone
    today = same_day(happened_at, turn.now, zone)
    before = {one.rule: one.since for one in lost if one.since <= happened_at}
    for rule in turn.book.rules.set_off(event, subject):
        since = before.get(rule.id)
        if since is None or rule.counts == "always" or not _counts(turn, rule, happened_at):
            continue
        if rule.counts == "once a day" and not same_day(since, happened_at, zone):
            continue
        if rule.when is None or is_true(rule.when, turn.values):
            _earn(turn, rule, source, None if today else happened_at, crosses=False)


def restate(turn: Turn, points: int, because: str, *, gone: str, source: str, group: Group) -> None:
    """Take back what a source has given to a group, and give as many `points` as were hers, which bring her to no
    threshold anew."""
    given = [one for one in ledger.standing(turn.lead.entries) if (one.source, one.group) == (source, group)]
    _reverse(turn, given, gone)
    if points:
        _add(turn, "given", points, because, group, source, crosses=False)


def fade(turn: Turn) -> None:
    """Write what has faded by now, one entry a rule, and plan the next look."""
    due = ledger.faded(turn.lead.entries, turn.book.rules, turn.now)
    for (group, rule), points in due.items():
        turn.do(do.AddScore(Entry(_next(turn), "faded", points, FADED, turn.now, group, rule)))
    plan_review(turn, reviewed=True)


def come_to(turn: Turn, since: datetime) -> None:
    """What happens at each threshold that she has come to by herself `since` an instant, while another lead stood for
    her; however much of it has faded again."""
    before, peak, rises = 0, 0, []
    for one, score in ledger.course(turn.lead.entries):
        if one.at >= since and score > before:
            rises.append((_floor(turn.lead, before, peak), score))
        before, peak = score, max(peak, score)
    if rises:
        _pass(turn, rises)


def still_ahead(company: Company, lead: Lead) -> list[Threshold]:
    """The thresholds above her score at which something would still happen to her."""
    floor = _floor(lead, lead.score, ledger.peak(lead.entries))
    above = (one for one in company.thresholds if one.score > lead.score)
    return [one for one in above if one.score > floor or (one.hand_over and not lead.handoffs)]


def _earn(turn: Turn, rule: Rule, source: str, happened_at: datetime | None = None, *, crosses: bool = True) -> None:
    given = rule.points if happened_at is None else ledger.worth(rule.points, rule, happened_at, turn.now)
    if points := _held(turn, rule.group, given):
        because = _because(turn, rule)
        _add(
            turn, "earned", points, because, rule.group, source, rule=rule.id, happened_at=happened_at, crosses=crosses
        )


def _held(turn: Turn, group: Group, points: int) -> int:
    """As many of these points as the limits leave room for; what is taken no limit holds."""
    if points <= 0:
        return points
    room = [limit - ledger.total(turn.lead.entries, of) for limit, of in _limits(turn, group)]
    return max(min([points, *room]), 0)


def _was_cut(turn: Turn, entry: Entry) -> bool:
    """Whether a limit was reached by an entry, so that it may have had no room for all of its points."""
    until = [one for one in turn.lead.entries if one.number <= entry.number]
    return any(ledger.total(until, of) >= limit for limit, of in _limits(turn, entry.group))


def _limits(turn: Turn, group: Group) -> list[tuple[int, Group | None]]:
    most = turn.book.rules.most
    limits: list[tuple[int, Group | None]] = [(most[group], group)] if group in most else []
    return [*limits, (most[""], None)] if "" in most else limits


def _counts(turn: Turn, rule: Rule, at: datetime) -> bool:
    """Whether a rule may give its points for an instant: once, once a day of the company's, or always."""
    if rule.counts == "always":
        return True
    given = ledger.given_by(turn.lead.entries, rule.id)
    if rule.counts == "once":
        return not given
    return not ledger.on_day_of(given, at, turn.book.company.zone)


def _because(turn: Turn, rule: Rule) -> str:
    return in_language(rule.title, turn.book.company.locales[0])


def _add(
    turn: Turn,
    kind: EntryKind,
    points: int,
    because: str,
    group: Group,
    source: str,
    *,
    rule: str | None = None,
    team: str | None = None,
    happened_at: datetime | None = None,
    crosses: bool = True,
) -> None:
    before, peak = turn.lead.score, ledger.peak(turn.lead.entries)
    entry = Entry(_next(turn), kind, points, because, turn.now, group, rule, source, happened_at=happened_at)
    turn.do(do.AddScore(entry))
    plan_review(turn)
    if crosses:
        _cross(turn, before, peak, team)


def _next(turn: Turn) -> int:
    return turn.lead.entries[-1].number + 1 if turn.lead.entries else 1


def _reverse(turn: Turn, entries: Iterable[Entry], because: str) -> None:
    gone = list(entries)
    for one in gone:
        back = Entry(
            _next(turn), "reversed", -one.points, because, turn.now, one.group, one.rule, one.source, one.number
        )
        turn.do(do.AddScore(back))
    if gone and (turn.book.rules.fading or any(one.kind == "faded" for one in turn.lead.entries)):
        fade(turn)


def _cross(turn: Turn, before: int, peak: int, team: str | None) -> None:
    """What happens at each threshold she has come to. One is come to once; after a rep has given her back, each time
    that her score has been below and rises again. Of who is joined with another lead, only that one comes to any."""
    if turn.lead.merged_into is None and turn.lead.score > before:
        _pass(turn, [(_floor(turn.lead, before, peak), turn.lead.score)], team)


def _pass(turn: Turn, rises: Sequence[tuple[int, int]], team: str | None = None) -> None:
    """What happens where her score has risen, each time from above one number to another."""

    def passed(score: int) -> bool:
        return any(floor < score <= top for floor, top in rises)

    for threshold in turn.book.company.thresholds:
        if passed(threshold.score):
            _act(turn, threshold, team)
    _catch_up(turn, max(floor for floor, _ in rises), team)
    for score in sorted(turn.book.scores_to_tell):
        if passed(score):
            turn.do(do.TellScore(score))


def _floor(lead: Lead, before: int, peak: int) -> int:
    """What she has come to already, with so many points `before`."""
    returned = bool(lead.handoffs) and lead.handoffs[-1].state in ("returned", "withdrawn")
    return before if returned else max(before, peak)


def _catch_up(turn: Turn, floor: int, team: str | None) -> None:
    """Whoever stood above a threshold when it was lowered is handed over with the next points she gets: publishing
    another number hands nobody over by itself. Tags and statuses are not caught up: nothing says that she had them, and
    one that a person has taken off again would come back."""
    company, lead = turn.book.company, turn.lead
    passed = [one for one in company.thresholds if one.hand_over and one.score <= min(floor, lead.score)]
    asked = any(isinstance(effect, do.AssignRep) for effect in turn.effects)
    if passed and not lead.handoffs and not asked and not outside(turn):
        hand_over_at(turn, max(passed, key=lambda one: one.score), team=team)


def _act(turn: Turn, threshold: Threshold, team: str | None) -> None:
    if threshold.tag and threshold.tag not in turn.lead.tags:
        turn.do(do.AddTag(threshold.tag, turn.now))
    if threshold.status and threshold.status != turn.lead.status:
        turn.do(do.ChangeDetails({"status": threshold.status}))
    if threshold.hand_over and not outside(turn):
        hand_over_at(turn, threshold, team=team)
