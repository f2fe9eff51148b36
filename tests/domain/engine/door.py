"""The door in memory: folds `decide` and `evolve` as the real one does, keeps mails under their key, moves the clock.

`AssignRep` and `BookSlot` are answered from its own memory; a mail's end is told to whoever waits for it.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine import Book, decide, evolve
from funnel.domain.engine.mails import overtaken, why_not
from funnel.domain.lead import Enrolment, Lead
from funnel.domain.spans import parse_span
from funnel.domain.timing import later
from tests.domain.engine.world import MONDAY, PARIS, paris


@dataclass
class Row:
    """A mail in the outbox."""

    effect: do.SendEmail
    state: str
    reason: str | None = None
    tells: bool = False
    left_at: datetime | None = None

    @property
    def name(self) -> str:
        """The template's name."""
        return self.effect.message.split("/")[1]


@dataclass
class Door:
    """The door, the outbox, the diary and the clock of one lead, in memory."""

    book: Book
    now: datetime = MONDAY
    lead: Lead = field(default_factory=lambda: Lead(1, "anna@example.com", MONDAY))
    rows: dict[str, Row] = field(default_factory=dict)
    events: list[on.AnyEvent] = field(default_factory=list)
    decisions: list[tuple[Lead, on.AnyEvent, datetime, list[do.Effect]]] = field(default_factory=list)
    effects: list[do.Effect] = field(default_factory=list)
    facts: dict[str, do.RecordFact] = field(default_factory=dict)
    diary: set[tuple[str, datetime]] = field(default_factory=set)
    load: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def record(self, *events: on.AnyEvent) -> None:
        """Take events in, in order; the results of their effects are decided at once."""
        before = len(self.effects)
        for event in events:
            queue: deque[tuple[on.AnyEvent, int]] = deque([(event, 1)])
            while queue:
                following, rounds = queue.popleft()
                assert rounds <= 20, "it goes round for ever"
                queue.extendleft((result, rounds + 1) for result in reversed(self._decide(following)))
        self._queue(self.effects[before:])

    def _decide(self, event: on.AnyEvent) -> list[on.AnyEvent]:
        before = self.lead
        effects = decide(self.book, before, event, self.now)
        self.events.append(event)
        self.decisions.append((before, event, self.now, effects))
        results: list[on.AnyEvent] = []
        for effect in effects:
            self.lead = evolve(self.lead, effect)
            self.effects.append(effect)
            if isinstance(effect, do.RecordFact):
                self.facts.setdefault(effect.key, effect)
            if isinstance(effect, do.PutAppointment) and effect.appointment.state == "cancelled":
                self.diary.discard((effect.appointment.rep, effect.appointment.starts_at))
            if isinstance(effect, do.AssignRep):
                results.append(self._assign(effect))
            if isinstance(effect, do.TellSegment):
                kind = on.SegmentEntered if effect.entered else on.SegmentLeft
                results.append(kind(lead_id=1, occurred_at=self.now, segment=effect.segment))
            if isinstance(effect, do.ReviseStep):
                results.append(self._revise(effect))
            if isinstance(effect, do.TellSuggestion):
                results.append(self._suggested(effect))
            if isinstance(effect, do.TellScore):
                results.append(on.ScoreReached(lead_id=1, occurred_at=self.now, score=effect.score))
            if isinstance(effect, do.BookSlot):
                results.append(self._book(effect))
            if isinstance(effect, do.MoveSlot):
                results.append(self._move(effect))
            if isinstance(effect, do.BlockSlot):
                results.append(self._block(effect))
            if isinstance(effect, do.HoldSlots):
                until = effect.leaves + timedelta(hours=48)
                starts = tuple(until + timedelta(days=day) for day in range(effect.slots))
                results.append(
                    on.SlotsHeld(
                        lead_id=1,
                        occurred_at=self.now,
                        cause=effect.cause,
                        type=effect.type,
                        rep=effect.rep or "idris",
                        starts=starts,
                        until=until,
                    )
                )
        return results

    def _revise(self, effect: do.ReviseStep) -> on.StepRevised:
        left = any(r.effect.cause in effect.causes and r.state == "sent" for r in self.rows.values())
        return on.StepRevised(
            lead_id=1, occurred_at=self.now, of=effect.of, scenario=effect.scenario, pass_number=effect.pass_number,
            step=effect.step, back=effect.back and not left,
        )  # fmt: skip

    def _recall(self, effect: do.RecallMail) -> None:
        for key in [key for key, row in self.rows.items() if row.effect.cause == effect.cause and "#" not in key]:
            row = self.rows.pop(key)
            row.state, row.reason, row.tells = "skipped", row.reason or effect.reason, False
            self.rows[f"{key}#{len(self.rows)}"] = row

    def _suggested(self, effect: do.TellSuggestion) -> on.AnyEvent:
        if effect.ended is None:
            return on.SuggestionMade(lead_id=1, occurred_at=self.now, suggestion=effect.suggestion)
        return on.SuggestionEnded(
            lead_id=1, occurred_at=self.now, suggestion=effect.suggestion, because=effect.ended, by=effect.by
        )

    def _assign(self, effect: do.AssignRep) -> on.RepAssigned:
        reps = [user.id for user in self.book.company.users if user.team == effect.team and user.role == "rep"]
        rep = min(reps, key=lambda one: (self.load.get(one, 0), one), default=None)
        if rep:
            self.load[rep] = self.load.get(rep, 0) + 1
        return on.RepAssigned(
            lead_id=1,
            occurred_at=self.now,
            rep=rep,
            because=effect.because,
            handoff=effect.handoff,
            score=effect.score,
        )

    def _book(self, effect: do.BookSlot) -> on.AnyEvent:
        rep = next((rep for rep in effect.reps if (rep, effect.starts_at) not in self.diary), None)
        if rep is None:
            return on.SlotTaken(lead_id=1, occurred_at=self.now, type=effect.type, starts_at=effect.starts_at)
        self.diary.add((rep, effect.starts_at))
        self.count += 1
        return on.AppointmentBooked(
            lead_id=1,
            occurred_at=self.now,
            appointment=self.count,
            type=effect.type,
            rep=rep,
            starts_at=effect.starts_at,
            ends_at=effect.ends_at,
            scenario=effect.scenario,
            pass_number=effect.pass_number,
            by=effect.by,
            replaces=effect.replaces,
        )

    def _move(self, effect: do.MoveSlot) -> on.AnyEvent:
        rep = next((rep for rep in effect.reps if (rep, effect.starts_at) not in self.diary), None)
        if rep is None:
            return on.SlotTaken(lead_id=1, occurred_at=self.now, type=effect.type, starts_at=effect.starts_at)
        self.diary.add((rep, effect.starts_at))
        return on.AppointmentMoved(
            lead_id=1,
            occurred_at=self.now,
            appointment=effect.appointment,
            starts_at=effect.starts_at,
            ends_at=effect.ends_at,
            by=effect.by,
            rep=rep,
            reason=effect.reason,
        )

    def _block(self, effect: do.BlockSlot) -> on.AnyEvent:
        """The very time that is asked for, or none that day."""
        starts, reps = effect.not_before, ("idris",)
        ends = starts + timedelta(minutes=60)
        wanted = do.BookSlot(effect.type, starts, ends, reps, effect.scenario, effect.pass_number, "scenario")
        found = self._book(wanted)
        if isinstance(found, on.SlotTaken):
            return replace(found, scenario=effect.scenario, pass_number=effect.pass_number)
        return found

    def _queue(self, effects: Sequence[do.Effect]) -> None:
        awaited = {(e.scenario, e.pass_number): e.mail for e in self.lead.enrolments}
        for effect in effects:
            if isinstance(effect, do.SendEmail):
                key = f"{effect.cause}:{effect.message}:{effect.recipient}"
                tells = awaited.get((effect.scenario or "", effect.pass_number or 0)) == effect.cause
                row = Row(effect, "skipped" if effect.skip else "ready", effect.skip, tells)
                self.rows.setdefault(key, row)
            if isinstance(effect, do.RecallMail):
                self._recall(effect)
            if isinstance(effect, do.QueueAgain):
                for row in self.rows.values():
                    late = row.effect.not_before < effect.since
                    if (row.state, row.reason, row.effect.kind) == ("skipped", effect.reason, "marketing") and not late:
                        row.state, row.reason = "ready", None
            if isinstance(effect, do.SkipQueued):
                own = (effect.scenario, effect.pass_number)
                for row in self.rows.values():
                    mine = (row.effect.scenario, row.effect.pass_number) == own
                    if row.state == "ready" and (mine if effect.scenario else row.effect.kind == "marketing"):
                        row.state, row.reason = "skipped", effect.reason

    def works(self) -> None:
        """Carry out everything that is due by now, until nothing is."""
        for _ in range(200):
            due = [e for e in self.lead.enrolments if e.due_at and e.runs and e.due_at <= self.now]
            ready = [r for r in self.rows.values() if r.state == "ready" and r.effect.not_before <= self.now]
            untold = [r for r in self.rows.values() if r.tells and r.state in ("sent", "skipped")]
            review = self.lead.review_at is not None and self.lead.review_at <= self.now
            if not (due or ready or untold or review):
                return
            if review:
                self.record(on.ScoreReviewed(lead_id=1, occurred_at=self.now))
            for row in sorted(ready, key=lambda r: (r.effect.not_before, r.effect.at)):
                self._deliver(row)
            for row in untold:
                self._tell(row)
            for one in sorted(due, key=lambda e: e.due_at or self.now):
                self.strikes(one)
        raise AssertionError("time does not move on: something is due for ever")

    def _deliver(self, row: Row) -> None:
        why = why_not(self.lead, row.effect.purpose)
        if row.effect.kind == "marketing" and why:
            row.state, row.reason = "skipped", why
        elif overtaken(self.lead, row.effect.message, row.effect.data, self.now):
            row.state, row.reason = "skipped", "overtaken"
        else:
            row.state = "sent"
        row.left_at = self.now

    def _tell(self, row: Row) -> None:
        row.tells = False
        effect = row.effect
        assert effect.scenario is not None
        assert effect.pass_number is not None
        self.record(
            on.EmailLeft(
                lead_id=1,
                occurred_at=row.left_at or self.now,
                cause=effect.cause,
                scenario=effect.scenario,
                pass_number=effect.pass_number,
                outcome="sent" if row.state == "sent" else "skipped",
            )
        )

    def strikes(self, one: Enrolment) -> None:
        """Record that a step's time has come."""
        assert one.step is not None
        assert one.due_at is not None
        self.record(
            on.StepDue(
                lead_id=1,
                occurred_at=one.due_at,
                scenario=one.scenario,
                pass_number=one.pass_number,
                step=one.step,
                due_at=one.due_at,
            )
        )

    def passes(self, span: str | timedelta) -> None:
        """Time passes, stopping at every instant at which something is due."""
        until = self.now + span if isinstance(span, timedelta) else later(self.now, parse_span(span), PARIS)
        self.works()
        while (instant := self._next()) is not None and instant <= until:
            self.now = max(self.now, instant)
            self.works()
        self.now = until

    def comes(self, local: str) -> None:
        """Time passes until it is that local time in Paris."""
        self.passes(paris(local) - self.now)

    def _next(self) -> datetime | None:
        due = [e.due_at for e in self.lead.enrolments if e.due_at and e.runs]
        ready = [r.effect.not_before for r in self.rows.values() if r.state == "ready"]
        review = [self.lead.review_at] if self.lead.review_at else []
        return min([*due, *ready, *review], default=None)
