"""`/desk/leads/<id>`: everything about one lead, and handing her over by hand."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, make_response, redirect, url_for
from werkzeug.wrappers import Response

from funnel.domain.company import Company, User
from funnel.domain.deadlines import stands_open
from funnel.domain.lead import Enrolment, Handoff, Lead
from funnel.domain.model import in_language
from funnel.usecases.answer_handoff import hand_over_by_hand
from funnel.usecases.desk import LeadPage, read_lead
from funnel.usecases.errors import Conflict, Invalid
from funnel.usecases.happening import gather
from funnel.usecases.mark_tags import put_tag, take_tag
from funnel.usecases.naming import Names
from funnel.usecases.note_reply import note_reply
from funnel.usecases.source_words import came_by
from funnel.usecases.start_scenario import start_scenario
from funnel.usecases.wording import city_of
from funnel.web.forms import HandOverForm, ReplyForm, StartForm, TagForm
from funnel.web.here import house
from funnel.web.speech import _, language, language_name, names
from funnel.web.staff.guard import me, staff
from funnel.web.staff.joining import joined_shown
from funnel.web.staff.lead_history import longest_read, timeline
from funnel.web.staff.outlook import outlook, proposed, upcoming
from funnel.web.staff.page import Calendar, back, calendar, notify, page, refused
from funnel.web.staff.scoring import score_panel
from funnel.web.staff.suggesting import suggested_row
from funnel.web.staff.wording import (
    appointment_stands,
    enrolment_state,
    refused_text,
    stage_in_words,
    task_row,
)

blueprint = Blueprint("lead", __name__, url_prefix="/desk/leads")


@blueprint.get("/<int:lead_id>")
@staff()
def lead(lead_id: int) -> Response:
    """The lead's page; that of who stands for her, where two leads are one person."""
    found = read_lead(house(), me(), lead_id, language())
    if found.lead.id != lead_id:
        return redirect(url_for("lead.lead", lead_id=found.lead.id), 303)
    return make_response(_page(found))


@blueprint.post("/<int:lead_id>/hand-over")
@staff("marketer", "manager", "admin")
def hand_over(lead_id: int) -> Response:
    """Hand her over by a click (S87)."""
    try:
        hand_over_by_hand(house(), me(), lead_id, HandOverForm.read().because.data)
    except Invalid as invalid:
        notify(refused_text(invalid, _("Write why now: the rep reads it first.")), "warn")
    except Conflict as conflict:
        return refused(conflict)
    else:
        notify(_("Handed over."))
    return back()


@blueprint.post("/<int:lead_id>/reply")
@staff()
def reply(lead_id: int) -> Response:
    """Note that she has written back."""
    try:
        note_reply(house(), me(), lead_id, ReplyForm.read().said.data)
    except Invalid as invalid:
        notify(refused_text(invalid, _("Write what she said, or leave it empty.")), "warn")
    else:
        notify(_("Noted."))
    return back()


@blueprint.post("/<int:lead_id>/tags")
@staff()
def tag(lead_id: int) -> Response:
    """Put a tag of `company.yaml` on her: scenarios look at it from now on."""
    try:
        put_tag(house(), me(), lead_id, TagForm.read().tag.data)
    except Invalid:
        notify(_("Choose one of the tags."), "warn")
    return back()


@blueprint.post("/<int:lead_id>/tags/off")
@staff()
def untag(lead_id: int) -> Response:
    """Take a tag off her."""
    take_tag(house(), me(), lead_id, TagForm.read().tag.data)
    return back()


@blueprint.post("/<int:lead_id>/scenarios")
@staff()
def start(lead_id: int) -> Response:
    """Start a scenario for her."""
    try:
        start_scenario(house(), me(), lead_id, StartForm.read().scenario.data)
    except Invalid:
        notify(_("Choose one of the scenarios: she may be in it by now."), "warn")
    else:
        notify(_("Started."))
    return back()


def lead_page(lead_id: int, return_error: str | None = None) -> str:
    """The page, with what was wrong about a return."""
    return _page(read_lead(house(), me(), lead_id, language()), return_error)


