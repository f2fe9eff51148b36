"""What an earlier copy of a calendar had of entries whose times cannot all be read any more.

`python -m funnel.delivery.kept_entries` looks for it in a process of its own, as `busy_times` reads a calendar: the
files are a stranger's. Its input is the one file and then the other; how long the first is stands in its arguments.
"""

import re
import sys
from collections.abc import Set
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from typing import Any

from icalendar import vDDDTypes, vRecur
from icalendar.parser import Contentline
from icalendar.timezone import tzp

from funnel.delivery.calendar_entries import ALARM, BROKEN, ENTRY, day_in, start_written, unfolded
from funnel.delivery.limits import limit, tell
from funnel.delivery.mended_entries import is_known

_UID = re.compile(rb"^UID[^:\r\n]*:(.*)$", re.M | re.I)
_CHANGES = re.compile(rb"^RECURRENCE-ID[^:\r\n]*:(.*)$", re.M | re.I)
_ENDS = re.compile(rb"^(?:DTEND|DURATION)[^:\r\n]*:(.*)$", re.M | re.I)
_RULES = re.compile(rb"^RRULE[^:\r\n]*:(.*)$", re.M | re.I)
_ADDED = re.compile(rb"^RDATE[^:\r\n]*:(.*)$", re.M | re.I)
_OF_ITS_TIMES = re.compile(rb"^(?:DTEND|DURATION|RRULE|RDATE|EXDATE)\b.*$", re.M | re.I)
_LOCAL = re.compile(rb"^(?:DTSTART|DTEND|RDATE|EXDATE|RECURRENCE-ID);.*T\d{6}(?!Z).*$", re.M | re.I)
"""Times that are of the zone that they name."""
_FREE = re.compile(
    rb"^(?:STATUS[^:\r\n]*:CANCELLED|TRANSP[^:\r\n]*:TRANSPARENT|X-MICROSOFT-CDO-BUSYSTATUS[^:\r\n]*:FREE)\s*$",
    re.M | re.I,
)
_ZONE = re.compile(
    rb"^BEGIN:VTIMEZONE[^\S\n]*$.*?(?:(^END:VTIMEZONE[^\S\n]*$)|(?=^BEGIN:V(?:TIMEZONE|EVENT)|^END:VCALENDAR|\Z))",
    re.M | re.S | re.I,
)
_CALLED = re.compile(rb"^TZID[^:\r\n]*:(.*)$", re.M | re.I)
_IN_ZONE = re.compile(rb';TZID=(?:"([^"\r\n]*)"|([^":;\r\n]*))', re.I)
_END = re.compile(rb"^END:VCALENDAR", re.M | re.I)

_NOTHING, _START, _ALL = range(3)
"""What can be read of the times of an entry."""


Name = tuple[bytes, ...]
"""The UID of an entry, and which occurrence of it it changes."""


def kept_from(content: bytes, copy: bytes) -> bytes:
    """A file with the entries of an earlier copy of which more can be read than of its own. Its own stand beside them,
    but where only the day on which they begin can be read, and it is the same one. A zone that is named in the file and
    told in the copy alone comes with them."""
    whole, earlier = unfolded(content), unfolded(copy)
    ours, theirs = _zones(whole), _zones(earlier)
    readable = partial(_readable, zones={**ours, **theirs}.keys())
    known = {name: max(map(readable, those)) for name, those in _entries(whole).items()}
    kept = {
        name: better
        for name, those in _entries(earlier).items()
        if known.get(name, _ALL) < _ALL and (better := [one for one in those if readable(one) > known[name]])
    }
    days = {(name, _day(one)) for name, those in kept.items() if known[name] == _NOTHING for one in those}
    rest = ENTRY.sub(lambda own: b"" if (_name_of(own[0]), _day(own[0])) in days else own[0], whole)
    added = [one for those in kept.values() for one in those]
    named = {name for one in (rest, *added) for name in _zones_named(one)} - ours.keys()
    zones = [written for name, written in theirs.items() if name in named]
    if not (added or zones):
        return content
    return _END.sub(lambda end: b"\r\n".join([*zones, *added, end[0]]), rest, count=1)


def _entries(whole: bytes) -> dict[Name, list[bytes]]:
    """The entries that have a UID, as they are written in a file without folded lines."""
    found: dict[Name, list[bytes]] = {}
    for one in ENTRY.finditer(whole):
        if _UID.search(one[0]):
            found.setdefault(_name_of(one[0]), []).append(one[0].rstrip())
    return found


def _zones(whole: bytes) -> dict[bytes, bytes]:
    """The zones that a file tells of, by their names, as they are written."""
    closed = [one[0].rstrip() for one in _ZONE.finditer(whole) if one[1]]
    return {_plain(called[1]): one for one in closed if (called := _CALLED.search(one))}


def _zones_named(written: bytes) -> set[bytes]:
    return {_plain(quoted or bare) for quoted, bare in _IN_ZONE.findall(written)} - {b""}


def _plain(name: bytes) -> bytes:
    return name.strip().replace(b"\\", b"")


def _name_of(written: bytes) -> Name:
    return tuple(one.strip() for one in (*_UID.findall(written)[:1], *_CHANGES.findall(written)[:1]))


def _day(written: bytes) -> date | None:
    return day_in(start_written(written).decode(errors="replace"))


def _readable(written: bytes, zones: Set[bytes]) -> int:
    """How much of its times can be read, where these zones are told; of one that takes nobody's time, as much as is
    wanted."""
    if _FREE.search(written):
        return _ALL
    if not _is(date, start_written(written)):
        return _NOTHING
    own = ALARM.sub(b"", written)
    if not all(map(_is_line, _OF_ITS_TIMES.findall(own))):
        return _START
    if not all(name in zones or _is_zone(name) for line in _LOCAL.findall(own) for name in _zones_named(line)):
        return _START
    ends = all(_is((date, timedelta), one) for one in _ENDS.findall(own))
    added = all(_is((date, tuple), one) for line in _ADDED.findall(own) for one in line.split(b","))
    return _ALL if ends and added and all(map(_is_rule, _RULES.findall(own))) else _START


def _is(kind: Any, value: bytes) -> bool:
    with suppress(*BROKEN):
        return isinstance(vDDDTypes.from_ical(value.strip().decode()), kind)  # type: ignore[no-untyped-call]
    return False


def _is_line(written: bytes) -> bool:
    with suppress(*BROKEN):
        return bool(Contentline(written.strip().decode()).parts())  # type: ignore[no-untyped-call]
    return False


def _is_zone(name: bytes) -> bool:
    with suppress(*BROKEN):
        return tzp.timezone(name.decode()) is not None
    return False


def _is_rule(value: bytes) -> bool:
    with suppress(*BROKEN):
        return is_known(vRecur.from_ical(value.strip().decode()))
    return False


def as_text(files: bytes, length: str) -> str:
    """The file (`kept`, a character for each byte), as `tell` does."""
    return tell(lambda: {"kept": kept_from(files[: int(length)], files[int(length) :]).decode("latin-1")})


if __name__ == "__main__":
    both = sys.stdin.buffer.read()
    limit(float(sys.argv[1]))
    sys.stdout.write(as_text(both, *sys.argv[2:]))
