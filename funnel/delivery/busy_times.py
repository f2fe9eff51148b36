"""When somebody is busy by the calendar in an .ics file, and nothing else of what stands in it.

`python -m funnel.delivery.busy_times` reads one from its input, in a process of its own: what a rule makes a library do
is known only when it was done, so time and memory are the process's limits, and it is killed where they are not enough.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar, Event, vPeriod

from funnel.delivery.calendar_entries import (
    BROKEN,
    day_of,
    days_written,
    is_nowhere,
    names_no_zone,
    parsed,
    periods_written,
    spans_written,
    times_added,
)
from funnel.delivery.entry_times import end_after, instant
from funnel.delivery.how_often import TooMany, check_often
from funnel.delivery.limits import RAN_OUT, limit, tell
from funnel.delivery.mended_entries import is_torn, mended
from funnel.ports import Busy, CalendarFault, Reading

MOST_EVENTS = 5_000
"""Events that a calendar may hold, and occurrences that are read of it."""

_AT_ONCE = timedelta(days=30)
"""So much of a calendar is followed at once: what repeats too often is known by then, and what lasts for years is not
looked at in quarters of an hour, as the library's own way through time does."""

_PREFIX = "appointment-"
_WHY: dict[type[Exception], str] = {**RAN_OUT, TooMany: "too_many"}


def busy_times(content: bytes, first: datetime, last: datetime, zone: str, whose: str, ours: str) -> Reading:
    """The busy times from `first` to `last` (aware UTC), in order and joined where they touch; see `Calendars`."""
    _refuse_at_once(content)
    calendars, entries, left_out, sure = parsed(content)
    told, unreadable = _told_busy(calendars, zone)
    left_out += unreadable
    found = {one for one in told if one[0] < last and first < one[1]}
    for events in _series([*entries, *sure], ours):
        try:
            try:
                if any(is_torn(one) or (is_nowhere(one) and not _free(one, whose)) for one in events):
                    raise ValueError("a line of its times is none, or in a zone that nobody knows")
                found.update(_busy_of(events, first, last, zone, whose))
            except BROKEN:
                if not any(event is one for event in events for one in sure):  # which are counted
                    left_out.append(day_of(events))
                found.update(_sure_of(events, first, last, zone, whose))
        except tuple(_WHY) as error:
            raise CalendarFault(f"{_WHY[type(error)]} {day_of(events)}".rstrip()) from error
        if len(found) > MOST_EVENTS:
            raise CalendarFault("too_many")
    return Reading(_joined(found), left_out)


def _refuse_at_once(content: bytes) -> None:
    if b"BEGIN:VCALENDAR" not in content[:1000].upper() or b"END:VCALENDAR" not in content[-1000:].upper():
        raise CalendarFault("no_calendar")
    if content.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise CalendarFault("too_many")


def _told_busy(calendars: Iterable[Calendar], zone: str) -> tuple[list[Busy], list[str]]:
    """The times of calendars that tell no events, but when somebody is busy (VFREEBUSY), and the days of those that
    cannot be understood."""
    periods = [one for calendar in calendars for each in calendar.freebusy for one in periods_written(each)]
    if len(periods) > MOST_EVENTS:
        raise CalendarFault("too_many")
    told: list[Busy] = []
    unreadable: list[str] = []
    for period in periods:
        try:
            if str(period.params.get("FBTYPE", "")).upper() != "FREE":
                told.append((instant(period.start, zone), instant(period.end, zone)))
                if names_no_zone(period):
                    raise ValueError("in a zone that nobody knows")
        except BROKEN:
            unreadable.append(period.start.isoformat()[:10] if isinstance(period, vPeriod) else "")
    return told, unreadable


def _series(events: Sequence[Event], ours: str) -> Iterator[list[Event]]:
    """Events that belong together by their UID: one, and its changed occurrences. Some exporters give one UID to many:
    each of them is kept, and may be the one that was changed. Our own invitations are left out: their times stand in
    our diary."""
    found: dict[str, list[Event]] = defaultdict(list)
    for number, event in enumerate(events):
        uid = str(event.get("uid", f"without-{number}"))
        if not (uid.startswith(_PREFIX) and uid.endswith(f"@{ours}")):
            found[uid].append(event)
    for those in found.values():
        changed = [event for event in those if days_written(event, "recurrence-id")]
        unchanged = [event for event in those if not days_written(event, "recurrence-id")]
        yield from ([event, *changed] for event in unchanged) if unchanged else [changed]


def _busy_of(events: Sequence[Event], first: datetime, last: datetime, zone: str, whose: str) -> set[Busy]:
    found: set[Busy] = set()
    if all(_free(event, whose) for event in events):
        return found
    for event in _occurrences(events, first, last):
        if (one := _busy(event, zone, whose)) and one[0] < last and first < one[1]:
            found.add(one)
        if len(found) > MOST_EVENTS:
            raise TooMany
    return found


