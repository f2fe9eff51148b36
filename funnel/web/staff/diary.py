"""`/diary`: reps' appointments by week or day (S82); `/ics/<token>.ics`: the private feed of a rep."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, make_response, redirect, request, url_for
from flask import Response as Answer
from werkzeug.wrappers import Response

from funnel.delivery.calendar import feed
from funnel.domain.company import User
from funnel.domain.lead import NOBODY
from funnel.domain.timing import midnight
from funnel.usecases.calendar_words import calendar_fault
from funnel.usecases.errors import Invalid
from funnel.usecases.move_clock import read_clock
from funnel.usecases.naming import Names
from funnel.usecases.read_calendars import Feed
from funnel.usecases.read_diary import LONGEST_ADDRESS, Diaries, read_diaries, read_feed, renew_feed, set_calendar
from funnel.web.here import company, house
from funnel.web.limits import FORMS, limiter
from funnel.web.speech import _, names
from funnel.web.staff.guard import me, staff
from funnel.web.staff.page import Calendar, calendar, notify, page
from funnel.web.staff.wording import appointment_state

blueprint = Blueprint("diary", __name__)

EVERYBODY = "team"
_SHADES = 6


@blueprint.get("/diary")
@staff("rep", "manager", "admin")
def diary() -> str:
    """A week, or with `?view=day` a day, from `?from=` on; `?who=` a rep's id or `team`."""
    return _diary({}, None)


@blueprint.post("/diary/calendar")
@staff("rep")
@limiter.limit(FORMS)
def own_calendar() -> Response:
    """A rep's own .ics address; 422 with what was typed for what is none."""
    typed = request.form.get("calendar", "")[: LONGEST_ADDRESS + 1]
    try:
        found = set_calendar(house(), me(), typed)
    except Invalid:
        wrong = {"calendar": _("Write the whole address, like https://example.com/me.ics")}
        return make_response(_diary(wrong, typed), 422)
    if found.fault:
        notify(calendar_fault(found.fault, names().speech), "warn")
    elif found.url:
        notify(_("Your calendar was read: what is busy there is not offered any more."))
    else:
        notify(_("No calendar of your own is read any more."))
    return redirect(url_for("diary.diary", _anchor="own"), 303)


@blueprint.post("/diary/feed")
@staff("rep")
def renew() -> Response:
    """A new private address; the old one opens nothing any more."""
    renew_feed(house(), me())
    notify(_("This is the new address. The old one opens nothing any more."))
    return redirect(url_for("diary.diary", _anchor="own"), 303)


