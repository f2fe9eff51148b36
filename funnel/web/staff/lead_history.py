"""A lead's history as her page shows it: by day, and the pages that she looked at longest."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from funnel.usecases.happening import Happening, how_long, pages_seen
from funnel.usecases.naming import Names
from funnel.web.staff.page import Calendar

_ICONS = {
    "FormSubmitted": "form", "QuestionnaireCompleted": "list", "EmailProven": "lock", "EmailCorrected": "mail",
    "DetailsChanged": "person", "AppointmentBooked": "calendar", "AppointmentCancelled": "cross",
    "AppointmentMoved": "calendar", "OtherTimeAsked": "calendar", "TagGiven": "flag", "TagTaken": "flag",
    "ReplyNoted": "mail",
    "AppointmentHeld": "check", "AppointmentMissed": "cross", "HandOffAsked": "hand", "HandoffAccepted": "hand",
    "HandoffReturned": "back", "TaskDone": "check", "CallMade": "phone", "Unsubscribed": "cross",
    "ConsentChanged": "lock", "PointsGiven": "up",
    "LeadsMerged": "person", "LeadsParted": "person",
    "SegmentEntered": "flag", "SegmentLeft": "flag", "ScoreReached": "up", "ScenarioStarted": "flag", "StepDue": "gear",
    "SuggestionMade": "flag", "SuggestionEnded": "flag",
    "StepTriedAgain": "gear", "mail": "mail", "AssetDownloaded": "form", "AssetAsked": "mail",
    "EmailOpened": "mail", "LinkClicked": "up", "VerdictRevised": "gear",
    "PageVisited": "list", "VisitorJoined": "gear", "VisitorParted": "gear",
}  # fmt: skip
MOST_PAGES = 8
"""How many of the pages that she looked at are named beside her timeline."""

_SHOWN = 30
"""Lines of her timeline that stand open; what is older is folded away."""

_GOOD = frozenset({"AppointmentBooked", "AppointmentHeld", "HandoffAccepted"})
_BAD = frozenset({"AppointmentMissed", "AppointmentCancelled", "HandoffReturned", "Unsubscribed"})


def timeline(history: Sequence[Happening], days: Calendar) -> dict[str, Any]:
    """By day, newest first: the newest entries as `timeline`, and what is `earlier`, folded away with its `count`; what
    the machine did on a day is folded away there."""
    newest = sorted(history, key=lambda one: one.at)[::-1]
    cut = _cut(newest, days)
    earlier = newest[cut:]
    return {
        "timeline": _by_day(newest[:cut], days),
        "earlier": {"count": len(earlier), "days": _by_day(earlier, days)} if earlier else None,
    }


def _cut(newest: Sequence[Happening], days: Calendar) -> int:
    """How many of them stand open; of what the machine did there is one line a day to see."""
    seen: set[object] = set()
    for place, one in enumerate(newest):
        seen.add(days.local(one.at).date() if one.by == "machine" else place)
        if len(seen) > _SHOWN:
            return place
    return len(newest)


def _by_day(newest: Sequence[Happening], days: Calendar) -> list[dict[str, Any]]:
    found = []
    for _day, group in groupby(newest, key=lambda one: days.local(one.at).date()):
        these = list(group)
        found.append(
            {
                "day": days.day(these[0].at),
                "entries": [_entry(one, days) for one in these if one.by != "machine"],
                "machine": [_entry(one, days) for one in these if one.by == "machine"],
            }
        )
    return found


def _entry(one: Happening, days: Calendar) -> dict[str, Any]:
    kind = "good" if one.kind in _GOOD else "bad" if one.kind in _BAD else "lead" if one.by == "lead" else ""
    return {
        "icon": _ICONS.get(one.kind, "info"),
        "kind": kind,
        "title": one.what,
        "detail": one.address or None,
        "when": days.when(one.at),
        "clock": days.clock(one.at),
    }


def longest_read(history: Sequence[Happening], called: Names, days: Calendar) -> list[dict[str, Any]]:
    """The pages that she looked at longest."""
    return [
        {
            "title": one.page.title or one.page.path,
            "path": one.page.path if one.page.title else None,
            "address": one.page.address,
            "times": one.times,
            "long": how_long(called.speech, one.seconds) if one.seconds else None,
            "last": days.when(one.last_at),
        }
        for one in pages_seen(history)[:MOST_PAGES]
    ]
