"""A lead's points as pages show them: her curve, each entry with its reason, what is missing to the next threshold."""

from typing import Any

from funnel.domain.scoring.rules import Group
from funnel.usecases.score.read_score import Line, ScoreSheet
from funnel.usecases.score.wording import ahead_in_words
from funnel.web.speech import _, names
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
        "ahead": ahead_in_words(sheet.next, names().speech) if sheet.next else None,
        "curve": curve if len(curve) > 2 else [],
        "lines": [_line(one, days) for one in sheet.lines],
    }


def group_in_words(group: Group) -> str:
    """What the points of a group are for."""
    return _("for what she does") if group == "engagement" else _("for who she is")


def _line(one: Line, days: Calendar) -> dict[str, Any]:
    return {
        "points": one.entry.points,
        "why": one.why,
        "what": one.what if one.what != one.why else "",
        "gone": one.taken_back,
        "when": days.when(one.entry.at),
    }
