"""The instants at which an entry of a calendar begins and ends."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from funnel.domain.timing import local_time, midnight, resolve

_DAY = timedelta(days=1)


def instant(at: date, zone: str) -> datetime:
    """An instant in UTC: a day begins at midnight of the rep's zone, and so does a time without a zone stand in it."""
    if not isinstance(at, datetime):
        return midnight(at, zone)
    if at.tzinfo is None:
        return resolve(at, zone)
    return at.astimezone(UTC)


def end_after(begins: datetime, lengths: Iterable[timedelta], zone: str, days: Iterable[date] = ()) -> datetime:
    """After the longest that is one, else at midnight, of the last of the days that it may last."""
    for length in sorted(lengths, reverse=True):
        with suppress(OverflowError):  # longer than there are years
            if length > timedelta():
                return begins + length
    return midnight(day_after(max([local_time(begins, zone).date(), *days])), zone)


def day_after(day: date) -> date:
    """The next day, or the last that there is."""
    return min(day, date.max - _DAY) + _DAY
