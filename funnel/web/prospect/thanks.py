"""`/l/<scenario>/thanks`: what this browser has just sent, its results, and the address mended if it was mistyped.

The page is the same whether the address was known or not, and shows nothing but what this browser typed itself.
"""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from funnel.delivery.calendar import publication
from funnel.domain.contact import suggest_email
from funnel.domain.model import in_language
from funnel.usecases.correct_address import correct_address
from funnel.usecases.errors import DatabaseAway, Invalid, NotFound
from funnel.usecases.open_form import OpenForm
from funnel.usecases.read_results import read_submitted
from funnel.web.files import to_load
from funnel.web.forms import AddressForm
from funnel.web.here import house
from funnel.web.limits import FORMS, limiter
from funnel.web.prospect.asking import name_in_url
from funnel.web.prospect.fields import labels
from funnel.web.prospect.questions import form_of
from funnel.web.prospect.results import results_context
from funnel.web.prospect.session import SentForm, agrees_by_form, note_sent, own_submissions, sent_form
from funnel.web.prospect.show import hidden, page, unavailable
from funnel.web.prospect.wording import field_error
from funnel.web.speech import language

blueprint = Blueprint("thanks", __name__)


@blueprint.get("/l/<scenario>/thanks")
def thanks(scenario: str) -> Answered:
    """The results of the answers just sent; the landing page for a browser that sent none."""
    form = form_of(scenario)
    sent = sent_form(form.name)
    return _landing(form) if sent is None else _show(form, sent, AddressForm.read(email=sent.email))


@blueprint.post("/l/<scenario>/thanks")
@limiter.limit(FORMS)
def correct(scenario: str) -> Answered:
    """Send the private link to another address."""
    form = form_of(scenario)
    sent = sent_form(form.name)
    if sent is None:
        return _landing(form)
    address = AddressForm.read()
    typed = address.email.data
    try:
        corrected = correct_address(house(), sent.submission, own_submissions(), typed, language())
    except Invalid as invalid:
        address.refuse({"email": field_error("email", invalid.errors["email"])})
        return _show(form, sent, address)
    except DatabaseAway:
        label = labels(form)["email"]
        return unavailable(request.path, [{"name": "email", "label": label, "value": typed, "long": False}], [])
    kept = replace(sent, submission=corrected.submission, email=corrected.email, corrected=True)
    note_sent(kept, corrected.others)
    return redirect(url_for("prospect.thanks.thanks", scenario=name_in_url(form.name)), 303)


@blueprint.get("/l/<scenario>/webinar.ics")
def calendar(scenario: str) -> Response:
    """The webinar for the calendar of who has just registered (RFC 5545, METHOD:PUBLISH), as long as it is not over."""
    form = form_of(scenario)
    sent = sent_form(form.name)
    entry = form.seat_entry(language(), sent.email) if sent else None
    if entry is None:
        raise NotFound("there is no webinar")
    return to_load(publication(entry), "text/calendar; method=PUBLISH; charset=utf-8", "webinar.ics")


def given_by(form: OpenForm) -> str | None:
    """The title of the file whose link is in the mail; none where the form gives something else."""
    magnet = form.scenario.magnet
    return in_language(form.scenario.title, language()) if magnet and magnet.asset else None


def _landing(form: OpenForm) -> Answered:
    return redirect(url_for("prospect.questions.landing", scenario=name_in_url(form.name)))


def _show(form: OpenForm, sent: SentForm, address: AddressForm) -> Response:
    found = read_submitted(house(), sent.submission, language()) if form.questionnaire else None
    context: dict[str, Any] = {
        "first_name": sent.first_name,
        "email": sent.email,
        "suggestion": None if sent.corrected else suggest_email(sent.email),
        "action": url_for("prospect.thanks.correct", scenario=name_in_url(form.name)),
        "hidden": hidden(),
        "value": address.email.data,
        "error": address.wrong.get("email"),
        "corrected": sent.corrected,
        "to_confirm": sent.to_confirm,
        "agrees": agrees_by_form(),
        "proof": sent.submission if sent.tracked else None,
    }
    status = 422 if address.wrong else 200
    if found is None:
        return page(
            "thanks.html",
            form.company,
            status,
            given=given_by(form),
            webinar=form.describe_webinar(language()),
            calendar_url=url_for("prospect.thanks.calendar", scenario=name_in_url(form.name)),
            **context,
        )
    return page("thanks_results.html", found.company, status, **(results_context(found, sent.first_name) | context))
