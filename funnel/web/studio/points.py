"""`/studio/-/points`: what gives points, thresholds, segments, suggestions; what another threshold would have done."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from funnel.domain.company import Segment
from funnel.domain.model import in_language
from funnel.domain.scoring.rules import GROUPS, HIGHEST, ScoreRule, Scoring, Threshold
from funnel.domain.tunnel.trigger import trigger_of
from funnel.usecases.naming import Names
from funnel.usecases.score.overview import DAYS, PointsPage, read_points, read_segment
from funnel.usecases.score.what_if import MOST, Reached, kept, what_if
from funnel.usecases.suggestions import SuggestionUse, read_suggested
from funnel.usecases.wording import span_in_words
from funnel.web.here import company, house
from funnel.web.speech import _, language, names
from funnel.web.staff.guard import me
from funnel.web.staff.page import Calendar, calendar
from funnel.web.staff.scoring import group_in_words
from funnel.web.staff.suggesting import does_in_words, marks_in_words, suggested_row
from funnel.web.studio.room import makers, page
from funnel.web.studio.wording import number

blueprint = Blueprint("points", __name__)

WHERE = "/studio/-/points"
PERIODS = (30, 90, 365)
"""Days that can be looked back on."""
_LISTED = 100
_NAMED = 20


@blueprint.get("/-/points")
@makers
def points() -> Response:
    """The page; `?threshold=40&days=30|90|365` asks what that threshold would have done. A threshold that is no number
    of points comes back with what to write (422)."""
    found = read_points(house())
    called, days = names(), calendar(found.now, me(), company())
    typed = request.args.get("threshold", "").strip()[:8]
    back = _period()
    context = {**_page(found, called), "typed": typed, "back": back, "error": None, "asked": None}
    if not typed:
        return make_response(page("studio_points.html", **context))
    if not typed.isdecimal() or not 1 <= int(typed) <= HIGHEST:
        context["error"] = _("Write a whole number of points from 1 to %(most)s, like 40.", most=number(HIGHEST))
        return make_response(page("studio_points.html", **context), 422)
    asked = what_if(house(), thresholds=[Threshold(score=int(typed))], days=back, most=MOST)
    context["asked"] = {
        "threshold": int(typed),
        "count": asked.leads,
        "leads": number(asked.leads),
        "left_out": number(asked.left_out) if asked.left_out else None,
        "now": _reached(asked.now),
        "then": _reached(asked.then),
        "more": [_row(one, days) for one in asked.more[:_NAMED]],
        "more_count": len(asked.more),
        "fewer": [_row(one, days) for one in asked.fewer[:_NAMED]],
        "fewer_count": len(asked.fewer),
    }
    return make_response(page("studio_points.html", **context))


@blueprint.get("/-/segments/<name>")
@makers
def segment(name: str) -> str:
    """Who is in a segment; `?page=2` and on tells of the next hundred."""
    asked = request.args.get("page", "")[:6]
    first = max(int(asked) if asked.isdecimal() else 1, 1)
    before = (first - 1) * _LISTED
    use, members, now = read_segment(house(), name.replace("-", "_"), _LISTED, before)
    days = calendar(now, me(), company())
    return page(
        "studio_segment.html",
        segment={**_segment(use.name, use.segment), "count": use.leads, "number": number(use.leads)},
        members=[
            {
                "id": one.id,
                "name": one.name or one.email,
                "email": one.email,
                "since": days.when(one.since) if one.since else None,
            }
            for one in members
        ],
        shown=_("%(first)s to %(last)s", first=number(before + 1), last=number(before + len(members))),
        earlier=f"?page={first - 1}" if first > 1 else None,
        later=f"?page={first + 1}" if before + len(members) < use.leads else None,
    )


@blueprint.get("/-/suggestions/<name>")
@makers
def suggestion(name: str) -> str:
    """Of whom something is suggested; answered here, or on the lead's page."""
    use, found, now = read_suggested(house(), name.replace("-", "_"), _LISTED)
    called, days = names(), calendar(now, me(), company())
    return page(
        "studio_suggestion.html",
        suggestion={**_suggestion(use, called), "count": use.leads},
        suggested=[suggested_row(one, called, days) for one in found],
        untold=max(use.leads - len(found), 0),
    )


