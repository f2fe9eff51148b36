"""A lead's points as pages show them: her curve, each entry with its reason, what is missing to the next threshold."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from funnel.domain.company import Company
from funnel.domain.scoring.rules import Group
from funnel.usecases.score.fading import in_runs
from funnel.usecases.score.read_score import Line, ScoreSheet
from funnel.usecases.score.wording import ahead_in_words
from funnel.web.speech import _, names
from funnel.web.staff.page import Calendar

_SHOWN = 12
"""Entries that stand open; what is older is folded away."""


def score_panel(sheet: ScoreSheet, days: Calendar, company: Company) -> dict[str, Any]:
    """What the template draws; `curve` from the first day on which she had points to today, `goals` its thresholds."""
    lines = list(_told(sheet.lines, days))
    curve = [{"day": days.date(day), "ordinal": day.toordinal(), "score": score} for day, score in sheet.curve]
    today = days.local(days.now).date()
    if curve:
        curve.append({"day": days.date(today), "ordinal": today.toordinal(), "score": sheet.score})
    return {
        "score": sheet.score,
        "groups": [{"title": group_in_words(group), "points": points} for group, points in sheet.groups.items()],
        "ahead": ahead_in_words(sheet.next, names().speech) if sheet.next else None,
        "course": _course(curve),
        "curve": curve if sheet.curve and sheet.curve[0][0] < today else [],
        "goals": [threshold.score for threshold in company.thresholds],
        "lines": lines[:_SHOWN],
        "earlier": lines[_SHOWN:],
    }


def _course(curve: Sequence[Mapping[str, Any]]) -> str:
    """The curve in a sentence, for who hears it: where it begins, where it is highest, where it ends."""
    if not curve:
        return ""
    first, last, most = curve[0], curve[-1], max(curve, key=lambda one: one["score"])
    return _(
        "Her points over time: %(first)s on %(since)s, at most %(most)s on %(day)s, %(last)s on %(until)s",
        first=first["score"],
        since=first["day"],
        most=most["score"],
        day=most["day"],
        last=last["score"],
        until=last["day"],
    )


def group_in_words(group: Group) -> str:
    """What the points of a group are for."""
    return _("for actions") if group == "engagement" else _("for the profile")


def _told(lines: Sequence[Line], days: Calendar) -> Iterator[dict[str, Any]]:
    """Each entry; what has faded between two others is one."""
    for run in in_runs(lines, lambda one: one.entry.kind == "faded"):
        line = _line(run[0], days)
        if len(run) > 1:
            since = _("since %(day)s", day=days.date(days.local(run[-1].entry.at).date()))
            line |= {"points": sum(one.entry.points for one in run), "what": since}
        yield line


def _line(one: Line, days: Calendar) -> dict[str, Any]:
    return {
        "points": one.entry.points,
        "why": one.why,
        "what": one.what if one.what != one.why else "",
        "gone": one.taken_back,
        "when": days.when(one.entry.at),
    }
