"""The entries of an .ics file; one that keeps others from being parsed is taken out, and what is sure of it kept."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, NamedTuple

from icalendar import Calendar, Event, FreeBusy, vDDDLists, vDDDTypes, vPeriod
from icalendar.prop import vBroken

from funnel.ports import CalendarFault

BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, ArithmeticError, OSError)
"""What the libraries raise at what is written wrongly; the last at a zone that is a folder of zones."""

_ENTRY = re.compile(rb"^BEGIN:VEVENT\s*?$.*?(?:^END:VEVENT\s*?$|(?=^BEGIN:VEVENT|^END:VCALENDAR))", re.M | re.S | re.I)
_BEGINS = re.compile(rb"^BEGIN:VEVENT\s*?$", re.M | re.I)
_CLOSED = re.compile(rb"^END:VEVENT\s*?\Z", re.M | re.I)
_ALARM = re.compile(rb"^BEGIN:VALARM.*?(?:^END:VALARM|\Z)", re.M | re.S | re.I)
_SURE = re.compile(
    rb"^(?:UID|DTSTART|DTEND|DURATION|STATUS|TRANSP|X-MICROSOFT-CDO-BUSYSTATUS|ATTENDEE)[:;].*$", re.M | re.I
)
_FOLD = re.compile(rb"(?:\r?\n)+[ \t]")
"""Where a line goes on in the next (RFC 5545 3.1); a value in quotes may hold what ends it elsewhere (3.2)."""
_ZONE = re.compile(rb';TZID=(?:"[^"]*"|[^:;]*)', re.I)
_DAY = re.compile(rb'^DTSTART(?:;[^:;="\r\n]+=(?:"[^"\r\n]*"|[^":;\r\n]*))*:(\d{4})(\d\d)(\d\d)', re.M | re.I)
_PERIODS = re.compile(rb'^(FREEBUSY(?:;[^:;="\r\n]+=(?:"[^"\r\n]*"|[^":;\r\n]*))*:)(.*)$', re.M | re.I)
_UID = re.compile(rb"^UID[^:\r\n]*:(.*)$", re.M | re.I)
_CHANGES = re.compile(rb"^RECURRENCE-ID[^:\r\n]*:(.*)$", re.M | re.I)
_END = re.compile(rb"^END:VCALENDAR", re.M | re.I)
_BEGIN = re.compile(rb"\s*(\d{4})(\d\d)(\d\d)")
_REPETITION = ("rrule", "exdate", "rdate")


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
    return _one_by_one(_FOLD.sub(b"", content))


def _one_by_one(content: bytes) -> Parsed:
    others, left_out = _without_broken_periods(_ENTRY.sub(b"", content))
    try:
        calendars = _calendars(others)
    except BROKEN as error:
        raise CalendarFault("no_calendar") from error
    events: list[Event] = []
    sure: list[Event] = []
    for found in _ENTRY.finditer(content):
        try:
            if not _CLOSED.search(found[0]):
                raise ValueError("an entry without its end")
            events.append(_entry(found[0]))
        except BROKEN:
            left_out.append(_day_written(_DAY.search(found[0])))
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
                left_out.append(_day_written(_BEGIN.match(period)))
        return line[1] + b",".join(kept) if kept else b""

    return _PERIODS.sub(sound, content), left_out


def kept_from(content: bytes, copy: bytes) -> bytes:
    """A file with the entries of an earlier copy that stand for those of its own whose day cannot be read."""
    told = {_name_of(one) for one in _entries(content) if _is_dated(one)}
    lost = {_name_of(one) for one in _entries(content)} - told
    kept = [one for one in _entries(copy) if _name_of(one) in lost and _is_dated(one)]
    if not kept:
        return content
    return _END.sub(lambda end: b"\r\n".join([*kept, end[0]]), content, count=1)


def _entries(content: bytes) -> list[bytes]:
    """The entries that have a name, as they are written."""
    entries = [found[0].rstrip() for found in _ENTRY.finditer(_FOLD.sub(b"", content))]
    return [one for one in entries if _UID.search(one)]


def _is_dated(written: bytes) -> bool:
    return bool(_day_written(_DAY.search(written)))


def _name_of(written: bytes) -> tuple[bytes, ...]:
    """Its UID, and which occurrence of it it changes."""
    return tuple(one.strip() for one in (*_UID.findall(written)[:1], *_CHANGES.findall(written)[:1]))


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
    lines = [line.strip() for line in _SURE.findall(_ALARM.sub(b"", written))]
    for those in (lines, [_ZONE.sub(b"", line) for line in lines]):
        with suppress(*BROKEN):
            yield _entry(b"\r\n".join([b"BEGIN:VEVENT", *those, b"END:VEVENT", b""]))
            return


def _day_written(found: re.Match[bytes] | None) -> str:
    try:
        return date(*map(int, found.groups())).isoformat() if found else ""
    except ValueError:
        return ""


def day_of(events: Sequence[Event]) -> str:
    """The day on which an entry begins, as it is written there, or nothing: what it is called is nobody's business."""
    starts = days_written(events[0], "dtstart")
    return starts[0].isoformat()[:10] if starts else ""


def periods_written(told: FreeBusy) -> list[Any]:
    """The times at which somebody is busy, or free."""
    return _values(told, "freebusy")


def days_written(event: Event, name: str) -> list[date]:
    """The days or times that stand under a name, as far as they can be read."""
    return [one.dt for one in _values(event, name) if isinstance(one, vDDDTypes) and isinstance(one.dt, date)]


def spans_written(event: Event, name: str) -> list[timedelta]:
    """The spans that stand under a name, as far as they can be read."""
    return [one.dt for one in _values(event, name) if isinstance(one, vDDDTypes) and isinstance(one.dt, timedelta)]


def times_added(event: Event) -> list[tuple[date, date | timedelta | None]]:
    """The days or times that are added to an entry's rule, each with the end or the length that it has of its own."""
    times = [one.dt for each in _values(event, "rdate") if isinstance(each, vDDDLists) for one in each.dts]
    return [one if isinstance(one, tuple) else (one, None) for one in times if isinstance(one, (date, tuple))]


def mended(event: Event) -> Event:
    """An entry without the rules that cannot be read, and without the days taken out of them, or added to them, that
    cannot: the rest is followed."""
    whole = Event(event)
    for name in _REPETITION:
        written = _values(event, name)
        if any(isinstance(one, vBroken) for one in written):
            del whole[name]
            for one in written:
                for sound in _sound(one):
                    whole.add(name, sound, encode=False)
    return whole


def _sound(value: Any) -> Iterator[Any]:
    """A value, or of a list of days that is broken those that can be read."""
    if not isinstance(value, vBroken):
        yield value
    elif value.expected_type == vDDDLists.__name__:
        for part in str(value).split(","):
            with suppress(*BROKEN):
                days = vDDDLists.from_ical(part, timezone=value.params.get("TZID"))  # type: ignore[no-untyped-call]
                yield vDDDLists(days)


def _values(event: Event | FreeBusy, name: str) -> list[Any]:
    written = event.get(name, [])
    return written if isinstance(written, list) else [written]
