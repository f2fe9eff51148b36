"""`/l/<scenario>`: the landing page with the first questions, then the questionnaire page by page (S127)."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answered

from funnel.domain.diagnosis import Refusal, read_answers
from funnel.usecases.errors import DatabaseAway, NotFound
from funnel.usecases.open_form import OpenForm, open_form, remembered_form
from funnel.web.here import house
from funnel.web.prospect.asking import PREFIX, Asking, asking, name_in_url, page_context, raw
from funnel.web.prospect.authored import show_authored
from funnel.web.prospect.fields import details_context, details_of
from funnel.web.prospect.session import answers_so_far, keep_answers, note_source, sent_form
from funnel.web.prospect.show import page
from funnel.web.prospect.wording import answer_error, too_much

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


@blueprint.get("/l/<scenario>")
def landing(scenario: str) -> Response:
    """The landing page; the questionnaire's first page, or the form itself, stands in it."""
    form = form_of(scenario)
    note_source()
    if form.questionnaire is None:
        form_html = render_template("_details.html", **details_context(form, details_of(form)))
    else:
        asked = asking(form, answers_so_far(form.name))
        first = asked.shown[0]
        context = page_context(form, asked, first, raw(asked.values), {}) | _resume(form, asked)
        form_html = render_template("_questions.html", **context)
    name = f"{form.name}/{form.form.page}"
    return show_authored(form.files, form.digest, name, form.company, form_html=Markup(form_html))


def _resume(form: OpenForm, asked: Asking) -> dict[str, str | None]:
    """Where she may go on: her results when the form was sent, else the page where she stopped."""
    name = name_in_url(form.name)
    results_url = url_for("prospect.thanks.thanks", scenario=name) if sent_form(form.name) else None
    stopped = asked.open_page()
    resume_url = None
    if asked.values and not results_url and stopped != asked.shown[0]:
        resume_url = _url(form, stopped)
    return {"resume_url": resume_url, "results_url": results_url}


@blueprint.get("/l/<scenario>/<int:number>")
def ask(scenario: str, number: int) -> Answered:
    """A page of questions. Who comes too early, or to a page that asks nothing, is led to where she stands."""
    form, index = _page(scenario, number)
    asked = asking(form, answers_so_far(form.name))
    stopped = asked.open_page()
    if stopped is not None and stopped < index:
        return redirect(_url(form, stopped))
    if index not in asked.shown:
        return redirect(_url(form, asked.after(index)))
    return show_questions(form, asked, index, raw(asked.values), {})


def show_questions(
    form: OpenForm, asked: Asking, index: int, posted: dict[str, list[str]], errors: dict[str, str]
) -> Response:
    """A page of questions alone; 422 with errors (by `q_<id>`)."""
    context = page_context(form, asked, index, posted, errors)
    return page("questionnaire.html", form.company, 422 if errors else 200, **context)


@blueprint.post("/l/<scenario>/<int:number>")
def answer(scenario: str, number: int) -> Answered:
    """Keep a page's answers in the session and go on, or back; wrong ones come back beside their questions."""
    form, index = _page(scenario, number)
    before = answers_so_far(form.name)
    questions = asking(form, before).questionnaire.pages[index].questions
    posted = {question.id: request.form.getlist(PREFIX + question.id) for question in questions}
    going_back = request.form.get("go") == "back"
    reading = read_answers(questions, posted, form.is_asked, before)
    refused = {id_: r for id_, r in reading.errors.items() if not (going_back and r.code == "required")}
    here = {question.id for question in questions}
    values = {name: value for name, value in before.items() if name not in here} | reading.values
    asked = asking(form, values)
    errors = {PREFIX + q.id: answer_error(q, refused[q.id]) for q in questions if q.id in refused}
    if not errors and not keep_answers(form.name, values):
        longest = max(questions, key=lambda question: len("".join(posted[question.id])))
        errors[PREFIX + longest.id] = too_much()
    if errors:
        return show_questions(form, asked, index, posted, errors)
    if not going_back:
        return redirect(_url(form, asked.after(index)), 303)
    earlier = asked.before(index)
    return redirect(_landing(form) if earlier is None else _url(form, earlier), 303)


def refused_answers(form: OpenForm, codes: dict[str, str]) -> Response | None:
    """Answers that the sent form refused (codes by `answers.<question>`): the page of the first, each beside its
    question."""
    asked = asking(form, answers_so_far(form.name))
    for index in asked.shown:
        errors = {
            PREFIX + question.id: answer_error(question, _refusal(codes[f"answers.{question.id}"]))
            for question in asked.questions(index)
            if f"answers.{question.id}" in codes
        }
        if errors:
            return show_questions(form, asked, index, raw(asked.values), errors)
    return None


def _refusal(code: str) -> Refusal:
    return Refusal("unreadable" if code not in ("required", "unknown_choice", "one_only") else code)  # type: ignore[arg-type]


def _page(scenario: str, number: int) -> tuple[OpenForm, int]:
    form = form_of(scenario)
    if form.questionnaire is None or not 0 < number <= len(form.questionnaire.pages):
        raise NotFound("there is no such page")
    return form, number - 1


def _landing(form: OpenForm) -> str:
    return url_for("prospect.questions.landing", scenario=name_in_url(form.name))


def _url(form: OpenForm, index: int | None) -> str:
    """Where a page is; none: the details."""
    name = name_in_url(form.name)
    if index is None:
        return url_for("prospect.details.details", scenario=name)
    return url_for("prospect.questions.ask", scenario=name, number=index + 1)
