"""Rules of points, segments, suggestions as they are run: conditions parsed, a group's habits given to its rules."""

import re
from collections.abc import Mapping, Sequence

from funnel.authoring.conditions import names_in, parse_condition
from funnel.authoring.findings import Path, Problem
from funnel.authoring.saying import say
from funnel.authoring.tokens import ConditionError
from funnel.authoring.vocabulary import Vocabulary
from funnel.domain.company import Company, Segment
from funnel.domain.conditions import Condition, IsIn, fold, leaves
from funnel.domain.scoring.rules import Rule, Rulebook, ScoreGroup, ScoreRule, Scoring
from funnel.domain.suggestions import Suggestion
from funnel.domain.tunnel.trigger import trigger_of

RULES: Path = ("scoring", "rules")
"""Where they stand in `company.yaml`."""

_ANSWERS = re.compile(r"\banswers\.([a-z][a-z0-9_]*)")


def compile_rules(
    scoring: Scoring, words: Vocabulary, segments: Mapping[str, Condition]
) -> tuple[Rulebook, list[Problem]]:
    """The rulebook, and every condition that cannot be read; a rule with such a one is left out. `segments` are those
    that conditions may look at."""
    rules: list[Rule] = []
    problems: list[Problem] = []
    for index, rule in enumerate(scoring.rules):
        when: Condition | None = None
        if rule.when is not None:
            try:
                when = parse_condition(rule.when, words)
            except ConditionError as error:
                problems.append(error.at((*RULES, index, "when")))
                continue
            if rule.on is None and (looks := _looks_at_points(when, segments)):
                message = say("points for what she is cannot hang on points: how many there are would never be settled")
                offset = max(rule.when.find(looks), 0)
                fix = say("add 'on:', or make a threshold or a segment of it")
                problems.append(Problem((*RULES, index, "when"), "bad-condition", message, fix, offset=offset))
                continue
        rules.append(_rule(rule, scoring, when))
    most: dict[str, int] = {name: group.most for name, group in scoring.groups.items() if group.most is not None}
    if scoring.most is not None:
        most[""] = scoring.most
    return Rulebook(tuple(rules), most), problems


def _looks_at_points(when: Condition, segments: Mapping[str, Condition]) -> str | None:
    """The word by which a condition looks at points: a name of theirs, or that of a segment which looks at them."""
    found = _of_points(when)
    if found:
        return found
    hanging = {fold(name) for name, condition in segments.items() if _of_points(condition)}
    asked = (
        one for leaf in leaves(when) if isinstance(leaf, IsIn) and leaf.name.path == "segments" for one in leaf.literals
    )
    return next((one for one in asked if fold(one) in hanging), None)


def _of_points(condition: Condition) -> str | None:
    return next((name for name in names_in(condition) if name.split(".")[0] == "score"), None)


def compile_segments(segments: Mapping[str, Segment], words: Vocabulary) -> tuple[dict[str, Condition], list[Problem]]:
    """The condition of each segment, and every one that cannot be read."""
    found: dict[str, Condition] = {}
    problems: list[Problem] = []
    for name, segment in segments.items():
        path: Path = ("segments", name, "when")
        try:
            condition = parse_condition(segment.when, words)
        except ConditionError as error:
            problems.append(error.at(path))
            continue
        if "segments" in names_in(condition):
            message = say("a segment cannot look at segments: who is in which would never be settled")
            fix = say("write out what they look at")
            problems.append(Problem(path, "bad-condition", message, fix, offset=segment.when.find("segments")))
        else:
            found[name] = condition
    return found, problems


def compile_suggestions(
    suggestions: Sequence[Suggestion], words: Vocabulary
) -> tuple[dict[str, Condition], list[Problem]]:
    """The condition of each suggestion, and every one that cannot be read."""
    found: dict[str, Condition] = {}
    problems: list[Problem] = []
    for index, suggestion in enumerate(suggestions):
        try:
            found[suggestion.id] = parse_condition(suggestion.when, words)
        except ConditionError as error:
            problems.append(error.at(("suggestions", index, "when")))
    return found, problems


def questionnaires_in(company: Company) -> frozenset[str]:
    """The questionnaires that conditions of rules, segments, suggestions look at, whether they can be read or not."""
    texts = [rule.when or "" for rule in company.scoring.rules]
    texts += [one.when for one in company.segments.values()]
    texts += [one.when for one in company.suggestions]
    return frozenset(name for text in texts for name in _ANSWERS.findall(text))


def _rule(rule: ScoreRule, scoring: Scoring, when: Condition | None) -> Rule:
    group = scoring.groups.get(rule.belongs_to, ScoreGroup())
    does = rule.on is not None
    return Rule(
        id=rule.id,
        title=rule.title,
        points=rule.points,
        group=rule.belongs_to,
        counts=rule.counts or "once",
        trigger=trigger_of(rule.on) if rule.on is not None else None,
        when=when,
        half_life=(rule.half_life or group.half_life) if does else None,
        expires=(rule.expires or group.expires) if does else None,
    )
