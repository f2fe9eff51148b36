"""When things happen: spans and sending windows in a person's own zone, and which zone is hers (S144).

Every instant that goes in or comes out is aware UTC. A local time that does not exist moves forward by the gap; one
that comes twice means the first.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from funnel.domain.company import Weekday, Window
from funnel.domain.countries import COUNTRY_ZONES
from funnel.domain.spans import Span


class NeverOpen(ValueError):
    """A sending window that does not open within `SEARCH_DAYS`: no days, or nothing but holidays."""


Holidays = Callable[[date], bool]
"""Whether a local date is a public holiday."""

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SEARCH_DAYS = 366

_DAY = timedelta(days=1)
_ELAPSED = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}
# Upper case at every start keeps out paths, `posix/` and `right/` (leap seconds), `localtime` and the *.tab files.
_ZONE_NAME = re.compile(r"[A-Z][A-Za-z0-9+_-]{0,31}(?:/[A-Z][A-Za-z0-9+_-]{0,31}){0,2}")


def no_holidays(day: date) -> bool:
    """The calendar of a company that works every weekday."""
    return False


@lru_cache(maxsize=1024)
def zone_info(zone: str) -> ZoneInfo:
    """The rules of an IANA zone; `ZoneInfoNotFoundError` for a name that is none."""
    if not _ZONE_NAME.fullmatch(zone) or zone == "Factory":
        raise ZoneInfoNotFoundError(f"{zone!r} is not the name of a time zone")
    try:
        return ZoneInfo(zone)
    except OSError as error:  # a folder of zones, like `America`
        raise ZoneInfoNotFoundError(f"{zone!r} is not the name of a time zone") from error


def is_zone(text: str | None) -> bool:
    """Whether the text names an IANA zone; false for any rubbish."""
    if not text:
        return False
    try:
        zone_info(text)
    except ZoneInfoNotFoundError:
        return False
    return True


@lru_cache(maxsize=4096)
def zone_of(browser_zone: str | None, phone_country: str | None, scenario_zone: str) -> str:
    """The lead's zone: her browser's, else the zone of her telephone's country (ISO 3166), else the scenario's.

    Never raises: what names no zone is passed over; the last resort is UTC.
    """
    by_phone = COUNTRY_ZONES.get(phone_country.upper()) if phone_country else None
    return next((zone for zone in (browser_zone, by_phone, scenario_zone) if zone and is_zone(zone)), "UTC")


def resolve(local: datetime, zone: str) -> datetime:
    """The instant of a local time (naive) in a zone."""
    if local.tzinfo is not None:
        raise ValueError("a local time carries no zone of its own")
    # PEP 495: with fold=0 a time in a gap takes the offset before it, so it lands after the gap, moved by its length.
    return local.replace(tzinfo=zone_info(zone), fold=0).astimezone(UTC)


def same_day(one: datetime, other: datetime, zone: str) -> bool:
    """Whether two instants fall on one date of a zone."""
    return local_time(one, zone).date() == local_time(other, zone).date()


def local_time(at: datetime, zone: str) -> datetime:
    """What the clock on the wall shows at an instant: a naive local time."""
    if at.tzinfo is None:
        raise ValueError("an instant must be aware")
    return at.astimezone(zone_info(zone)).replace(tzinfo=None, fold=0)


def midnight(day: date, zone: str) -> datetime:
    """The instant at which a day begins in a zone; the day ends where the next one begins, 23 to 25 hours later."""
    return resolve(datetime.combine(day, time()), zone)


def next_midnight(at: datetime, zone: str) -> datetime:
    """The beginning of the first local day that does not begin before an instant."""
    day = local_time(at, zone).date()
    return midnight(day, zone) if midnight(day, zone) >= at else midnight(day + _DAY, zone)


def later(at: datetime, span: Span, zone: str, holidays: Holidays = no_holidays) -> datetime:
    """The instant a span after `at`.

    Minutes and hours are elapsed time; days and longer keep the local time of the zone (31 January + 1 month is the
    last day of February). Working days skip Saturdays, Sundays and holidays. `OverflowError` beyond the year 9999.
    """
    if span.unit in _ELAPSED:
        return at + span.amount * _ELAPSED[span.unit]
    local = local_time(at, zone)
    return resolve(datetime.combine(_later_day(local.date(), span, holidays), local.time()), zone)


def earlier(at: datetime, span: Span, zone: str, holidays: Holidays = no_holidays) -> datetime:
    """The instant a span before `at`, by the rules of `later`. `OverflowError` before the year 1."""
    if span.unit in _ELAPSED:
        return at - span.amount * _ELAPSED[span.unit]
    local = local_time(at, zone)
    back = Span(-span.amount, span.unit)
    return resolve(datetime.combine(_later_day(local.date(), back, holidays), local.time()), zone)


def next_weekday(at: datetime, weekday: Weekday, time_of_day: str, zone: str) -> datetime:
    """The first instant after `at` at which the local clock shows `time_of_day` (`09:00`) on that day of the week."""
    local = local_time(at, zone)
    day = local.date() + ((WEEKDAYS.index(weekday) - local.weekday()) % 7) * _DAY
    found = resolve(datetime.combine(day, time.fromisoformat(time_of_day)), zone)
    return found if found > at else resolve(datetime.combine(day + 7 * _DAY, time.fromisoformat(time_of_day)), zone)


def into_window(at: datetime, window: Window, zone: str, holidays: Holidays = no_holidays) -> datetime:
    """`at` itself inside the sending window, else the window's next opening; never earlier, and order is kept.

    A window is open from its first minute to just before its last one's end; one that ends at or before its start
    runs past midnight. Holidays count as closed. `NeverOpen` when there is no opening within a year.
    """
    # Yesterday's window may still be open past midnight. Going by instants, not by the clock on the wall, keeps the
    # order in the night when an hour comes twice.
    day = local_time(at, zone).date() - _DAY
    for _ in range(SEARCH_DAYS + 2):
        if WEEKDAYS[day.weekday()] in window.days and not holidays(day):
            opens, closes = _opening(zone, window.from_, window.to, day)
            if at < closes and opens < closes:
                return max(at, opens)
        day += _DAY
    raise NeverOpen(f"the sending window {window.from_}-{window.to} does not open within {SEARCH_DAYS} days")


@lru_cache(maxsize=8192)
def _opening(zone: str, opens: str, closes: str, day: date) -> tuple[datetime, datetime]:
    last = day if opens < closes else day + _DAY
    return (
        resolve(datetime.combine(day, time.fromisoformat(opens)), zone),
        resolve(datetime.combine(last, time.fromisoformat(closes)), zone),
    )


def _later_day(day: date, span: Span, holidays: Holidays) -> date:
    match span.unit:
        case "days":
            return day + timedelta(days=span.amount)
        case "weeks":
            return day + timedelta(weeks=span.amount)
        case "months":
            return _months_later(day, span.amount)
        case "years":
            return _months_later(day, 12 * span.amount)
        case "working days":
            return _working_days_later(day, span.amount, holidays)
    raise ValueError(f"{span.unit} are elapsed time")


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(f"{months} months after {day} is beyond the calendar")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _working_days_later(day: date, amount: int, holidays: Holidays) -> date:
    step = _DAY if amount > 0 else -_DAY
    left = abs(amount)
    while left:
        day += step
        if day.weekday() < 5 and not holidays(day):
            left -= 1
    return day
