"""The rules of points and thresholds in `company.yaml`: what sets a rule off, what it can give, what happens then."""

from collections.abc import Iterator, Mapping

from funnel.authoring.findings import Path, Problem
from funnel.authoring.home import Home
from funnel.authoring.rulebook import RULES
from funnel.authoring.rules.spans import long_span
from funnel.authoring.rules.triggers import out_of_reach, subject_problems
from funnel.authoring.rules.words import NO, left_out, twice, unknown
from funnel.authoring.saying import say
from funnel.domain.company import Company
from funnel.domain.scoring.rules import ScoreRule, Scoring, Threshold
from funnel.domain.tunnel.trigger import trigger_of


def scoring_problems(company: Company) -> Iterator[Problem]:
    """What is wrong within the company's own file."""
    scoring = company.scoring
    yield from twice([rule.id for rule in scoring.rules], RULES, say("two rules"))
    for name, group in scoring.groups.items():
        for key in ("half_life", "expires"):
            yield from long_span(getattr(group, key), ("scoring", "groups", name, key))
    for index, rule in enumerate(scoring.rules):
        yield from _rule(rule, scoring, (*RULES, index))
    seen: set[int] = set()
    for index, threshold in enumerate(company.thresholds):
        yield from _threshold(threshold, company, ("thresholds", index), seen)
    yield from _left_out(company)


def trigger_problems(home: Home) -> Iterator[Problem]:
    """Rules set off by what is not there, thresholds that start a scenario that is not there."""
    company = home.company
    if company is None or "scoring" in home.lost:
        return
    for index, rule in enumerate(company.scoring.rules):
        if isinstance(rule.on, dict):
            trigger = trigger_of(rule.on)
            yield from subject_problems(home, trigger, (*RULES, index, "on", trigger.event))
    for index, threshold in enumerate(company.thresholds if "thresholds" not in home.lost else ()):
        if threshold.start is not None:
            yield from unknown(threshold.start, home.names, say("no scenario"), ("thresholds", index, "start"))


def _rule(rule: ScoreRule, scoring: Scoring, here: Path) -> Iterator[Problem]:
    if rule.on is None and rule.when is None:
        message = say("nothing says when the rule %(id)s gives its points", id=repr(rule.id))
        yield Problem(here, "missing-key", message, say("add 'on: form.submitted', or a condition, 'when:'"))
    if rule.points == 0:
        yield Problem((*here, "points"), "bad-value", say("a rule of no points does nothing"), say("write a number"))
    if rule.on is None:
        for key in ("counts", "half_life", "expires"):
            if getattr(rule, key) is not None:
                message = say("points for what she is stand for as long as it is true; they do not need %(key)s",
                              key=repr(key))  # fmt: skip
                yield Problem((*here, key), "misplaced-key", message, say("leave it out"), at="key")
    for key in ("half_life", "expires"):
        yield from long_span(getattr(rule, key), (*here, key))
    group = scoring.groups.get(rule.belongs_to)
    limits = [most for most in (scoring.most, group.most if group else None) if most is not None]
    if limits and rule.points > min(limits):
        message = say("the rule gives %(points)s points, and there can be no more than %(most)s",
                      points=rule.points, most=min(limits))  # fmt: skip
        yield Problem((*here, "points"), "bad-value", message, say("write fewer, or raise 'most'"))


_INTEREST = ("link.clicked", "page.visited", "visit.returned")
"""What shows an interest that passes: points for it fade."""


def _left_out(company: Company) -> Iterator[Problem]:
    """What all other rules that an event sets off state and one does not, or at what threshold alone a rep is told
    nothing of why: probably forgotten, so a warning."""
    set_off = {(*RULES, index): rule for index, rule in enumerate(company.scoring.rules) if rule.on is not None}
    passing = {path: rule for path, rule in set_off.items() if rule.on and trigger_of(rule.on).event in _INTEREST}
    stated: tuple[tuple[Mapping[Path, ScoreRule], str], ...] = ((set_off, "counts"), (passing, "half_life"))
    for group, key in stated:
        ids = {path: rule.id for path, rule in group.items()}
        without = [path for path, rule in group.items() if getattr(rule, key) is None]
        yield from left_out(ids, without, key, fewest=3)
    silent = [index for index, one in enumerate(company.thresholds) if one.hand_over and one.because is None]
    if len(silent) == 1 and len(company.thresholds) > 1:
        message = say("at %(score)s points a rep is told nothing of why", score=company.thresholds[silent[0]].score)
        yield Problem(("thresholds", silent[0]), "left-out", message, say("add '%(key)s:'", key="because"), "warning")


def _threshold(threshold: Threshold, company: Company, here: Path, seen: set[int]) -> Iterator[Problem]:
    if threshold.score in seen:
        message = say("two thresholds at %(score)s points", score=threshold.score)
        yield Problem((*here, "score"), "duplicate-id", message, say("make them one"))
    seen.add(threshold.score)
    yield from out_of_reach(threshold.score, company, (*here, "score"))
    if not (threshold.hand_over or threshold.tag or threshold.status or threshold.start):
        message = say("nothing happens at %(score)s points", score=threshold.score)
        fix = say("hand over, or add 'tag:', 'status:' or 'start:'")
        yield Problem((*here, "hand_over"), "missing-key", message, fix)
    if threshold.team is not None and not threshold.hand_over:
        message = say("'team' says who takes her, and nobody is handed over")
        yield Problem((*here, "team"), "misplaced-key", message, say("leave it out"), at="key")
    tags = [tag for group in company.tags.values() for tag in group]
    for key, known, no in (
        ("tag", tags, NO["tag"]),
        ("status", list(company.statuses), NO["status"]),
        ("team", [team.id for team in company.teams], NO["team"]),
    ):
        word = getattr(threshold, key)
        if word is not None:
            yield from unknown(word, known, no, (*here, key))
