"""Which free times a mail proposes: of one rep, while she is awake, spread over days, never more than a share of the
rep's week (S93)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from funnel.domain.slots import Slot
from funnel.domain.timing import local_time
from funnel.domain.waking import Waking

Week = tuple[int, int]
"""The ISO year and week in the rep's zone."""


@dataclass(frozen=True, slots=True)
class Fits:
    """How meetings follow each other: so far `apart`, so many a day (none: as many as there is time for), of which so
    many are `booked` by the rep's local day, or kept for others."""

    apart: timedelta = timedelta()
    daily: int | None = None
    booked: Mapping[date, int] = field(default_factory=dict)

    def takes(self, day: date, more: int) -> bool:
        """Whether a day takes another one beside what is booked there and so many `more`."""
        return self.daily is None or self.booked.get(day, 0) + more < self.daily


ONE_AFTER_THE_OTHER = Fits()


def propose_times(
    free: Sequence[Slot],
    held: Iterable[datetime],
    wanted: int,
    share: int,
    zone: str,
    hers: Waking | None = None,
    fits: Fits = ONE_AFTER_THE_OTHER,
    suits: Callable[[Slot], bool] = lambda slot: True,
) -> list[Slot]:
    """Up to `wanted` of the `free` slots of one rep (earliest first), that can all be booked: a day
    each where there are enough days, early and late in turn. With `hers` only those that lie in her waking hours, and
    the days are hers; of either only what `suits`.

    `held` are the starts of the times that are kept for others. Of what a week holds, free and kept together, at most
    `share` per cent are kept; beyond that fewer are proposed. A week holds as many meetings as fit one after the other
    and as its days take yet (`fits`).
    """
    kept = Counter(_week(at, zone) for at in held)
    room = {
        week: (meetings + kept[week]) * share // 100 - kept[week]
        for week, meetings in _fitting(free, zone, fits).items()
    }
    awake = [slot for slot in free if suits(slot) and (hers is None or hers.holds(slot))]
    by_day: dict[date, list[Slot]] = defaultdict(list)
    for slot in awake:
        by_day[local_time(slot.starts_at, hers.zone if hers else zone).date()].append(slot)
    chosen: list[Slot] = []
    days: Counter[date] = Counter()

    def choose(slot: Slot) -> None:
        week, day = _week(slot.starts_at, zone), local_time(slot.starts_at, zone).date()
        free_beside = not any(_overlap(slot, other, fits.apart) for other in chosen)
        if len(chosen) < wanted and room[week] > 0 and fits.takes(day, days[day]) and free_beside:
            chosen.append(slot)
            days[day] += 1
            room[week] -= 1

    for hers_day in sorted(by_day):
        slots = by_day[hers_day]
        choose(slots[-1] if len(chosen) % 2 else slots[0])
    for slot in awake:  # fewer days than times: two on a day then
        choose(slot)
    return sorted(chosen, key=lambda slot: slot.starts_at)


def _fitting(free: Sequence[Slot], zone: str, fits: Fits) -> Counter[Week]:
    """How many more meetings fit into each week, one after the other."""
    days: Counter[date] = Counter()
    found: Counter[Week] = Counter()
    last: Slot | None = None
    for slot in free:
        day = local_time(slot.starts_at, zone).date()
        if fits.takes(day, days[day]) and (last is None or slot.starts_at >= last.ends_at + fits.apart):
            days[day] += 1
            found[_week(slot.starts_at, zone)] += 1
            last = slot
    return found


def _overlap(one: Slot, other: Slot, apart: timedelta) -> bool:
    """Whether both cannot be booked: they overlap, or leave no room for what lies between two meetings."""
    return one.starts_at < other.ends_at + apart and other.starts_at < one.ends_at + apart


def _week(at: datetime, zone: str) -> Week:
    year, week, _ = local_time(at, zone).isocalendar()
    return year, week
