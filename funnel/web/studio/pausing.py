"""Pausing and resuming, one scenario or everything (`-`): resuming says first how much would leave at once."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, make_response, request
from flask_babel import ngettext
from werkzeug.wrappers import Response

from funnel.usecases.errors import Invalid
from funnel.usecases.move_clock import read_clock
from funnel.usecases.publish_scenarios import set_paused
from funnel.usecases.studio.resume import LONGEST, How, Resumed, count_overdue, resume
from funnel.web.here import company, house, published
from funnel.web.speech import _
from funnel.web.staff.guard import me
from funnel.web.staff.page import calendar, notify
from funnel.web.studio.room import go, head, makers, name_of, page, path

blueprint = Blueprint("pausing", __name__)

ALL = "-"
"""In addresses: everything, also what belongs to no scenario. No scenario can have this name."""
HOURS = 4
"""What the form proposes to spread over."""
_HOWS: dict[str, How] = {"spread": "spread", "skip": "skip"}
MOST_HOURS = LONGEST // timedelta(hours=1)


def _named(scenario: str) -> Sequence[str] | None:
    return None if scenario == ALL else [name_of(published(), scenario)]


def _where(scenario: str) -> str:
    return "/studio" if scenario == ALL else path(scenario)


@blueprint.post("/<scenario>/pause")
@makers
def pause(scenario: str) -> Response:
    """Stop at once."""
    set_paused(house(), _named(scenario), True, who=me().id)
    if scenario == ALL:
        notify(_("Everything is paused."))
    else:
        notify(_("Paused."))
    return go(_where(scenario))


@blueprint.get("/<scenario>/resume")
@makers
def ask(scenario: str) -> str:
    """How much would leave at once, and the ways to let it."""
    return _page(scenario, None)


@blueprint.post("/<scenario>/resume")
@makers
def go_on(scenario: str) -> Response:
    """Resume as chosen; a span that cannot be taken comes back with the form (422)."""
    named = _named(scenario)
    wanted = _HOWS.get(request.form.get("how", ""), "at_once")
    hours = request.form.get("hours", "").strip()
    over = timedelta(hours=int(hours)) if hours.isdecimal() and len(hours) < 5 else timedelta(0)
    try:
        done = resume(house(), named, wanted, over, who=me().id)
    except Invalid:
        text = _("Write a whole number of hours, from 1 to %(most)s.", most=MOST_HOURS)
        return make_response(_page(scenario, text), 422)
    _tell(done, wanted, hours)
    return go(_where(scenario))


def _tell(done: Resumed, how: How, hours: str) -> None:
    if done.before.nothing:
        notify(_("Resumed. Nothing was waiting."))
    elif how == "spread":
        text = _("Resumed. What was overdue leaves over the next %(hours)s h: ", hours=hours)
        mails = ngettext("%(num)s mail", "%(num)s mails", done.mails)
        people = ngettext("the next step of %(num)s person", "the next steps of %(num)s people", done.people)
        notify(f"{text}{mails}, {people}.")
    elif how == "skip":
        notify(
            ngettext(
                "Resumed. %(num)s overdue mail was skipped.", "Resumed. %(num)s overdue mails were skipped.", done.mails
            )
        )
    else:
        most = done.before.most
        notify(ngettext("Resumed. Up to %(num)s mail leaves now.", "Resumed. Up to %(num)s mails leave now.", most))


def _page(scenario: str, error: str | None) -> str:
    named = _named(scenario)
    found = published()
    waiting = count_overdue(house(), named)
    days = calendar(read_clock(house()).now, me(), company())
    return page(
        "studio_resume.html",
        s=head(found, named[0], days, "resume") if named else None,
        action=f"/studio/{scenario}/resume",
        back=_where(scenario),
        waiting=waiting,
        hours=request.form.get("hours", str(HOURS))[:12],
        most_hours=MOST_HOURS,
        how=request.form.get("how", "at_once"),
        error=error,
    )
