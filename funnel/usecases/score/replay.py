"""Leads' lives told once more from their recorded events: by the rules of then, or by others."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine import Book
from funnel.domain.engine.walk import LOOK_AT_HANDOFF
from funnel.domain.lead import Enrolment, Lead
from funnel.storage import events, snapshot
from funnel.usecases.fold import MOST_ROUNDS, Fold
from funnel.usecases.house import House
from funnel.usecases.resolver import Told, told_of
from funnel.usecases.score.joined import Recorded, joined_ever, with_shares
from funnel.usecases.shelf import Published

AT_ONCE = 200
"""Leads whose events are read together."""


def replay_leads(
    connection: Connection,
    house: House,
    published: Published,
    ids: Sequence[int],
    now: datetime,
    book: Book | None = None,
) -> Iterator[tuple[Lead, Lead, list[tuple[datetime, do.Effect]]]]:
    """Each lead as she is, as the replay leaves her at `now`, and its effects with their instants. `book` brings other
    rules; its programs are not asked for. Erased leads, of whose events nothing is left to tell, are left out.

    A replay reads results (who was chosen, which slot was had) from the events and never chooses again. A scenario is
    entered in the version that she really entered, so nothing but the rules is different. What the rules alone bring
    about (segments entered and left, numbers of points come to, what a joined lead has) is as the other rules have it.
    """
    for start in range(0, len(ids), AT_ONCE):
        part = list(ids[start : start + AT_ONCE])
        found, told = _read(connection, part)
        asked = list(found)
        if book is not None:
            _read_joined(connection, found, told)
        known = house.shelf.book(connection, published, found.values())
        rules = replace(known, company=book.company, rules=book.rules, segments=book.segments) if book else known
        lives = _Lives(rules, found, told, now) if book else None
        for lead_id in asked:
            replay = lives.by_other_rules(lead_id) if lives else _as_recorded(rules, found[lead_id], told[lead_id])
            yield found[lead_id], replay.lead, replay.effects


def _read(connection: Connection, ids: Sequence[int]) -> tuple[dict[int, Lead], dict[int, Recorded]]:
    """The leads who are not erased, and what was recorded of each."""
    found = {key: one for key, one in snapshot.load(connection, list(ids), lock=False).items() if not one.erased}
    happened = events.of_leads(connection, list(found))
    return found, {key: [(row["recorded_at"], events.read(row)) for row in happened.get(key, [])] for key in found}


def _read_joined(connection: Connection, found: dict[int, Lead], told: dict[int, Recorded]) -> None:
    """Read also those for whom they have ever stood."""
    tried = set(found)
    while wanted := set().union(*(joined_ever(one) for one in told.values())) - tried:
        tried |= wanted
        more, happened = _read(connection, sorted(wanted))
        found |= more
        told |= happened


def _as_recorded(book: Book, lead: Lead, told: Recorded) -> "_Replay":
    replay = _Replay(book, lead, tells=False)
    for at, event in told:
        replay.take(at, event)
    return replay


class _Lives:
    """Lives told by other rules, each once: whom somebody stands for before herself."""

    def __init__(self, book: Book, leads: Mapping[int, Lead], told: Mapping[int, Recorded], now: datetime) -> None:
        self._book = book
        self._leads = leads
        self._told = told
        self._now = now
        self._lives: dict[int, _Replay] = {}
        self._begun: set[int] = set()

    def by_other_rules(self, lead_id: int) -> "_Replay":
        """One lead's. Points fade on other days, and whom she stands for has others to share; of one who is erased, or
        who has stood for her too, they stay as they were recorded."""
        if known := self._lives.get(lead_id):
            return known
        self._begun.add(lead_id)
        told = self._told[lead_id]
        for other in sorted(joined_ever(told) & self._leads.keys()):
            if other in self._lives or other not in self._begun:
                told = with_shares(told, lead_id, other, self.by_other_rules(other).lead.entries)
        replay = _Replay(self._book, self._leads[lead_id], tells=True)
        known_due = {_place(event) for _, event in told if isinstance(event, on.StepDue)}
        for at, event in told:
            if not isinstance(event, on.ScoreReviewed | Told):
                replay.review(at)
                replay.take(at, event)
                replay.go_on(at, known_due)
        replay.review(self._now)
        self._lives[lead_id] = replay
        return replay


class _Replay:
    """One lead's life told once more."""

    def __init__(self, book: Book, lead: Lead, *, tells: bool) -> None:
        self._book = book
        self._tells = tells
        self._was = lead
        self.lead = Lead(lead.id, lead.email, lead.created_at, language=lead.language)
        self.effects: list[tuple[datetime, do.Effect]] = []

    def review(self, until: datetime) -> None:
        """What fades before an instant, when nobody has recorded that it did."""
        while self.lead.review_at and self.lead.review_at <= until:
            at = self.lead.review_at
            self.take(at, on.ScoreReviewed(lead_id=self.lead.id, occurred_at=at))

    def go_on(self, at: datetime, known: Set[tuple[str, int, str, datetime]]) -> None:
        """What was due at an instant because she was to be handed over, and nobody has recorded that it was: a step
        that stood until a rep was chosen goes on."""
        for _ in range(MOST_ROUNDS):
            due = [one for one in map(self._stands, self.lead.enrolments) if one and one.due_at <= at]
            new = [one for one in due if _place(one) not in known]
            if not new:
                return
            self.take(at, new[0])

    def _stands(self, enrolment: Enrolment) -> on.StepDue | None:
        """That a step which looks at whom she was handed to is due, if she stands at one."""
        if enrolment.state != "waiting" or enrolment.step is None or enrolment.due_at is None:
            return None
        program = self._book.programs[enrolment.scenario, enrolment.version]
        if not isinstance(program.steps[enrolment.step].step, LOOK_AT_HANDOFF):
            return None
        return on.StepDue(
            lead_id=self.lead.id,
            occurred_at=enrolment.due_at,
            scenario=enrolment.scenario,
            pass_number=enrolment.pass_number,
            step=enrolment.step,
            due_at=enrolment.due_at,
        )

    def take(self, at: datetime, event: on.AnyEvent) -> None:
        """Decide about an event, as it was recorded at an instant."""
        fold = Fold(_as_it_was(self._book, self._was, self.lead), self.lead, at, _Answers(at, tells=self._tells))
        fold.take([event])
        self.effects += ((at, effect) for effect in fold.effects)
        self.lead = fold.lead


def _place(event: on.StepDue) -> tuple[str, int, str, datetime]:
    """Where somebody stood when time had come."""
    return event.scenario, event.pass_number, event.step, event.due_at


class _Answers:
    """Answers effects as a replay does: what they told stands in the events, but where the rules tell anew."""

    def __init__(self, at: datetime, *, tells: bool) -> None:
        self._at = at
        self._tells = tells

    def resolve(self, lead: Lead, effect: do.Effect) -> on.AnyEvent | None:
        """What a decision tells of herself."""
        return told_of(lead, effect, self._at) if self._tells else None


def _as_it_was(book: Book, lead: Lead, again: Lead) -> Book:
    """The book in which the scenarios that she is to enter next are current in the version that she entered."""
    entered = {(one.scenario, one.pass_number) for one in again.enrolments}
    current = dict(book.current)
    for one in reversed(lead.enrolments):
        if (one.scenario, one.pass_number) not in entered:
            current[one.scenario] = one.version
    return replace(book, current=current)
