"""The one door: whatever happens comes in here, as a batch; leads are locked, rules decide, everything is written."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine import Book, decide, evolve
from funnel.domain.lead import Lead
from funnel.domain.slots import round_robin
from funnel.domain.timing import local_time, resolve
from funnel.ports import Lane
from funnel.storage import appointments, events, handoffs, installation, snapshot
from funnel.storage.installation import Moment
from funnel.usecases.errors import NotRecorded
from funnel.usecases.house import House, new_id

log = structlog.get_logger()

MOST_ROUNDS = 20
"""How many results of its own effects one event may cause before the lead's step is parked."""


@dataclass
class Recorded:
    """What came of a batch: leads as they are now, results by lead, and the lanes that have work."""

    leads: dict[int, Lead] = field(default_factory=dict)
    results: dict[int, list[on.AnyEvent]] = field(default_factory=lambda: defaultdict(list))
    repeated: set[str] = field(default_factory=set)
    lanes: set[Lane] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)

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


def record(connection: Connection, house: House, batch: Sequence[on.AnyEvent], moment: Moment) -> Recorded:
    """Record a batch in the caller's transaction: dedupe, lock in order, decide lead by lead, write set by set."""
    recorded = Recorded()
    fresh = _not_seen(connection, batch, moment, recorded)
    before = snapshot.load(connection, [event.lead_id for event in fresh])
    moment = moment.once_locked()
    published = house.shelf.published(connection, moment.revision)
    book = house.shelf.book(connection, published, before.values())
    resolver = _Resolver(connection, book, moment)
    folded: list[_Fold] = []
    by_lead: dict[int, list[on.AnyEvent]] = defaultdict(list)
    for event in fresh:
        if event.lead_id in before:
            by_lead[event.lead_id].append(event)
    for lead_id, own in by_lead.items():
        one = _Fold(book, before[lead_id], moment, resolver)
        one.take(own)
        folded.append(one)
        recorded.results[lead_id] += one.results
    _write(connection, house, before, folded, moment, recorded)
    return recorded


def park_step(connection: Connection, house: House, event: on.StepDue, reason: str, moment: Moment) -> None:
    """Keep a due step that could not be written, and park its enrolment until a person tries again."""
    before = snapshot.load(connection, [event.lead_id])
    published = house.shelf.published(connection, moment.revision)
    book = house.shelf.book(connection, published, before.values())
    folded = _Fold(book, before[event.lead_id], moment, _Resolver(connection, book, moment))
    folded.park(event, reason)
    _write(connection, house, before, [folded], moment, Recorded())


def _write(
    connection: Connection,
    house: House,
    before: Mapping[int, Lead],
    folded: "Sequence[_Fold]",
    moment: Moment,
    recorded: Recorded,
) -> None:
    """Write what was folded, one statement a table."""
    after = {one.lead.id: one.lead for one in folded}
    effects = [(one.lead.id, effect) for one in folded for effect in one.effects]
    happened = [pair for one in folded for pair in one.events]
    ids = _in_order(len(happened))
    events.add(connection, [events.row(event, next(ids), moment.now, failed) for event, failed in happened])
    key = house.shelf.suppression_key(connection) if _suppresses(effects) else b""
    snapshot.apply(connection, snapshot.Decided(before, after, effects, moment.now, key))
    recorded.leads = {**before, **after}
    recorded.failed = [failed for one in folded for _, failed in one.events if failed]
    recorded.lanes = _lanes(effects, moment)


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


class _Fold:
    """One lead's events folded in order; results of effects are decided at once, in the same transaction."""

    def __init__(self, book: Book, lead: Lead, moment: Moment, resolver: "_Resolver") -> None:
        self.book = book
        self.lead = lead
        self.moment = moment
        self.resolver = resolver
        self.effects: list[do.Effect] = []
        self.results: list[on.AnyEvent] = []
        self.events: list[tuple[on.AnyEvent, str | None]] = []

    def take(self, batch: Sequence[on.AnyEvent]) -> None:
        """Fold a batch of this lead's events."""
        for event in batch:
            queue = deque([event])
            rounds = 0
            while queue:
                rounds += 1
                if rounds > MOST_ROUNDS:
                    self.park(event, f"it went round more than {MOST_ROUNDS} times at one instant")
                    break
                results = self._decide(queue.popleft())
                self.results += results
                queue.extendleft(reversed(results))

    def _decide(self, event: on.AnyEvent) -> list[on.AnyEvent]:
        try:
            effects = decide(self.book, self.lead, event, self.moment.now)
        except Exception as error:  # one lead's failure parks that lead; the batch goes on
            log.exception("decision failed", lead=self.lead.id, event_kind=type(event).__name__)
            self.park(event, f"{type(error).__name__}: {error}")
            return []
        self.events.append((event, None))
        results = []
        for effect in effects:
            self.lead = evolve(self.lead, effect)
            self.effects.append(effect)
            result = self.resolver.resolve(self.lead, effect)
            if result:
                results.append(result)
        return results

    def park(self, event: on.AnyEvent, reason: str) -> None:
        """The event is kept with what went wrong; a step that failed stands still until a person tries again."""
        self.events.append((event, reason))
        if isinstance(event, on.StepDue):
            enrolment = self.lead.enrolment(event.scenario, event.pass_number)
            if enrolment and enrolment.runs:
                parked = do.PutEnrolment(replace(enrolment, state="parked", due_at=None, reason=reason))
                self.effects.append(parked)
                self.lead = evolve(self.lead, parked)


