"""`/book/<token>?slot=`: one time that a mail proposed, with one button; or others, when that time has gone (S93)."""

import secrets
from datetime import datetime
from typing import Any

from flask import Response, url_for

from funnel.domain.model import in_language
from funnel.domain.slots import Slot
from funnel.usecases.addresses import slot_link
from funnel.usecases.book_appointment import Diary
from funnel.usecases.open_proposal import Proposal, open_proposal
from funnel.usecases.wording import city_of, describe_time, span_in_words
from funnel.web.forms import BookingForm
from funnel.web.prospect.diary import asks_phone, contacts, type_shown, zone_for
from funnel.web.prospect.show import hidden, page
from funnel.web.prospect.times import time_on
from funnel.web.speech import language


def show_proposed(
    token: str, diary: Diary, form: BookingForm, starts_at: datetime | None, status: int = 200
) -> Response:
    """The page of one time. Whatever the link says, only what is free is offered, and only the button books it."""
    proposal = open_proposal(diary, starts_at)
    spoken, zone = language(), zone_for(diary)
    wanted = proposal.wanted
    once = form.once.data or secrets.token_urlsafe(12)
    return page(
        "proposed.html",
        diary.company,
        status if wanted or status == 409 else 200,
        type=type_shown(diary, spoken),
        appointment=_described(diary, proposal, wanted, zone, spoken) if wanted else None,
        kept_until=time_on(proposal.kept_until, zone, spoken) if proposal.kept_until else None,
        gone=_gone(diary, proposal, starts_at, zone, spoken) if wanted is None else None,
        rep=proposal.rep.name if proposal.rep else None,
        city=city_of(zone, spoken),
        others=[
            {
                **describe_time(slot.starts_at, zone, spoken),
                "url": slot_link(url_for("prospect.booking.book", token=token), slot.starts_at),
            }
            for slot in proposal.others
        ],
        all_url=url_for("prospect.booking.book", token=token),
        action=url_for("prospect.booking.choose", token=token),
        hidden=hidden(("slot", wanted.starts_at.isoformat()), ("zone", zone), ("proposed", "yes"), ("once", once))
        if wanted
        else [],
        phone_needed=asks_phone(diary),
        phone=form.phone.data,
        errors=form.wrong,
        cancel_until=span_in_words(diary.kind.cancel_until, spoken),
        **contacts(diary),
    )


def _described(diary: Diary, proposal: Proposal, slot: Slot, zone: str, spoken: str) -> dict[str, Any]:
    """The time as `_appointment.html` takes an appointment."""
    rep, kind = proposal.rep, diary.kind
    return {
        "title": in_language(kind.title, spoken),
        "when": describe_time(slot.starts_at, zone, spoken)["when"],
        "city": city_of(zone, spoken),
        "minutes": kind.minutes,
        "channel": kind.channel,
        "where": kind.place(spoken),
        "phone": diary.lead.phone if kind.channel == "phone" else None,
        "rep": {"name": rep.name if rep else "", "title": in_language(rep.title, spoken) if rep else ""},
    }


def _gone(diary: Diary, proposal: Proposal, starts_at: datetime | None, zone: str, spoken: str) -> dict[str, Any]:
    """Why the time of the link cannot be had: it is no time at all, it has passed, it never could be booked, or
    somebody else has it."""
    return {
        "when": time_on(starts_at, zone, spoken) if starts_at else None,
        "passed": starts_at is not None and starts_at <= diary.now,
        "never": proposal.never,
    }
