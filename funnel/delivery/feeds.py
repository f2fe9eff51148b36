"""Reading a rep's own calendar from an .ics address: when she is busy, and nothing else of what stands in it.

The calendar is somebody else's and may be broken or hostile: its size, its events, how often one comes and how long
reading takes are limited; what goes over a limit gives nothing at all, so that the last good copy stays.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar, Event

from funnel.delivery.guarded import AddressRefused, GuardedClient, GuardedError, Request, TooMuch
from funnel.domain.timing import midnight, resolve
from funnel.ports import Busy, CalendarFault, CalendarReply

LARGEST = 2_000_000
"""Bytes of a calendar."""
MOST_EVENTS = 5_000
"""Events that it may hold, and occurrences that are read of it."""
SECONDS = 10.0
"""How long the occurrences of one calendar may take to find."""

_MOST_RULES = 5
_PER_DAY = 24
_OFTEN = {"SECONDLY", "MINUTELY"}
_NO_RULE_BEFORE = 1970
_PREFIX = "appointment-"


class FeedReader:
    """Fetches calendars through the guarded client, and finds the busy times in them."""

    def __init__(self, client: GuardedClient) -> None:
        self._client = client

    def fetch(self, url: str) -> CalendarReply:
        """The calendar's bytes, or why there are none."""
        if url.casefold().startswith("webcal://"):
            url = "https" + url[len("webcal") :]
        try:
            answer = self._client.call(Request("GET", url, headers={"Accept": "text/calendar"}))
        except AddressRefused:
            return CalendarReply(b"", "refused")
        except TooMuch:
            return CalendarReply(b"", "too_large")
        except GuardedError:
            return CalendarReply(b"", "unreachable")
        if answer.status != 200:
            return CalendarReply(b"", "not_found" if answer.status in (401, 403, 404, 410) else "unreachable")
        return CalendarReply(answer.body)

    def busy(self, content: bytes, first: datetime, last: datetime, zone: str, whose: str, ours: str) -> Sequence[Busy]:
        """The busy times from `first` to `last` (aware UTC), in order and joined where they touch; see `Calendars`."""
        begun = time.monotonic()
        series = _series(_parsed(content), ours)
        found: list[Busy] = []
        for events in series.values():
            for event in _occurrences(events, first, last):
                if (one := _busy(event, zone, whose)) and one[0] < last and first < one[1]:
                    found.append(one)
                if len(found) > MOST_EVENTS:
                    raise CalendarFault("too_many")
                if time.monotonic() - begun > SECONDS:
                    raise CalendarFault("too_slow")
            if time.monotonic() - begun > SECONDS:
                raise CalendarFault("too_slow")
        return _joined(found)


def _parsed(content: bytes) -> list[Event]:
    if b"BEGIN:VCALENDAR" not in content[:1000].upper() or b"END:VCALENDAR" not in content[-1000:].upper():
        raise CalendarFault("no_calendar")
    if content.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise CalendarFault("too_many")
    try:
        calendars = Calendar.from_ical(content, multiple=True)
        return [event for calendar in calendars for event in calendar.walk("VEVENT") if isinstance(event, Event)]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise CalendarFault("no_calendar") from error


def _series(events: Sequence[Event], ours: str) -> Mapping[str, list[Event]]:
    """Events by UID, since a changed occurrence belongs to its series; our own invitations are left out: their times
    stand in our diary."""
    found: dict[str, list[Event]] = defaultdict(list)
    for number, event in enumerate(events):
        uid = str(event.get("uid", f"without-{number}"))
        if not (uid.startswith(_PREFIX) and uid.endswith(f"@{ours}")):
            found[uid].append(event)
    return found


def _occurrences(events: Sequence[Event], first: datetime, last: datetime) -> Iterator[Event]:
    calendar = Calendar()
    for event in events:
        _check(event)
        calendar.add_component(event)
    try:
        # A day more on either side: an all-day event stands in its own zone, not in UTC.
        query = recurring_ical_events.of(calendar)
        for found in query.after(first - timedelta(days=1)):
            start = found.get("dtstart")
            if start is None or _instant(start.dt, "UTC") > last + timedelta(days=1):
                return
            if isinstance(found, Event):
                yield found
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, ArithmeticError) as error:
        raise CalendarFault("no_calendar") from error


def _check(event: Event) -> None:
    """A rule that comes too often, or has come for too long, is not followed at all."""
    rules = event.get("rrule", [])
    rules = rules if isinstance(rules, list) else [rules]
    if not rules:
        return
    start = event.get("dtstart")
    if len(rules) > _MOST_RULES or start is None or start.dt.year < _NO_RULE_BEFORE:
        raise CalendarFault("too_many")
    for rule in rules:
        a_day = 1
        for part in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            a_day *= max(1, len(rule.get(part, [])))
        if a_day > _PER_DAY or _OFTEN & {str(one).upper() for one in rule.get("FREQ", [])}:
            raise CalendarFault("too_many")


def _busy(event: Event, zone: str, whose: str) -> Busy | None:
    """An occurrence as a busy time; none when it is cancelled, transparent, declined, or takes no time."""
    if str(event.get("status", "")).upper() == "CANCELLED" or str(event.get("transp", "")).upper() == "TRANSPARENT":
        return None
    if str(event.get("x-microsoft-cdo-busystatus", "")).upper() == "FREE" or _declined(event, whose):
        return None
    begins, ends = event.start, event.end
    starts_at, ends_at = _instant(begins, zone), _instant(ends, zone)
    return (starts_at, ends_at) if starts_at < ends_at else None


def _declined(event: Event, whose: str) -> bool:
    attendees = event.get("attendee", [])
    for one in attendees if isinstance(attendees, list) else [attendees]:
        if str(one).casefold().removeprefix("mailto:") == whose.casefold():
            return str(one.params.get("PARTSTAT", "")).upper() == "DECLINED"
    return False


def _instant(at: date, zone: str) -> datetime:
    """An instant in UTC: a day begins at midnight of the rep's zone, and so does a time without a zone stand in it."""
    if not isinstance(at, datetime):
        return midnight(at, zone)
    if at.tzinfo is None:
        return resolve(at, zone)
    return at.astimezone(UTC)


def _joined(found: Sequence[Busy]) -> list[Busy]:
    joined: list[Busy] = []
    for starts_at, ends_at in sorted(found):
        if joined and starts_at <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends_at))
        else:
            joined.append((starts_at, ends_at))
    return joined
