"""A lead's points as pages show them: her curve, each entry with its reason, what is missing to the next threshold."""

from typing import Any

from funnel.domain.model import in_language
from funnel.domain.scoring.ahead import NotYet
from funnel.domain.scoring.rules import Group, Rule
from funnel.usecases.score.read_score import Line, ScoreSheet
from funnel.web.speech import _, language
from funnel.web.staff.page import Calendar


def score_panel(sheet: ScoreSheet, days: Calendar) -> dict[str, Any]:
    """What the template draws; `curve` from the first day on which she had points to today."""
    curve = [{"day": days.date(day), "ordinal": day.toordinal(), "score": score} for day, score in sheet.curve]
    today = days.local(days.now).date()
    if curve:
        curve.append({"day": days.date(today), "ordinal": today.toordinal(), "score": sheet.score})
    return {
        "score": sheet.score,
        "groups": [{"title": group_in_words(group), "points": points} for group, points in sheet.groups.items()],
        "ahead": ahead_in_words(sheet.next) if sheet.next else None,
        "curve": curve if len(curve) > 2 else [],
        "lines": [_line(one, days) for one in sheet.lines],
    }


def group_in_words(group: Group) -> str:
    """What the points of a group are for."""
    return _("for what she does") if group == "engagement" else _("for who she is")


def ahead_in_words(ahead: NotYet) -> str:
    """`12 points short of 50. One of these would do: Booked a call; Read about prices, 2 times`."""
    short = _("%(missing)s points short of %(threshold)s.", missing=ahead.missing, threshold=ahead.threshold)
    if ahead.ways:
        ways = "; ".join(_times(way.rule, way.times) for way in ahead.ways)
        one = len(ahead.ways) == 1
        would = _("What would do: %(way)s", way=ways) if one else _("One of these would do: %(ways)s", ways=ways)
    elif ahead.together:
        titles = "; ".join(_times(rule, 1) for rule in ahead.together)
        would = _("All of these together would do: %(ways)s", ways=titles)
    else:
        would = _("No rule can bring them any more.")
    return f"{short} {would}"


def _times(rule: Rule, times: int) -> str:
    title = in_language(rule.title, language())
    return title if times == 1 else _("%(what)s, %(number)s times", what=title, number=times)


def _line(one: Line, days: Calendar) -> dict[str, Any]:
    return {
        "points": one.entry.points,
        "why": one.why,
        "what": one.what if one.what != one.why else "",
        "gone": one.taken_back,
        "when": days.when(one.entry.at),
    }
