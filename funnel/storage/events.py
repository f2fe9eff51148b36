"""Events as they were recorded, the keys under which they count once, and the facts they cause."""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any, get_args

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    delete,
    func,
    select,
    text,
)

from funnel.domain.events import AnyEvent, Event, LeadsMerged, LeadsParted
from funnel.domain.lead import NOBODY
from funnel.storage.bulk import append_many, insert_many, one_of, source, to_json
from funnel.storage.database import Instant, Json, Serial, metadata
from funnel.storage.leads import PERSON, addresses, is_of, leads

_TOUCHED = text("kind IN ('EmailOpened', 'LinkClicked', 'VerdictRevised')")
"""What is counted over all leads: who opens mails and follows links."""

events = Table(
    "events",
    metadata,
    Column("recorded_at", Instant, primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("lead_id", Serial, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("payload", Json, nullable=False),
    Column("failed", Text),
    Index("ix_events_lead", "lead_id", "recorded_at"),
    Index("ix_events_touched", "kind", postgresql_where=_TOUCHED, sqlite_where=_TOUCHED),
)

intake_keys = Table(
    "intake_keys",
    metadata,
    Column("key", String(400), primary_key=True),
    Column("recorded_at", Instant, nullable=False, index=True),
)

facts = Table(
    "facts",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("kind", String(64), nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("rep", String(64)),
    Column("team", String(64)),
    Column("lead_id", Serial, ForeignKey("leads.id"), nullable=True),
    Column("account", String(200)),
    Column("offer", Text),
    Column("scenario", String(64)),
    Column("source", Text),
    Column("cta", String(64)),
    Column("amount", BigInteger),
    Column("corrects", String(200)),
    Index("ix_facts_kind", "kind", "occurred_at"),
)

_KINDS = {kind.__name__: kind for kind in get_args(AnyEvent)}
"""Every kind of event by the name it is stored under."""

KEYS_KEPT = timedelta(days=35)
"""How long a replay is recognised."""


def take_keys(connection: Connection, keys: Sequence[str], now: datetime) -> set[str]:
    """Claim keys; those that were there already are not in the answer. A parallel twin waits here for the first."""
    rows = [{"key": key, "recorded_at": now} for key in sorted(set(keys))]
    return {row[0] for row in insert_many(connection, intake_keys, rows, conflict=("key",), returning=("key",))}


def is_taken(connection: Connection, key: str) -> bool:
    """Whether an event was recorded under this key."""
    return connection.execute(select(intake_keys.c.key).where(intake_keys.c.key == key)).first() is not None


def taken_of(connection: Connection, keys: Collection[str]) -> set[str]:
    """Under which of these keys events were recorded."""
    wanted = select(intake_keys.c.key).where(one_of(connection, intake_keys.c.key))
    return set(connection.execute(wanted, {"ids": to_json(sorted(keys))}).scalars())


def trim_keys(connection: Connection, now: datetime) -> int:
    """Forget keys older than `KEYS_KEPT`; how many."""
    return connection.execute(delete(intake_keys).where(intake_keys.c.recorded_at < now - KEYS_KEPT)).rowcount


def add_once(connection: Connection, new: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Record events (rows as `row` makes them) under their keys, of which the batch holds each once; those whose key
    was there already are left out. A parallel twin waits here for the first."""
    fresh = take_keys(connection, [_key_of(row) for row in new], now)
    append_many(connection, events, [row for row in new if _key_of(row) in fresh])


def _key_of(row: Mapping[str, Any]) -> str:
    return str(row["payload"]["key"])


def add(connection: Connection, new: Sequence[Mapping[str, Any]]) -> None:
    """Record events (rows as `row` makes them)."""
    insert_many(connection, events, new)


def row(event: Event, event_id: str, recorded_at: datetime, failed: str | None = None) -> dict[str, Any]:
    """An event as a row; its payload is every field of its own. `occurred_at` is clamped to 24 h before receipt."""
    kind: Any = type(event)
    names, values = _fields(kind)
    payload = dict(zip(names, values(event), strict=True))
    del payload["lead_id"], payload["occurred_at"]
    received_at = payload.get("received_at") or recorded_at
    occurred_at = min(max(event.occurred_at, received_at - timedelta(hours=24)), recorded_at)
    return {
        "recorded_at": recorded_at,
        "id": event_id,
        "lead_id": event.lead_id,
        "kind": kind.__name__,
        "occurred_at": occurred_at,
        "payload": payload,
        "failed": failed,
    }


@cache
def _fields(kind: type[Any]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names of a kind's fields, and what reads them all at once."""
    names = tuple(field.name for field in dataclasses.fields(kind))
    return names, attrgetter(*names)


def of_lead(connection: Connection, lead_id: int) -> list[Mapping[str, Any]]:
    """A lead's events in recorded order."""
    wanted = select(events).where(events.c.lead_id == lead_id).order_by(events.c.recorded_at, events.c.id)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def of_person(connection: Connection, lead_id: int) -> list[Mapping[str, Any]]:
    """The events of a lead and of those for whom she stands too, in recorded order."""
    wanted = select(events).where(is_of(lead_id, events.c.lead_id)).order_by(events.c.recorded_at, events.c.id)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def by_keys(connection: Connection, lead_id: int, keys: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """A lead's events that came under these keys, by key; for a key that is no event's there is none."""
    key = events.c.payload["key"].as_string()
    wanted = select(events).where(events.c.lead_id == lead_id, key.in_(sorted(keys)))
    return {row["payload"]["key"]: dict(row) for row in connection.execute(wanted).mappings()}


def beside(connection: Connection, ids: Iterable[int]) -> dict[int, list[int]]:
    """Who may stand in a lead's history beside her, by her id: with whom she was ever joined, and with whom they were.
    Who is erased stands in none."""
    first = _ever_joined(connection, ids)
    if not first:
        return {}
    second = _ever_joined(connection, set().union(*first.values()))
    found = {one: near.union(*(second.get(other, ()) for other in near)) - {one} for one, near in first.items()}
    known = addresses(connection, set().union(*found.values()))
    return {
        one: sorted(other for other in others if not known.get(other, NOBODY).endswith(NOBODY))
        for one, others in found.items()
    }


def _ever_joined(connection: Connection, ids: Iterable[int]) -> dict[int, set[int]]:
    """With whom leads are or were joined, as their events tell."""
    wanted = select(events.c.lead_id, events.c.payload).where(
        one_of(connection, events.c.lead_id), events.c.kind.in_((LeadsMerged.__name__, LeadsParted.__name__))
    )
    found: dict[int, set[int]] = {}
    for lead_id, said in connection.execute(wanted, {"ids": to_json(sorted(ids))}).all():
        if "other" in said:  # an erasure empties it
            found.setdefault(lead_id, set()).add(said["other"])
    return found


def of_leads(
    connection: Connection, ids: Sequence[int], since: datetime | None = None
) -> dict[int, list[Mapping[str, Any]]]:
    """What was decided of leads' events, in recorded order, by lead, `since` an instant where one is given; those that
    failed changed nothing, and those that an erasure has emptied say nothing."""
    wanted = (
        select(events)
        .where(one_of(connection, events.c.lead_id), events.c.failed.is_(None))
        .order_by(events.c.lead_id, events.c.recorded_at, events.c.id)
    )
    if since is not None:
        wanted = wanted.where(events.c.recorded_at >= since)
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in connection.execute(wanted, {"ids": to_json(list(ids))}).mappings():
        if not is_emptied(one := dict(row)):
            found.setdefault(row["lead_id"], []).append(one)
    return found


def all_of(
    connection: Connection, ids: Collection[int], *kinds: type[AnyEvent], since: datetime | None = None
) -> list[AnyEvent]:
    """Those of these kinds that were decided of leads, in recorded order, `since` an instant where one is given."""
    names = [kind.__name__ for kind in kinds]
    wanted = (
        select(events)
        .where(one_of(connection, events.c.lead_id), events.c.kind.in_(names), events.c.failed.is_(None))
        .order_by(events.c.recorded_at, events.c.id)
    )
    if since is not None:
        wanted = wanted.where(events.c.recorded_at >= since)
    return read_all(map(dict, connection.execute(wanted, {"ids": to_json(list(ids))}).mappings()))


def newest_of(connection: Connection, lead_id: int, kind: type[AnyEvent], most: int) -> list[AnyEvent]:
    """The newest of one kind that were decided of a lead, the last first."""
    wanted = (
        select(events)
        .where(events.c.lead_id == lead_id, events.c.kind == kind.__name__, events.c.failed.is_(None))
        .order_by(events.c.recorded_at.desc(), events.c.id.desc())
        .limit(most)
    )
    return read_all(map(dict, connection.execute(wanted).mappings()))


def is_emptied(row: Mapping[str, Any]) -> bool:
    """Whether an erasure has taken out of an event what it said: it is counted, and nobody reads it any more."""
    return "key" not in row["payload"]


def read_all(rows: Iterable[Mapping[str, Any]]) -> list[AnyEvent]:
    """The events of rows, as they were recorded, without those that an erasure has emptied."""
    return [read(row) for row in rows if not is_emptied(row)]


def read(row: Mapping[str, Any]) -> AnyEvent:
    """The event of a row, as it was recorded."""
    kind = _KINDS[row["kind"]]
    given = {"lead_id": row["lead_id"], "occurred_at": row["occurred_at"], **row["payload"]}
    read_back: AnyEvent = _reader(kind).validate_python(given)
    return read_back


@cache
def _reader(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def active_since(connection: Connection, since: datetime) -> list[int]:
    """The leads to whom something has happened since an instant; who is joined with another lead is that one."""
    people = events.join(leads, leads.c.id == events.c.lead_id)
    wanted = select(PERSON).select_from(people).where(events.c.recorded_at >= since).distinct().order_by(PERSON)
    return list(connection.execute(wanted).scalars())


def newest(connection: Connection, known: Sequence[tuple[int, str, datetime]]) -> set[int]:
    """Of (lead id, event id, since): the leads that exist and have no other event recorded since."""
    if not known:
        return set()
    picked = source(events, ("lead_id", "id", "recorded_at"), connection.dialect.name)
    # A sub-select in the condition, not a join: one look into the index per lead, whatever the planner thinks it knows.
    found = connection.execute(
        text(
            f"SELECT x.lead_id FROM {picked} AS x JOIN leads l ON l.id = x.lead_id WHERE (SELECT e.id FROM events e"
            " WHERE e.lead_id = x.lead_id AND e.recorded_at >= x.recorded_at AND e.id <> x.id LIMIT 1) IS NULL"
        ),
        {"rows": to_json([{"lead_id": lead, "id": event, "recorded_at": since} for lead, event, since in known])},
    )
    return set(found.scalars())


def add_facts(connection: Connection, new: Sequence[Mapping[str, Any]]) -> None:
    """Append facts; one whose key is there stays as it is."""
    insert_many(connection, facts, new, conflict=("key",))


def facts_of(
    connection: Connection, kinds: Sequence[str], since: datetime, until: datetime | None = None
) -> list[Mapping[str, Any]]:
    """The facts of some kinds that happened from `since` on, and before `until`: `key`, `kind`, `occurred_at`, `rep`,
    `corrects`."""
    wanted = select(facts.c.key, facts.c.kind, facts.c.occurred_at, facts.c.rep, facts.c.corrects).where(
        facts.c.kind.in_(list(kinds)), facts.c.occurred_at >= since
    )
    if until is not None:
        wanted = wanted.where(facts.c.occurred_at < until)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def first_fact(connection: Connection, kinds: Sequence[str]) -> datetime | None:
    """When the first fact of some kinds happened; none where none has."""
    found: datetime | None = connection.execute(
        select(func.min(facts.c.occurred_at)).where(facts.c.kind.in_(list(kinds)))
    ).scalar_one()
    return found


def failed(connection: Connection, most: int) -> list[Mapping[str, Any]]:
    """Events that could not be decided, newest first: `lead_id`, `kind`, `failed` (why)."""
    wanted = select(events).where(events.c.failed.is_not(None)).order_by(events.c.recorded_at.desc()).limit(most)
    return [dict(row) for row in connection.execute(wanted).mappings()]
