"""The pages of a questionnaire, wherever it is asked: shown one by one, their answers kept in the session."""

from flask import Response, redirect, request
from werkzeug.wrappers import Response as Answered

from funnel.domain.diagnosis import Refusal, read_answers
from funnel.usecases.errors import NotFound
from funnel.web.prospect.asking import PREFIX, Asking, Round, page_context, raw
from funnel.web.prospect.session import answers_so_far, keep_answers
from funnel.web.prospect.show import page
from funnel.web.prospect.wording import answer_error, too_much


def show_page(here: Round, index: int) -> Answered:
    """A page of questions. Who comes too early, or to a page that asks nothing, is led to where she stands."""
    _there(here, index)
    asked = here.with_answers(answers_so_far(here.kept_as))
    stopped = asked.open_page()
    if stopped is not None and stopped < index:
        return redirect(here.page_url(stopped))
    if index not in asked.shown:
        return redirect(_after(here, asked, index))
    return _show(here, asked, index, raw(asked.values), {})


def take_page(here: Round, index: int) -> Answered:
    """Keep a page's answers in the session and go on, or back; wrong ones come back beside their questions."""
    _there(here, index)
    before = answers_so_far(here.kept_as)
    questions = here.questionnaire.pages[index].questions
    posted = {question.id: request.form.getlist(PREFIX + question.id) for question in questions}
    going_back = request.form.get("go") == "back"
    reading = read_answers(questions, posted, here.is_asked, before)
    refused = {id_: r for id_, r in reading.errors.items() if not (going_back and r.code == "required")}
    own = {question.id for question in questions}
    values = {name: value for name, value in before.items() if name not in own} | reading.values
    asked = here.with_answers(values)
    errors = {PREFIX + q.id: answer_error(q, refused[q.id]) for q in questions if q.id in refused}
    if not errors and not keep_answers(here.kept_as, values):
        longest = max(questions, key=lambda question: len("".join(posted[question.id])))
        errors[PREFIX + longest.id] = too_much()
    if errors:
        return _show(here, asked, index, posted, errors)
    if not going_back:
        return redirect(_after(here, asked, index), 303)
    earlier = asked.before(index)
    return redirect(here.begin_url if earlier is None else here.page_url(earlier), 303)


def show_refused(here: Round, codes: dict[str, str]) -> Response | None:
    """Answers that were refused when all was sent (codes by `answers.<question>`): the page of the first, each beside
    its question; none when the codes are of something else."""
    asked = here.with_answers(answers_so_far(here.kept_as))
    for index in asked.shown:
        errors = {
            PREFIX + question.id: answer_error(question, _refusal(codes[f"answers.{question.id}"]))
            for question in asked.questions(index)
            if f"answers.{question.id}" in codes
        }
        if errors:
            return _show(here, asked, index, raw(asked.values), errors)
    return None


def _show(here: Round, asked: Asking, index: int, posted: dict[str, list[str]], errors: dict[str, str]) -> Response:
    """A page of questions alone; 422 with errors (by `q_<id>`)."""
    context = page_context(here, asked, index, posted, errors)
    return page("questionnaire.html", here.company, 422 if errors else 200, **context)


def _refusal(code: str) -> Refusal:
    return Refusal("unreadable" if code not in ("required", "unknown_choice", "one_only") else code)  # type: ignore[arg-type]


def _there(here: Round, index: int) -> None:
    if not 0 <= index < len(here.questionnaire.pages):
        raise NotFound("there is no such page")


def _after(here: Round, asked: Asking, index: int) -> str:
    """The next page that asks something, else the step after them."""
    following = asked.after(index)
    return here.last_url if following is None else here.page_url(following)
