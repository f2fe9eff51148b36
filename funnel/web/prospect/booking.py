"""`/book/<token>`: the real free slots, days then times, in her zone; a POST books one (S129, S130)."""

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from babel.dates import format_date, format_time
from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from funnel.domain.model import in_language, locale_of
from funnel.domain.slots import Slot
from funnel.domain.timing import is_zone, local_time, zone_of
from funnel.usecases.book_appointment import Diary, SlotGone, book_appointment, open_diary
from funnel.usecases.errors import DatabaseAway, Invalid
from funnel.usecases.wording import city_of, day_in_words, span_in_words
from funnel.web.forms import BookingForm
from funnel.web.here import house
from funnel.web.limits import FORMS, limiter
from funnel.web.prospect.asking import name_in_url
from funnel.web.prospect.session import asked_for, note_asked, note_zone, sent_form, zone_so_far
from funnel.web.prospect.show import hidden, page, path_of, unavailable
from funnel.web.prospect.wording import field_error
from funnel.web.prospect.zones import zone_choices
from funnel.web.speech import _, language, speak

blueprint = Blueprint("booking", __name__)


@blueprint.get("/book/<token>")
def book(token: str) -> Answered:
    """Days, then times. Who has an appointment of this type already is shown that one."""
    diary = _open(token)
    if diary.booked and diary.booked_url:
        return redirect(path_of(diary.booked_url))
    if is_zone(request.args.get("zone")):
        note_zone(request.args["zone"])
    if "asked" in request.args and (asked := _instant(asked_for())):
        return _asked(diary, asked)
    return _show(token, diary, BookingForm.read(phone=_phone_typed(diary)))


@blueprint.post("/book/<token>")
@limiter.limit(FORMS)
def choose(token: str) -> Answered:
    """Book a slot. 422 for what is missing, 409 with other times when it has just gone; the telephone is kept. To an
    unproven browser the page says that the address is written to, whatever came of it."""
    form = BookingForm.read()
    phone, zone = form.phone.data, form.zone.data
    note_zone(zone)
    starts_at = _instant(form.slot.data)
    try:
        if starts_at is None:
            return _refused(token, form, {"slot": "required"}, None)
        done = book_appointment(house(), token, starts_at, phone, zone or None, form.once.data)
    except Invalid as invalid:
        return _refused(token, form, invalid.errors, starts_at)
    except SlotGone:
        return _show(token, _open(token), form, 409, taken=starts_at)
    except DatabaseAway:
        carried = [(name, form[name].data) for name in ("slot", "zone", "once")]
        kept = {"name": "phone", "label": _("Which number may we call?"), "value": phone, "long": False}
        return unavailable(request.path, [kept] if phone else [], carried)
    if done is None:
        note_asked(starts_at.isoformat())
        return redirect(url_for("prospect.booking.book", token=token, asked="yes"), 303)
    return redirect(path_of(done[1]), 303)


def _asked(diary: Diary, starts_at: datetime) -> Response:
    """What an unproven browser has chosen, and that the answer is in the mail."""
    spoken, zone = language(), zone_for(diary)
    sent = sent_form(diary.enrolment.scenario) if diary.enrolment else None
    return page(
        "asked.html",
        diary.company,
        title=in_language(diary.kind.title, spoken),
        when=_time_on(starts_at, zone, spoken),
        city=city_of(zone, spoken),
        email=sent.email if sent else None,
        results_url=url_for("prospect.thanks.thanks", scenario=name_in_url(sent.scenario)) if sent else None,
    )


def _open(token: str) -> Diary:
    """The diary behind a link; who has proven to be its lead is spoken to in her language."""
    diary = open_diary(house(), token)
    if diary.proven:
        speak(diary.lead.language)
    return diary


