"""How an appointment went: `/outcome/<token>`, where a rep's daily mail leads without a log-in, and the page that the
desk has of it too (S92)."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from funnel.domain.company import User
from funnel.usecases.addresses import outcome_link
from funnel.usecases.errors import Conflict
from funnel.usecases.mark_outcome import OutcomePage
from funnel.usecases.outcome_by_link import mark_by_link, open_outcome
from funnel.web.here import house
from funnel.web.speech import names, speak, told
from funnel.web.staff.guard import who
from funnel.web.staff.page import calendar, notify, page

blueprint = Blueprint("outcome", __name__, url_prefix="/outcome")


@blueprint.get("/<token>")
def ask(token: str) -> Response | str:
    """The two buttons; the same rep's desk has them too, when she is logged in. Looking changes nothing."""
    user, account, found = open_outcome(house(), token)
    if who() == user:
        return redirect(f"/desk/appointments/{found.appointment.id}", 303)
    speak(next(iter(user.languages), None))
    action = url_for("outcome.ask", token=token)

    def url_of(row: Mapping[str, Any]) -> str:
        return outcome_link(house(), account, row["id"], row["ends_at"], found.now)

    return show_outcome(found, user, action, url_of, by_link=True)


@blueprint.post("/<token>/held")
def held(token: str) -> Response:
    """The meeting took place."""
    return _mark(token, held=True)


@blueprint.post("/<token>/missed")
def missed(token: str) -> Response:
    """She did not come."""
    return _mark(token, held=False)


def _mark(token: str, *, held: bool) -> Response:
    try:
        mark_by_link(house(), token, held=held)
    except Conflict as conflict:
        notify(told(conflict), "warn")
    return redirect(url_for("outcome.ask", token=token), 303)


def show_outcome(
    found: OutcomePage, user: User, action: str, url_of: Callable[[Mapping[str, Any]], str], *, by_link: bool = False
) -> str:
    """The page that takes an outcome at `action` and leads on to the others by `url_of`; who came `by_link` is not
    logged in, and sees of her leads what stood in the mail."""
    called, days, one = names(), calendar(found.now, user, found.company), found.appointment
    return page(
        "outcome.html",
        "" if by_link else "desk",
        by_link=by_link,
        action=action,
        appointment={
            "id": one.id,
            "title": called.appointment_type(one.type),
            "minutes": round((one.ends_at - one.starts_at).total_seconds() / 60),
            "short": days.short(one.starts_at),
            "state": one.state,
            "rep": called.user(one.rep),
            "begun": one.starts_at <= found.now,
            "asked": found.asked,
            "to_choose": found.to_choose,
        },
        lead={
            "id": found.lead.id,
            "name": found.lead.called,
            "company": found.lead.company,
            "erased": found.lead.erased,
        },
        others=[
            {
                "lead": {"name": row["lead"]["name"] or row["lead"]["email"]},
                "title": called.appointment_type(row["type"]),
                "when": days.when(row["starts_at"]),
                "url": url_of(row),
            }
            for row in found.others
        ],
    )
