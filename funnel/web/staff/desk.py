"""`/desk`: what waits for a rep, what needs doing first, and the buttons that do it (S145)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import Blueprint, make_response, request, url_for
from werkzeug.wrappers import Response

from funnel.domain.company import User
from funnel.usecases.answer_handoff import accept_handoff, return_handoff
from funnel.usecases.calendar_words import calendar_fault
from funnel.usecases.desk import finish_task, read_desk
from funnel.usecases.errors import Conflict, Invalid
from funnel.usecases.mark_outcome import Marked, mark_appointment, read_outcome
from funnel.usecases.naming import Names
from funnel.usecases.read_calendars import Feed
from funnel.web.forms import ReturnForm
from funnel.web.here import house
from funnel.web.speech import _, names
from funnel.web.staff.guard import me, staff
from funnel.web.staff.her_clock import clock_now
from funnel.web.staff.lead import lead_page
from funnel.web.staff.outcome import show_outcome
from funnel.web.staff.page import Calendar, back, calendar, came_from_lead, notify, page, refused
from funnel.web.staff.suggesting import suggested_row
from funnel.web.staff.wording import appointment_state, refused_text, task_row, what_came_of_it

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.get("")
@staff()
def desk() -> str:
    """The desk; `?who=mine` one's own, `?who=team` everybody's. Reps begin with their own."""
    return _desk({})


@blueprint.post("/handoffs/<path:handoff>/accept")
@staff()
def accept(handoff: str) -> Response:
    """The first acceptance wins; whoever comes second is told who was first. The other roles hand over to a rep."""
    if me().role != "rep":
        notify(_("Only a rep can accept a lead: it goes to the desk of whoever does."), "warn")
        return back()
    try:
        accept_handoff(house(), me(), handoff)
    except Conflict as conflict:
        return refused(conflict)
    notify(_("Accepted: this lead is yours."))
    return back()


@blueprint.post("/handoffs/<path:handoff>/return")
@staff()
def give_back(handoff: str) -> Response:
    """Back to marketing, with a reason; without one the page comes again with the box open (422)."""
    form = ReturnForm.read()
    try:
        return_handoff(house(), me(), handoff, form.reason.data, disqualified=form.disqualified.data)
    except Invalid as invalid:
        form.refuse({"reason": refused_text(invalid, _("Write a reason, so that marketing can do better."))})
        if came_from_lead() and form.lead.data:
            return make_response(lead_page(form.lead.data, return_error=form.wrong["reason"]), 422)
        return make_response(_desk({handoff: form.wrong["reason"]}), 422)
    except Conflict as conflict:
        return refused(conflict)
    notify(_("Returned. Marketing reads your reason."))
    return back()


@blueprint.get("/appointments/<int:appointment>")
@staff()
def outcome(appointment: int) -> str:
    """How it went, among everything else that she may see of it. Looking changes nothing."""
    found = read_outcome(house(), me(), appointment)
    return show_outcome(found, me(), f"/desk/appointments/{appointment}", lambda row: f"/desk/appointments/{row['id']}")


@blueprint.post("/appointments/<int:appointment>/held")
@staff()
def held(appointment: int) -> Response:
    """The meeting took place."""
    return _mark(appointment, held=True)


@blueprint.post("/appointments/<int:appointment>/missed")
@staff()
def missed(appointment: int) -> Response:
    """She did not come."""
    return _mark(appointment, held=False)


def _mark(appointment: int, *, held: bool) -> Response:
    try:
        marked = mark_appointment(house(), me(), appointment, held=held)
    except Conflict as conflict:
        return refused(conflict)
    told = _("Marked as held.") if held else _("Marked as missed.")
    correct = url_for("desk.outcome", appointment=appointment)
    notify(" ".join([told, *_follows(marked)]), link=(correct, _("Was that wrong?")))
    return back()


def _follows(marked: Marked) -> Iterator[str]:
    """What the lead gets at once."""
    if marked.mails:
        mails = ", ".join(_("“%(mail)s”", mail=names().mail(one)) for one in marked.mails)
        yield _("%(name)s gets by mail: %(mails)s.", name=marked.lead.called, mails=mails)


@blueprint.post("/tasks/<path:task>/done")
@staff()
def done(task: str) -> Response:
    """Tick a task off."""
    finish_task(house(), me(), task)
    notify(_("Ticked off."))
    return back()


def _desk(return_errors: Mapping[str, str]) -> str:
    user = me()
    found = read_desk(house(), user)
    days = calendar(found.now, user, found.company)
    called = names()
    mine = request.args.get("who", "mine" if user.role == "rep" else "team") == "mine"

    def own(row: Mapping[str, Any]) -> bool:
        return not mine or row["rep"] in (user.id, None)

    today = days.local(found.now).date()
    meetings = [row for row in found.appointments if own(row)]
    ahead = [row for row in meetings if row["starts_at"] >= found.now]
    todo = [
        (row, task_row(row, _lead(row["lead"], days), called, days.when, days.now)) for row in found.tasks if own(row)
    ]
    return page(
        "desk.html",
        "desk",
        today=days.day(found.now),
        mine=mine,
        handoffs=[_handoff(row, user, called, days) for row in _own_first(found.handoffs, user, mine=mine)],
        suggested=[
            suggested_row(one, called, days)
            for one in found.suggested
            if one.lead.handoff and own({"rep": one.lead.handoff.rep})
        ],
        calls=[
            {**shown, "hour": days.hour(row["due_at"]) if row["due_at"] else None, "asked": row["asked"]}
            for row, shown in todo
            if row["call"]
        ],
        tasks=[shown for row, shown in todo if not row["call"]],
        appointments=[_meeting(row, called, days) for row in ahead if days.local(row["starts_at"]).date() == today],
        coming=[_meeting(row, called, days) for row in ahead if days.local(row["starts_at"]).date() != today],
        covered=[
            {**_meeting(row, called, days), "change_url": url_for("changing.change", appointment_id=row["id"])}
            for row in found.covered
        ],
        to_mark=[_meeting(row, called, days) for row in meetings if row["starts_at"] < found.now],
        to_call=found.to_call,
        left_behind=found.left_behind,
        return_errors=return_errors,
        calendar=_calendar(found.calendar, called, days) if found.calendar else None,
    )


def _calendar(feed: Feed, called: Names, days: Calendar) -> dict[str, Any]:
    return {
        "fault": calendar_fault(feed.fault, called.speech) if feed.fault else None,
        "partial": feed.partial,
        "read_at": days.when(feed.read_at) if feed.read_at else None,
        "back_at": days.when(feed.back_at) if feed.back_at else None,
    }


def _own_first(rows: Iterable[Mapping[str, Any]], user: User, *, mine: bool) -> list[Mapping[str, Any]]:
    """What a rep has, then what is offered to a colleague of the team: whoever is free first may accept it."""
    accepts = user.role == "rep"
    seen = [row for row in rows if not mine or row["rep"] == user.id or (accepts and row["state"] == "offered")]
    return sorted(seen, key=lambda row: mine and row["rep"] != user.id)


def _lead(row: Mapping[str, Any], days: Calendar) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"] or row["email"],
        "company": row["company"],
        "phone": row["phone"],
        "email": row["email"],
        "score": row["score"],
        "there": clock_now(row["zone"], days),
    }


def _handoff(row: Mapping[str, Any], user: User, called: Names, days: Calendar) -> dict[str, Any]:
    return {
        "id": row["id"],
        "lead": _lead(row["lead"], days),
        "because": [called.reason(reason) for reason in row["because"]],
        "state": row["state"],
        "met": what_came_of_it(row["met"]) if row["met"] else None,
        "meets": days.short(row["meets"].starts_at) if row["meets"] else None,
        "at": days.when(row["offered_at"]),
        "missing": [called.missing(field) for field in row["missing"]],
        "return_reason": row["return_reason"],
        "rep": called.user(row["rep"]),
        "own": row["rep"] == user.id,
        "can_accept": user.role == "rep" and row["state"] == "offered",
        "can_return": row["rep"] == user.id or user.role != "rep",
    }


def _meeting(row: Mapping[str, Any], called: Names, days: Calendar) -> dict[str, Any]:
    return {
        "id": row["id"],
        "time": days.clock(row["starts_at"]),
        "day": days.day(row["starts_at"]),
        "title": called.appointment_type(row["type"]),
        "minutes": round((row["ends_at"] - row["starts_at"]).total_seconds() / 60),
        "lead": _lead(row["lead"], days),
        "state": appointment_state(row["state"]),
        "when": days.when(row["starts_at"]),
        "can_mark": row["starts_at"] <= days.now,
    }
