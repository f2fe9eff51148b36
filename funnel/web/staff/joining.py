"""`/desk/leads/<id>/same`: two leads that are one person: found, seen side by side, joined, and parted again."""

from typing import Any

from flask import Blueprint, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from funnel.domain.lead import Lead
from funnel.usecases.errors import Conflict
from funnel.usecases.merge_leads import (
    LONGEST_SEARCH,
    Joined,
    Pair,
    find_twins,
    merge_leads,
    part_leads,
    read_pair,
)
from funnel.web.here import company, house
from funnel.web.speech import _, names, told
from funnel.web.staff.guard import me, staff
from funnel.web.staff.page import Calendar, calendar, notify, page
from funnel.web.staff.wording import appointment_state, stage_in_words

blueprint = Blueprint("joining", __name__, url_prefix="/desk/leads/<int:lead_id>/same")


@blueprint.get("")
@staff()
def find(lead_id: int) -> str:
    """The others by a part of a name, an address or a company (`?q=`), and those that are joined already."""
    words = request.args.get("q", "")[:LONGEST_SEARCH]
    found = find_twins(house(), me(), lead_id, words)
    days = calendar(found.now, me(), company())
    return page(
        "same_person.html",
        "desk",
        lead={"id": found.lead.id, "name": found.lead.called, "email": found.lead.email},
        q=words,
        joined=[joined_shown(one, days) for one in found.joined],
        found=[
            {"name": one.called, "company": one.company, "email": one.email, "phone": one.phone,
             "url": url_for("joining.pair", lead_id=found.lead.id, other=one.id)}
            for one in found.others
        ],
    )  # fmt: skip


@blueprint.get("/<int:other>")
@staff()
def pair(lead_id: int, other: int) -> Response:
    """Both side by side, and what will happen; nothing has happened yet."""
    return make_response(_pair(read_pair(house(), me(), lead_id, other)))


@blueprint.post("/<int:other>")
@staff()
def join(lead_id: int, other: int) -> Response:
    """They are one person. 409 with both where somebody was faster."""
    try:
        merge_leads(house(), me(), lead_id, other, me().id)
    except Conflict:
        return make_response(_pair(read_pair(house(), me(), lead_id, other)), 409)
    notify(_("Joined: this page tells of both addresses from now on."))
    return redirect(url_for("lead.lead", lead_id=lead_id), 303)


@blueprint.post("/<int:other>/part")
@staff()
def part(lead_id: int, other: int) -> Response:
    """They are two people after all."""
    try:
        part_leads(house(), me(), other, me().id)
    except Conflict as conflict:
        notify(told(conflict), "warn")
    else:
        notify(_("Parted: each has a page of her own again."))
    return redirect(url_for("lead.lead", lead_id=lead_id), 303)


def joined_shown(one: Joined, days: Calendar) -> dict[str, Any]:
    """A lead who is joined with the one of the page, and the rep who has her."""
    called = names()
    handoff = one.lead.handoff
    return {
        "id": one.lead.id,
        "email": one.lead.email,
        "name": one.lead.name,
        "phone": one.lead.phone,
        "by": called.user(one.by),
        "when": days.when(one.at),
        "rep": called.user(handoff.rep) if handoff else None,
    }


def _pair(found: Pair) -> str:
    days = calendar(found.now, me(), found.company)
    return page(
        "same_pair.html",
        "desk",
        both=[_shown(one, days) for one in (found.stays, found.goes)],
        why_not=told(found.why_not) if found.why_not else None,
        action=url_for("joining.join", lead_id=found.stays.id, other=found.goes.id),
        round_url=url_for("joining.pair", lead_id=found.goes.id, other=found.stays.id),
    )


def _shown(one: Lead, days: Calendar) -> dict[str, Any]:
    called, handoff = names(), one.handoff
    meetings = [f"{days.short(a.starts_at)}: {appointment_state(a.state)}" for a in one.appointments]
    running = [called.scenario(e.scenario) for e in one.enrolments if e.runs]
    return {
        "id": one.id,
        "name": one.called,
        "facts": [
            (_("E-mail"), one.email),
            (_("Telephone"), one.phone),
            (_("Company"), one.company),
            (_("Position"), one.position),
            (_("Known since"), days.day(one.created_at)),
            (_("Stage"), stage_in_words(one.stage)),
            (_("Points"), str(one.score)),
            (_("Rep"), called.user(handoff.rep) if handoff else None),
            (_("Scenarios"), ", ".join(running)),
            (_("Appointments"), ", ".join(meetings)),
        ],
    }
