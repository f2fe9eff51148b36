"""`/book/<token>/appointment/move`: another time for an appointment, in two steps; the POST moves it (S98)."""

import secrets
from datetime import datetime

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from funnel.domain.timing import is_zone, local_time
from funnel.usecases.errors import Conflict, DatabaseAway
from funnel.usecases.own_appointment import OwnAppointment, move_appointment, times_to_move_to
from funnel.usecases.take_slot import NeverASlot, SlotGone
from funnel.usecases.wording import city_of, span_in_words
from funnel.web.forms import MoveForm
from funnel.web.here import house
from funnel.web.limits import FORMS, limiter
from funnel.web.prospect.meeting import describe, not_booked, open_for, whom_to_ask, zone_of_meeting
from funnel.web.prospect.session import note_zone
from funnel.web.prospect.show import hidden, page, unavailable
from funnel.web.prospect.times import day_of, days_and_times, instant, time_on
from funnel.web.prospect.wording import field_error, slot_code
from funnel.web.prospect.zones import zone_choices
from funnel.web.speech import language

blueprint = Blueprint("moving", __name__)


@blueprint.get("/book/<token>/appointment/move")
def ask_to_move(token: str) -> Answered:
    """Days, then times; with `?slot=`, one that a mail proposed is chosen already. A link alone moves
    nothing. Too late, it says whom to call."""
    meeting = open_for(token)
    if not meeting.ahead:
        return redirect(url_for("prospect.meeting.appointment", token=token))
    if is_zone(request.args.get("zone")):
        note_zone(request.args["zone"])
    return _ask(token, meeting, MoveForm.read(), proposed=instant(request.args.get("slot", "")))


@blueprint.post("/book/<token>/appointment/move")
@limiter.limit(FORMS)
def move(token: str) -> Answered:
    """Move it. 422 when no time was chosen, or one that nobody ever had; 409 with other times when it has just gone, or
    with whom to call when it is too late."""
    form = MoveForm.read()
    starts_at = instant(form.slot.data)
    try:
        if starts_at is None:
            form.refuse({"slot": field_error("slot", "required")})
            return _ask(token, open_for(token), form, 422)
        move_appointment(house(), token, starts_at, form.once.data)
    except NeverASlot:
        meeting = open_for(token)
        form.refuse({"slot": field_error("slot", slot_code(starts_at, meeting.now))})
        return _ask(token, meeting, form, 422)
    except SlotGone:
        return _ask(token, open_for(token), form, 409, taken=starts_at)
    except Conflict:
        return _ask(token, open_for(token), form, 409)
    except DatabaseAway:
        return unavailable(request.path, [], [(name, form[name].data) for name in ("slot", "once")])
    return redirect(url_for("prospect.meeting.appointment", token=token), 303)


def _ask(
    token: str,
    meeting: OwnAppointment,
    form: MoveForm,
    status: int = 200,
    *,
    taken: datetime | None = None,
    proposed: datetime | None = None,
) -> Response:
    spoken, zone = language(), zone_of_meeting(meeting)
    described = describe(meeting)
    kind = meeting.kind
    own = meeting.appointment.starts_at
    slots = times_to_move_to(house(), meeting)
    chosen = next((slot.starts_at for slot in slots if slot.starts_at == proposed), None)
    if proposed and proposed not in (chosen, own):
        if meeting.never_had(proposed):
            form.refuse({"slot": field_error("slot", slot_code(proposed, meeting.now))})
        else:
            taken = proposed
    shown_day = taken or own
    wanted = day_of(request.values.get("day", "")) or local_time(shown_day, zone).date()

    def of_day(day: str) -> str:
        return url_for("prospect.moving.ask_to_move", token=token, day=day, _anchor="slot")

    shown = days_and_times(slots, zone, spoken, of_day, wanted=wanted, chosen=chosen)
    return page(
        "appointment_move.html",
        meeting.company,
        status,
        appointment=described,
        zone=zone,
        city=city_of(zone, spoken),
        zones=zone_choices(zone, meeting.company.zone, meeting.now, spoken),
        zone_action=url_for("prospect.moving.ask_to_move", token=token),
        action=url_for("prospect.moving.move", token=token),
        hidden=hidden(("once", secrets.token_urlsafe(12)), ("day", shown["day"])),
        back_url=url_for("prospect.meeting.appointment", token=token),
        cancel_url=url_for("prospect.meeting.ask_to_cancel", token=token),
        over=meeting.over,
        asked=meeting.asked,
        too_late=not meeting.may_move,
        wanted=not_booked(meeting),
        taken=time_on(taken, zone, spoken) if taken else None,
        errors=form.wrong,
        move_until=span_in_words(kind.move_until, spoken) if kind and not meeting.asked else "",
        **whom_to_ask(meeting),
        **shown,
    )
