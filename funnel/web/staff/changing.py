"""`/diary/appointments/<id>`: what the staff moves, cancels and gives to others (S82)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, make_response, redirect, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from funnel.usecases.change_appointment import Change, cancel_by_hand, move_by_hand, open_change
from funnel.usecases.errors import Conflict, Invalid, NotFound
from funnel.usecases.reassign import GIVERS, give_away
from funnel.usecases.take_slot import NeverASlot, SlotGone
from funnel.web.forms import ChangeForm, GiveForm
from funnel.web.here import house
from funnel.web.limits import FORMS, limiter
from funnel.web.prospect.times import instant
from funnel.web.prospect.wording import field_error
from funnel.web.speech import _, names, told
from funnel.web.staff.choosing import asked, in_words, lead_shown, people_shown, times_shown, to_diary
from funnel.web.staff.guard import me, staff
from funnel.web.staff.page import Calendar, calendar, notify, page
from funnel.web.staff.wording import appointment_state, refused_text

blueprint = Blueprint("changing", __name__, url_prefix="/diary")


@blueprint.get("/appointments/<int:appointment_id>")
@staff("rep", "manager", "admin")
def change(appointment_id: int) -> str:
    """An appointment, and what can be done with it: another time, another rep (`?who=`), or none."""
    return _change(appointment_id, ChangeForm.read())


@blueprint.post("/appointments/<int:appointment_id>/move")
@staff("rep", "manager", "admin")
@limiter.limit(FORMS)
def move(appointment_id: int) -> Response:
    """Move it. 422 without a reason or a time, or for one that nobody ever had; 409 when it has just gone, or when the
    appointment is over."""
    form = ChangeForm.read()
    starts_at = instant(form.slot.data)
    if starts_at is None:
        form.refuse({"slot": field_error("slot", "required")})
        return make_response(_change(appointment_id, form), 422)
    try:
        who = asked("who")
        moved = move_by_hand(house(), me(), appointment_id, who, starts_at, form.reason.data, form.once.data)
    except Invalid as invalid:
        form.refuse({"reason": refused_text(invalid, _("Write why: it stands in the mail to the lead."))})
        return make_response(_change(appointment_id, form, chosen=starts_at), 422)
    except NeverASlot:
        form.refuse({"slot": field_error("slot", "never")})
        return make_response(_change(appointment_id, form), 422)
    except SlotGone:
        return make_response(_change(appointment_id, form, taken=starts_at), 409)
    except Conflict as conflict:
        notify(told(conflict), "warn")
        return make_response(_change(appointment_id, form), 409)
    notify(_("Moved to %(when)s. Whom it concerns gets the new invitation by mail.", when=in_words(moved)))
    return to_diary(moved)


@blueprint.post("/appointments/<int:appointment_id>/cancel")
@staff("rep", "manager", "admin")
@limiter.limit(FORMS)
def cancel(appointment_id: int) -> Response:
    """Cancel it. 422 without a reason, 409 when it is over."""
    form = ChangeForm.read()
    try:
        cancelled = cancel_by_hand(house(), me(), appointment_id, form.reason.data)
    except Invalid as invalid:
        why = refused_text(invalid, _("Write why: it stands in the mail to the lead."))
        return make_response(_change(appointment_id, form, cancelling=why), 422)
    except Conflict as conflict:
        notify(told(conflict), "warn")
        return make_response(_change(appointment_id, form), 409)
    notify(_("Cancelled. Both get the cancellation by mail, and the time is free again."))
    return to_diary(cancelled)


@blueprint.post("/left-behind")
@staff(*GIVERS)
@limiter.limit(FORMS)
def give() -> Response:
    """Give appointments of who has left, or is away, to somebody who is free then. 404 for one that is none: all are
    meant only where none is named."""
    form = GiveForm.read()
    if form.appointment.process_errors:
        raise NotFound("There is no such appointment.")
    only = None if form.appointment.data is None else [form.appointment.data]
    try:
        done = give_away(house(), me(), only, form.to.data)
    except Conflict as conflict:
        notify(told(conflict), "warn")
        return redirect(url_for("diary.diary"), 303)
    if done.given:
        number = done.given
        notify(
            ngettext("%(num)s appointment has another rep now.", "%(num)s appointments have other reps now.", number)
        )
    if done.asked:
        notify(
            ngettext(
                "For %(num)s nobody is free: its lead is asked by mail to choose another time.",
                "For %(num)s nobody is free: their leads are asked by mail to choose another time.",
                done.asked,
            ),
            "info",
        )
    if done.left:
        rep = names().user(form.to.data)
        notify(
            ngettext(
                "%(num)s stays as it is: %(rep)s is not free then.",
                "%(num)s stay as they are: %(rep)s is not free then.",
                done.left,
                rep=rep,
            ),
            "warn",
        )
    return redirect(url_for("diary.diary"), 303)


def _change(
    appointment_id: int,
    form: ChangeForm,
    *,
    chosen: datetime | None = None,
    taken: datetime | None = None,
    cancelling: str | None = None,
) -> str:
    """What can be done with an appointment; `cancelling` says what is wrong with why it is cancelled."""
    user = me()
    found = open_change(house(), user, appointment_id, asked("who"))
    days = calendar(found.now, user, found.company)

    def link(**changed: str) -> str:
        wanted: dict[str, Any] = {"who": found.whose, **changed}
        return url_for("changing.change", appointment_id=appointment_id, **wanted)

    return page(
        "appointment_change.html",
        "diary",
        lead=lead_shown(found.lead, days),
        appointment=_appointment(found, days),
        people=people_shown(found.reps, found.whose, lambda whose: link(who=whose)),
        another=found.whose != found.appointment.rep,
        reason=form.reason.data,
        cancelling=cancelling,
        action=url_for("changing.move", appointment_id=appointment_id),
        cancel_action=url_for("changing.cancel", appointment_id=appointment_id),
        hidden=[("who", found.whose)],
        **times_shown(
            found.slots, days, link, form, chosen, taken, wanted=found.appointment.starts_at, hers=found.lead.zone
        ),
    )


def _appointment(found: Change, days: Calendar) -> Mapping[str, Any]:
    called, one = names(), found.appointment
    return {
        "title": called.appointment_type(one.type),
        "when": days.day(one.starts_at),
        "time": f"{days.clock(one.starts_at)}–{days.clock(one.ends_at)}",
        "rep": called.user(one.rep),
        "known": any(user.id == one.rep for user in found.company.users),
        "state": appointment_state(one.state),
        "open": found.open,
        "movable": found.open and found.kind is not None,
    }
