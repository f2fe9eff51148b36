"""`/q/<questionnaire>/<token>`: a questionnaire that a mail asks for, and what may follow it; without a token, the
landing page that asks it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from funnel.domain.company import Company
from funnel.domain.diagnosis import Answer, IsAsked
from funnel.domain.model import in_language
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.tunnel.steps import CALL
from funnel.usecases.ask_questionnaire import (
    Asked,
    Choice,
    complete_questionnaire,
    landing_of,
    open_questionnaire,
)
from funnel.usecases.errors import DatabaseAway, Invalid
from funnel.web.forms import FollowUpForm
from funnel.web.here import house
from funnel.web.limits import FORMS, limiter
from funnel.web.prospect.asking import PREFIX, Round, name_in_url, raw
from funnel.web.prospect.pages import show_page, show_refused, take_page
from funnel.web.prospect.session import answers_so_far, drop_wish, keep_wish, wish_so_far
from funnel.web.prospect.show import hidden, page, path_of, unavailable
from funnel.web.prospect.wording import field_error
from funnel.web.speech import _, language, speak


class Asks(Protocol):
    """What pages need of a questionnaire that a mail asks for."""

    @property
    def company(self) -> Company:
        """Whose it is."""

    @property
    def questionnaire(self) -> Questionnaire:
        """What is asked."""

    @property
    def is_asked(self) -> IsAsked:
        """Which questions are, beside these answers."""

    @property
    def choices(self) -> Sequence[Choice]:
        """What may follow."""

    @property
    def must_choose(self) -> bool:
        """Whether one of them is to be taken."""

    @property
    def phone_known(self) -> bool:
        """Whether we could call her."""


blueprint = Blueprint("asked", __name__, url_prefix="/q")


@blueprint.get("/<questionnaire>")
def landing(questionnaire: str) -> Answered:
    """The landing page in which it stands."""
    return redirect(url_for("prospect.questions.landing", scenario=name_in_url(landing_of(house(), questionnaire))))


@blueprint.get("/<questionnaire>/<token>")
def begin(questionnaire: str, token: str) -> Answered:
    """The first questions; her results when she has answered. Opening it changes nothing."""
    asked = _open(questionnaire, token)
    return _answered(asked) or show_page(round_of(asked, token), 0)


@blueprint.get("/<questionnaire>/<token>/<int:number>")
def ask(questionnaire: str, token: str, number: int) -> Answered:
    """A page of questions."""
    asked = _open(questionnaire, token)
    return _answered(asked) or show_page(round_of(asked, token), number - 1)


@blueprint.post("/<questionnaire>/<token>/<int:number>")
def answer(questionnaire: str, token: str, number: int) -> Answered:
    """The answers of a page."""
    asked = _open(questionnaire, token)
    return _answered(asked) or take_page(round_of(asked, token), number - 1)


@blueprint.get("/<questionnaire>/<token>/end")
def end(questionnaire: str, token: str) -> Answered:
    """What may follow; who has not answered everything that is required is led back to it."""
    asked = _open(questionnaire, token)
    here = round_of(asked, token)
    stopped = here.with_answers(answers_so_far(here.kept_as)).open_page()
    if done := _answered(asked):
        return done
    if stopped is not None:
        return redirect(here.page_url(stopped))
    return _show(asked, here, FollowUpForm.read(**wish_so_far(here.kept_as)))


@blueprint.post("/<questionnaire>/<token>/end")
@limiter.limit(FORMS)
def send(questionnaire: str, token: str) -> Answered:
    """Store it. 422 with every error beside its field and nothing stored; 503 with all of it kept."""
    form = FollowUpForm.read()
    try:
        asked = _open(questionnaire, token)
    except DatabaseAway:
        return _away(questionnaire, token, form)
    here = round_of(asked, token)
    answers = _answers(asked, here)
    if form.go.data == "back":
        keep_wish(here.kept_as, form.kept)
        return redirect(here.page_url(here.with_answers(answers_so_far(here.kept_as)).shown[-1]), 303)
    chosen = next((one for one in asked.choices if one.id == form.follow_up.data), None)
    phone = form.phone.data if chosen and chosen.phone else ""
    try:
        url = complete_questionnaire(house(), questionnaire, token, answers, form.follow_up.data, phone)
    except Invalid as invalid:
        form.refuse({name: _refusal(name, code) for name, code in invalid.errors.items() if name in form})
        keep_wish(here.kept_as, form.kept)  # she comes back here after the answers that are missing
        return (show_refused(here, invalid.errors) if not form.wrong else None) or _show(asked, here, form, 422)
    except DatabaseAway:
        return _away(questionnaire, token, form)
    drop_wish()
    return redirect(path_of(url), 303)


def _open(questionnaire: str, token: str) -> Asked:
    asked = open_questionnaire(house(), questionnaire, token)
    speak(asked.lead.language)
    return asked


def _answered(asked: Asked) -> Answered | None:
    """To her results, when there are any: a second answer changes nothing."""
    return redirect(path_of(asked.results_url)) if asked.results_url else None


def _kept_as(questionnaire: str, token: str) -> str:
    """Her answers are kept apart from those of anybody else who answers in this browser."""
    return f"{questionnaire.replace('-', '_')}/{token[-8:]}"


def round_of(asked: Asks, token: str) -> Round:
    """The questionnaire as the link with this token opens it: the choice of what follows comes last."""
    name = asked.questionnaire.questionnaire

    def url(page: str, **number: int) -> str:
        return url_for(f"prospect.asked.{page}", questionnaire=name_in_url(name), token=token, **number)  # type: ignore[arg-type]

    return Round(
        _kept_as(name, token),
        asked.company,
        asked.questionnaire,
        asked.is_asked,
        lambda index: url("ask", number=index + 1),
        url("begin"),
        url("end"),
    )


def _answers(asked: Asked, here: Round) -> dict[str, list[str]]:
    """The answers of the session, and those that came along with a form that is sent again."""
    posted = {
        question.id: request.form.getlist(PREFIX + question.id)
        for question in asked.questionnaire.questions
        if PREFIX + question.id in request.form
    }
    return raw(answers_so_far(here.kept_as)) | posted


def _refusal(name: str, code: str) -> str:
    return _("Please choose how we go on.") if name == "follow_up" else field_error(name, code)


def _show(asked: Asked, here: Round, form: FollowUpForm, status: int = 200) -> Response:
    return show_choices(asked, here, answers_so_far(here.kept_as), form, status)


def show_choices(
    asked: Asks, here: Round, answers: Mapping[str, Answer], form: FollowUpForm, status: int = 200
) -> Response:
    """The page after the last question: what is to follow."""
    count = here.with_answers(answers).steps
    return page(
        "follow_up.html",
        asked.company,
        status,
        title=in_language(asked.questionnaire.title, language()),
        page={"number": count, "count": count},
        action=here.last_url,
        hidden=hidden(),
        choices=[_choice(one, form.follow_up.data) for one in asked.choices],
        must_choose=asked.must_choose,
        phone=form.phone.data,
        phone_needed=any(one.phone for one in asked.choices) and not asked.phone_known,
        errors=form.wrong,
    )


def _choice(choice: Choice, chosen: str) -> dict[str, Any]:
    text, hint = in_language(choice.text, language()), ""
    if choice.text is None and choice.id == CALL:
        text = _("Call me: I would like to go through my results with a consultant")
        hint = _(
            "We call you; you can choose the time yourself on the next page. The written summary follows the call."
        )
    elif choice.text is None:
        text = _("Send me the summary by e-mail")
        hint = _("With your three pieces of advice, as a document to keep and to pass on.")
    return {"id": choice.id, "text": text, "hint": hint, "phone": choice.phone, "chosen": choice.id == chosen}


def _away(questionnaire: str, token: str, form: FollowUpForm) -> Response:
    """The database is away: everything goes back into her hands."""
    kept = raw(answers_so_far(_kept_as(questionnaire, token)))
    carried = [("follow_up", form.follow_up.data), ("go", "send")]
    carried += [(PREFIX + name, value) for name, values in kept.items() for value in values]
    phone = {"name": "phone", "label": _("Which number may we call?"), "value": form.phone.data, "long": False}
    return unavailable(request.path, [phone] if form.phone.data else [], carried)
