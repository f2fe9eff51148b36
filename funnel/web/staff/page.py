"""What every staff page shares: its frame's context, instants in words, notices after an action."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_time, format_timedelta
from flask import flash, get_flashed_messages, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from funnel.domain.company import Company, User
from funnel.domain.timing import zone_info
from funnel.usecases.errors import Conflict, Gone
from funnel.usecases.wording import day_in_words
from funnel.web.speech import _, language, told
from funnel.web.staff.guard import inside, who
from funnel.web.staff.wording import role_in_words

_JUST_NOW = timedelta(seconds=45)
When = dict[str, str]


def page(template: str, nav: str, **context: Any) -> str:
    """Render a page in the staff frame."""
    user = who()
    notices = [{"kind": one[0], "text": one[1]} for one in get_flashed_messages(with_categories=True)]
    shown = {"name": user.name, "role": user.role, "title": role_in_words(user.role)} if user else None
    return render_template(template, user=shown, nav=nav, notices=notices, **context)


def notify(text: str, kind: str = "ok", link: tuple[str, str] | None = None) -> None:
    """Tell it on the next page: ok, info, warn or bad; with a `link` (address, words) to where it goes on."""
    flash(Markup('{} <a href="{}">{}</a>').format(text, *link) if link else text, kind)


def back() -> Response:
    """To the page from which the form was sent (303, so that reloading repeats nothing)."""
    came = urlsplit(request.referrer or "")
    ours = came.netloc == request.host and came.path.startswith(("/desk", "/diary", "/studio"))
    return redirect(inside(came.path + (f"?{came.query}" if came.query else "")) if ours else "/desk", 303)


def refused(conflict: Conflict) -> Response:
    """Back, with what has changed meanwhile; to the desk when the page behind may not be hers to see any more."""
    notify(told(conflict), "warn")
    return redirect("/desk", 303) if isinstance(conflict, Gone) else back()


def came_from_lead() -> bool:
    """Whether the form stood on a lead's page."""
    return urlsplit(request.referrer or "").path.startswith("/desk/leads/")


class Calendar:
    """Instants in words, as someone of a company, in a zone (none: the company's), reads them at a moment."""

    def __init__(self, now: datetime, company: Company, zone: str | None = None) -> None:
        self.now = now
        self.company = company
        self.zone = zone or company.zone
        self._rules = zone_info(self.zone)
        self._language = language()

    def local(self, at: datetime) -> datetime:
        """The instant in this zone."""
        return at.astimezone(self._rules)

    def when(self, at: datetime) -> When:
        """`iso` (UTC), exact (with day and zone), relative ("in 2 days")."""
        gap = at - self.now
        relative = format_timedelta(gap, add_direction=True, locale=self._language)
        if abs(gap) < _JUST_NOW:
            relative = _("just now")
        return {"iso": iso(at), "exact": self.exact(at), "relative": relative}

    def exact(self, at: datetime) -> str:
        """`Monday, 15 June 2026, 09:30 (Europe/Paris)`."""
        return f"{self.day(at, year=True)}, {self.clock(at)} ({self.zone})"

    def hour(self, at: datetime) -> str:
        """`Monday 15 June, 09:30`."""
        return _("%(day)s, %(time)s", day=self.day(at), time=self.clock(at))

    def day(self, at: datetime, *, year: bool = False) -> str:
        """`Monday 15 June`, with the year when it is another one or asked for."""
        pattern = "EEEE d MMMM y" if year or self.local(at).year != self.local(self.now).year else "EEEE d MMMM"
        return day_in_words(self.local(at), self._language, pattern)

    def date(self, day: date) -> str:
        """`15 June`, with the year when it is another one."""
        pattern = "d MMMM" if day.year == self.local(self.now).year else "d MMMM y"
        return day_in_words(datetime.combine(day, time()), self._language, pattern)

    def clock(self, at: datetime) -> str:
        """`09:30`."""
        return format_time(self.local(at), "HH:mm", locale=self._language)

    def stamp(self, at: datetime | None) -> str | None:
        """`2026-06-15T09:30:00+02:00`: ISO 8601 with the offset of this zone, as other programs read it."""
        return self.local(at).isoformat(timespec="seconds") if at else None

    def short(self, at: datetime) -> str:
        """`Thu 18 June, 09:30`."""
        return f"{day_in_words(self.local(at), self._language, 'EEE d MMMM')}, {self.clock(at)}"


def calendar(now: datetime, user: User, company: Company) -> Calendar:
    """The calendar of a member of staff."""
    return Calendar(now, company, user.zone)


def iso(at: datetime) -> str:
    """ISO 8601 in UTC with `Z`, as programs read it."""
    return at.astimezone(zone_info("UTC")).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
