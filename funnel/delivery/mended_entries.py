"""What can be followed of an entry that cannot be as it is written."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Event, vDDDLists, vRecur
from icalendar.prop import vBroken

from funnel.delivery.calendar_entries import BROKEN, days_written, spans_written, values, whole_days
from funnel.delivery.entry_times import day_after, end_after, instant
from funnel.domain.timing import local_time

_REPETITION = ("rrule", "exdate", "rdate")
_TIMES = {"dtstart", "dtend", "duration"}
_NUMBERS = {
    "BYSECOND": range(61), "BYMINUTE": range(60), "BYHOUR": range(24), "BYMONTH": range(1, 13),
}  # fmt: skip
_FROM_BOTH_ENDS = {"BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
_PARTS = {"FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYDAY", "BYEASTER", *_NUMBERS, *_FROM_BOTH_ENDS}
"""What a rule may say, and the numbers that it may say it with (RFC 5545 3.3.10)."""
_LINE = re.compile(r"into parts: [\"'](DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE)\b", re.I)
"""How icalendar tells of a line that is none: it leaves it out of the entry."""


def mended(event: Event, zone: str) -> Event:
    """An entry without what cannot be read of it, be it one of its rules, a part of one that nobody knows, or a day
    taken out of them or added to them: the rest is followed. An end that cannot be read is midnight, and a start of
    which only the day can is that whole day."""
    whole = Event(event)
    for name in _REPETITION:
        written = values(event, name)
        if any(isinstance(one, vBroken) or not _is_whole(one) for one in written):
            del whole[name]
            for one in written:
                for sound in _sound(one):
                    whole.add(name, sound, encode=False)
    for name in [one for one in whole if one.lower() not in _TIMES and _is_broken(whole, one)]:
        del whole[name]
    _mend_times(whole, zone, ends_well=_ends_well(whole) and not _lines_lost(event) & {"dtend", "duration"})
    return whole


def is_torn(event: Event) -> bool:
    """Whether a line of its times is none, or a rule cannot be followed as it is written: it would be read as if it
    did not stand there."""
    rules = (one for one in values(event, "rrule") if isinstance(one, vRecur))
    return bool(_lines_lost(event)) or not all(map(is_known, rules))


def _lines_lost(event: Event) -> set[str]:
    return {found[1].lower() for _, said in event.errors if (found := _LINE.search(said))}


def is_known(rule: vRecur) -> bool:
    """Whether a rule can be followed as it is written."""
    return "FREQ" in rule and _is_whole(rule)


def _is_whole(value: Any) -> bool:
    return not isinstance(value, vRecur) or all(_is_part(name, value[name]) for name in value)


def _is_part(name: str, numbers: list[Any]) -> bool:
    if allowed := _NUMBERS.get(name.upper()):
        return all(int(one) in allowed for one in numbers)
    if last := _FROM_BOTH_ENDS.get(name.upper()):
        return all(1 <= abs(int(one)) <= last for one in numbers)
    return name.upper() in _PARTS


def _sound(value: Any) -> Iterator[Any]:
    """A value, of a rule the parts that are known, or of a list of days that is broken those that can be read."""
    if isinstance(value, vRecur):
        yield vRecur({name: value[name] for name in value if _is_part(name, value[name])})
    elif not isinstance(value, vBroken):
        yield value
    elif value.expected_type == vDDDLists.__name__:
        for part in str(value).split(","):
            with suppress(*BROKEN):
                days = vDDDLists.from_ical(part, timezone=value.params.get("TZID"))  # type: ignore[no-untyped-call]
                yield vDDDLists(days)


def _mend_times(event: Event, zone: str, *, ends_well: bool) -> None:
    starts, days = days_written(event, "dtstart"), whole_days(event, "dtstart")
    if len(values(event, "dtstart")) != 1:
        return
    if days:
        _write_times(event, days[0], _after_days(event, days[0]))
    elif starts and not ends_well:
        _write_times(event, starts[0], _end_of(event, starts[0], zone))


def _ends_well(event: Event) -> bool:
    ends, spans = values(event, "dtend"), values(event, "duration")
    return len(ends) == len(days_written(event, "dtend")) and len(spans) == len(spans_written(event, "duration"))


def _is_broken(event: Event, name: str) -> bool:
    return any(isinstance(one, vBroken) for one in values(event, name))


def _write_times(event: Event, start: date, end: date) -> None:
    for name in ("dtstart", "dtend", "duration"):
        event.pop(name, None)
    event.add("dtstart", start)
    event.add("dtend", end)


def _after_days(event: Event, first: date) -> date:
    """The day after the last one that an entry may last which begins some time on its first."""
    last = [_day_of(one) for one in (*days_written(event, "dtend"), *whole_days(event, "dtend"))]
    last += _days_later(first, spans_written(event, "duration"))
    return day_after(max([first, *last]))


def _end_of(event: Event, start: date, zone: str) -> date:
    """After the longest that else tells of it, else at the next midnight; in the zone in which it begins."""
    last = whole_days(event, "dtend")
    if not isinstance(start, datetime):
        known = [*_days_later(start, spans_written(event, "duration")), *map(_day_of, days_written(event, "dtend"))]
        return max([*known, *map(day_after, [start, *last])])
    begins = instant(start, zone)
    lengths = spans_written(event, "duration") or [instant(one, zone) - begins for one in days_written(event, "dtend")]
    ends = end_after(begins, lengths, zone, last)
    return ends.astimezone(start.tzinfo) if start.tzinfo else local_time(ends, zone)


def _days_later(first: date, spans: Iterable[timedelta]) -> Iterator[date]:
    for span in spans:
        with suppress(OverflowError):
            yield first + timedelta(days=span.days)


def _day_of(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at
