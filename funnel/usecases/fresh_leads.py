"""Leads as the door has just left them, kept for the mails that follow: believed only while nothing else has happened.

Whatever happens to a lead is an event, so her newest event says whether a kept snapshot is still she. One question to
the database answers it for a batch, where reading the batch anew takes six.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from funnel.domain.lead import Lead
from funnel.storage import events

MOST = 5_000
"""Leads kept at once; what comes beyond is read anew by its mail."""

KEPT_FOR = 120.0
"""Seconds after which a lead is forgotten: another worker has sent her mail."""

CLOCKS_DIFFER = timedelta(hours=1)
"""How far two machines' clocks may differ: events recorded this long before hers count as later ones too."""


@dataclass(frozen=True, slots=True)
class _Kept:
    lead: Lead
    event: str
    recorded_at: datetime
    kept_at: float


class FreshLeads:
    """The memory of one process; each lead is given out once."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[int, _Kept] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, leads: Mapping[int, Lead], newest: Mapping[int, str], recorded_at: datetime) -> None:
        """Keep those whose only event of the transaction just committed is in `newest` (lead id -> event id)."""
        now = time.monotonic()
        for lead_id in [i for i, one in self._kept.items() if now - one.kept_at > KEPT_FOR]:
            del self._kept[lead_id]
        for lead_id, event in newest.items():
            if lead_id in self._kept or len(self._kept) < self._most:
                self._kept[lead_id] = _Kept(leads[lead_id], event, recorded_at, now)

    def take(self, connection: Connection, ids: Iterable[int]) -> dict[int, Lead]:
        """Those of the leads that are kept and still as they were; the others must be read."""
        kept = [one for one in map(self._pop, set(ids)) if one]
        unchanged = events.newest(
            connection, [(one.lead.id, one.event, one.recorded_at - CLOCKS_DIFFER) for one in kept]
        )
        return {one.lead.id: one.lead for one in kept if one.lead.id in unchanged}

    def _pop(self, lead_id: int) -> _Kept | None:
        return self._kept.pop(lead_id, None)
