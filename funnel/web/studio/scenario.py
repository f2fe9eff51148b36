"""`/studio/<scenario>`: its graph with people, its mails, and helping those who stand still."""

from typing import Any

from flask import Blueprint, request
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from funnel.usecases.draw_graph import draw_graph
from funnel.usecases.errors import Conflict
from funnel.usecases.naming import Names, names_mail
from funnel.usecases.settle_by_hand import settle_by_hand
from funnel.usecases.studio.one import Inside, MailLine, read_inside
from funnel.usecases.studio.standing import standing_at
from funnel.usecases.try_again import try_again
from funnel.web.here import house, published
from funnel.web.routes import an_id
from funnel.web.speech import _, language, names, told
from funnel.web.staff.guard import me
from funnel.web.staff.page import calendar, notify
from funnel.web.studio.overview import card_context, doubt_row
from funnel.web.studio.room import go, makers, name_of, page, path
from funnel.web.studio.wording import number

blueprint = Blueprint("scenario", __name__)

MOST_SHOWN = 100
"""Parked people and mails in doubt that are listed; the buttons for all reach the rest."""


@blueprint.get("/<scenario>")
@makers
def scenario(scenario: str) -> str:
    """Everything about one scenario."""
    name = name_of(published(), scenario)
    found = read_inside(house(), name, language())
    days = calendar(found.studio.now, me(), found.studio.published.company.company)
    called, tracking = names(), found.studio.published.company.company.tracking
    return page(
        "studio_scenario.html",
        s=card_context(found.studio, found.card, days),
        pictures=[
            Markup(draw_graph(found.graph, "wide", found.people)),  # the use case escapes
            Markup(draw_graph(found.graph, "narrow", found.people)),
        ],
        steps=_steps(found, called),
        ended=[
            {"why": called.ended(reason), "number": _people(count)}
            for reason, count in sorted(found.people.ended.items(), key=lambda one: -one[1])
        ],
        elsewhere=_people(found.people.elsewhere) if found.people.elsewhere else "",
        mails=[_mail(one, called) for one in found.mails],
        watched={what: tracking.of(what) == "consented" for what in ("opens", "clicks")},
        parked=[
            {
                "lead_id": one.lead_id,
                "lead": one.lead,
                "step": standing_at(called, found.card.bundle.program, one.step),
                "step_id": one.step,
                "mail": names_mail(one.reason),
                "reason": called.why_parked(name, one.reason),
            }
            for one in found.parked[:MOST_SHOWN]
        ],
        parked_all=len(found.parked),
        led_on=[
            {"lead_id": one.lead_id, "lead": one.lead, "step": called.step(name, one.step)}
            for one in found.led_on[:MOST_SHOWN]
        ],
        led_on_all=len(found.led_on),
        doubts=[doubt_row(one, called, days) for one in found.doubts[:MOST_SHOWN]],
    )


def _steps(found: Inside, called: Names) -> list[dict[str, Any]]:
    return [
        {
            "id": step,
            "title": standing_at(called, found.card.bundle.program, step),
            "waiting": standing.waiting,
            "awaiting": standing.awaiting,
            "parked": standing.parked,
        }
        for step, standing in found.people.at.items()
    ]


def _people(count: int) -> str:
    return str(ngettext("%(people)s person", "%(people)s people", count, people=number(count)))


def _mail(one: MailLine, called: Names) -> dict[str, Any]:
    return {
        "message": one.message,
        "title": called.mail(one.message),
        "sent": one.count("sent"),
        "opened": one.touched.get("opened", 0),
        "clicked": one.touched.get("clicked", 0),
        "ready": one.count("ready", "claimed", "attempting"),
        "skipped": one.count("skipped"),
        "why": [{"why": called.why_skipped(reason), "number": count} for reason, count in one.skipped.items()],
        "failed": one.count("refused", "failed"),
        "faults": [{"why": called.why_not_sent(why), "number": count} for why, count in one.failed.items() if why],
        "in_doubt": one.count("in_doubt"),
    }


@blueprint.post("/<scenario>/again")
@makers
def again(scenario: str) -> Response:
    """Try again: the lead named, or everybody who is parked here."""
    name = name_of(published(), scenario)
    lead = request.form.get("lead", type=an_id)
    if lead is None and request.form.get("lead"):
        notify(_("There is no such lead."), "warn")
        return go(path(name))
    gone_on, still = try_again(house(), me().id, None if lead is None else [lead], name)
    if gone_on:
        notify(ngettext("%(num)s person goes on.", "%(num)s people go on.", gone_on))
    if still:
        text = ngettext("%(num)s person stands still again.", "%(num)s people stand still again.", len(still))
        notify(f"{text} {names().why_parked(name, still[0].reason)}", "warn")
    if not (gone_on or still):
        notify(_("Nobody stands still here any more."), "info")
    return go(path(name) + "#parked")


@blueprint.post("/<scenario>/mails/<int:mail>/settle")
@makers
def settle(scenario: str, mail: int) -> Response:
    """A mail in doubt: it arrived, or it is sent again. `-` stands for the company's own mails."""
    where = "/studio" if scenario == "-" else path(name_of(published(), scenario))
    arrived = request.form.get("arrived") == "yes"
    try:
        settle_by_hand(house(), me().id, mail, sent=arrived)
    except Conflict as conflict:
        notify(told(conflict), "warn")
    else:
        notify(_("Noted as sent.") if arrived else _("It is being sent again."))
    return go(where + "#doubts")
