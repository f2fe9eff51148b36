"""`/diary/new`: an appointment that the staff sets, for whom, what, with whom and when (S82)."""

from datetime import datetime
from typing import Any

from flask import Blueprint, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from funnel.usecases.call_list import Entry, open_call
from funnel.usecases.errors import Conflict, Invalid
from funnel.usecases.set_appointment import LONGEST_SEARCH, read_choice, search_leads, set_appointment
from funnel.usecases.take_slot import NeverASlot, SlotGone
from funnel.web.forms import SetForm
from funnel.web.here import house
from funnel.web.limits import FORMS, limiter
from funnel.web.prospect.times import instant
from funnel.web.prospect.wording import field_error
from funnel.web.routes import an_id
from funnel.web.speech import _, names, told
from funnel.web.staff.choosing import asked, in_words, lead_shown, people_shown, times_shown, to_diary
from funnel.web.staff.guard import me, staff
from funnel.web.staff.page import calendar, notify, page

_LONGEST_CALL = 200

blueprint = Blueprint("setting", __name__, url_prefix="/diary/new")


@blueprint.get("")
@staff("rep", "manager", "admin")
def new() -> Response:
    """Whom it is for (`?lead=`, or who is to be called by `?call=`, else a search by `?q=`), then what (`?type=`), with
    whom (`?who=`), and when."""
    lead_id = request.args.get("lead", type=an_id)
    if lead_id is None and not _call_id():
        return make_response(_search())
    return _answer(lead_id, SetForm.read(), 200)


@blueprint.post("/<int:lead_id>")
@staff("rep", "manager", "admin")
@limiter.limit(FORMS)
def book(lead_id: int) -> Response:
    """Set it. 422 with what is missing, or for a time that nobody ever had; 409 with other times when it has just
    gone."""
    form = SetForm.read()
    starts_at = instant(form.slot.data)
    if starts_at is None:
        form.refuse({"slot": field_error("slot", "required")})
        return _answer(lead_id, form, 422)
    try:
        kind, whose, call = asked("type"), asked("who"), _call_id()
        made = set_appointment(
            house(), me(), lead_id, kind, whose, starts_at, form.phone.data, form.once.data, call=call
        )
    except Invalid as invalid:
        form.refuse({name: field_error(name, code) for name, code in invalid.errors.items()})
        return _answer(lead_id, form, 422, chosen=starts_at)
    except NeverASlot:
        form.refuse({"slot": field_error("slot", "never")})
        return _answer(lead_id, form, 422)
    except SlotGone:
        return _answer(lead_id, form, 409, taken=starts_at)
    except Conflict as conflict:
        notify(told(conflict), "warn")
        return _answer(lead_id, form, 409)
    notify(_("It is in the diary: %(when)s. Both get the invitation by mail.", when=in_words(made)))
    return redirect(url_for("calls.call_list"), 303) if _call_id() else to_diary(made)


def _call_id() -> str:
    """Whose call of the call list the time is agreed on in."""
    return request.values.get("call", "")[:_LONGEST_CALL]


def _answer(
    lead_id: int | None,
    form: SetForm,
    status: int,
    *,
    chosen: datetime | None = None,
    taken: datetime | None = None,
) -> Response:
    """What, with whom and when; to the call list when somebody else has ticked off the call."""
    try:
        call = open_call(house(), me(), _call_id()) if _call_id() else None
    except Conflict as over:
        notify(told(over), "warn")
        return redirect(url_for("calls.call_list"), 303)
    if lead_id is None and call:
        lead_id = call.lead.id
    assert lead_id is not None
    return make_response(_choose(lead_id, form, call, chosen, taken), status)


def _search() -> str:
    """Whom it is for: by a part of a name, an address or a company."""
    words = request.args.get("q", "")[:LONGEST_SEARCH]
    found = search_leads(house(), me(), words)
    carried: dict[str, Any] = {name: asked(name) for name in ("type", "who") if asked(name)}
    return page(
        "appointment_find.html",
        "diary",
        q=words,
        carried=list(carried.items()),
        found=[
            {"name": one.called, "company": one.company, "email": one.email, "phone": one.phone,
             "url": url_for("setting.new", lead=one.id, **carried)}
            for one in found
        ],
    )  # fmt: skip


def _choose(lead_id: int, form: SetForm, call: Entry | None, chosen: datetime | None, taken: datetime | None) -> str:
    """What, with whom and when; on a call, what she missed and with whom, unless something else is asked for."""
    user = me()
    missed = call.missed if call else None
    kind, whose = asked("type") or (missed.type if missed else ""), asked("who") or (missed.rep if missed else "")
    choice = read_choice(house(), user, kind, whose, lead_id)
    assert choice.lead is not None
    called, days = names(), calendar(choice.now, user, choice.company)
    carried = {"call": _call_id()} if call else {}

    def link(**changed: str) -> str:
        wanted: dict[str, Any] = {"type": choice.kind.id, "who": choice.whose, **carried, **changed}
        return url_for("setting.new", lead=lead_id, **wanted)

    ahead = choice.ahead
    return page(
        "appointment_set.html",
        "calls" if call else "diary",
        lead=lead_shown(choice.lead, days),
        call={
            "missed": called.appointment_type(missed.type) if missed else None,
            "when": days.short(missed.starts_at) if missed else None,
            "text": called.told(call.task["text"]),
            "note": call.task["note"],
        }
        if call
        else None,
        kinds=[
            {"name": called.appointment_type(one.id), "url": link(type=one.id), "current": one == choice.kind}
            for one in choice.company.appointment_types
        ],
        people=people_shown(choice.reps, choice.whose, lambda whose: link(who=whose)),
        minutes=choice.kind.minutes,
        phone_known=bool(choice.lead.phone),
        phone=form.phone.data,
        ahead={
            "when": days.short(ahead.starts_at),
            "rep": called.user(ahead.rep),
            "url": url_for("changing.change", appointment_id=ahead.id),
        }
        if ahead
        else None,
        action=url_for("setting.book", lead_id=lead_id),
        hidden=[("type", choice.kind.id), ("who", choice.whose), *carried.items()],
        **times_shown(choice.slots, days, link, form, chosen, taken, hers=choice.lead.zone),
    )
