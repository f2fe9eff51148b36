"""The points of joined leads by other rules: what each brings to the one who stands for her, and when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from funnel.domain import events as on
from funnel.domain.engine.merging import why_gone
from funnel.domain.scoring import ledger
from funnel.domain.scoring.ledger import Entry

Recorded = list[tuple[datetime, on.AnyEvent]]
"""What was recorded of a lead, each with its instant."""


def joined_ever(told: Recorded) -> set[int]:
    """The leads for whom she has stood at any time."""
    return {event.other for _, event in told if isinstance(event, on.LeadsMerged) and event.stays}


def with_shares(told: Recorded, lead_id: int, other: int, entries: Sequence[Entry]) -> Recorded:
    """What was recorded of a lead, with the points of another for whom she stood as this ledger of the other's has
    them: when they were joined, and each time that it changed until they were parted."""
    found: Recorded = []
    ahead: list[datetime] = []
    for at, event in told:
        while ahead and ahead[0] < at:
            found.append(_share(lead_id, other, entries, ahead.pop(0)))
        match event:
            case on.LeadsMerged(other=one, stays=True) if one == other:
                found.append((at, replace(event, points=ledger.totals(entries, at))))
                ahead = sorted({entry.at for entry in entries if entry.at > at})
            case on.LeadsParted(other=one, stays=True) if one == other:
                found.append((at, event))
                ahead = []
            case on.PointsShared(other=one) if one == other:
                pass
            case _:
                found.append((at, event))
    return [*found, *(_share(lead_id, other, entries, at) for at in ahead)]


def _share(lead_id: int, other: int, entries: Sequence[Entry], at: datetime) -> tuple[datetime, on.AnyEvent]:
    points, gone = ledger.totals(entries, at), why_gone(one for one in entries if one.at == at)
    return at, on.PointsShared(lead_id=lead_id, occurred_at=at, other=other, points=points, gone=gone)
