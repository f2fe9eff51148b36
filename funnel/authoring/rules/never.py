"""Conditions of `company.yaml` that are true of nobody: more points than there can be, two values at once, what
accepting would give already."""

from collections.abc import Iterator, Mapping

from funnel.authoring.findings import Path, Problem
from funnel.authoring.home import Home
from funnel.authoring.rulebook import RULES
from funnel.authoring.saying import Saying, say
from funnel.domain.company import Company
from funnel.domain.conditions import Both, Compare, Condition, IsIn, fold
from funnel.domain.scoring.rules import GROUPS


def never_problems(home: Home) -> Iterator[Problem]:
    """Every condition of the company's rules, segments and suggestions that is never true, told at what is too much."""
    company = home.company
    if company is None:
        return
    conditions: list[tuple[Path, str, Condition]] = []
    if "scoring" not in home.lost:
        compiled = home.rulebook.by_id
        for index, rule in enumerate(company.scoring.rules):
            found = compiled[rule.id].when if rule.id in compiled else None
            if rule.when is not None and found is not None:
                conditions.append(((*RULES, index, "when"), rule.when, found))
    if "segments" not in home.lost:
        for name, one in home.segments.items():
            conditions.append((("segments", name, "when"), company.segments[name].when, one))
    if "suggestions" not in home.lost:
        for index, suggestion in enumerate(company.suggestions):
            asked = home.suggestions.get(suggestion.id)
            if asked is None:
                continue
            here: Path = ("suggestions", index, "when")
            conditions.append((here, suggestion.when, asked))
            gives = suggestion.status or suggestion.tag
            if gives and not suggestion.untag and not suggestion.changes(*_asked(asked)):
                name = repr(suggestion.id)
                message = say("who fits the condition of %(name)s has what accepting gives already", name=name)
                yield Problem(here, "bad-condition", message, say("ask for what comes before"))
    most = {} if "scoring" in home.lost else _most(company)
    for path, text, condition in conditions:
        for name, why in _never(_all_of(condition), most):
            yield Problem(path, "unknown-value", why, say("change it, or it is true of nobody"), offset=_at(text, name))


def _asked(condition: Condition) -> tuple[str | None, set[str]]:
    """The status and the tags that a condition asks for."""
    status, tags = None, set()
    for one in _all_of(condition):
        match one:
            case Compare(name, "==", str(wanted)) if name.path == "status":
                status = fold(wanted)
            case IsIn(name, (wanted,)) if name.path == "status":
                status = fold(wanted)
            case IsIn(name, (wanted,)) if name.path == "tags":
                tags.add(fold(wanted))
    return status, tags


def _all_of(condition: Condition) -> list[Condition]:
    """The parts that must all be true."""
    if isinstance(condition, Both) and condition.how == "and":
        return [*_all_of(condition.left), *_all_of(condition.right)]
    return [condition]


def _never(parts: list[Condition], most: Mapping[str, int]) -> Iterator[tuple[str, Saying]]:
    """By name, why not all of these parts can be true."""
    lows: dict[str, tuple[float, bool]] = {}
    highs: dict[str, tuple[float, bool]] = {name: (limit, True) for name, limit in most.items()}
    texts: dict[str, str] = {}
    for one in parts:
        match one:
            case Compare(name, how, bool()):
                continue
            case Compare(name, how, int() | float() as number):
                if how in (">", ">=", "=="):
                    lows[name.path] = max(lows.get(name.path, (number, True)), (number, how != ">"), key=_low)
                if how in ("<", "<=", "=="):
                    highs[name.path] = min(highs.get(name.path, (number, True)), (number, how != "<"), key=_high)
            case Compare(name, "==", str(text)):
                if texts.setdefault(name.path, fold(text)) != fold(text):
                    yield name.path, say("%(name)s cannot be two things at once", name=repr(name.path))
    for path, (low, with_low) in lows.items():
        high, with_high = highs.get(path, (float("inf"), True))
        if low < high or (low == high and with_low and with_high):
            continue
        if path in most and high == most[path]:
            message = say("nobody comes to %(score)s points: there can be no more than %(most)s",
                          score=f"{low:g}", most=most[path])  # fmt: skip
            yield path, message
        else:
            yield path, say("%(name)s cannot be that high and that low at once", name=repr(path))


def _low(bound: tuple[float, bool]) -> tuple[float, bool]:
    return bound[0], not bound[1]


def _high(bound: tuple[float, bool]) -> tuple[float, bool]:
    return bound


def _most(company: Company) -> dict[str, int]:
    """How many points there can be, by the name that conditions use."""
    scoring = company.scoring
    found = {"score": scoring.highest} if scoring.highest is not None else {}
    for group in GROUPS:
        limits = [scoring.most, scoring.groups[group].most if group in scoring.groups else None]
        if known := [one for one in limits if one is not None]:
            found[f"score.{group}"] = min(known)
    return found


def _at(text: str, name: str) -> int:
    return max(text.find(name), 0)
