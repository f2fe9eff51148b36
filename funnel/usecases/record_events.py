"""The one door: whatever happens comes in here, as a batch; leads are locked, rules decide, everything is written."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine import Book
from funnel.domain.engine.merging import share_engagement, share_hand_overs, share_points, whose
from funnel.domain.lead import Lead
from funnel.ports import Lane
from funnel.storage import events, installation, snapshot
from funnel.storage.connections import Overtaken
from funnel.storage.installation import Moment
from funnel.usecases.diary import StoredDiary
from funnel.usecases.errors import NotRecorded
from funnel.usecases.fold import Fold
from funnel.usecases.house import House, new_id
from funnel.usecases.outbox import StoredOutbox
from funnel.usecases.resolver import Resolver


@dataclass
class Recorded:
    """What came of a batch: leads as they are now and as they were `before`, results by lead, the lanes that have work;
    when it was recorded, and the event's id of those leads to whom just one thing happened."""

    leads: dict[int, Lead] = field(default_factory=dict)
    before: Mapping[int, Lead] = field(default_factory=dict)
    results: dict[int, list[on.AnyEvent]] = field(default_factory=lambda: defaultdict(list))
    repeated: set[str] = field(default_factory=set)
    lanes: set[Lane] = field(default_factory=set)
    newest: dict[int, str] = field(default_factory=dict)
    at: datetime | None = None
    failed: list[str] = field(default_factory=list)

    def person(self, lead_id: int) -> Lead | None:
        """The lead, or who stands for her by now."""
        lead = self.leads.get(lead_id)
        return self.leads.get(lead.merged_into) if lead and lead.merged_into else lead

    def insist(self) -> "Recorded":
        """What a person did is recorded whole or not at all: `NotRecorded` rolls the transaction back."""
        if self.failed:
            raise NotRecorded("; ".join(self.failed))
        return self


def record_events(house: House, batch: Sequence[on.AnyEvent], *, patience: float | None = None) -> Recorded:
    """Record a batch in one transaction and ring for what it queued. `DatabaseAway` when locks are not had in time,
    `NotRecorded` when a rule fails on one of the events. With `patience` (seconds) somebody is waiting for an answer:
    it is tried once more, not as often as it takes."""

    def work(connection: Connection) -> Recorded:
        return record(connection, house, batch, installation.moment(connection)).insist()

    if patience is None:
        recorded = house.database.repeating(work)
    else:
        recorded = house.database.repeating(work, patience=patience, tries=2)
    ring(house, recorded)
    return recorded


def ring(house: House, recorded: Recorded) -> None:
    """Say that there may be work; after the commit, never before."""
    for lane in recorded.lanes:
        house.bell.ring(lane)


def record_batch(house: House, work: Callable[[Connection], Recorded | None]) -> bool:
    """Do the work in a transaction of its own, once more where it must be, and ring; whether there was any."""
    recorded = house.database.repeating(work)
    if recorded is not None:
        ring(house, recorded)
    return recorded is not None


def record(connection: Connection, house: House, batch: Sequence[on.AnyEvent], moment: Moment) -> Recorded:
    """Record a batch in the caller's transaction: dedupe, lock in order, decide lead by lead, write set by set.
    `Overtaken` by a form of somebody erased since she was found by its address."""
    recorded = Recorded()
    fresh = _not_seen(connection, batch, moment, recorded)
    before = snapshot.load(connection, [event.lead_id for event in fresh])
    moment = moment.once_locked()
    published = house.shelf.published(connection, moment.revision)
    book = house.shelf.book(connection, published, before.values())
    resolver = Resolver(StoredDiary(connection), StoredOutbox(connection), book, moment.now)
    folded: list[Fold] = []
    by_lead: dict[int, list[on.AnyEvent]] = defaultdict(list)
    for event in fresh:
        if event.lead_id in before:
            hers = whose(event, before[event.lead_id])
            if isinstance(hers, on.FormSubmitted) and before[hers.lead_id].erased:
                raise Overtaken("she was erased while her form was on its way: it makes her somebody new")
            by_lead[hers.lead_id].append(hers)
    joined = [lead_id for lead_id in by_lead if before[lead_id].merged_into is not None]
    for lead_id in joined:  # first: what they have by then counts for who stands for them, whatever else happens to her
        folded.append(_fold(Fold(book, before[lead_id], moment.now, resolver), by_lead.pop(lead_id), recorded))
        for told in _shared(book, before[lead_id], folded[-1], moment):
            by_lead[told.lead_id].append(told)
    for lead_id, own in by_lead.items():
        folded.append(_fold(Fold(book, before[lead_id], moment.now, resolver), own, recorded))
    _write(connection, house, before, folded, moment, recorded)
    return recorded


