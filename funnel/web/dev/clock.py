"""`/dev/clock`: business time, read and moved forward, as a page and for programs."""

from datetime import UTC, datetime, timedelta
from typing import Any

from babel.dates import format_timedelta
from flask import Blueprint, Response, jsonify, make_response, redirect, request, session
from werkzeug.wrappers import Response as Answer

from funnel.usecases.errors import Conflict
from funnel.usecases.list_unsent import list_unsent
from funnel.usecases.list_upcoming import Upcoming, list_upcoming
from funnel.usecases.move_clock import ClockState, move_clock, read_clock
from funnel.web.csrf import csrf
from funnel.web.dev.unsent import unsent_row
from funnel.web.forms import ClockForm
from funnel.web.here import company, house
from funnel.web.speech import _, language, names, told
from funnel.web.staff.page import Calendar, iso, page

blueprint = Blueprint("dev_clock", __name__, url_prefix="/dev")

_RESULT = "clock"


@blueprint.get("/clock")
def clock() -> Answer | str:
    """A page for browsers; `{"now", "next_due", "pending"}` for programs."""
    if not _for_people():
        return jsonify(_as_json(read_clock(house())))
    return _page(session.pop(_RESULT, None))


@blueprint.post("/clock")
def move() -> Answer:
    """Move on by `advance` or to `to`: 200, or 202 with what is still pending; 409 for the past, 422 for no span.
    `unsent` says which mails fell due and did not leave, and why, when there are any.

    JSON and the header `X-Funnel-Dev: 1` need no token: no page of another site can send either without being asked.
    """
    program = request.is_json or request.headers.get("X-Funnel-Dev") == "1"
    if not program:
        csrf.protect()
    try:
        advance, to = _asked()
        before = {one.id for one in list_unsent(house())}
        state = move_clock(house(), advance=advance, to=to)
    except Conflict as conflict:
        return _refuse(told(conflict), 409, program=program)
    except (ValueError, OverflowError) as error:
        return _refuse(str(error), 422, program=program)
    unsent = [one for one in list_unsent(house()) if one.id not in before]
    if program or not _for_people():
        done: dict[str, Any] = {"hops": state.hops, "carried_out": state.carried_out}
        if unsent:
            done["unsent"] = [{"lead": one.lead, "mail": one.message, "reason": one.reason} for one in unsent]
        answer = jsonify({"now": iso(state.now), "pending": state.pending, **done})
        answer.status_code = 202 if state.pending else 200
        return answer
    said = {"hops": state.hops, "carried_out": state.carried_out, "pending": state.pending, "unsent": len(unsent)}
    session[_RESULT] = said
    return redirect("/dev/clock", 303)


csrf.exempt(move)


def _asked() -> tuple[str | None, datetime | None]:
    fields: Any = request.get_json(silent=True) if request.is_json else ClockForm.read().data
    if not hasattr(fields, "get"):
        raise ValueError(_("send an object with 'advance' or 'to'"))
    advance, to = fields.get("advance"), fields.get("to")
    if advance is not None and not isinstance(advance, str):
        raise ValueError(_("'advance' is a text, like '2 days', '36 hours' or 'P2D'"))
    if advance or to is None:
        return advance or None, None
    if not isinstance(to, str):
        raise ValueError(_("'to' is an ISO instant, like '2026-06-18T07:30:00Z'"))
    try:
        instant = datetime.fromisoformat(to)
    except ValueError:
        raise ValueError(_("'to' is an ISO instant, like '2026-06-18T07:30:00Z'")) from None
    if instant.tzinfo is None:
        raise ValueError(_("'to' needs its zone: end it with Z for UTC"))
    return None, instant.astimezone(UTC)


def _refuse(why: str, code: int, *, program: bool) -> Answer:
    if program or not _for_people():
        answer: Response = jsonify(error=why)
        answer.status_code = code
        return answer
    return make_response(_page(None, why), code)


def _for_people() -> bool:
    return request.accept_mimetypes.best_match(("application/json", "text/html")) == "text/html"


def _as_json(state: ClockState) -> dict[str, Any]:
    return {
        "now": iso(state.now),
        "next_due": iso(state.next_due) if state.next_due else None,
        "pending": state.pending,
    }


def _page(result: dict[str, Any] | None, error: str | None = None) -> str:
    state = read_clock(house())
    days = Calendar(state.now, company())
    upcoming = [{"when": days.when(one.at), "what": _in_words(one)} for one in list_upcoming(house())]
    return page(
        "dev_clock.html",
        "clock",
        now=days.when(state.now),
        weekday=days.day(state.now, year=True),
        clock=days.clock(state.now),
        zone=days.zone,
        offset=_offset(state.now),
        next_due=upcoming[0] if upcoming else None,
        upcoming=upcoming,
        result={**result, "now": days.exact(state.now)} if result else None,
        unsent=[unsent_row(one, days) for one in list_unsent(house())[: result["unsent"]]] if result else [],
        error=error,
    )


def _offset(now: datetime) -> str:
    ahead = now - datetime.now(UTC)
    if ahead < timedelta(minutes=1):
        return ""
    return _("%(span)s ahead of the wall clock", span=format_timedelta(ahead, locale=language()))


def _in_words(one: Upcoming) -> str:
    called = names()
    match one.kind:
        case "waiting":
            return _("%(lead)s: a wait ends", lead=one.lead)
        case "awaiting":
            return _("%(lead)s: %(step)s, or goes on without", lead=one.lead, step=called.step(one.scenario, one.what))
        case "webhook":
            return _("%(lead)s: “%(what)s” is told", lead=one.lead, what=called.webhook(one.what))
        case "digest":
            return _("%(rep)s is asked how it went", rep=called.user(one.what))
    return _("%(lead)s: mail “%(what)s” leaves", lead=one.lead, what=called.mail(one.what))
