"""`/l/<scenario>/details`: who she is, and the form is sent: stored once, or it comes back whole."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from funnel.domain.diagnosis import read_answers
from funnel.domain.lead import VISIT_TRACKING
from funnel.usecases.errors import DatabaseAway, Invalid
from funnel.usecases.open_form import OpenForm
from funnel.usecases.submit_form import Sent, submit_form
from funnel.web.forms import CONSENT, DetailsForm
from funnel.web.here import house
from funnel.web.limits import FORMS, limiter
from funnel.web.prospect.asking import PREFIX, asking, name_in_url, raw
from funnel.web.prospect.fields import details_context, details_of, labels, submission_of
from funnel.web.prospect.questions import form_of, refused_answers, show_closed
from funnel.web.prospect.session import (
    SentForm,
    answers_so_far,
    keep_answers,
    keep_details,
    note_sent,
    note_zone,
    source,
)
from funnel.web.prospect.show import page, unavailable
from funnel.web.prospect.wording import field_error
from funnel.web.speech import language

blueprint = Blueprint("details", __name__)


@blueprint.get("/l/<scenario>/details")
def details(scenario: str) -> Answered:
    """The last step; who has not answered everything that is required is led back to it."""
    form = form_of(scenario)
    name = name_in_url(form.name)
    if form.closed:
        return show_closed(form)
    if form.questionnaire:
        stopped = asking(form, answers_so_far(form.name)).open_page()
        if stopped is not None:
            return redirect(url_for("prospect.questions.ask", scenario=name, number=stopped + 1))
    return page("details.html", form.company, **details_context(form, details_of(form)))


@blueprint.post("/l/<scenario>/details")
@limiter.limit(FORMS)
def send(scenario: str) -> Answered:
    """Send the form. 422 with every error beside its field and nothing stored; 503 with all of it kept."""
    form = form_of(scenario)
    if form.closed:
        return show_closed(form, 409)
    details = details_of(form)
    fields, consents, zone = details.typed, details.ticked, details.zone.data
    answers = _answers(form)
    if details.go.data == "back":
        return _back(form, details)
    sent = Sent(
        scenario=form.name,
        fields=fields,
        consents=consents,
        answers=answers,
        once=submission_of(form, fields, consents, answers, details.once.data),
        page=url_for("prospect.questions.landing", scenario=name_in_url(form.name)),
        language=language(),
        zone=zone or None,
        source=source(),
    )
    try:
        submitted = submit_form(house(), sent)
    except Invalid as invalid:
        return _refused(form, details, invalid.errors)
    except DatabaseAway:
        return _away(form, details, answers)
    note_zone(zone)
    first_name = (fields["name"].split() or [""])[0]
    note_sent(
        SentForm(
            form.name,
            submitted.submission,
            first_name,
            submitted.email,
            fields["phone"],
            tracked=VISIT_TRACKING in consents and not form.company.confirms(VISIT_TRACKING),
            to_confirm=any(form.company.confirms(purpose) for purpose in consents),
        )
    )
    return redirect(url_for("prospect.thanks.thanks", scenario=name_in_url(form.name)), 303)


def _answers(form: OpenForm) -> dict[str, list[str]]:
    """The answers of the session, and those that came along (a form that is sent again brings its own)."""
    values = raw(answers_so_far(form.name))
    if form.questionnaire is None:
        return {}
    posted = {
        question.id: request.form.getlist(PREFIX + question.id)
        for question in form.questionnaire.questions
        if PREFIX + question.id in request.form
    }
    if posted:
        values |= posted
        keep_answers(form.name, read_answers(form.questionnaire.questions, values, form.is_asked).values)
    return values


def _back(form: OpenForm, details: DetailsForm) -> Answered:
    keep_details(form.name, details.typed, details.ticked)
    name = name_in_url(form.name)
    if form.questionnaire is None:
        return redirect(url_for("prospect.questions.landing", scenario=name), 303)
    last = asking(form, answers_so_far(form.name)).shown[-1]
    return redirect(url_for("prospect.questions.ask", scenario=name, number=last + 1), 303)


def _refused(form: OpenForm, details: DetailsForm, codes: dict[str, str]) -> Response:
    details.refuse({name: field_error(name, codes[name]) for name in labels(form) if name in codes})
    if not details.wrong:
        keep_details(form.name, details.typed, details.ticked)  # she comes back here after the answers that are missing
        shown = refused_answers(form, codes)
        if shown is not None:
            return shown
    return page("details.html", form.company, 422, **details_context(form, details))


def _away(form: OpenForm, details: DetailsForm, answers: dict[str, list[str]]) -> Response:
    """The database is away: everything goes back into her hands."""
    carried = [("once", details.once.data), ("zone", details.zone.data), ("go", "send")]
    carried += [(CONSENT + purpose, "yes") for purpose in details.ticked]
    carried += [(PREFIX + name, value) for name, values in answers.items() for value in values]
    typed = details.typed
    shown = [
        {"name": name, "label": label, "value": typed[name], "long": False} for name, label in labels(form).items()
    ]
    return unavailable(url_for("prospect.details.send", scenario=name_in_url(form.name)), shown, carried)
