"""The hours of somebody's own clock between which she is asked to talk to a rep."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from funnel.domain.company import Company
from funnel.domain.slots import Slot, minutes_of
from funnel.domain.timing import local_time, resolve, zone_of

_TO_CALL = timedelta(hours=2)
"""So long, once her day has begun, there is to make a call that was promised for her night."""


@dataclass(frozen=True, slots=True)
class Waking:
    """The hours (`08:00-20:00`) of the clock in her zone."""

    zone: str
    hours: str

    def holds(self, slot: Slot) -> bool:
        """Whether all of it lies in these hours of one of her days."""
        first, last = self._of_day(local_time(slot.starts_at, self.zone))
        return first <= local_time(slot.starts_at, self.zone) and local_time(slot.ends_at, self.zone) <= last

    def call_by(self, at: datetime, asked: datetime) -> datetime:
        """By when she is to be called, who `asked` then for a call until `at`: by then while she is awake, late in her
        evening by the end of these hours, and before they begin, or where that end has passed, two hours into them."""
        local = local_time(at, self.zone)
        first, last = self._of_day(local)
        if local < first:
            return resolve(min(first + _TO_CALL, last), self.zone)
        if local <= last:
            return at
        evening = resolve(last, self.zone)
        day = timedelta(days=1)
        return evening if evening > asked else resolve(min(first + _TO_CALL, last) + day, self.zone)

    def awake_for(self, span: timedelta, since: datetime) -> datetime:
        """When she has been awake for so long since then."""
        local = local_time(since, self.zone)
        while True:
            first, last = self._of_day(local)
            begins = min(max(local, first), last)
            if span <= last - begins:
                return resolve(begins + span, self.zone)
            span -= last - begins
            local = datetime.combine(local.date() + timedelta(days=1), time())

    def _of_day(self, local: datetime) -> tuple[datetime, datetime]:
        midnight = datetime.combine(local.date(), time())
        first, last = (midnight + timedelta(minutes=one) for one in minutes_of(self.hours))
        return first, last


def waking_of(company: Company, zone: str | None) -> Waking:
    """When a company calls somebody of a zone (none: the company's)."""
    return Waking(zone_of(zone, None, company.zone), company.proposing_hours)
