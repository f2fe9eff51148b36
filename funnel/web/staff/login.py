"""Logging in and out, and the one-time link that sets a first password."""

from flask import Blueprint, Response, make_response, request, session
from flask import redirect as go
from werkzeug.wrappers import Response as Answer

from funnel.usecases.demo_accounts import read_accounts
from funnel.usecases.errors import Invalid
from funnel.usecases.people import SHORTEST, sign_in, use_password_link
from funnel.web.forms import LoginForm, PasswordForm, PostedForm
from funnel.web.here import house
from funnel.web.limits import LOG_IN, LOG_INS, failed, guessed, limiter
from funnel.web.speech import _
from funnel.web.staff.guard import inside, open_session, who
from funnel.web.staff.page import notify, page
from funnel.web.staff.wording import role_in_words

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
def ask() -> Answer | str:
    """The form; someone already inside goes on."""
    if who():
        return go(inside(request.args.get("next", "")), 303)
    return _page(_form())


@blueprint.post("/login")
@limiter.limit(LOG_INS, deduct_when=failed)
@limiter.limit(LOG_IN, key_func=guessed, deduct_when=failed)
def enter() -> Answer:
    """In with the right password; otherwise the form again, 401, saying neither which half was wrong."""
    form = _form()
    found = sign_in(house(), form.email.data, form.password.data)
    if found is None:
        form.refuse({"password": _("This address and password do not fit together.")})
        return make_response(_page(form), 401)
    open_session(found)
    return go(inside(form.next.data or ("/studio" if found.role == "marketer" else "/desk")), 303)


@blueprint.post("/logout")
def leave() -> Answer:
    """Out: nothing of the session remains."""
    session.clear()
    return go("/login", 303)


@blueprint.get("/login/<token>")
def ask_password(token: str) -> str:
    """The page behind a one-time link; `NotFound` once it was used."""
    user = use_password_link(house(), token, None)
    return page("password.html", "", name=user.name, email=user.email, token=token, shortest=SHORTEST, error=None)


@blueprint.post("/login/<token>")
@limiter.limit(LOG_IN, deduct_when=failed)
def set_first_password(token: str) -> Answer | Response:
    """Set it; the link ends here, and so does every older session."""
    user = use_password_link(house(), token, None)
    form = PasswordForm.read()
    if form.validate():
        try:
            use_password_link(house(), token, form.password.data)
        except Invalid:
            form.refuse({"password": _("Too short: use %(number)s characters or more.", number=SHORTEST)})
    if error := _first(form):
        answer = page(
            "password.html", "", name=user.name, email=user.email, token=token, shortest=SHORTEST, error=error
        )
        return make_response(answer, 422)
    session.clear()
    notify(_("Your password is set. Log in with it."))
    return go("/login", 303)


def _form() -> LoginForm:
    return LoginForm.read(next=request.args.get("next", ""))


def _page(form: LoginForm) -> str:
    accounts = [{**account._asdict(), "title": role_in_words(account.role)} for account in read_accounts(house())]
    return page("login.html", "", email=form.email.data, error=_first(form), next=form.next.data, accounts=accounts)


def _first(form: PostedForm) -> str | None:
    return next(iter(form.wrong.values()), None)
