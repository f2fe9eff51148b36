"""`/u/<token>`: what will stop and one button; the same address takes the one-click POST of RFC 8058.

Each purpose stands there with its wording, to be agreed to or taken back.
"""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from funnel.domain.lead import VISIT_TRACKING, Lead
from funnel.usecases.in_time import in_time
from funnel.usecases.preferences import agrees, change_consent, read_preferences, unsubscribe
from funnel.usecases.promised_calls import Call
from funnel.usecases.stopping import read_stopping
from funnel.web.csrf import csrf
from funnel.web.here import house
from funnel.web.prospect.purposes import choose_purpose, newly_tracked, purposes_shown
from funnel.web.prospect.show import page
from funnel.web.speech import _, language, names, speak

blueprint = Blueprint("unsubscribe", __name__)

PAGE = "/u"
"""How the record names the page on which she stopped it; the token itself is not written down."""


@blueprint.get("/u/<token>")
def preferences(token: str) -> Response:
    """What would stop, and each purpose with its wording. Opening it changes nothing."""
    found = read_preferences(house(), token)
    speak(found.lead.language)
    purposes = purposes_shown(found.lead, found.company, url_for("prospect.unsubscribe.choose", token=token))
    untracked = bool(request.args.get("untracked")) and not agrees(found.lead, VISIT_TRACKING)
    said: dict[str, Any] = {"untracked": untracked, "tracked": newly_tracked(found.lead)}
    if found.lead.unsubscribed:
        return page("unsubscribed.html", found.company, email=found.lead.email, purposes=purposes, **said)
    told = read_stopping(house(), found.lead, language())
    stops = [_("Mails that follow up on “%(title)s”", title=title) for title in told.stops]
    calls = [_called(one) for one in told.calls]
    results = [_("The private link to your results")] if found.lead.answers else []
    return page(
        "unsubscribe.html",
        found.company,
        email=found.lead.email,
        stops=[*stops, _("News, advice and invitations")],
        keeps=[*calls, *told.stays, *results, _("Confirmations and reminders of an appointment that you book")],
        action=url_for("prospect.unsubscribe.stop", token=token),
        hidden=[],
        purposes=purposes,
        **said,
    )


def _called(call: Call) -> str:
    return _("We call you: %(what)s", what=names().appointment_type(call.about)) if call.about else _("We call you")


@blueprint.post("/u/<token>/choose")
def choose(token: str) -> Answered:
    """Agree to one purpose, or take it back. Somebody who had stopped the mails gets them again only by this."""
    spoken = language()

    def change(purpose: str, given: bool) -> Lead:
        return in_time(
            house(), lambda hurried: change_consent(hurried, token, purpose, given=given, page=PAGE, language=spoken)
        )

    untracked = "yes" if choose_purpose(change) else None
    back = url_for("prospect.unsubscribe.preferences", token=token, untracked=untracked, _anchor="choices")
    return redirect(back, 303)


@blueprint.post("/u/<token>")
def stop(token: str) -> Answered:
    """Stop all marketing mail at once; to a mail program 200 and no page, also for somebody erased."""
    in_time(house(), lambda hurried: unsubscribe(hurried, token, PAGE))
    if request.form.get("List-Unsubscribe") == "One-Click":
        return Response("", 200, mimetype="text/plain")
    return redirect(url_for("prospect.unsubscribe.preferences", token=token), 303)


csrf.exempt(stop)  # mail programs post without having opened a page (RFC 8058, 3.1); the token is the proof
