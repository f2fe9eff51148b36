"""`/studio/<scenario>/rehearse`: the scenario run with a scripted crowd, on the page that asks for it."""

from collections import Counter
from typing import Any

from flask import Blueprint, make_response, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from funnel.usecases.errors import Invalid
from funnel.usecases.failures import failure
from funnel.usecases.move_clock import read_clock
from funnel.usecases.naming import Names
from funnel.usecases.rehearsal import Rehearsal, rehearse
from funnel.usecases.rehearsal.crowd import Person
from funnel.usecases.rehearsal.expectations import unmet
from funnel.usecases.rehearsal.outcome import faults, parked, standing_still
from funnel.usecases.rehearsal.post import PostOffice
from funnel.usecases.rehearsal.span import days_of
from funnel.usecases.rehearsal.tell import in_short
from funnel.usecases.rehearsal.timeline import draw_timeline, undrawn
from funnel.usecases.rehearsal.totals import totals
from funnel.usecases.studio.samples import Sheet
from funnel.web.here import company, house, published
from funnel.web.speech import _, names, tell
from funnel.web.staff.guard import me
from funnel.web.staff.page import Calendar, calendar
from funnel.web.studio.room import head, makers, name_of, page
from funnel.web.studio.wording import (
    behaviour,
    entry_words,
    happening,
    number,
    timeline_words,
    unmet_words,
)

blueprint = Blueprint("rehearsing", __name__)

LIMITS = {"people": (0, 200), "days": (1, 366), "seed": (0, 999_999)}
"""What a page may ask for and is answered within seconds; `funnel rehearse` takes more."""
PROPOSED = {"people": "20", "days": "90", "seed": "1"}
_STORIES = 40
_WRITTEN = 12
"""For so many people mails are written, to see whether they can be: more would keep whoever asks waiting."""


@blueprint.get("/<scenario>/rehearse")
@makers
def rehearsal(scenario: str) -> Response:
    """The form; with `?people=&days=&seed=` what came of it. A number out of its limits comes back with it (422)."""
    found, at = published(), house()
    name = name_of(found, scenario)
    days = calendar(read_clock(at).now, me(), company())
    proposed = {**PROPOSED, "days": str(days_of(found.newest[name]))}
    typed = {key: request.args.get(key, usual).strip()[:8] for key, usual in proposed.items()}
    context: dict[str, Any] = {
        "s": head(found, name, days, "rehearse"),
        "typed": typed,
        "limits": LIMITS,
        "errors": {},
        "expects": len(found.newest[name].scenario.expect),
        "done": None,
    }
    if "people" not in request.args:
        return make_response(page("studio_rehearse.html", **context))
    for key, (low, high) in LIMITS.items():
        if not (typed[key].isdecimal() and typed[key].isascii() and low <= int(typed[key]) <= high):
            context["errors"][key] = _("A whole number from %(low)s to %(high)s.", low=low, high=high)
    if context["errors"]:
        return make_response(page("studio_rehearse.html", **context), 422)
    people, span, seed = (int(typed[key]) for key in LIMITS)
    try:
        post = PostOffice(Sheet(at.writer, at.printer, at.settings.base_url), found.newest, found.company, _WRITTEN)
        done = rehearse(found.newest, found.company, name, people=people, days=span, seed=seed, post=post)
    except Invalid as invalid:
        context["errors"] = {"people": "; ".join(map(tell, invalid.errors.values()))}
        return make_response(page("studio_rehearse.html", **context), 422)
    return make_response(page("studio_rehearse.html", **context | {"done": _told(done)}))


def _told(done: Rehearsal) -> dict[str, Any]:
    called = names()
    counted = totals(done)
    days = Calendar(done.begins_at, done.company.company)
    name = done.bundle.name
    drawn = draw_timeline(done, words=timeline_words(called, days))
    return {
        "people": counted.people,
        "begins": days.day(done.begins_at, year=True),
        "ends": days.day(done.ends_at, year=True),
        "zone": days.zone,
        "unmet": [unmet_words(one, called, name) for one in unmet(done)],
        "unwritten": [
            {
                "mail": called.mail(one.message),
                "file": one.file,
                "why": failure(one.why, called.speech),
                "number": count,
            }
            for one, count in faults(done)
        ],
        "stuck": [
            {"why": called.why_parked(scenario or name, reason), "number": number(count)}
            for (scenario, reason), count in Counter((one.scenario, one.reason) for one in parked(done)).items()
        ],
        "still": standing_still(done),
        "timeline": Markup(drawn),  # the use case escapes
        "undrawn": undrawn(done),
        "happened": [{"what": happening(kind), "number": number(count)} for kind, count in counted.happened.items()],
        "mails": [
            {
                "title": called.mail(one.message),
                "sent": one.sent,
                "skipped": sum(one.skipped.values()),
                "failed": sum(one.failed.values()),
                "why": [
                    {"why": called.why_skipped(why), "number": count}
                    for why, count in [*one.skipped.items(), *one.failed.items()]
                ],
            }
            for one in counted.mails
        ],
        "ended": [{"why": called.ended(why), "number": count} for why, count in counted.ended.items()],
        "inside": counted.inside,
        "parked": counted.parked,
        "stories": [_story(done, person, called, days) for person in done.people[:_STORIES] if done.of(person.id)],
        "untold": max(0, len(done.people) - _STORIES),
    }


def _story(done: Rehearsal, person: Person, called: Names, days: Calendar) -> dict[str, Any]:
    lines = []
    for entry in in_short(done.of(person.id)):
        what, detail = entry_words(entry, called, days)
        lines.append({"at": days.short(entry.at), "kind": happening(entry.kind), "what": what, "detail": detail})
    return {
        "name": person.fields.get("name") or person.id,
        "behaves": behaviour(person.behaves),
        "zone": person.zone,
        "lines": lines,
    }
