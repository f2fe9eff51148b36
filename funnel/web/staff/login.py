"""Logging in and out, and the one-time link that sets a first password."""

from flask import Blueprint, Response, make_response, request, session
from flask import redirect as go
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from funnel.usecases.demo_accounts import read_accounts
from funnel.usecases.errors import Invalid
from funnel.usecases.people import SHORTEST, sign_in, use_password_link
from funnel.web.here import house
from funnel.web.limits import LOG_IN, failed, limiter
from funnel.web.staff.guard import inside, open_session, who
from funnel.web.staff.page import page, say

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
def ask() -> Answer | str:
    """The form; someone already inside goes on."""
    if who():
        return go(inside(request.args.get("next", "")), 303)
    return _form()


@blueprint.post("/login")
@limiter.limit(LOG_IN, deduct_when=failed)
def enter() -> Answer:
    """In with the right password; otherwise the form again, 401, saying neither which half was wrong."""
    email = request.form.get("email", "")
    found = sign_in(house(), email, request.form.get("password", ""))
    if found is None:
        return make_response(_form(email, _("This address and password do not fit together.")), 401)
    open_session(found)
    return go(inside(request.form.get("next", "")), 303)


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
    password = request.form.get("password", "")
    error = None
    if password != request.form.get("again", ""):
        error = _("The two are not the same. Type it twice, the same way.")
    else:
        try:
            use_password_link(house(), token, password)
        except Invalid:
            error = _("Too short: use %(number)s characters or more.", number=SHORTEST)
    if error:
        answer = page(
            "password.html", "", name=user.name, email=user.email, token=token, shortest=SHORTEST, error=error
        )
        return make_response(answer, 422)
    session.clear()
    say(_("Your password is set. Log in with it."))
    return go("/login", 303)


def _form(email: str = "", error: str | None = None) -> str:
    accounts = [account._asdict() for account in read_accounts(house())]
    wanted = request.values.get("next", "")
    return page("login.html", "", email=email, error=error, next=wanted, accounts=accounts)
