"""Days, then times, in somebody's zone: the choice that the pages for booking and for moving share."""

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from babel.dates import format_date

from funnel.domain.model import locale_of
from funnel.domain.slots import Slot
from funnel.domain.timing import local_time, zone_info
from funnel.usecases.wording import clock_in_words, day_in_words
from funnel.web.speech import _

_A_DAY = timedelta(days=1)
_LATER = (12, 18)
"""The hours of the clock at which a later part of the day begins."""


def instant(text: str) -> datetime | None:
    """The instant that a form or a link names, in UTC; none for what is no instant, or one without a zone, or that no
    calendar has in every zone."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo and found - _A_DAY < found + _A_DAY else None
    except (ValueError, OverflowError):  # the last: an instant at the calendar's very edge
        return None


def day_of(text: str) -> date | None:
    """The day that a link names, if it is one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def time_on(at: datetime, zone: str, spoken: str) -> str:
    """`09:30 on Monday 15 June`."""
    local = local_time(at, zone)
    return _("%(time)s on %(day)s", time=clock(at, zone, spoken), day=day_label(local.date(), spoken))


def clock(at: datetime, zone: str, spoken: str) -> str:
    """`09:30`."""
    return clock_in_words(at.astimezone(zone_info(zone)), spoken)


def day_label(day: date, spoken: str) -> str:
    """`Monday 15 June`."""
    return day_in_words(day, spoken, "EEEE d MMMM")


def days_and_times(
    slots: Sequence[Slot],
    zone: str,
    spoken: str,
    link: Callable[[str], str],
    *,
    wanted: date | None = None,
    chosen: datetime | None = None,
    beside: Callable[[Slot], Mapping[str, Any] | None] = lambda _slot: None,
) -> dict[str, Any]:
    """What `_times.html` takes: the days with free times, and the times of one of them; `day` is that day, ISO.

    The day shown is that of the `chosen` instant, else the `wanted` one, else the next that has times. `link` makes
    the address of a day (ISO); `beside` gives what another clock shows at a time (`said`, `asleep`), if that is told.
    """
    days: dict[date, list[Slot]] = {}
    for slot in slots:
        days.setdefault(local_time(slot.starts_at, zone).date(), []).append(slot)
    wanted = local_time(chosen, zone).date() if chosen else wanted
    day = wanted if wanted in days else _nearest(days, wanted)
    shown = days[day] if day else []
    return {
        "day": day.isoformat() if day else "",
        "days": [_day_shown(one, len(free), one == day, spoken, link) for one, free in days.items()],
        "day_label": day_label(day, spoken) if day else "",
        "times": [
            {
                "value": slot.starts_at.isoformat(),
                "label": clock(slot.starts_at, zone, spoken),
                "chosen": slot.starts_at == chosen,
                "there": beside(slot),
                "part": part,
            }
            for slot, part in zip(shown, _parts(shown, zone), strict=True)
        ],
    }


def _parts(slots: Sequence[Slot], zone: str) -> list[str]:
    """What stands over each time: the part of the day that begins with it, where the day's times are of several."""
    names = (_("Morning"), _("Afternoon"), _("Evening"))
    found = [names[bisect(_LATER, local_time(slot.starts_at, zone).hour)] for slot in slots]
    begins = [one != before for before, one in zip(["", *found], found, strict=False)]
    return [one if begin and len(set(found)) > 1 else "" for one, begin in zip(found, begins, strict=True)]


def _day_shown(day: date, free: int, chosen: bool, spoken: str, link: Callable[[str], str]) -> dict[str, Any]:
    return {
        "date": day.isoformat(),
        "weekday": format_date(day, "EEE", locale=locale_of(spoken)),
        "day": str(day.day),
        "month": format_date(day, "MMM", locale=locale_of(spoken)),
        "free": free,
        "url": link(day.isoformat()),
        "chosen": chosen,
    }


def _nearest(days: Mapping[date, object], wanted: date | None) -> date | None:
    """The day itself may have gone: the next one, else the last."""
    later = [day for day in days if wanted is None or day >= wanted]
    return next(iter(later), max(days, default=None))
