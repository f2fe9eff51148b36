"""The world of a rehearsal: leads, queue of instants, diary and outbox in memory; every decision is the engine's."""

import heapq
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any, Protocol

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.cap import SKIPPED, cap_for, may_leave
from funnel.domain.engine import Book
from funnel.domain.engine.mails import CHANGED, overtaken, why_not
from funnel.domain.lead import Enrolment, Lead
from funnel.domain.timing import into_window, zone_of
from funnel.storage.outbox import UNWRITABLE
from funnel.usecases.fold import Fold
from funnel.usecases.rehearsal.diary import MemoryDiary
from funnel.usecases.rehearsal.outbox import MemoryOutbox
from funnel.usecases.resolver import Resolver
from funnel.usecases.tell_outcomes import why_unwritable

_ACT, _DUE, _LEAVE = range(3)
"""At one instant people act first (an answer beats a time-out), then steps fall due, then mails leave."""

Job = Callable[[], object]


class World:
    """Runs jobs in order of time. `told` hears of every event folded and every row that changed, with its lead."""

    def __init__(self, book: Book, now: datetime, told: "Hears") -> None:
        self.book = book
        self.now = now
        self.leads: dict[int, Lead] = {}
        self.diary = MemoryDiary()
        self.happened: list[on.AnyEvent] = []
        """What came from outside, in order: the same events make the same story in a real house."""
        self._numbers: dict[str, int] = {}
        self._outbox = MemoryOutbox()
        self._jobs: list[tuple[datetime, int, int, Job]] = []
        self._order = count()
        self._told = told

    def at(self, instant: datetime, job: Job) -> None:
        """Somebody will act then."""
        self._push(instant, _ACT, job)

    def run(self, until: datetime) -> None:
        """Carry out everything up to and with `until`."""
        while self._jobs and self._jobs[0][0] <= until:
            self.now, _, _, job = heapq.heappop(self._jobs)
            job()
        self.now = until

    def meet(self, email: str, language: str) -> Lead:
        """The lead with this address, new when there is none (as `leads.find_or_create`)."""
        number = self._numbers.setdefault(email, len(self._numbers) + 1)
        return self.leads.setdefault(number, Lead(number, email, self.now, language=language))

    def record(self, batch: Sequence[on.AnyEvent], *, outside: bool = True) -> list[on.AnyEvent]:
        """The door: fold a batch of one lead's events, apply the effects; the results of its own effects."""
        lead_id = batch[0].lead_id
        before = self.leads[lead_id]
        fold = Fold(self.book, before, self.now, Resolver(self.diary, self._outbox, self.book, self.now))
        fold.take(batch)
        if outside:
            self.happened += batch
        self._apply(before, fold)
        return fold.results

    def _apply(self, before: Lead, fold: Fold) -> None:
        lead = self.leads[before.id] = fold.lead
        for effect in fold.effects:
            if isinstance(effect, do.PutAppointment):
                self.diary.put(effect.appointment)
            elif isinstance(effect, do.PutHandoff):
                self.diary.put_handoff(effect.handoff)
        if lead.enrolments is not before.enrolments:
            for enrolment in lead.enrolments:
                waits = enrolment.state in ("waiting", "awaiting") and enrolment not in before.enrolments
                if waits and enrolment.due_at:
                    due = _due(lead.id, enrolment, enrolment.due_at)
                    self._push(max(enrolment.due_at, self.now), _DUE, partial(self._fall_due, due))
        if lead.review_at and lead.review_at != before.review_at:
            self._push(max(lead.review_at, self.now), _DUE, partial(self._review, lead.id, lead.review_at))
        self._told.folded(lead, fold)
        for row in self._outbox.take([(lead.id, effect) for effect in fold.effects], self.now):
            if row["state"] == "ready":
                self._push(max(row["not_before"], self.now), _LEAVE, partial(self._leave, row))
            else:
                self._ended(row)

    def _review(self, lead_id: int, at: datetime) -> None:
        if self.leads[lead_id].review_at == at:
            self.record([on.ScoreReviewed(lead_id=lead_id, occurred_at=at)], outside=False)

    def _fall_due(self, due: on.StepDue) -> None:
        enrolment = self.leads[due.lead_id].enrolment(due.scenario, due.pass_number)
        if enrolment and (enrolment.step, enrolment.due_at) == (due.step, due.due_at):
            self.record([due], outside=False)

    def _leave(self, row: dict[str, Any]) -> None:
        if row["state"] != "ready":
            return
        lead = self.leads[row["lead_id"]]
        marketing = row["kind"] == "marketing"
        if marketing and (opens := self._opens(lead)) > self.now:
            self._push(opens, _LEAVE, partial(self._leave, row))  # she has moved since it was queued
            return
        if marketing and not why_not(lead, row["purpose"]) and self._capped(lead, row):
            return
        reason = why_not(lead, row["purpose"]) if marketing else None
        if overtaken(lead, row["message"], row["data"], self.now):
            reason = CHANGED
        self._end(row, reason)

    def _end(self, row: dict[str, Any], skipped: str | None) -> None:
        """A row is skipped, leaves, or cannot be written."""
        if skipped:
            self._outbox.end(row, "skipped", skipped)
        elif row["channel"] == "mail" and (why := self._told.leaving(self.leads[row["lead_id"]], row, self.now)):
            self._outbox.end(row, "failed", f"{UNWRITABLE}{why}")
        else:
            self._outbox.end(row, "sent")
        self._ended(row)

    def _capped(self, lead: Lead, row: dict[str, Any]) -> bool:
        """Whether the cap holds the mail, now or for good; what it lets go counts for the next."""
        zone, left = zone_of(lead.zone, None, self.book.company.zone), self._outbox.left[lead.id]
        opens = may_leave(
            cap_for(self.book.company.cap, slow=lead.slow), left, row["planned_at"], self.now, zone, self.book.holidays
        )
        if opens == self.now:
            left.append(self.now)
            return False
        if opens is None:
            self._outbox.end(row, "skipped", SKIPPED)
            self._ended(row)
        else:
            self._told.held_back(lead, row, opens)
            self._push(opens, _LEAVE, partial(self._leave, row))
        return True

    def _opens(self, lead: Lead) -> datetime:
        """When a marketing mail may leave to her, where she is now."""
        company = self.book.company
        zone = zone_of(lead.zone, None, company.zone)
        return into_window(self.now, company.sending_window, zone, self.book.holidays)

    def _ended(self, row: dict[str, Any]) -> None:
        """A row came to its end: heard of, and told to the step that waits for it."""
        self._told.left(self.leads[row["lead_id"]], row, self.now)
        if self._outbox.never_leaves(row["lead_id"], row["cause"]):
            self.diary.give_back(row["lead_id"], row["cause"])
        if row["tells"]:
            left = on.EmailLeft(
                lead_id=row["lead_id"],
                occurred_at=self.now,
                cause=row["cause"],
                scenario=row["scenario"],
                pass_number=row["pass_number"],
                outcome=row["state"],
                unwritable=why_unwritable(row),
            )
            self._push(self.now, _LEAVE, partial(self.record, [left], outside=False))

    def _push(self, instant: datetime, rank: int, job: Job) -> None:
        heapq.heappush(self._jobs, (instant, rank, next(self._order), job))


class Hears(Protocol):
    """Who wants to know what happens in a world."""

    def folded(self, lead: Lead, fold: Fold) -> None:
        """Events of a lead were folded."""

    def leaving(self, lead: Lead, row: dict[str, Any], at: datetime) -> str | None:
        """A mail is about to leave; why it cannot be written."""

    def left(self, lead: Lead, row: dict[str, Any], at: datetime) -> None:
        """A row of the outbox came to its end."""

    def held_back(self, lead: Lead, row: dict[str, Any], until: datetime) -> None:
        """The cap holds a mail back."""


def _due(lead_id: int, enrolment: Enrolment, due_at: datetime) -> on.StepDue:
    assert enrolment.step is not None, "who waits stands at a step"
    return on.StepDue(
        lead_id=lead_id,
        occurred_at=due_at,
        scenario=enrolment.scenario,
        pass_number=enrolment.pass_number,
        step=enrolment.step,
        due_at=due_at,
    )
