"""`/book/<token>/appointment`: an appointment's own page, its file for a calendar, and cancelling it in two steps."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from funnel.delivery.calendar import publication
from funnel.domain.timing import zone_of
from funnel.usecases.calendar_entry import calendar_entry
from funnel.usecases.errors import Conflict
from funnel.usecases.own_appointment import OwnAppointment, cancel_appointment, open_appointment
from funnel.usecases.wording import describe_appointment
from funnel.web.files import to_load
from funnel.web.here import house
from funnel.web.prospect.asking import name_in_url
from funnel.web.prospect.session import sent_form, zone_so_far
from funnel.web.prospect.show import hidden, page, path_of
from funnel.web.prospect.times import instant, time_on
from funnel.web.speech import language, speak

blueprint = Blueprint("meeting", __name__)


@blueprint.get("/book/<token>/appointment")
def appointment(token: str) -> Answered:
    """What, when, with whom; cancelled, if it is. A time that nobody can keep leads to others."""
    meeting = open_for(token)
    if meeting.asked and meeting.may_move:
        return redirect(url_for("prospect.moving.ask_to_move", token=token, wanted=request.args.get("wanted")))
    if meeting.appointment.state == "cancelled":
        return page(
            "cancelled.html",
            meeting.company,
            appointment=describe(meeting),
            book_url=path_of(meeting.book_url) if meeting.book_url else None,
        )
    sent = sent_form(meeting.appointment.scenario)
    return page(
        "booked.html",
        meeting.company,
        appointment=describe(meeting),
        email=meeting.lead.email if meeting.proven else sent.email if sent else None,
        ics_url=url_for("prospect.meeting.calendar", token=token),
        move_url=url_for("prospect.moving.ask_to_move", token=token) if meeting.may_move else None,
        cancel_url=url_for("prospect.meeting.ask_to_cancel", token=token) if meeting.may_cancel else None,
        **whom_to_ask(meeting),
        results_url=url_for("prospect.thanks.thanks", scenario=name_in_url(sent.scenario)) if sent else None,
        over=meeting.over or not meeting.ahead,
        moved=meeting.appointment.state == "moved",
        same_time=meeting.appointment.same_time,
        asked=meeting.asked,
        wanted=not_booked(meeting) if meeting.ahead else None,
    )


def not_booked(meeting: OwnAppointment) -> str | None:
    """Another time ahead, which she wanted to book and did not get, since she has this one."""
    at = instant(request.args.get("wanted", ""))
    other = at is not None and at != meeting.appointment.starts_at and at > meeting.now
    return time_on(at, zone_of_meeting(meeting), language()) if at and other else None


@blueprint.get("/book/<token>/appointment.ics")
def calendar(token: str) -> Response:
    """The appointment for any calendar (RFC 5545, METHOD:PUBLISH); cancelled, if it is."""
    meeting = open_for(token)
    content = publication(calendar_entry(meeting, language()), cancelled=meeting.appointment.state == "cancelled")
    return to_load(content, "text/calendar; method=PUBLISH; charset=utf-8", "appointment.ics")


@blueprint.get("/book/<token>/appointment/cancel")
def ask_to_cancel(token: str) -> Answered:
    """Asks first: a link alone cancels nothing."""
    meeting = open_for(token)
    if not meeting.ahead:
        return redirect(url_for("prospect.meeting.appointment", token=token))
    return _ask(token, meeting)


@blueprint.post("/book/<token>/appointment/cancel")
def cancel(token: str) -> Answered:
    """Cancel it; 409 with whom to call when it is too late."""
    try:
        cancel_appointment(house(), token)
    except Conflict:
        return _ask(token, open_for(token), 409)
    return redirect(url_for("prospect.meeting.appointment", token=token), 303)


def open_for(token: str) -> OwnAppointment:
    """The appointment behind a link; who has proven to be its lead is spoken to in her language."""
    meeting = open_appointment(house(), token)
    if meeting.proven:
        speak(meeting.lead.language)
    return meeting


def _ask(token: str, meeting: OwnAppointment, status: int = 200) -> Response:
    described = describe(meeting)
    return page(
        "appointment_cancel.html",
        meeting.company,
        status,
        appointment=described,
        action=url_for("prospect.meeting.cancel", token=token),
        hidden=hidden(),
        back_url=url_for("prospect.meeting.appointment", token=token),
        asked=meeting.asked,
        too_late=not meeting.may_cancel,
        **whom_to_ask(meeting),
    )


def whom_to_ask(meeting: OwnAppointment) -> dict[str, Any]:
    """Telephone, where there is one, and address of who helps when it is too late here."""
    rep = meeting.company.user(meeting.appointment.rep)
    return {
        "phone_contact": (rep.phone if rep else None) or None,
        "email_contact": rep.email if rep else meeting.company.sender.email,
    }


def zone_of_meeting(meeting: OwnAppointment) -> str:
    """The zone chosen or told by her browser, or kept for her (only for who has proven to be she); else ours."""
    own = meeting.lead.zone if meeting.proven else None
    return zone_of(zone_so_far() or own, None, meeting.company.zone)


def describe(meeting: OwnAppointment) -> dict[str, Any]:
    """The appointment in words; to an unproven browser in its own zone, and without a number."""
    lead = replace(meeting.lead, zone=zone_so_far() or meeting.lead.zone)
    if not meeting.proven:
        lead = replace(lead, zone=zone_so_far(), phone=None)
    return describe_appointment(meeting.company, lead, meeting.appointment, language())
