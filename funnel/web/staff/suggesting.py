"""What is suggested of a lead, as pages show it and as it is answered: its question, why, what accepting does (S69)."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from funnel.domain.conditions import Value
from funnel.domain.lead import Lead
from funnel.domain.model import in_language
from funnel.domain.scoring import ledger
from funnel.domain.scoring.rules import GROUPS, Group
from funnel.domain.suggestions import Suggestion
from funnel.usecases.errors import Conflict
from funnel.usecases.naming import Names
from funnel.usecases.results import answer_told
from funnel.usecases.suggestions import Suggested, answer_suggestion
from funnel.web.forms import AnswerForm
from funnel.web.here import house
from funnel.web.speech import _, language, names
from funnel.web.staff.guard import me, staff
from funnel.web.staff.page import Calendar, back, notify, refused
from funnel.web.staff.wording import appointment_state, stage_in_words

blueprint = Blueprint("suggesting", __name__, url_prefix="/desk/leads")

_REASONS = 3
"""How many of the things that gave points are named."""


@blueprint.post("/<int:lead_id>/suggestions/<name>")
@staff()
def answer(lead_id: int, name: str) -> Response:
    """Do what it suggests (`answer=accept`), or not now (`decline`): it stays away until it has become true anew."""
    pressed = AnswerForm.read().answer.data
    if pressed not in ("accept", "decline"):
        notify(_("Press one of the two buttons: nothing has changed."), "warn")
        return back()
    try:
        done = answer_suggestion(house(), me(), lead_id, name, accepted=pressed == "accept")
    except Conflict as conflict:
        return refused(conflict)
    does = "; ".join(does_in_words(done, names()))
    later = _("Not now. It comes again when it has become true anew.")
    notify(_("Accepted: %(what)s.", what=does) if pressed == "accept" else later)
    return back()


def suggested_row(one: Suggested, called: Names, days: Calendar) -> dict[str, Any]:
    """What templates take: {url, title, why: [str], does, since: when, lead: {id, name, company}, rep: str|None}."""
    lead = one.lead
    return {
        "url": f"/desk/leads/{lead.id}/suggestions/{one.suggestion.id}",
        "title": in_language(one.suggestion.title, language()),
        "why": [text for path, value in one.looked_at if (text := _looked_at(path, value, lead, called))],
        "does": "; ".join(does_in_words(one.suggestion, called)),
        "since": days.when(one.since),
        "lead": {"id": lead.id, "name": lead.called, "company": lead.company},
        "rep": called.user(lead.handoff.rep) if lead.handoff else None,
    }


def does_in_words(suggestion: Suggestion, called: Names) -> list[str]:
    """What accepting does."""
    off = suggestion.untag
    return [
        *marks_in_words(suggestion.status, suggestion.tag, called),
        *([_("without the tag %(tag)s", tag=off.replace("_", " "))] if off else []),
    ]


def marks_in_words(status: str | None, tag: str | None, called: Names) -> list[str]:
    """A status and a tag that somebody gets."""
    return [
        *([_("status %(status)s", status=called.status(status))] if status else []),
        *([_("tag %(tag)s", tag=tag.replace("_", " "))] if tag else []),
    ]


def _looked_at(path: str, value: Value, lead: Lead, called: Names) -> str:
    """What a name of the condition says of her; nothing for what no rep would miss."""
    match path.split("."):
        case ["score"]:
            return _because(_("%(points)s points in all", points=value), lead, None, called)
        case ["score", group]:
            known = next(one for one in GROUPS if one == group)
            does = _("%(points)s points for actions", points=value)
            text = does if known == "engagement" else _("%(points)s points for the profile", points=value)
            return _because(text, lead, known, called)
        case ["stage"]:
            return stage_in_words(str(value))
        case ["status"]:
            return _("status %(status)s", status=called.status(value)) if isinstance(value, str) else _("no status")
        case ["tags"]:
            return _("tags: %(tags)s", tags=", ".join(_texts(value)).replace("_", " ")) if value else _("no tags")
        case ["segments"]:
            return ", ".join(called.segment(one) for one in _texts(value))
        case ["lead", _field]:
            return str(value or "")
        case ["answers", questionnaire, "share"]:
            return _("%(title)s: %(share)s out of 100", title=called.questionnaire(questionnaire), share=value)
        case ["answers", questionnaire, question] if value not in (None, ""):
            return answer_told(called.published, questionnaire, question, value, language())
        case ["appointment", "state"] if value:
            title = called.appointment_type(lead.appointments[-1].type)
            return _("%(title)s: %(state)s", title=title, state=appointment_state(str(value)))
    return ""


def _because(text: str, lead: Lead, group: Group | None, called: Names) -> str:
    """The points with what gave most of them."""
    given: dict[str, int] = {}
    for one in ledger.standing(lead.entries):
        if group in (None, one.group):
            why = called.rule(one.rule, one.because) if one.rule else called.reason(one.because)
            given[why] = given.get(why, 0) + one.points
    most = sorted(given, key=lambda why: -given[why])[:_REASONS]
    return _("%(points)s (%(reasons)s)", points=text, reasons=", ".join(most)) if most else text


def _texts(value: Value) -> Iterable[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple | set | frozenset) else []
