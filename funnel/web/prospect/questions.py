"""`/l/<scenario>`: the landing page with the first questions, then the questionnaire page by page (S127)."""

from flask import Blueprint, Response, render_template, url_for
from werkzeug.wrappers import Response as Answered

from funnel.usecases.errors import DatabaseAway, NotFound
from funnel.usecases.open_form import OpenForm, open_form, remembered_form
from funnel.web.here import house
from funnel.web.prospect.asking import Asking, Round, name_in_url, page_context, raw
from funnel.web.prospect.authored import show_landing
from funnel.web.prospect.fields import details_context, details_of
from funnel.web.prospect.pages import show_page, show_refused, take_page
from funnel.web.prospect.session import answers_so_far, note_source, sent_form
from funnel.web.speech import language

blueprint = Blueprint("questions", __name__)


def form_of(scenario: str) -> OpenForm:
    """The form of a scenario; from memory while the database is away, since asking needs none."""
    try:
        return open_form(house(), scenario)
    except DatabaseAway:
        remembered = remembered_form(house(), scenario)
        if remembered is None:
            raise
        return remembered


def round_of(form: OpenForm) -> Round:
    """The questionnaire of a form: the details follow it."""
    if form.questionnaire is None:
        raise NotFound("there is no such page")
    name = name_in_url(form.name)
    return Round(
        form.name,
        form.company,
        form.questionnaire,
        form.is_asked,
        lambda index: url_for("prospect.questions.ask", scenario=name, number=index + 1),
        url_for("prospect.questions.landing", scenario=name),
        url_for("prospect.details.details", scenario=name),
    )


@blueprint.get("/l/<scenario>")
def landing(scenario: str) -> Response:
    """The landing page; the questionnaire's first page, or the form itself, stands in it."""
    form = form_of(scenario)
    note_source()
    return show_closed(form) if form.closed else _landing(form)


def show_closed(form: OpenForm, status: int = 200) -> Response:
    """The landing page of a webinar that is over, without a replay: it says so where the form stood."""
    return show_landing(form, render_template("_closed.html", webinar=form.describe_webinar(language())), status)


def _landing(form: OpenForm) -> Response:
    if form.questionnaire is None:
        form_html = render_template("_details.html", **details_context(form, details_of(form)))
    else:
        here = round_of(form)
        asked = here.with_answers(answers_so_far(form.name))
        first = asked.shown[0]
        context = page_context(here, asked, first, raw(asked.values), {}) | _resume(form, here, asked)
        form_html = render_template("_questions.html", **context)
    return show_landing(form, form_html)


def _resume(form: OpenForm, here: Round, asked: Asking) -> dict[str, str | None]:
    """Where she may go on: her results when the form was sent, else the page where she stopped."""
    name = name_in_url(form.name)
    results_url = url_for("prospect.thanks.thanks", scenario=name) if sent_form(form.name) else None
    stopped = asked.open_page()
    resume_url = None
    if asked.values and not results_url and stopped != asked.shown[0]:
        resume_url = here.last_url if stopped is None else here.page_url(stopped)
    return {"resume_url": resume_url, "results_url": results_url}


@blueprint.get("/l/<scenario>/<int:number>")
def ask(scenario: str, number: int) -> Answered:
    """A page of questions."""
    return show_page(round_of(form_of(scenario)), number - 1)


@blueprint.post("/l/<scenario>/<int:number>")
def answer(scenario: str, number: int) -> Answered:
    """The answers of a page."""
    return take_page(round_of(form_of(scenario)), number - 1)


def refused_answers(form: OpenForm, codes: dict[str, str]) -> Response | None:
    """Answers that the sent form refused (codes by `answers.<question>`): the page of the first, each beside its
    question."""
    return show_refused(round_of(form), codes)
