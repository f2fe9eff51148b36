"""The entries of an .ics file; one that keeps others from being parsed is taken out, and what is sure of it kept."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from icalendar import Calendar, Event, FreeBusy, vDDDLists, vDDDTypes, vPeriod
from icalendar.prop import vBroken

from funnel.ports import CalendarFault

BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, ArithmeticError, OSError)
"""What the libraries raise at what is written wrongly; the last at a zone that is a folder of zones."""

_BEGIN_LINE, _END_LINE = rb"^BEGIN:VEVENT[^\S\n]*$", rb"^END:VEVENT[^\S\n]*$"
"""Each can end in one place alone: were the end of a line looked for in the next too, time would go by its square."""
ENTRY = re.compile(_BEGIN_LINE + rb".*?(?:" + _END_LINE + rb"|(?=^BEGIN:VEVENT|^END:VCALENDAR))", re.M | re.S | re.I)
_BEGINS = re.compile(_BEGIN_LINE, re.M | re.I)
_CLOSED = re.compile(rb"^END:VEVENT\s*?\Z", re.M | re.I)
ALARM = re.compile(rb"^BEGIN:VALARM.*?(?:^END:VALARM|\Z)", re.M | re.S | re.I)
_TIMES = rb"DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID"
_TIMED = ("dtstart", "dtend", "rdate", "exdate", "recurrence-id")
_SURE = re.compile(rb"^(?:UID|" + _TIMES + rb"|STATUS|TRANSP|X-MICROSOFT-CDO-BUSYSTATUS|ATTENDEE)[:;].*$", re.M | re.I)
_EMPTY_LINES = re.compile(rb"\n(?:\r?\n)+")
_FOLD = re.compile(rb"\r?\n[ \t]")
"""Where a line goes on in the next (RFC 5545 3.1); a value in quotes may hold what ends it elsewhere (3.2)."""
_ZONE = re.compile(rb';TZID=(?:"[^"]*"|[^:;]*)', re.I)
_START = re.compile(rb'^DTSTART(?:;[^:;="\r\n]+=(?:"[^"\r\n]*"|[^":;\r\n]*))*:(.*)$', re.M | re.I)
_PERIODS = re.compile(rb'^(FREEBUSY(?:;[^:;="\r\n]+=(?:"[^"\r\n]*"|[^":;\r\n]*))*:)(.*)$', re.M | re.I)
_BEGIN = re.compile(r"\s*(\d{4})-?(\d\d)-?(\d\d)", re.A)


class Parsed(NamedTuple):
    """The calendars of a file and their entries; of what could not all be parsed, the day of each (`left_out`, see
    `day_of`) and the entries that are sure of it."""

    calendars: list[Calendar]
    entries: list[Event]
    left_out: list[str]
    sure: list[Event]


def parsed(content: bytes) -> Parsed:
    """What stands in a file. `CalendarFault` for what is no calendar."""
    calendars = []
    with suppress(*BROKEN):
        calendars = _calendars(content)
    events = [one for calendar in calendars for one in calendar.walk("VEVENT") if isinstance(one, Event)]
    if calendars and len(events) >= len(_BEGINS.findall(content)):
        return Parsed(calendars, events, [], [])
    return _one_by_one(unfolded(content))


def unfolded(content: bytes) -> bytes:
    """A file with every line whole, and without its empty ones."""
    return _FOLD.sub(b"", _EMPTY_LINES.sub(b"\n", content))


def _one_by_one(content: bytes) -> Parsed:
    others, left_out = _without_broken_periods(ENTRY.sub(b"", content))
    try:
        calendars = _calendars(others)
    except BROKEN as error:
        raise CalendarFault("no_calendar") from error
    events: list[Event] = []
    sure: list[Event] = []
    for found in ENTRY.finditer(content):
        try:
            if not _CLOSED.search(found[0]):
                raise ValueError("an entry without its end")
            events.append(_entry(found[0]))
        except BROKEN:
            left_out.append(_day_told(start_written(found[0])))
            sure.extend(_sure_of(found[0]))
    return Parsed(calendars, events, left_out, sure)


def _without_broken_periods(content: bytes) -> tuple[bytes, list[str]]:
    """A file without the times of VFREEBUSY that cannot be read, and their days; the others are kept."""
    left_out: list[str] = []

    def sound(line: re.Match[bytes]) -> bytes:
        kept = []
        for period in line[2].strip().split(b","):
            try:
                vPeriod(vPeriod.from_ical(period.decode()))  # type: ignore[no-untyped-call]
                kept.append(period)
            except BROKEN:
                left_out.append(_day_told(period))
        return line[1] + b",".join(kept) if kept else b""

    return _PERIODS.sub(sound, content), left_out


def _calendars(content: bytes) -> list[Calendar]:
    """The calendars of a file; what is closed too early or too late makes something else of one."""
    found = Calendar.from_ical(content, multiple=True)
    calendars = [one for one in found if isinstance(one, Calendar)]
    if not calendars or len(calendars) < len(found):
        raise ValueError("something else than calendars")
    return calendars


def _entry(written: bytes) -> Event:
    event = Event.from_ical(written)
    if not isinstance(event, Event):
        raise TypeError(written)
    return event


def _sure_of(written: bytes) -> Iterator[Event]:
    """Its time once, in the rep's zone where its own is none; or nothing."""
    lines = [line.strip() for line in _SURE.findall(ALARM.sub(b"", written))]
    for those in (lines, [_ZONE.sub(b"", line) for line in lines]):
        with suppress(*BROKEN):
            yield _entry(b"\r\n".join([b"BEGIN:VEVENT", *those, b"END:VEVENT", b""]))
            return


