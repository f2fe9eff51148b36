"""The cap: how many marketing mails a person gets over all scenarios, "without pestering" (S84)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from funnel.domain.company import Cap, Window
from funnel.domain.spans import Span, parse_span
from funnel.domain.timing import Holidays, earlier, into_window, later, no_holidays

SKIPPED = "cap"
"""The reason of a mail that the cap has held for too long."""

A_MOMENT = timedelta(minutes=1)
"""Mails leave a moment after they may: what is free by then is told neither as held nor as skipped."""


def cap_for(cap: Cap, *, slow: bool) -> Cap:
    """The company's cap, for somebody who wants mails `slow`ly half as often."""
    if not slow:
        return cap
    span = parse_span(cap.per)
    return cap.model_copy(update={"per": str(Span(2 * span.amount, span.unit))})


def since(cap: Cap, now: datetime, zone: str, holidays: Holidays = no_holidays) -> datetime:
    """From when on mails count at `now`."""
    return earlier(now, parse_span(cap.per), zone, holidays)


def may_leave(
    cap: Cap, left: Sequence[datetime], planned_at: datetime, now: datetime, zone: str, holidays: Holidays = no_holidays
) -> datetime | None:
    """When a marketing mail may leave to somebody to whom marketing mails `left` at those instants (any order): `now`
    itself, or the instant at which the oldest that counts counts no more. A mail is held until `hold` after it was
    planned at most; None: it has waited that long, and is skipped. What is free a moment later waits for that."""
    first = since(cap, now, zone, holidays)
    counting = sorted(at for at in left if at > first)
    if len(counting) < cap.mails:
        return now
    last = later(planned_at, parse_span(cap.hold), zone, holidays)
    free = later(counting[-cap.mails], parse_span(cap.per), zone, holidays)
    if free <= last + A_MOMENT:
        return max(free, now)
    return last if now < last else None


@dataclass(frozen=True, slots=True)
class Fate:
    """How a mail ends: it leaves `at` an instant, or is skipped then."""

    at: datetime
    leaves: bool = True


def foretell(
    cap: Cap,
    left: Sequence[datetime],
    planned: Sequence[tuple[datetime, datetime]],
    window: Window,
    zone: str,
    holidays: Holidays = no_holidays,
) -> list[Fate]:
    """How each of somebody's marketing mails, (planned at, not before), ends in the company's sending window if none
    comes between. They go in the order in which they may."""
    gone = list(left)
    fates: dict[int, Fate] = {}
    queue = [(not_before, planned_at, place) for place, (planned_at, not_before) in enumerate(planned)]
    heapify(queue)
    while queue:
        at, planned_at, place = heappop(queue)
        opens = into_window(at, window, zone, holidays)
        free = may_leave(cap, gone, planned_at, at, zone, holidays) if opens == at else opens
        if free is not None and free > at:
            heappush(queue, (free, planned_at, place))
            continue
        fates[place] = Fate(at, leaves=free is not None)
        if free is not None:
            gone.append(at)
    return [fates[place] for place in range(len(planned))]
