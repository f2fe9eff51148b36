"""`/book/<token>`: the real free slots, days then times, in her zone; a POST books one (S129, S130)."""

import secrets
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from funnel.domain.lead import Appointment
from funnel.domain.model import in_language
from funnel.domain.timing import is_zone, local_time
from funnel.usecases.book_appointment import Diary, book_appointment
from funnel.usecases.errors import DatabaseAway, Invalid
from funnel.usecases.take_slot import NeverASlot, SlotGone
from funnel.usecases.wording import city_of, span_in_words
from funnel.web.forms import BookingForm
from funnel.web.here import house
from funnel.web.limits import FORMS, limiter
from funnel.web.prospect.asking import name_in_url
from funnel.web.prospect.diary import asks_phone, contacts, open_for, phone_typed, type_shown, zone_for
from funnel.web.prospect.proposed import show_proposed
from funnel.web.prospect.session import asked_for, note_asked, note_zone, sent_form
from funnel.web.prospect.show import hidden, page, path_of, unavailable
from funnel.web.prospect.times import day_of, days_and_times, instant, time_on
from funnel.web.prospect.wording import field_error, slot_code
from funnel.web.prospect.zones import zone_choices
from funnel.web.speech import _, language

blueprint = Blueprint("booking", __name__)


@blueprint.get("/book/<token>")
def book(token: str) -> Answered:
    """Days, then times; with `?slot=`, the one time that a mail proposed. Nothing changes.

    Who has an appointment of this type already is shown that one.
    """
    diary = open_for(token)
    if diary.booked and diary.booked_url:
        return redirect(_to_hers(diary.booked, diary.booked_url, instant(request.args.get("slot", ""))))
    if is_zone(request.args.get("zone")):
        note_zone(request.args["zone"])
    if "asked" in request.args and (asked := instant(asked_for())):
        return _asked(diary, asked)
    form = BookingForm.read(phone=phone_typed(diary))
    if diary.proven and "slot" in request.args:
        return show_proposed(token, diary, form, instant(request.args["slot"]))
    return _show(token, diary, form)


@blueprint.post("/book/<token>")
@limiter.limit(FORMS)
def choose(token: str) -> Answered:
    """Book a slot. 422 for what is missing, 409 with other times when it has just gone; the telephone is kept. To an
    unproven browser the page says that the address is written to, whatever came of it."""
    form = BookingForm.read()
    phone, zone = form.phone.data, form.zone.data
    note_zone(zone)
    starts_at = instant(form.slot.data)
    try:
        if starts_at is None:
            return _refused(token, open_for(token), form, {"slot": "required"}, None)
        done = book_appointment(house(), token, starts_at, phone, zone or None, form.once.data)
    except Invalid as invalid:
        return _refused(token, open_for(token), form, invalid.errors, starts_at)
    except NeverASlot:
        diary = open_for(token)
        return _refused(token, diary, form, {"slot": slot_code(starts_at, diary.now)}, None)
    except SlotGone:
        diary = open_for(token)
        if form.proposed.data and diary.proven:
            return show_proposed(token, diary, form, starts_at, 409)
        return _show(token, diary, form, 409, taken=starts_at)
    except DatabaseAway:
        carried = [(name, form[name].data) for name in ("slot", "zone", "once", "proposed")]
        kept = {"name": "phone", "label": _("Which number may we call?"), "value": phone, "long": False}
        return unavailable(request.path, [kept] if phone else [], carried)
    if done is None:
        note_asked(starts_at.isoformat())
        return redirect(url_for("prospect.booking.book", token=token, asked="yes"), 303)
    return redirect(_to_hers(*done, starts_at), 303)


def _to_hers(booked: Appointment, url: str, wanted: datetime | None) -> str:
    """The page of her appointment, which says so where she wanted another time."""
    if wanted is None or wanted == booked.starts_at:
        return path_of(url)
    return f"{path_of(url)}?{urlencode({'wanted': wanted.isoformat()})}"


def _asked(diary: Diary, starts_at: datetime) -> Response:
    """What an unproven browser has chosen, and that the answer is in the mail."""
    spoken, zone = language(), zone_for(diary)
    sent = sent_form(diary.enrolment.scenario) if diary.enrolment else None
    return page(
        "asked.html",
        diary.company,
        title=in_language(diary.kind.title, spoken),
        when=time_on(starts_at, zone, spoken),
        city=city_of(zone, spoken),
        email=sent.email if sent else None,
        results_url=url_for("prospect.thanks.thanks", scenario=name_in_url(sent.scenario)) if sent else None,
    )


def _refused(token: str, diary: Diary, form: BookingForm, codes: dict[str, str], chosen: datetime | None) -> Response:
    if not form.phone.data and asks_phone(diary):
        codes["phone"] = "required"  # both at once, when no time was chosen either
    form.refuse({name: field_error(name, code) for name, code in codes.items()})
    if form.proposed.data and diary.proven and chosen:
        return show_proposed(token, diary, form, chosen, 422)
    return _show(token, diary, form, 422, chosen=chosen)


def _show(
    token: str,
    diary: Diary,
    form: BookingForm,
    status: int = 200,
    *,
    chosen: datetime | None = None,
    taken: datetime | None = None,
) -> Response:
    spoken, zone = language(), zone_for(diary)

    def of_day(day: str) -> str:
        return url_for("prospect.booking.book", token=token, day=day, _anchor="slot")

    wanted = local_time(taken, zone).date() if taken else day_of(request.values.get("day", ""))
    shown = days_and_times(diary.slots, zone, spoken, of_day, wanted=wanted, chosen=chosen)
    first_name = diary.lead.name.split()[0] if diary.proven and diary.lead.name else ""
    return page(
        "book.html",
        diary.company,
        status,
        type=type_shown(diary, spoken),
        first_name=first_name,
        zone=zone,
        city=city_of(zone, spoken),
        zones=zone_choices(zone, diary.company.zone, diary.now, spoken),
        zone_action=url_for("prospect.booking.book", token=token),
        action=url_for("prospect.booking.choose", token=token),
        hidden=hidden(("once", secrets.token_urlsafe(12)), ("day", shown["day"])),
        phone_needed=asks_phone(diary),
        phone=form.phone.data,
        errors=form.wrong,
        taken=time_on(taken, zone, spoken) if taken else None,
        cancel_until=span_in_words(diary.kind.cancel_until, spoken),
        **contacts(diary),
        **shown,
    )