def start_written(written: bytes) -> bytes:
    """What stands for the start of an entry, as it is written in a file without folded lines."""
    found = _START.search(written)
    return found[1].strip() if found else b""


def day_in(text: str) -> date | None:
    """The day with which a text begins, whatever follows it."""
    found = _BEGIN.match(text)
    with suppress(ValueError):
        return date(*map(int, found.groups())) if found else None
    return None


def _day_told(written: bytes) -> str:
    day = day_in(written.decode(errors="replace"))
    return day.isoformat() if day else ""


def day_of(events: Sequence[Event]) -> str:
    """The day on which an entry begins, as it is written there, or nothing: what it is called is nobody's business."""
    starts = days_written(events[0], "dtstart") or whole_days(events[0], "dtstart")
    return starts[0].isoformat()[:10] if starts else ""


def periods_written(told: FreeBusy) -> list[Any]:
    """The times at which somebody is busy, or free."""
    return values(told, "freebusy")


def days_written(event: Event, name: str) -> list[date]:
    """The days or times that stand under a name, as far as they can be read."""
    return [one.dt for one in values(event, name) if isinstance(one, vDDDTypes) and isinstance(one.dt, date)]


def whole_days(event: Event, name: str) -> list[date]:
    """The days that stand under a name and whose time of day cannot be read."""
    days = [day_in(str(one)) for one in values(event, name) if isinstance(one, vBroken)]
    return [day for day in days if day]


def spans_written(event: Event, name: str) -> list[timedelta]:
    """The spans that stand under a name, as far as they can be read."""
    return [one.dt for one in values(event, name) if isinstance(one, vDDDTypes) and isinstance(one.dt, timedelta)]


def times_added(event: Event) -> list[tuple[date, date | timedelta | None]]:
    """The days or times that are added to an entry's rule, each with the end or the length that it has of its own."""
    times = [one.dt for each in values(event, "rdate") if isinstance(each, vDDDLists) for one in each.dts]
    return [one if isinstance(one, tuple) else (one, None) for one in times if isinstance(one, (date, tuple))]


def is_nowhere(event: Event) -> bool:
    """Whether a time of it stands in a zone that nobody knows: it would be read as if it named none."""
    return any(names_no_zone(one) for name in _TIMED for one in values(event, name) if not isinstance(one, vBroken))


def names_no_zone(value: Any) -> bool:
    """Whether what a time names as its zone is none that anybody knows."""
    times = [one.dt for one in getattr(value, "dts", [value])]
    begins = [one[0] if isinstance(one, tuple) else one for one in times]
    named = bool(value.params.get("TZID"))
    return named and any(isinstance(one, datetime) and one.tzinfo is None for one in begins)


def values(event: Event | FreeBusy, name: str) -> list[Any]:
    """All that stands under a name."""
    written = event.get(name, [])
    return written if isinstance(written, list) else [written]
