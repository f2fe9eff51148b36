"""`/r/<token>`: her results behind their private link; opening it changes nothing, a button proves the address."""

import re
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from funnel.domain.model import in_language
from funnel.domain.timing import local_time, zone_of
from funnel.domain.tunnel.steps import DIAGNOSIS
from funnel.usecases.draw_results import draw_results
from funnel.usecases.promised_calls import Call
from funnel.usecases.read_results import Results, prove_address, read_results
from funnel.usecases.wording import city_of, day_in_words, describe_appointment, describe_time
from funnel.web.here import house
from funnel.web.limits import PAPERS, limiter
from funnel.web.prospect.show import hidden, page, path_of
from funnel.web.speech import language, speak_with

blueprint = Blueprint("results", __name__)


@blueprint.get("/r/<token>")
def results(token: str) -> Response:
    """Her results. Mail scanners open links too, so this proves nothing."""
    found = read_results(house(), token, speak_with)
    first_name = (found.lead.name.split() or [""])[0]
    context = results_context(found, first_name)
    if found.booked and found.booked_url:
        said = describe_appointment(found.company, found.lead, found.booked, language())
        context["appointment"] = {**said, "url": path_of(found.booked_url)}
    context["proven"] = found.lead.email_proven and request.args.get("thanks") == "yes"
    context["pdf_url"] = url_for("prospect.results.paper", token=token, lang=language())
    if found.may_prove:
        marks = [("ticked", mark) for mark in found.ticked]
        context["prove"] = {"action": request.path, "hidden": hidden(*marks), "ticked": list(found.ticked.values())}
    return page("results.html", found.company, **context)


@blueprint.get("/r/<token>/diagnosis.pdf")
@limiter.limit(PAPERS)
def paper(token: str) -> Response:
    """The same results as a PDF, to print or to pass on."""
    answer = Response(draw_results(house(), token, speak_with), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{DIAGNOSIS}"'
    return answer


@blueprint.post("/r/<token>")
def prove(token: str) -> Answered:
    """Yes, this is me."""
    prove_address(house(), token, request.form.getlist("ticked"))
    return redirect(url_for("prospect.results.results", token=token, thanks="yes", _anchor="proven"), 303)


def results_context(found: Results, first_name: str) -> dict[str, Any]:
    """What `results.html` takes, without anything that is stored beside the answers."""
    spoken = language()
    zone = zone_of(found.lead.zone, None, found.company.zone)
    offer = found.offer
    return {
        "first_name": first_name,
        "title": found.results["title"],
        "taken_on": day_in_words(local_time(found.taken_at, zone), spoken, "long"),
        "results": {**found.results, "advice": [one["text"] for one in found.results["advice"]]},
        "email": None,
        "book_url": path_of(found.book_url) if found.book_url else None,
        "offer": {"title": in_language(offer.title, spoken), "minutes": offer.minutes} if offer else None,
        "appointment": None,
        "call": _call(found.call, found.lead.phone, zone) if found.call else None,
        "prove": None,
        "proven": False,
        "pdf_url": None,
    }


def _call(call: Call, phone: str | None, zone: str) -> dict[str, Any]:
    """Enough of her number for her to know it, and too little for whoever she gives the page to."""
    spoken = language()
    by = describe_time(call.by, zone, spoken)["when"] if call.by else None
    return {"ending": re.sub(r"\D", "", phone or "")[-2:], "by": by, "city": city_of(zone, spoken)}