def _shared(book: Book, before: Lead, one: Fold, moment: Moment) -> list[on.AnyEvent]:
    """What the one who stands for a lead is told of what has happened to her."""
    points = share_points(before, one.lead, moment.now)
    engagement = share_engagement(before, one.lead, moment.now)
    happened = [event for event, failed in one.events if failed is None]
    told: list[on.AnyEvent] = [event for event in (points, engagement) if event]
    return [*told, *share_hand_overs(book, one.lead, happened, moment.now)]


def _fold(one: Fold, own: Sequence[on.AnyEvent], recorded: Recorded) -> Fold:
    """Fold a lead's own events of a batch."""
    one.take(own)
    recorded.results[one.lead.id] += one.results
    return one


def keep(connection: Connection, batch: Sequence[on.AnyEvent], moment: Moment) -> None:
    """Keep events of which it is known that they change nothing, undecided; each has a key, and is kept once."""
    first = {event.key: event for event in reversed(batch)}
    assert None not in first, "an event without a key may be kept twice"
    ids = _in_order(len(batch))
    rows = [events.row(event, next(ids), moment.now) for event in batch if first[event.key] is event]
    events.add_once(connection, rows, moment.now)


def park_step(connection: Connection, house: House, event: on.StepDue, reason: str, moment: Moment) -> None:
    """Keep a due step that could not be written, and park its enrolment until a person tries again."""
    before = snapshot.load(connection, [event.lead_id])
    published = house.shelf.published(connection, moment.revision)
    book = house.shelf.book(connection, published, before.values())
    resolver = Resolver(StoredDiary(connection), StoredOutbox(connection), book, moment.now)
    folded = Fold(book, before[event.lead_id], moment.now, resolver)
    folded.park(event, reason)
    _write(connection, house, before, [folded], moment, Recorded())


def _write(
    connection: Connection,
    house: House,
    before: Mapping[int, Lead],
    folded: Sequence[Fold],
    moment: Moment,
    recorded: Recorded,
) -> None:
    """Write what was folded, one statement a table."""
    after = {one.lead.id: one.lead for one in folded}
    effects = [(one.lead.id, effect) for one in folded for effect in one.effects]
    rows, scored_at = _events(folded, moment)
    events.add(connection, rows)
    key = house.shelf.suppression_key(connection) if _suppresses(effects) else b""
    snapshot.apply(connection, snapshot.Decided(before, after, effects, moment.now, key, scored_at))
    recorded.leads = {**before, **after}
    recorded.before = before
    recorded.failed = [failed for one in folded for _, failed in one.events if failed]
    recorded.lanes = _lanes(effects, moment)
    many = Counter(row["lead_id"] for row in rows)
    recorded.newest = {row["lead_id"]: row["id"] for row in rows if many[row["lead_id"]] == 1}
    recorded.at = moment.now


def _events(folded: Sequence[Fold], moment: Moment) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of what has happened, and at which of them points were written, in the order of the effects."""
    ids = _in_order(sum(len(one.events) for one in folded))
    rows: list[dict[str, Any]] = []
    scored_at: list[str] = []
    for one in folded:
        own = [events.row(event, next(ids), moment.now, failed) for event, failed in one.events]
        scored_at += [own[place]["id"] for place in one.scored_at]
        rows += own
    return rows, scored_at


def _in_order(number: int) -> Iterator[str]:
    """New ids that sort as they are given: events of one batch are recorded at one instant."""
    stem = new_id()[:-8]
    return (f"{stem}{place:08x}" for place in range(number))


def _not_seen(
    connection: Connection, batch: Sequence[on.AnyEvent], moment: Moment, recorded: Recorded
) -> list[on.AnyEvent]:
    """The events that were not recorded before under their key; of equal keys in the batch, the first."""
    keys = [event.key for event in batch if event.key]
    if not keys:
        return list(batch)
    new = events.take_keys(connection, keys, moment.now)
    recorded.repeated = set(keys) - new
    fresh = []
    for event in batch:
        if event.key is None or event.key in new:
            fresh.append(event)
            new.discard(event.key or "")
    return fresh


def _suppresses(effects: Sequence[tuple[int, do.Effect]]) -> bool:
    return any(isinstance(effect, do.Suppress | do.LiftSuppression) for _, effect in effects)


def _lanes(effects: Sequence[tuple[int, do.Effect]], moment: Moment) -> set[Lane]:
    lanes: set[Lane] = set()
    for _, effect in effects:
        if isinstance(effect, do.SendEmail) and not effect.skip and effect.not_before <= moment.now:
            lanes.add("mail")
        elif isinstance(effect, do.CallWebhook):
            lanes.add("webhook")
    return lanes
