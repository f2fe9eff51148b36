"""The cap at the door out: what left to the people of a batch lately, over all scenarios (S84)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from funnel.domain.cap import SKIPPED, cap_for, may_leave, since
from funnel.domain.company import Company
from funnel.domain.timing import Holidays
from funnel.storage import windows

_LOOK_AGAIN = 2
"""Seconds after which a mail is looked at again that may be one too many, while another worker sends one to her."""


@dataclass(frozen=True, slots=True)
class Held:
    """A mail that may not leave now: it waits `until`, or is skipped when there is no such time."""

    until: datetime | None
    reason: str = SKIPPED


class Capping:
    """Asked mail by mail in the order in which they leave; what it lets go counts for the next."""

    def __init__(self, company: Company, holidays: Holidays) -> None:
        self._cap = company.cap
        self._zone = company.zone
        self._holidays = holidays
        self._left: dict[int, list[datetime]] = defaultdict(list)
        self._flying: dict[int, int] = defaultdict(int)

    def read(self, connection: Connection, rows: Sequence[Mapping[str, Any]], worker: str, now: datetime) -> None:
        """Read what left, or is leaving in other hands, to the people of `rows`."""
        ids = sorted({row["lead_id"] for row in rows if row["kind"] == "marketing"})
        if not ids:
            return
        first = since(cap_for(self._cap, slow=True), now, self._zone, self._holidays) - timedelta(days=1)
        for lead_id, at in windows.marketing_lately(connection, ids, first, worker):
            if at is None:
                self._flying[lead_id] += 1
            else:
                self._left[lead_id].append(at)

    def hold(self, row: Mapping[str, Any], zone: str, now: datetime, *, slow: bool = False) -> Held | None:
        """How long a mail waits; None when it may leave now, which then counts. What was asked for does not count.
        `slow`: she wants them half as often."""
        if row["kind"] != "marketing":
            return None
        cap, left = cap_for(self._cap, slow=slow), self._left[row["lead_id"]]
        opens = may_leave(cap, left, row["planned_at"], now, zone, self._holidays)
        if opens != now:
            return Held(opens)
        flying = [now] * self._flying[row["lead_id"]]
        if flying and may_leave(cap, [*left, *flying], row["planned_at"], now, zone, self._holidays) != now:
            # Both may look at once: by their numbers they do not look again at once.
            return Held(now + timedelta(seconds=_LOOK_AGAIN + row["id"] % 7))
        left.append(now)
        return None
