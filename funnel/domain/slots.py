"""Free slots: what can be booked with whom, from availability, absences, notice, horizon and the diary's taken cells.

A diary is cells of five minutes, counted from the Unix epoch. A booking takes every cell that it or its buffers touch,
so that one unique (rep, cell) keeps a 30-minute booking from overlapping one of 45.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType

from funnel.domain.company import AppointmentType, User
from funnel.domain.spans import parse_span
from funnel.domain.timing import WEEKDAYS, Holidays, later, local_time, no_holidays, resolve

CELL_MINUTES = 5
STEP_MINUTES = 15

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_NOTHING: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Slot:
    """A free time (aware UTC) without its buffers, and the reps who could take it, in the order asked for."""

    starts_at: datetime
    ends_at: datetime
    reps: tuple[str, ...]


def cells(starts_at: datetime, ends_at: datetime, buffer_before: int = 0, buffer_after: int = 0) -> range:
    """The cells that a meeting takes with its buffers (minutes)."""
    first = (starts_at - _EPOCH) // _MINUTE - buffer_before
    last = -((_EPOCH - ends_at) // _MINUTE) + buffer_after  # a begun minute, and a begun cell, is taken whole
    return _cells(first, last)


def instant_of(cell: int) -> datetime:
    """When a cell begins; one before or behind what a calendar can tell is at its edge."""
    try:
        return _EPOCH + timedelta(minutes=cell * CELL_MINUTES)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if cell > 0 else datetime.min.replace(tzinfo=UTC)


def free_slots(
    kind: AppointmentType,
    reps: Sequence[User],
    taken: Mapping[str, AbstractSet[int]],
    booked_per_day: Mapping[tuple[str, date], int],
    now: datetime,
    company_zone: str,
    holidays: Holidays = no_holidays,
    step_minutes: int = STEP_MINUTES,
    most: int | None = None,
    own_holidays: Mapping[str, Holidays] = MappingProxyType({}),
    kept: Collection[tuple[str, datetime]] = (),
) -> list[Slot]:
    """Every free slot (the first `most`) from the notice to the horizon, in order of time, merged over the reps.

    `taken` holds each rep's taken cells; `booked_per_day` how many appointments of this type each rep has by the local
    date of their start in the rep's own zone, held against the daily maximum; what is `kept` (rep, start) for whoever
    looks is hers on a full day too. Availability, absences and holidays are read in that zone too; a rep's
    `own_holidays` stand in the place of the company's, and an exception in that of the weekday's hours and of a
    holiday. A meeting lies inside availability, its buffers may lie outside. Starts stand on the step of the local
    clock (09:00, 09:15). `ValueError` when the step is no multiple of a cell.
    """
    if step_minutes < CELL_MINUTES or step_minutes % CELL_MINUTES:
        raise ValueError(f"slots step by a multiple of {CELL_MINUTES} minutes, not by {step_minutes}")
    earliest = later(now, parse_span(kind.notice), company_zone, holidays)
    latest = later(now, parse_span(kind.horizon), company_zone, holidays)
    first = -((_EPOCH - earliest) // _MINUTE)
    last = (latest - _EPOCH) // _MINUTE
    hers = {(rep, (at - _EPOCH) // _MINUTE) for rep, at in kept}
    free: dict[int, list[str]] = defaultdict(list)
    for rep in reps:
        full = _full_days(kind, rep.id, booked_per_day)
        mine = taken.get(rep.id, _NOTHING)
        starts: set[int] = set()
        closed = own_holidays.get(rep.id, holidays)
        for day, opens, closes in _open(rep, rep.zone or company_zone, earliest, latest, closed, step_minutes):
            found = _free_starts(kind, mine, opens, closes, step_minutes)
            starts.update(found if day not in full else (one for one in found if (rep.id, one) in hers))
        for start in starts:
            if first <= start <= last:
                free[start].append(rep.id)
    length = timedelta(minutes=kind.minutes)
    return [
        Slot(starts_at := _EPOCH + timedelta(minutes=start), starts_at + length, tuple(free[start]))
        for start in sorted(free)[:most]
    ]


def was_offered(
    kind: AppointmentType,
    reps: Sequence[User],
    starts_at: datetime,
    now: datetime,
    company_zone: str,
    holidays: Holidays = no_holidays,
    own_holidays: Mapping[str, Holidays] = MappingProxyType({}),
) -> bool:
    """Whether a time can have stood among the free ones, whoever has it now: it lies ahead, within the horizon and
    inside somebody's hours. The notice does not count: it passes while a page is open."""
    start, odd = divmod(starts_at - _EPOCH, _MINUTE)
    if odd or not now < starts_at <= later(now, parse_span(kind.horizon), company_zone, holidays):
        return False
    return any(
        start in _free_starts(kind, frozenset(), opens, closes, STEP_MINUTES)
        for rep in reps
        for _, opens, closes in _open(
            rep, rep.zone or company_zone, starts_at - _DAY, starts_at, own_holidays.get(rep.id, holidays), STEP_MINUTES
        )
    )


