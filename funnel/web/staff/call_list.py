"""`/desk/call-list`: who missed an appointment and is to be called, what came of each call, and the list as a file."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from funnel.usecases import call_list as calls
from funnel.usecases.errors import Conflict, Invalid
from funnel.usecases.naming import Names
from funnel.web.files import sheet
from funnel.web.forms import CallForm
from funnel.web.here import house
from funnel.web.speech import _, language, names, told
from funnel.web.staff.guard import me, staff
from funnel.web.staff.her_clock import clock_now
from funnel.web.staff.page import Calendar, calendar, notify, page

blueprint = Blueprint("calls", __name__, url_prefix="/desk")


@blueprint.get("/call-list")
@staff()
def call_list() -> str:
    """What is due first; for managers `?rep=` shows one rep's calls."""
    return _list({}, {})


@blueprint.get("/call-list.csv")
@staff()
def file() -> Response:
    """The same list for whoever, or whatever, makes the calls: instants as programs read them."""
    found = calls.read_call_list(house(), me(), _rep())
    days, called = calendar(found.now, me(), found.company), names()
    heading = [
        _("Due"), _("Name"), _("Telephone"), _("E-mail"), _("Company"), _("Language"), _("Missed appointment"),
        _("When"), _("Missed in a row"), _("Sent since"), _("Calls tried"), _("Rep"), _("Note"),
    ]  # fmt: skip
    rows = [
        [
            days.stamp(one.task["due_at"]), shown["lead"]["name"], shown["lead"]["phone"],
            shown["lead"]["email"], shown["lead"]["company"], shown["language"], shown["missed"],
            days.stamp(one.missed.starts_at if one.missed else None), shown["misses"],
            ", ".join(f"{called.mail(message)} ({days.stamp(at)})" for message, at in one.sent),
            shown["tries"], shown["rep"], shown["note"],
        ]
        for one, shown in ((one, _entry(one, called, days)) for one in found.entries)
    ]  # fmt: skip
    return sheet(f"call-list-{days.local(found.now):%Y-%m-%d}", heading, rows, language())


@blueprint.post("/call-list/<path:task>/called")
@staff("rep", "manager", "admin")
def called(task: str) -> Answered:
    """What came of a call; 422 with what was typed when it cannot be taken."""
    form = CallForm.read()
    try:
        done = calls.make_call(house(), me(), task, form.outcome.data, form.again.data, form.note.data, form.tries.data)
    except Invalid as invalid:
        unread = "note" in invalid.errors
        wrong = (
            _("It holds characters that we cannot read. Type it again, without pasting.")
            if unread
            else _("Choose what came of the call.")
        )
        return make_response(_list({task: wrong}, {task: form.note.data}), 422)
    except Conflict as conflict:
        notify(told(conflict), "warn")
    else:
        name = done.lead.called
        if form.outcome.data == "gave_up":
            notify(_("%(name)s is off the list.", name=name))
        else:
            notify(_("Noted: %(name)s stands on the list again.", name=name))
    return redirect(url_for("calls.call_list"), 303)


def _rep() -> str | None:
    return request.args.get("rep") or None


def _list(wrong: dict[str, str], typed: dict[str, str | None]) -> str:
    user = me()
    found = calls.read_call_list(house(), user, _rep())
    days, spoken = calendar(found.now, user, found.company), names()
    chosen = _rep()
    people = [{"name": spoken.user(one), "url": f"?rep={one}", "current": one == chosen} for one in found.reps]
    return page(
        "call_list.html",
        "calls",
        calls=[_entry(one, spoken, days, clock_now(one.lead.zone, days)) for one in found.entries],
        people=[{"name": _("Everybody"), "url": "?", "current": chosen is None}, *people] if len(people) > 1 else [],
        file_url=url_for("calls.file", rep=chosen),
        manages=user.role in ("manager", "admin"),
        hidden=found.hidden,
        on_desk=found.on_desk,
        wrong=wrong,
        typed=typed,
    )


def _entry(one: calls.Entry, spoken: Names, days: Calendar, there: dict[str, Any] | None = None) -> dict[str, Any]:
    task, lead, missed = one.task, one.lead, one.missed
    due = task["due_at"]
    return {
        "id": task["id"],
        "text": spoken.told(task["text"]),
        "lead": {
            "id": lead.id,
            "name": lead.called,
            "company": lead.company,
            "phone": lead.phone,
            "email": lead.email,
            "there": there,
        },
        "language": lead.language,
        "missed": spoken.appointment_type(missed.type) if missed else None,
        "when": days.when(missed.starts_at) if missed else None,
        "short": days.short(missed.starts_at) if missed else None,
        "misses": one.misses,
        "sent": [f"{spoken.mail(message)} ({days.short(at)})" for message, at in one.sent],
        "due": days.when(due) if due else None,
        "overdue": bool(due and due < days.now),
        "rep": spoken.user(task["rep"]) if task["rep"] else None,
        "tries": task["tries"],
        "tried": days.when(task["tried_at"]) if task["tried_at"] else None,
        "note": task["note"],
    }
