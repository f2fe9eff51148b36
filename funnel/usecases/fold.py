"""One lead's events folded in order: what the rules decide, and what answers it, until nothing is left to decide."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine import Book, evolve, take_turn
from funnel.domain.engine.erasing import comes_too_late
from funnel.domain.lead import Lead

log = structlog.get_logger()

MOST_ROUNDS = 20
"""How often an answer to its effects may call for a further one before the lead's step is parked; how many answers
an event has at once is bounded by the rules."""


class Resolves(Protocol):
    """Answers the effects that ask for something outside the lead: a rep, a slot."""

    def resolve(self, lead: Lead, effect: do.Effect) -> on.AnyEvent | None:
        """The event that answers the effect; none when it asks for nothing."""


class Fold:
    """One lead's events folded in order; results of effects are decided at once, in the same transaction. `scored_at`
    says of each entry of points which of the `events` it was written at."""

    def __init__(self, book: Book, lead: Lead, now: datetime, resolver: Resolves) -> None:
        self.book = book
        self.lead = lead
        self.now = now
        self.resolver = resolver
        self.effects: list[do.Effect] = []
        self.scored_at: list[int] = []
        self.results: list[on.AnyEvent] = []
        self.events: list[tuple[on.AnyEvent, str | None]] = []

    def take(self, batch: Sequence[on.AnyEvent]) -> None:
        """Fold a batch of this lead's events; what comes too late for her is not even kept."""
        for event in batch:
            if comes_too_late(self.lead, event):
                continue
            queue = deque([(event, 1)])
            while queue:
                following, rounds = queue.popleft()
                if rounds > MOST_ROUNDS:
                    self.park(event, f"it went round more than {MOST_ROUNDS} times at one instant")
                    break
                results = self._decide(following)
                self.results += results
                queue.extendleft((result, rounds + 1) for result in reversed(results))

    def _decide(self, event: on.AnyEvent) -> list[on.AnyEvent]:
        try:
            turn = take_turn(self.book, self.lead, event, self.now)
        except Exception as error:  # one lead's failure parks that lead; the batch goes on
            log.exception("decision failed", lead=self.lead.id, event_kind=type(event).__name__)
            self.park(event, f"{type(error).__name__}: {error}")
            return []
        self.events.append((event, None))
        self.effects += turn.effects
        self.scored_at += [len(self.events) - 1 for effect in turn.effects if isinstance(effect, do.AddScore)]
        self.lead = turn.lead
        answers = (self.resolver.resolve(turn.lead, effect) for effect in turn.effects)
        return [answer for answer in answers if answer]

    def park(self, event: on.AnyEvent, reason: str) -> None:
        """The event is kept with what went wrong; a step that failed stands still until a person tries again."""
        self.events.append((event, reason))
        if isinstance(event, on.StepDue):
            enrolment = self.lead.enrolment(event.scenario, event.pass_number)
            if enrolment and enrolment.runs:
                parked = do.PutEnrolment(replace(enrolment, state="parked", due_at=None, reason=reason))
                self.effects.append(parked)
                self.lead = evolve(self.lead, parked)
