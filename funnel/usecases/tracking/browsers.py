"""Browsers as they are by now: their rows, locked until what they told is recorded."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.storage import visitors
from funnel.storage.installation import Moment
from funnel.usecases.tracking.visit_events import BadEntry, Entry


@dataclass(slots=True)
class Browser:
    """A browser's row as it is by now."""

    id: str
    lead_id: int | None
    joined: on.Joined | None
    person: str | None
    first_at: datetime
    last_at: datetime


def locked(
    connection: Connection, told: Sequence[Entry], known: Collection[str], moment: Moment
) -> dict[str, dict[str, Any]]:
    """The browsers' rows, and those of `known` ones, locked; of one that is new too, so that no other drain takes it
    for nobody's meanwhile. One that has withdrawn its consent has none, whatever page still tells in its name."""
    last_first = sorted(told, key=itemgetter("at"), reverse=True)
    first = {name: one for one in last_first for name in (one["visitor"], one.get("other", one["visitor"]))}
    rows = visitors.lock(connection, first.keys() | known)
    new = first.keys() - rows.keys()
    if new := new - visitors.withdrawn_of(connection, new):
        visitors.add(connection, {one: instant_of(first[one], moment) for one in new})
        rows |= visitors.lock(connection, new)
    if persons := {row["person"] for row in rows.values() if row["person"]}:
        rows |= visitors.lock_persons(connection, persons)
    return rows


def instant_of(one: Entry, moment: Moment) -> datetime:
    """When something was told, in business time. `BadEntry` where it says no time."""
    try:
        return min(datetime.fromisoformat(one["at"]) + moment.offset, moment.now)
    except (TypeError, ValueError) as error:
        raise BadEntry("it was told at no time") from error