def _page(found: LeadPage, return_error: str | None = None) -> str:
    user = me()
    called = names()
    who, company = found.lead, found.company
    days = calendar(found.now, user, company)
    status = company.statuses.get(who.status or "")
    handoff = who.handoff or _others_handoff(found) or (who.handoffs[-1] if who.handoffs else None)
    sets = found.changeable and user.role != "marketer" and bool(company.appointment_types)
    own = {"id": who.id, "name": who.called, "phone": who.phone}
    return page(
        "lead.html",
        "desk",
        lead={
            **own,
            "email": who.email,
            "company": who.company,
            "position": who.position,
            "stage": stage_in_words(who.stage),
            "status": in_language(status, language()) if status else who.status,
            "score": who.score,
            "tags": sorted(who.tags),
            "segments": [called.segment(one) for one in who.segments],
            "language": language_name(who.language, language()) if who.language else None,
            "zone": city_of(who.zone, language()) if who.zone else None,
            "source": came_by(called, who.source),
            "opened_on": days.date(found.opened_on) if found.opened_on else None,
            "unsubscribed": who.unsubscribed,
        },
        suggested=[suggested_row(one, called, days) for one in found.suggested],
        handoff=_handoff(handoff, user, called, days, company) if handoff else None,
        more_tags=[
            (category, left)
            for category, known in company.tags.items()
            if (left := [one for one in known if one not in who.tags])
        ]
        if found.changeable
        else [],
        changeable=found.changeable,
        can_hand_over=user.role != "rep" and not who.erased and not (handoff and handoff.open),
        joined=[joined_shown(one, days) for one in found.joined],
        return_error=return_error,
        **timeline(gather(found.history, called.speech), days),
        pages=longest_read(found.history, called, days),
        outlook=outlook(found, days),
        proposed=proposed(found, called, days),
        set_url=url_for("setting.new", lead=who.id) if sets else None,
        results=_results(found.results[0], days) if found.results else None,
        appointments=[
            {
                "id": one.id,
                "title": called.appointment_type(one.type),
                "when": days.short(one.starts_at),
                "zone": city_of(days.zone, language()),
                "state": one.state,
                "said": appointment_stands(one, found.now, asked=one.id in found.unchosen),
                "rep": _by(found, whose, called.user(one.rep)),
                "can_mark": one.starts_at <= found.now
                and one.state != "cancelled"
                and not who.erased
                and one.id not in found.unchosen
                and (found.changeable or one.rep == user.id),
                "change_url": url_for("changing.change", appointment_id=one.id)
                if sets and stands_open(one, found.now, asked=one.id in found.to_choose)
                else None,
            }
            for whose, one in sorted(_all(found, "appointments"), key=lambda one: one[1].id, reverse=True)
        ],
        tasks=[task_row(row, own, called, days.when, days.now) for row in found.tasks if row["done_at"] is None],
        enrolments=[
            _enrolment(one, called, days) | {"title": _by(found, whose, called.scenario(one.scenario))}
            for whose, one in sorted(_all(found, "enrolments"), key=lambda one: one[1].began_at)[::-1]
        ],
        startable=[(one.name, called.scenario(one.scenario)) for one in found.startable],
        upcoming=upcoming(found, called, days),
        consents=[
            _consent(row, days) | {"text": _by(found, whose, row["wording"] or row["purpose"])}
            for whose in found.everybody
            for row in _newest((one for one in found.consents if one["lead_id"] == whose.id), "purpose")
        ],
        points=score_panel(found.score, days, company),
    )


def _others_handoff(found: LeadPage) -> Handoff | None:
    """Whom a rep has by another address of hers."""
    return next((one.lead.handoff for one in found.joined if one.lead.handoff), None)


def _all(found: LeadPage, what: str) -> list[tuple[Lead, Any]]:
    """The appointments or enrolments of everybody who is this person, each with whose it is."""
    return [(lead, one) for lead in found.everybody for one in getattr(lead, what)]


def _by(found: LeadPage, lead: Lead, text: str) -> str:
    """The text, with the address where she has several."""
    return f"{text} · {lead.email}" if found.joined else text


def _handoff(one: Handoff, user: User, called: Names, days: Calendar, company: Company) -> dict[str, Any]:
    has_left = all(known.id != one.rep for known in company.users)
    return {
        "id": one.id,
        "state": one.state,
        "rep": called.user(one.rep),
        "because": [called.reason(reason) for reason in one.because],
        "missing": [called.missing(field) for field in one.missing],
        "at": days.when(one.offered_at),
        "return_reason": called.told(one.return_reason) if one.return_reason else None,
        "can_accept": user.role == "rep" and (one.state == "offered" or (one.open and has_left)),
        "can_return": one.open and (one.rep == user.id or user.role != "rep"),
    }


def _results(found: Mapping[str, Any], days: Calendar) -> dict[str, Any]:
    """The newest diagnosis, its answers under their themes."""
    titles = {theme["title"] for theme in found["themes"]}
    return {
        "share": found["share"],
        "band_title": found["band_title"],
        "themes": [
            {**theme, "answers": [one for one in found["answers"] if one["theme"] == theme["title"]]}
            for theme in found["themes"]
        ],
        "other": [one for one in found["answers"] if one["theme"] not in titles],
        "taken": days.when(found["at"]),
    }


def _enrolment(one: Enrolment, called: Names, days: Calendar) -> dict[str, Any]:
    return {
        "state": one.state,
        "said": enrolment_state(one.state),
        "step": _step(one, called) if one.step and one.runs else None,
        "due": days.when(one.due_at) if one.due_at and one.runs else None,
        "reason": called.why_parked(one.scenario, one.reason)
        if one.reason
        else (called.ended(one.ended_because) if one.ended_because else None),
    }


def _step(one: Enrolment, called: Names) -> str:
    """Where she stands, and whether a machine had led her there."""
    step = called.step(one.scenario, one.step or "")
    return _("led on by a machine: %(step)s", step=step) if one.reason and one.state != "parked" else step


def _consent(row: Mapping[str, Any], days: Calendar) -> dict[str, Any]:
    given = row["given"] and row["withdrawn_at"] is None
    return {
        "given": given,
        "when": days.when(row["withdrawn_at"] or row["at"]),
    }


def _newest(rows: Iterable[Mapping[str, Any]], key: str) -> list[Mapping[str, Any]]:
    return list({row[key]: row for row in rows}.values())