def _refused(token: str, form: BookingForm, codes: dict[str, str], chosen: datetime | None) -> Response:
    diary = _open(token)
    if not form.phone.data and _asks_phone(diary):
        codes["phone"] = "required"  # both at once, when no time was chosen either
    form.refuse({name: field_error(name, code) for name, code in codes.items()})
    return _show(token, diary, form, 422, chosen=chosen)


def _asks_phone(diary: Diary) -> bool:
    """The number is asked for when none is known, and always of an unproven browser."""
    return not diary.proven or not diary.lead.phone


def _phone_typed(diary: Diary) -> str:
    """The number that this browser gave with its form."""
    sent = sent_form(diary.enrolment.scenario) if diary.enrolment else None
    return sent.phone if sent else ""


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):  # the last: an instant at the calendar's very edge
        return None


def zone_for(diary: Diary) -> str:
    """The zone chosen, told by her browser, or kept for her (only for who has proven to be she); else the company's."""
    own = diary.lead.zone if diary.proven else None
    return zone_of(zone_so_far() or own, None, diary.company.zone)


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
    days: dict[date, list[Slot]] = {}
    for slot in diary.slots:
        days.setdefault(local_time(slot.starts_at, zone).date(), []).append(slot)
    pressed = chosen or taken
    wanted = local_time(pressed, zone).date() if pressed else _day(request.values.get("day", ""))
    day = wanted if wanted in days else _nearest(days, wanted)
    first_name = diary.lead.name.split()[0] if diary.proven and diary.lead.name else ""
    return page(
        "book.html",
        diary.company,
        status,
        type={
            "title": in_language(diary.kind.title, spoken),
            "minutes": diary.kind.minutes,
            "channel": diary.kind.channel,
        },
        first_name=first_name,
        zone=zone,
        city=city_of(zone, spoken),
        zones=zone_choices(zone, diary.company.zone, diary.now, spoken),
        zone_action=url_for("prospect.booking.book", token=token),
        days=[_day_shown(token, one, len(free), one == day, spoken) for one, free in days.items()],
        day_label=_day_label(day, spoken) if day else "",
        times=[
            {
                "value": slot.starts_at.isoformat(),
                "label": format_time(local_time(slot.starts_at, zone), "short", locale=locale_of(spoken)),
                "chosen": slot.starts_at == chosen,
            }
            for slot in (days[day] if day else [])
        ],
        action=url_for("prospect.booking.choose", token=token),
        hidden=hidden(("once", secrets.token_urlsafe(12)), ("day", day.isoformat() if day else "")),
        phone_needed=_asks_phone(diary),
        phone=form.phone.data,
        errors=form.wrong,
        taken=_time_on(taken, zone, spoken) if taken else None,
        cancel_until=span_in_words(diary.kind.cancel_until, spoken),
        phone_contact=next((user.phone for user in diary.company.users if user.role == "rep" and user.phone), None),
        email_contact=diary.company.sender.email,
    )


def _day_shown(token: str, day: date, free: int, chosen: bool, spoken: str) -> dict[str, Any]:
    return {
        "date": day.isoformat(),
        "weekday": format_date(day, "EEE", locale=locale_of(spoken)),
        "day": str(day.day),
        "month": format_date(day, "MMM", locale=locale_of(spoken)),
        "free": free,
        "url": url_for("prospect.booking.book", token=token, day=day.isoformat(), _anchor="slot"),
        "chosen": chosen,
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _nearest(days: Mapping[date, object], wanted: date | None) -> date | None:
    """The day itself may have gone: the next one, else the last."""
    later = [day for day in days if wanted is None or day >= wanted]
    return next(iter(later), max(days, default=None))


def _day_label(day: date, spoken: str) -> str:
    return day_in_words(day, spoken, "EEEE d MMMM")


def _time_on(at: datetime, zone: str, spoken: str) -> str:
    local = local_time(at, zone)
    time = format_time(local, "short", locale=locale_of(spoken))
    return _("%(time)s on %(day)s", time=time, day=_day_label(local.date(), spoken))