def _sure_of(events: Sequence[Event], first: datetime, last: datetime, zone: str, whose: str) -> list[Busy]:
    """What can be known of entries that cannot be followed together: those of them that can, without days of their
    rule that cannot be read, and each of the others once."""
    sound: list[Event] = []
    found: list[Busy] = []
    for event in events:
        whole = event
        try:
            whole = mended(event, zone)
            _busy_of([whole], first, last, zone, whose)
            sound.append(whole)
        except BROKEN:
            found.extend(one for one in _once(whole, zone, whose) if one[0] < last and first < one[1])
    try:
        return [*found, *(_busy_of(sound, first, last, zone, whose) if sound else [])]
    except BROKEN:
        return [*found, *(one for event in sound for one in _busy_of([event], first, last, zone, whose))]


def _once(event: Event, zone: str, whose: str) -> Iterator[Busy]:
    """An entry's own time and those added to it, without its rule; one whose end is unreadable lasts until midnight."""
    with suppress(*BROKEN):
        if _free(event, whose):
            return
    ends = []
    with suppress(*BROKEN):
        ends = [instant(end, zone) for end in days_written(event, "dtend")]
    lengths = spans = spans_written(event, "duration")
    for start in days_written(event, "dtstart"):
        with suppress(*BROKEN):  # at the edges of what a calendar can tell
            begins = instant(start, zone)
            lengths = [end - begins for end in ends if end > begins] or spans
            yield begins, end_after(begins, lengths, zone)
    for start, own in times_added(event):
        with suppress(*BROKEN):
            begins = instant(start, zone)
            length = instant(own, zone) - begins if isinstance(own, date) else own
            yield begins, end_after(begins, lengths if length is None else [length], zone)


def _occurrences(events: Sequence[Event], first: datetime, last: datetime) -> Iterator[Event]:
    """Those from `first` to `last`, which one that lasts may be told again for each of the `_AT_ONCE`."""
    calendar = Calendar()
    for event in events:
        check_often(event, last)
        calendar.add_component(event)
    query = recurring_ical_events.of(calendar)
    # A day more on either side: an all-day event stands in its own zone, not in UTC.
    begins, until = first - timedelta(days=1), last + timedelta(days=1)
    while begins < until:
        ends = min(begins + _AT_ONCE, until)
        yield from (found for found in query.between(begins, ends) if isinstance(found, Event))
        begins = ends


def _busy(event: Event, zone: str, whose: str) -> Busy | None:
    """An occurrence as a busy time; none when it takes none of her time, or no time at all."""
    if _free(event, whose):
        return None
    begins, ends = event.start, event.end
    if not isinstance(begins, datetime) and ends <= begins:  # some programs end a day on itself
        ends = begins + timedelta(days=1)
    starts_at, ends_at = instant(begins, zone), instant(ends, zone)
    return (starts_at, ends_at) if starts_at < ends_at else None


def _free(event: Event, whose: str) -> bool:
    """Whether it is cancelled, transparent or declined."""
    if str(event.get("status", "")).upper() == "CANCELLED" or str(event.get("transp", "")).upper() == "TRANSPARENT":
        return True
    return str(event.get("x-microsoft-cdo-busystatus", "")).upper() == "FREE" or _declined(event, whose)


def _declined(event: Event, whose: str) -> bool:
    attendees = event.get("attendee", [])
    for one in attendees if isinstance(attendees, list) else [attendees]:
        if str(one).casefold().removeprefix("mailto:") == whose.casefold():
            return str(one.params.get("PARTSTAT", "")).upper() == "DECLINED"
    return False


def _joined(found: Iterable[Busy]) -> list[Busy]:
    joined: list[Busy] = []
    for starts_at, ends_at in sorted(found):
        if joined and starts_at <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends_at))
        else:
            joined.append((starts_at, ends_at))
    return joined


def as_text(content: bytes, first: str, last: str, zone: str, whose: str, ours: str) -> str:
    """The busy times (`busy`, with the days of what was `left_out`), as `tell` does."""

    def find() -> dict[str, Any]:
        found = busy_times(content, datetime.fromisoformat(first), datetime.fromisoformat(last), zone, whose, ours)
        busy = [[begins.isoformat(), ends.isoformat()] for begins, ends in found.busy]
        return {"busy": busy, "left_out": found.left_out}

    return tell(find, _WHY)


if __name__ == "__main__":
    calendar = sys.stdin.buffer.read()
    limit(float(sys.argv[1]))
    sys.stdout.write(as_text(calendar, *sys.argv[2:]))
