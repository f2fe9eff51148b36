"""A browser's visits as events of whose it is: what waited until she was known, what is another's after all."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from funnel.domain import events as on
from funnel.domain.tunnel.trigger import SITTING

Entry = Mapping[str, Any]
"""What a browser has told, as it waits to be recorded."""


class BadEntry(Exception):
    """What waits is none of what a browser tells: it is dropped by itself, for it never will be."""


def parting(
    lead_id: int, visitor: str, recorded: Iterable[on.AnyEvent], at: datetime, by: on.Parted
) -> on.VisitorParted:
    """That a browser was not hers, with what it had brought her since it was joined last."""
    visits: dict[str, datetime] = {}
    stay: dict[str, tuple[str, str, datetime]] = {}
    for one in recorded:
        if isinstance(one, on.VisitorParted):
            visits = {} if one.visitor == visitor else visits
            stay = {key: seen for key, seen in stay.items() if key not in one.visits}
        elif isinstance(one, on.PageVisited) and one.key:
            if one.visitor == visitor:
                visits[one.key] = one.occurred_at
            else:
                stay[one.key] = one.key, one.page, one.occurred_at
    first = min(visits.values(), default=at)
    later = tuple(seen for seen in stay.values() if seen[2] >= first)  # only these can have been turned away
    return on.VisitorParted(lead_id=lead_id, occurred_at=at, visitor=visitor, visits=tuple(visits), by=by, stay=later)


def is_left_of(one: on.AnyEvent, visits: tuple[str, ...]) -> bool:
    """Whether it tells how long one of these visits was."""
    return isinstance(one, on.PageLeft) and on.as_told(one.visit) in map(on.as_told, visits)


def of_another(one: on.AnyEvent, lead_id: int) -> on.AnyEvent:
    """A visit as an event of somebody else's, under a key of its own."""
    assert isinstance(one, on.PageVisited | on.PageLeft)
    hers = replace(one, lead_id=lead_id, key=f"{one.key}@{lead_id}", received_at=one.received_at or one.occurred_at)
    return replace(hers, visit=f"{hers.visit}@{lead_id}") if isinstance(hers, on.PageLeft) else hers


def told_again(one: on.AnyEvent) -> dict[str, Any]:
    """A visit as it waits anew for whose it will be, under a key of its own: the old one has counted."""
    assert isinstance(one, on.PageVisited | on.PageLeft)
    common = {"at": one.occurred_at.isoformat(), "key": f"{one.key}@", "visitor": one.visitor}
    if isinstance(one, on.PageLeft):
        return {"kind": "left", **common, "visit": f"{one.visit}@", "seconds": one.seconds}
    told = {"kind": "visit", **common, "page": one.page, "title": one.title, "referrer": one.referrer}
    return told | {"utm": dict(one.utm)} | ({"away": one.away} if one.away else {})


def away_since(told: Entry, hers: Iterable[datetime]) -> Entry:
    """A visit, with how long she had been away where she was seen at these instants too."""
    at = datetime.fromisoformat(told["at"])
    since = max((one for one in hers if one < at), default=None)
    if since is None or not told.get("away"):
        return told
    away = min(told["away"], int((at - since).total_seconds()))
    return {**told, "away": away if away >= SITTING.total_seconds() else None}


def waited_event(lead_id: int, told: Entry) -> on.PageVisited | on.PageLeft:
    """The event of a visit that waited until somebody was known."""
    at = datetime.fromisoformat(told["at"])
    return visit_event(lead_id, told, at, told.get("away"), received_at=at)


def visit_event(
    lead_id: int, told: Entry, at: datetime, away: int | None, *, received_at: datetime | None = None
) -> on.PageVisited | on.PageLeft:
    """The event of a visit."""
    if told["kind"] == "left":
        return on.PageLeft(
            lead_id=lead_id, occurred_at=at, key=told["key"], visitor=told["visitor"], visit=told["visit"],
            seconds=told["seconds"], received_at=received_at,
        )  # fmt: skip
    return on.PageVisited(
        lead_id=lead_id, occurred_at=at, key=told["key"], visitor=told["visitor"], page=told["page"],
        title=told["title"], referrer=told["referrer"], utm=told["utm"], away=away, received_at=received_at,
    )  # fmt: skip