class _Resolver:
    """Answers the effects that ask for something outside the lead, under the database's constraints."""

    def __init__(self, connection: Connection, book: Book, moment: Moment) -> None:
        self._connection = connection
        self._book = book
        self._moment = moment
        self._load: dict[str, dict[str, int]] = {}

    def resolve(self, lead: Lead, effect: do.Effect) -> on.AnyEvent | None:
        """The event that answers the effect; none when it asks for nothing."""
        match effect:
            case do.AssignRep():
                rep = self._least_busy(effect.team)
                return on.RepAssigned(
                    lead_id=lead.id,
                    occurred_at=self._moment.now,
                    rep=rep,
                    because=effect.because,
                    handoff=effect.handoff,
                )
            case do.BookSlot():
                return self._book_slot(lead, effect)
            case do.HoldSlot():
                return self._hold_slot(lead, effect)
        return None

    def _least_busy(self, team: str) -> str | None:
        reps = [user.id for user in self._book.company.users if user.role == "rep" and user.team == team]
        if not reps:
            return None
        load = self._load.setdefault(team, handoffs.load(self._connection, reps))
        chosen = round_robin(reps, load)
        load[chosen] += 1
        return chosen

    def _book_slot(self, lead: Lead, effect: do.BookSlot) -> on.AnyEvent:
        now = self._moment.now
        ordered = replace(effect, reps=self._by_load(lead, effect.reps))
        made = appointments.book(self._connection, lead.id, ordered, now, self._days(effect))
        if made is None:
            return on.SlotTaken(lead_id=lead.id, occurred_at=now, type=effect.type, starts_at=effect.starts_at)
        appointment, rep = made
        return on.AppointmentBooked(
            lead_id=lead.id,
            occurred_at=now,
            appointment=appointment,
            type=effect.type,
            rep=rep,
            starts_at=effect.starts_at,
            ends_at=effect.ends_at,
            scenario=effect.scenario,
            pass_number=effect.pass_number,
            by=effect.by,
        )

    def _hold_slot(self, lead: Lead, effect: do.HoldSlot) -> on.AnyEvent:
        now = self._moment.now
        ordered = replace(effect, reps=self._by_load(lead, effect.reps))
        made = appointments.hold(self._connection, lead.id, ordered, now)
        if made is None:
            return on.SlotTaken(lead_id=lead.id, occurred_at=now, type=effect.type, starts_at=effect.starts_at)
        hold, rep = made
        return on.SlotHeld(
            lead_id=lead.id,
            occurred_at=now,
            hold=hold,
            type=effect.type,
            rep=rep,
            starts_at=effect.starts_at,
            until=effect.until,
        )

    def _by_load(self, lead: Lead, reps: tuple[str, ...]) -> tuple[str, ...]:
        """Who is asked first: her own rep while a handoff is open, else whoever has the fewest appointments."""
        own = tuple(rep for rep in reps if lead.handoff and rep == lead.handoff.rep)
        load = appointments.load(self._connection, reps)
        return own or tuple(sorted(reps, key=lambda rep: (load[rep], rep)))

    def _days(self, effect: do.BookSlot) -> dict[str, tuple[object, object]]:
        """By rep, the first and last instant of the local day on which the slot lies."""
        days: dict[str, tuple[object, object]] = {}
        for rep in effect.reps:
            user = self._book.user(rep)
            zone = (user.zone if user else None) or self._book.company.zone
            midnight = local_time(effect.starts_at, zone).replace(
                hour=0, minute=0, second=0, microsecond=0, tzinfo=None
            )
            days[rep] = (resolve(midnight, zone), resolve(midnight + timedelta(days=1), zone))
        return days