def open_days(
    reps: Sequence[User],
    since: datetime,
    until: datetime,
    company_zone: str,
    holidays: Holidays = no_holidays,
    own_holidays: Mapping[str, Holidays] = MappingProxyType({}),
) -> list[tuple[datetime, datetime]]:
    """From when to when each of them works on the days of a time, breaks within, in order of time."""
    days: dict[tuple[str, date], tuple[int, int]] = {}
    for rep in reps:
        zone, closed = rep.zone or company_zone, own_holidays.get(rep.id, holidays)
        for day, opens, stops in _open(rep, zone, since, until, closed, CELL_MINUTES):
            first, last = days.get((rep.id, day), (opens, stops))
            days[rep.id, day] = min(first, opens), max(last, stops)
    return sorted((_EPOCH + first * _MINUTE, _EPOCH + last * _MINUTE) for first, last in days.values())


def is_away(rep: User, day: date) -> bool:
    """Whether a rep takes no appointment on a day of her zone: an absence, or an exception without hours."""
    away = any(date.fromisoformat(one.from_) <= day <= date.fromisoformat(one.to) for one in rep.absences)
    return away or rep.exceptions.get(day.isoformat()) == []


def round_robin(candidates: Sequence[str], load: Mapping[str, int]) -> str:
    """The candidate with the smallest load, the first id among equals; `ValueError` when there is none."""
    return min(candidates, key=lambda rep: (load.get(rep, 0), rep))


def _cells(first_minute: int, last_minute: int) -> range:
    return range(first_minute // CELL_MINUTES, -(-last_minute // CELL_MINUTES))


def _full_days(kind: AppointmentType, rep: str, booked: Mapping[tuple[str, date], int]) -> set[date]:
    if kind.daily_maximum is None:
        return set()
    return {day for (who, day), count in booked.items() if who == rep and count >= kind.daily_maximum}


def _open(
    rep: User, zone: str, earliest: datetime, latest: datetime, holidays: Holidays, step: int
) -> Iterator[tuple[date, int, int]]:
    """A rep's open stretches: the local date, and from when to when in epoch minutes, the start on the step."""
    away = [(date.fromisoformat(absence.from_), date.fromisoformat(absence.to)) for absence in rep.absences]
    day, end = local_time(earliest, zone).date(), local_time(latest, zone).date()
    while day <= end:
        hours = rep.exceptions.get(day.isoformat())
        if hours is None and not holidays(day):
            hours = rep.availability.get(WEEKDAYS[day.weekday()])
        if hours and not any(first <= day <= last for first, last in away):
            for opens, closes in map(minutes_of, hours):
                yield day, _minute_at(zone, day, -(-opens // step) * step), _minute_at(zone, day, closes)
        day += _DAY


def _free_starts(kind: AppointmentType, taken: AbstractSet[int], opens: int, closes: int, step: int) -> Iterator[int]:
    for start in range(opens, closes - kind.minutes + 1, step):
        end = start + kind.minutes
        if not taken or taken.isdisjoint(_cells(start - kind.buffer_before, end + kind.buffer_after)):
            yield start


@lru_cache(maxsize=1024)
def minutes_of(hours: str) -> tuple[int, int]:
    """`09:00-12:30` as minutes from local midnight."""
    opens, closes = (text.split(":") for text in hours.split("-"))
    return int(opens[0]) * 60 + int(opens[1]), int(closes[0]) * 60 + int(closes[1])


@lru_cache(maxsize=8192)
def _minute_at(zone: str, day: date, minute: int) -> int:
    """The epoch minute at which the local clock shows `minute` of a day (1440: its end), safe over clock changes."""
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    return (resolve(local, zone) - _EPOCH) // _MINUTE
