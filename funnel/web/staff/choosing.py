"""What the pages for setting and for changing an appointment share: days, times, with whom, and the way back (S82)."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from funnel.domain.company import User
from funnel.domain.lead import Appointment, Lead
from funnel.domain.slots import Slot
from funnel.domain.timing import local_time
from funnel.usecases.set_appointment import ANYBODY
from funnel.usecases.wording import city_of
from funnel.web.forms import PostedForm
from funnel.web.here import company
from funnel.web.prospect.times import day_of, days_and_times, time_on
from funnel.web.speech import _, language, names
from funnel.web.staff.guard import me
from funnel.web.staff.her_clock import clock_at, clock_now
from funnel.web.staff.page import Calendar, calendar

_LONGEST_ID = 64


def asked(name: str) -> str:
    """What a link or a form says besides: `type`, `who`."""
    return request.values.get(name, "")[:_LONGEST_ID]


def times_shown(
    slots: Sequence[Slot],
    days: Calendar,
    link: Callable[..., str],
    form: PostedForm,
    chosen: datetime | None,
    taken: datetime | None,
    *,
    wanted: datetime | None = None,
    hers: str | None = None,
) -> dict[str, Any]:
    """Days, then times, as `_times.html` takes them, in the zone of who looks; what is wrong, and what has gone.
    Beside each what the lead's clock shows in her zone (`hers`), where that is another time."""
    spoken = language()
    shown = taken or wanted
    day = day_of(request.values.get("day", "")) or (local_time(shown, days.zone).date() if shown else None)
    found = days_and_times(
        slots,
        days.zone,
        spoken,
        lambda one: link(day=one) + "#slot",
        wanted=day,
        chosen=chosen,
        beside=lambda slot: clock_at(slot, hers, days),
    )
    return {
        "zone": days.zone,
        "city": city_of(days.zone, spoken),
        "once": secrets.token_urlsafe(12),
        "errors": form.wrong,
        "taken": time_on(taken, days.zone, spoken) if taken else None,
        **found,
    }


def people_shown(reps: Sequence[User], whose: str, link: Callable[[str], str]) -> list[dict[str, Any]]:
    """Who may be met, and whoever is free."""
    called = names()
    found = [{"name": called.user(one.id), "url": link(one.id), "current": whose == one.id} for one in reps]
    free = {"name": _("Whoever is free"), "url": link(ANYBODY), "current": whose == ANYBODY}
    return [*found, free] if len(reps) != 1 else found


def lead_shown(lead: Lead, days: Calendar) -> dict[str, Any]:
    """A lead beside her appointment; her own city when her clock shows another time."""
    there = clock_now(lead.zone, days)
    return {
        "name": lead.called,
        "company": lead.company,
        "email": lead.email,
        "phone": lead.phone,
        "url": url_for("lead.lead", lead_id=lead.id),
        "city": city_of(lead.zone, language()) if lead.zone and there else None,
        "there": there,
    }


def in_words(made: Appointment) -> str:
    """`Thu 18 June, 09:30, Camille Arnoux`."""
    days = calendar(made.starts_at, me(), company())
    return f"{days.short(made.starts_at)}, {names().user(made.rep)}"


def to_diary(made: Appointment) -> Response:
    """The diary in which it stands, in that week."""
    days = calendar(made.starts_at, me(), company())
    week: dict[str, Any] = {"from": days.local(made.starts_at).date().isoformat()}
    return redirect(url_for("diary.diary", who=made.rep, **week), 303)