def _page(found: PointsPage, called: Names) -> dict[str, Any]:
    return {
        "rules": [
            {**_rule(one.rule, called), "leads": number(one.leads), "given": number(one.points)} for one in found.rules
        ],
        "counted": DAYS,
        "thresholds": [
            {"score": one.score, "does": _does(one, called), "count": there, "there": number(there)}
            for one, there in found.thresholds
        ],
        "limits": _limits(company().scoring),
        "segments": [{**_segment(one.name, one.segment), "number": number(one.leads)} for one in found.segments],
        "suggestions": [_suggestion(one, called) for one in found.suggestions],
        "periods": PERIODS,
    }


def _rule(rule: ScoreRule, called: Names) -> dict[str, Any]:
    counts = {"once": _("once"), "once a day": _("once a day"), "always": _("each time")}
    trigger = trigger_of(rule.on) if rule.on is not None else None
    fades = [_("half after %(span)s", span=span_in_words(rule.half_life, language()))] if rule.half_life else []
    fades += [_("forgotten after %(span)s", span=span_in_words(rule.expires, language()))] if rule.expires else []
    return {
        "title": in_language(rule.title, language()),
        "points": rule.points,
        "group": group_in_words(rule.belongs_to),
        "on": str(trigger) if trigger else None,
        "when": rule.when,
        "often": ", ".join([counts[rule.counts or "once"], *fades]) if trigger else _("as long as it is true"),
    }


def _does(threshold: Threshold, called: Names) -> str:
    does = []
    if threshold.hand_over:
        because = in_language(threshold.because, language())
        does.append(_("handed to a rep: %(because)s", because=because) if because else _("handed to a rep"))
    does += marks_in_words(threshold.status, threshold.tag, called)
    if threshold.start:
        does.append(_("begins “%(title)s”", title=called.scenario(threshold.start)))
    return "; ".join(does)


def _segment(name: str, one: Segment) -> dict[str, Any]:
    return {
        "title": in_language(one.title, language()),
        "when": one.when,
        "worked_by": _("by reps") if one.worked_by == "rep" else _("by scenarios"),
        "url": f"/studio/-/segments/{name.replace('_', '-')}",
    }


def _limits(scoring: Scoring) -> str:
    """How many points there can be, of each group and in all; empty without limits."""
    limits = [
        _("at most %(points)s %(why)s", points=number(group.most), why=group_in_words(name))
        for name in GROUPS
        if (group := scoring.groups.get(name)) and group.most is not None
    ]
    in_all = [_("at most %(points)s in all", points=number(scoring.most))] if scoring.most is not None else []
    return "; ".join([*limits, *in_all])


def _suggestion(use: SuggestionUse, called: Names) -> dict[str, Any]:
    return {
        "title": in_language(use.suggestion.title, language()),
        "when": use.suggestion.when,
        "does": "; ".join(does_in_words(use.suggestion, called)),
        "url": f"/studio/-/suggestions/{use.suggestion.id.replace('_', '-')}",
        "number": number(use.leads),
    }


def _reached(reached: Sequence[Reached]) -> dict[str, int]:
    return {"number": len(reached), "kept": kept(reached)}


def _row(one: Reached, days: Calendar) -> dict[str, Any]:
    return {"id": one.lead, "name": one.name, "when": days.when(one.at), "score": one.score, "kept": one.kept}


def _period() -> int:
    asked = request.args.get("days", "")
    return int(asked) if asked.isdecimal() and len(asked) < 5 and int(asked) in PERIODS else 90