@blueprint.get("/ics/<token>.ics")
def private_feed(token: str) -> Answer:
    """The appointments of a rep for her own calendar program: whoever knows the address may read it."""
    name, meetings = read_feed(house(), token)
    answer = Answer(feed(name, meetings), content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=300"
    return answer


def _diary(errors: Mapping[str, str], typed: str | None) -> str:
    user = me()
    reps = company().reps
    wanted = request.args.get("who", user.id if user.role == "rep" else EVERYBODY)
    whose = next((one.id for one in reps if one.id == wanted), None)
    days = calendar(read_clock(house()).now, user, company())
    today = days.local(days.now).date()
    a_day = request.args.get("view") == "day"
    first = _first(request.args.get("from", ""), today, a_day=a_day)
    number = 1 if a_day else 7
    begins, ends = midnight(first, days.zone), midnight(first + timedelta(number), days.zone)
    found = read_diaries(house(), user, [whose] if whose else None, begins, ends)
    called = names()
    kinds = [one.id for one in found.company.appointment_types]

    def link(**change: Any) -> str:
        asked = {"who": wanted, "view": "day" if a_day else None, "from": first.isoformat(), **change}
        return url_for("diary.diary", **{name: value for name, value in asked.items() if value is not None})

    columns = [first + timedelta(one) for one in range(number)]
    drawn = [_day(day, found, called, days, kinds, user, link, several=whose is None) for day in columns]
    shown = [one for one in drawn if a_day or one["entries"] or not one["weekend"]]
    return page(
        "diary.html",
        "diary",
        title=_title([one["day"] for one in shown], days),
        days=shown,
        empty=not any(one["entries"] for one in shown),
        a_day=a_day,
        before=link(**{"from": (first - timedelta(number)).isoformat()}),
        after=link(**{"from": (first + timedelta(number)).isoformat()}),
        now_url=link(**{"from": None}),
        new_url=url_for("setting.new", who=whose),
        views=[(_("Week"), link(view=None), not a_day), (_("Day"), link(view="day"), a_day)],
        people=[{"name": called.user(one.id), "url": link(who=one.id), "current": whose == one.id} for one in reps]
        + [{"name": _("Everybody"), "url": link(who=EVERYBODY), "current": whose is None}],
        kinds=[{"name": called.appointment_type(kind), "shade": kinds.index(kind) % _SHADES} for kind in kinds],
        left_behind=[
            {
                **_meeting(row, called, days, kinds, user, several=True),
                "day": days.short(row["starts_at"]),
                "asked": days.short(row["asked"]) if row["asked"] else None,
            }
            for row in found.left_behind
        ],
        takers=[(one.id, called.user(one.id)) for one in reps],
        own=_own(found.feed, found.feed_url, days, typed),
        errors=errors,
    )


def _own(found: Feed | None, feed_url: str | None, days: Calendar, typed: str | None) -> dict[str, Any] | None:
    """How it stands with a rep's own calendar, both ways."""
    if found is None:
        return None
    return {
        "calendar": typed if typed is not None else (found.url or "") if found.own else "",
        "from_file": found.url if not found.own else None,
        "read_at": days.when(found.read_at) if found.read_at else None,
        "fault": calendar_fault(found.fault, names().speech) if found.fault else None,
        "partial": found.partial,
        "failing_since": days.when(found.failing_since) if found.failing_since else None,
        "feed_url": feed_url,
    }


def _day(
    day: date,
    found: Diaries,
    called: Names,
    days: Calendar,
    kinds: Sequence[str],
    user: User,
    link: Any,
    *,
    several: bool,
) -> dict[str, Any]:
    begins, ends = midnight(day, days.zone), midnight(day + timedelta(1), days.zone)
    entries = [
        (row["starts_at"], _meeting(row, called, days, kinds, user, several=several))
        for row in found.meetings
        if begins <= row["starts_at"] < ends
    ]
    for rep, busy_from, busy_to in found.busy:
        if busy_from < ends and begins < busy_to:
            whole = busy_from <= begins and busy_to >= ends
            shown_from = max(busy_from, begins)
            until = "24:00" if busy_to >= ends else days.clock(busy_to)
            text = _("all day") if whole else f"{days.clock(shown_from)}–{until}"
            who = called.user(rep) if several else None
            entries.append((shown_from, {"busy": text, "why": _("Busy"), "rep": who}))
    for lead, hold in found.kept:
        if begins <= hold.starts_at < ends:
            span = f"{days.clock(hold.starts_at)}–{days.clock(hold.ends_at)}"
            name, until = lead["name"] or lead["email"], days.short(hold.until)
            said = _("Kept for %(lead)s until %(when)s", lead=name, when=until)
            who = called.user(hold.rep) if several else None
            entries.append((hold.starts_at, {"busy": span, "why": said, "rep": who}))
    off = found.off.get(day, {})
    for why, said in (("holiday", _("Public holiday")), ("away", _("Away"))):
        if those := [called.user(rep) for rep in off if off[rep] == why]:
            entries.append((begins, {"busy": _("all day"), "why": said, "rep": ", ".join(those) if several else None}))
    return {
        "day": day,
        "label": days.day(begins),
        "url": link(view="day", **{"from": day.isoformat()}),
        "today": day == days.local(days.now).date(),
        "weekend": day.weekday() >= 5,
        "entries": [shown for _at, shown in sorted(entries, key=lambda entry: entry[0])],
    }


def _meeting(
    row: Mapping[str, Any], called: Names, days: Calendar, kinds: Sequence[str], user: User, *, several: bool
) -> dict[str, Any]:
    lead = row["lead"]
    open_ = row["state"] in ("booked", "moved")
    erased = lead["email"].endswith(NOBODY)
    mine = (user.role != "rep" or row["rep"] == user.id) and not erased
    return {
        "busy": None,
        "id": row["id"],
        "time": f"{days.clock(row['starts_at'])}–{days.clock(row['ends_at'])}",
        "title": called.appointment_type(row["type"]),
        "shade": kinds.index(row["type"]) % _SHADES if row["type"] in kinds else _SHADES,
        "lead": _("Erased person") if erased else lead["name"] or lead["email"],
        "company": lead["company"],
        "url": f"/desk/leads/{row['lead_id']}" if mine else None,
        "rep": called.user(row["rep"]) if several else None,
        "state": None if open_ else appointment_state(row["state"]),
        "covered": row.get("covered", False),
        "can_mark": mine and open_ and row["starts_at"] <= days.now and not row["unchosen"],
        "change_url": url_for("changing.change", appointment_id=row["id"]) if mine and row["changeable"] else None,
    }


def _first(text: str, today: date, *, a_day: bool) -> date:
    """The first day shown: the one named, else today; a week begins on its Monday."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    if not date(2000, 1, 10) <= day <= date(2199, 12, 20):
        day = today
    return day if a_day else day - timedelta(day.weekday())


def _title(shown: Sequence[date], days: Calendar) -> str:
    """The day, or the span of those that are shown: `Monday 15 June`, `15 – 19 June`."""
    if len(shown) == 1:
        day = days.day(midnight(shown[0], days.zone))
        return day[:1].upper() + day[1:]
    first, last = days.date(shown[0]), days.date(shown[-1])
    return f"{first.removesuffix(' ' + last.partition(' ')[2])} – {last}"
