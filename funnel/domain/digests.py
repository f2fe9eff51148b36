"""When a rep is asked what became of her appointments: on working days at her local hour, thrice for each (S92)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from funnel.domain.timing import Holidays, local_time, no_holidays, resolve

NEVER = "never"
"""The setting of a company, or of somebody, that wants no digest."""
ASKED = 3
"""In so many digests an appointment is a reason to write; whoever has not answered by then sees it on her desk."""

_DAY = timedelta(days=1)
_LONGEST = 60
"""Days without a working day among them, after which nothing more is expected."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A rep's hour (`08:00`) in her zone, on Mondays to Fridays that are no public holidays."""

    hour: str
    zone: str
    holidays: Holidays = no_holidays

    def last(self, now: datetime, number: int = 1) -> list[datetime]:
        """The last so many instants of a digest until `now`, itself included, latest first."""
        return list(islice((at for at in self._instants(now, -_DAY) if at <= now), number))

    def coming(self, at: datetime, number: int = 1) -> list[datetime]:
        """The next so many from `at` on, itself included."""
        return list(islice((one for one in self._instants(at, _DAY) if one >= at), number))

    def day(self, at: datetime) -> date:
        """The local day of a digest: there is one a day at most."""
        return local_time(at, self.zone).date()

    def _instants(self, at: datetime, step: timedelta) -> Iterator[datetime]:
        day, idle = self.day(at), 0
        while idle < _LONGEST:
            if day.weekday() < 5 and not self.holidays(day):
                idle = 0
                yield resolve(datetime.combine(day, time.fromisoformat(self.hour)), self.zone)
            day, idle = day + step, idle + 1


def due(rhythm: Rhythm, now: datetime, over: Iterable[datetime]) -> datetime | None:
    """The digest that is due at `now`, when one of the appointments without an outcome, which were `over` then, is a
    reason for it. Only the latest: whatever time was leapt over, one mail asks for all."""
    latest = rhythm.last(now, ASKED + 1)
    if not latest:
        return None
    before = latest[ASKED] if len(latest) > ASKED else datetime.min.replace(tzinfo=now.tzinfo)
    return latest[0] if any(before < at <= latest[0] for at in over) else None


def coming(rhythm: Rhythm, now: datetime, over: Iterable[datetime]) -> datetime | None:
    """The next digest after `now` for which one of the appointments without an outcome is a reason, over or ahead."""
    found = (one for at in over for one in rhythm.coming(at, ASKED) if one > now)
    return min(found, default=None)
