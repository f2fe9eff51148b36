"""A stage for stories about the engine: a small company, one lead, and the door, outbox and clock played in memory.

The stage folds `decide` and `evolve` as the real door does, answers `AssignRep` and `BookSlot` from its own memory,
keeps mails under their unique key and tells a mail's end to whoever waits for it.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from funnel.authoring.compile import compile_scenario
from funnel.authoring.vocabulary import scenario_vocabulary
from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.company import Company
from funnel.domain.engine import Book, decide, evolve
from funnel.domain.engine.mails import why_not
from funnel.domain.engine.turn import Turn
from funnel.domain.lead import Appointment, Enrolment, Handoff, Lead
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.spans import parse_span
from funnel.domain.timing import later, resolve
from funnel.domain.tunnel.program import Mail, Program
from funnel.domain.tunnel.scenario import Scenario

PARIS = "Europe/Paris"
MONDAY = datetime(2026, 6, 1, 8, tzinfo=UTC)
"""A Monday in June, ten o'clock in Paris: far from clock changes, inside the sending window."""

COMPANY = """
name: Verdanne
legal_name: Verdanne SAS
postal_address: [18 rue des Tisserands, 69001 Lyon]
brand: {primary: "#0b5d4e", accent: "#e2711d"}
zone: Europe/Paris
country: FR
locales: [en]
sender: {name: Verdanne, email: hello@verdanne.example}
privacy_notice: We keep your answers.
privacy_contact: privacy@verdanne.example
consents:
  follow_up_email: {text: You may write to me.}
  visit_tracking: {text: You may see what I read.}
statuses: {warm: Warm, cold: Cold}
tags: {interest: [vip, plan, late]}
teams: [{id: consulting, name: Consulting}, {id: service, name: Service}]
users:
  - {id: camille, name: Camille, email: camille@verdanne.example, role: rep, team: consulting}
  - {id: idris, name: Idris, email: idris@verdanne.example, role: rep, team: consulting}
  - {id: maud, name: Maud, email: maud@verdanne.example, role: rep, team: service}
appointment_types:
  - {id: call, title: A call, minutes: 30, team: consulting}
  - {id: visit, title: A visit, minutes: 60, team: consulting, hands_over: false}
thresholds: [{score: 50, because: Reached 50}]
webhooks: [{id: crm, url: "https://crm.verdanne.example/hook"}]
"""

QUESTIONNAIRE = """
questionnaire: cx
title: How good
themes: [{id: people, title: People, advice: [{below: 101, text: Go on.}]}]
pages:
  - title: People
    questions:
      - {id: team, kind: single, theme: people, text: A team, choices: [{id: none, text: None}, {id: some, text: Some}]}
bands: [{id: low, at_least: 0, title: Low, summary: Low.}, {id: high, at_least: 60, title: High, summary: High.}]
"""

MAILS = {name: Mail(name, "asked", None) for name in ("results", "confirmation")} | {
    name: Mail(name, "marketing", "follow_up_email") for name in ("offer", "reminder", "news", "last_call")
}
"""`results` and `confirmation` were asked for; the others are marketing."""

WILLING = {"follow_up_email": True, "visit_tracking": False}
HEAD = {"title": "A tunnel", "offer": "audit", "why": "volume", "team": "consulting"}

_COMPANY = Company.model_validate(yaml.safe_load(COMPANY))
_WORDS = scenario_vocabulary({"cx": Questionnaire.model_validate(yaml.safe_load(QUESTIONNAIRE))}, _COMPANY)


def paris(text: str) -> datetime:
    """The instant of a local time in Paris."""
    return resolve(datetime.fromisoformat(text), PARIS)


def program(sequence: str | Sequence[Any], name: str = "tunnel", version: str = "v1", **more: Any) -> Program:
    """A scenario compiled from the YAML of its sequence."""
    steps = yaml.safe_load(sequence) if isinstance(sequence, str) else sequence
    scenario = Scenario.model_validate({"scenario": name, **HEAD, **more, "sequence": steps})
    compiled = compile_scenario(scenario, version, _WORDS, MAILS)
    errors = [problem for problem in compiled.problems if problem.level == "error"]
    assert not errors, errors
    return compiled.program


def book_of(*programs: Program, **changed: Any) -> Book:
    """A book in which the last version given of each scenario is current."""
    return Book(
        company=_COMPANY.model_copy(update=changed),
        programs={(p.name, p.version): p for p in programs},
        current={p.name: p.version for p in programs},
    )


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
class Stage:
    """One lead and everything around her."""

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

    # -- the door ---------------------------------------------------------------------------------------------------

    def record(self, *events: on.AnyEvent) -> None:
        """Take events in, in order; the results of their effects are decided at once."""
        before = len(self.effects)
        for event in events:
            queue: deque[on.AnyEvent] = deque([event])
            rounds = 0
            while queue:
                rounds += 1
                assert rounds <= 20, "it goes round for ever"
                queue.extendleft(reversed(self._decide(queue.popleft())))
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
            if isinstance(effect, do.AssignRep):
                results.append(self._assign(effect))
            if isinstance(effect, do.BookSlot):
                results.append(self._book(effect))
        return results

    def _assign(self, effect: do.AssignRep) -> on.RepAssigned:
        reps = [user.id for user in self.book.company.users if user.team == effect.team and user.role == "rep"]
        rep = min(reps, key=lambda one: (self.load.get(one, 0), one), default=None)
        if rep:
            self.load[rep] = self.load.get(rep, 0) + 1
        return on.RepAssigned(lead_id=1, occurred_at=self.now, rep=rep, because=effect.because, handoff=effect.handoff)

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
        )

    # -- the outbox and the clock -----------------------------------------------------------------------------------

    def _queue(self, effects: Sequence[do.Effect]) -> None:
        awaited = {(e.scenario, e.pass_number): e.mail for e in self.lead.enrolments}
        skipped = None
        for effect in effects:
            if isinstance(effect, do.SendEmail):
                key = f"{effect.cause}:{effect.message}:{effect.recipient}"
                tells = awaited.get((effect.scenario or "", effect.pass_number or 0)) == effect.cause
                row = Row(effect, "skipped" if effect.skip else "ready", effect.skip, tells)
                self.rows.setdefault(key, row)
            if isinstance(effect, do.SkipQueued):
                skipped = effect.reason
                for row in self.rows.values():
                    if row.effect.kind == "marketing" and row.state == "ready":
                        row.state, row.reason = "skipped", skipped

    def works(self) -> None:
        """Carry out everything that is due by now, until nothing is."""
        for _ in range(200):
            due = [e for e in self.lead.enrolments if e.due_at and e.runs and e.due_at <= self.now]
            ready = [r for r in self.rows.values() if r.state == "ready" and r.effect.not_before <= self.now]
            untold = [r for r in self.rows.values() if r.tells and r.state in ("sent", "skipped")]
            if not (due or ready or untold):
                return
            for row in sorted(ready, key=lambda r: (r.effect.not_before, r.effect.at)):
                self._deliver(row)
            for row in untold:
                self._tell(row)
            for one in sorted(due, key=lambda e: e.due_at or self.now):
                self.strikes(one)
        raise AssertionError("time does not move on: something is due for ever")

    def _deliver(self, row: Row) -> None:
        why = why_not(Turn(self.book, self.lead, self.now), row.effect.purpose)
        if row.effect.kind == "marketing" and why:
            row.state, row.reason = "skipped", why
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
        return min([*due, *ready], default=None)

    # -- what she does ----------------------------------------------------------------------------------------------

    def number(self) -> int:
        """The next number of anything."""
        self.count += 1
        return self.count

    def submits(
        self,
        scenario: str = "tunnel",
        *,
        consents: Mapping[str, bool] = WILLING,
        zone: str | None = PARIS,
        proven: bool = False,
        answered: bool = False,
        source: Mapping[str, str] | None = None,
        **fields: str,
    ) -> str:
        """She sends a scenario's form; gives the submission."""
        submission = f"form-{self.number()}"
        created = not any(isinstance(event, on.FormSubmitted) for event in self.events)
        self.record(
            on.FormSubmitted(
                lead_id=1,
                occurred_at=self.now,
                scenario=scenario,
                submission=submission,
                fields={"name": "Anna", **fields},
                consents=consents,
                wordings={purpose: f"I agree to {purpose}" for purpose in consents},
                page="/l/tunnel",
                zone=zone,
                source=source or {},
                proven=proven,
                created=created,
                answered=answered,
            )
        )
        return submission

    def answers(
        self,
        scenario: str | None = "tunnel",
        pass_number: int | None = 1,
        *,
        team: str = "none",
        share: int = 40,
        submission: str | None = None,
    ) -> None:
        """She completes the questionnaire, in an enrolment or outside any."""
        self.record(
            on.QuestionnaireCompleted(
                lead_id=1,
                occurred_at=self.now,
                sheet=f"sheet-{self.number()}",
                questionnaire="cx",
                values={"team": team},
                score=share // 10,
                share=share,
                themes={"people": share},
                band="high" if share >= 60 else "low",
                scenario=scenario,
                pass_number=pass_number,
                submission=submission,
            )
        )

    def evaluates_herself(self, scenario: str = "tunnel", *, share: int = 40, **form: Any) -> None:
        """She sends a form that is the questionnaire itself: one post, two events (S127)."""
        submission = self.submits(scenario, answered=True, **form)
        self.answers(scenario, None, share=share, submission=submission)

    def books(
        self,
        kind: str = "call",
        *,
        scenario: str | None = "tunnel",
        pass_number: int | None = 1,
        reps: tuple[str, ...] = ("idris", "camille"),
        by: str = "lead",
    ) -> None:
        """She takes a slot three days from now."""
        starts = self.now + timedelta(days=3)
        self.record(
            on.SlotChosen(
                lead_id=1,
                occurred_at=self.now,
                type=kind,
                starts_at=starts,
                ends_at=starts + timedelta(minutes=30),
                reps=reps,
                scenario=scenario if by == "lead" else None,
                pass_number=pass_number if by == "lead" and scenario else None,
                by=by,
            )
        )

    def cancels(self) -> None:
        """She cancels her last appointment."""
        self.record(on.AppointmentCancelled(lead_id=1, occurred_at=self.now, appointment=self.appointment.id))

    def held(self, by: str = "idris") -> None:
        """The rep marks her last appointment held."""
        self.record(on.AppointmentHeld(lead_id=1, occurred_at=self.now, appointment=self.appointment.id, by=by))

    def missed(self, by: str = "idris") -> None:
        """The rep marks it missed."""
        self.record(on.AppointmentMissed(lead_id=1, occurred_at=self.now, appointment=self.appointment.id, by=by))

    def unsubscribes(self) -> None:
        """She wants no more mails."""
        self.record(on.Unsubscribed(lead_id=1, occurred_at=self.now, page="/u"))

    def decides(self, purpose: str, given: bool) -> None:
        """She gives or withdraws a purpose on her own page."""
        self.record(
            on.ConsentChanged(lead_id=1, occurred_at=self.now, purpose=purpose, given=given, wording="Yes", page="/u")
        )

    def changes(self, by: str = "lead", **fields: str) -> None:
        """She or a rep changes her details."""
        self.record(on.DetailsChanged(lead_id=1, occurred_at=self.now, fields=fields, by=by))

    def is_given(self, points: int, because: str = "by hand") -> None:
        """Somebody gives her points."""
        self.record(on.PointsGiven(lead_id=1, occurred_at=self.now, points=points, because=because))

    def is_handed_over(self, because: str = "by hand", team: str | None = None) -> None:
        """A marketer hands her over by a click (S87)."""
        self.record(on.HandOffAsked(lead_id=1, occurred_at=self.now, because=because, by="solene", team=team))

    def accepts(self, rep: str, handoff: str | None = None) -> None:
        """A rep accepts her."""
        which = handoff or self.handoff.id
        self.record(on.HandoffAccepted(lead_id=1, occurred_at=self.now, handoff=which, by=rep))

    def returns(self, rep: str, reason: str = "no budget", *, disqualified: bool = False) -> None:
        """A rep gives her back."""
        self.record(
            on.HandoffReturned(
                lead_id=1,
                occurred_at=self.now,
                handoff=self.handoff.id,
                by=rep,
                reason=reason,
                disqualified=disqualified,
            )
        )

    def record_place(self, **changed: Any) -> None:
        """Somebody outside the rules (a failure, a person who tries again) puts her elsewhere in `tunnel`."""
        self.lead = evolve(self.lead, do.PutEnrolment(replace(self.place(), **changed)))

    # -- what is seen -----------------------------------------------------------------------------------------------

    @property
    def appointment(self) -> Appointment:
        """Her last appointment."""
        return self.lead.appointments[-1]

    @property
    def handoff(self) -> Handoff:
        """Her last handoff."""
        return self.lead.handoffs[-1]

    def place(self, scenario: str = "tunnel", pass_number: int = 1) -> Enrolment:
        """Where she stands."""
        found = self.lead.enrolment(scenario, pass_number)
        assert found is not None, f"she never entered {scenario}, pass {pass_number}"
        return found

    def stands(self, scenario: str = "tunnel", pass_number: int = 1) -> str:
        """The step where she stands, or `ended: why`, or `parked: why`."""
        place = self.place(scenario, pass_number)
        if place.state == "ended":
            return f"ended: {place.ended_because}"
        return f"parked: {place.reason}" if place.state == "parked" else str(place.step)

    def sent(self, recipient: str = "lead") -> list[str]:
        """The names of the mails that left to her (or to `user:<id>`), in order."""
        rows = [r for r in self.rows.values() if r.state == "sent" and r.effect.recipient == recipient]
        return [row.name for row in rows]

    def skipped(self) -> dict[str, str | None]:
        """Mails that were skipped, with the reason."""
        return {row.name: row.reason for row in self.rows.values() if row.state == "skipped"}

    def row(self, name: str) -> Row:
        """The one mail of that name."""
        (found,) = [row for row in self.rows.values() if row.name == name]
        return found

    def of(self, kind: type[Any]) -> list[Any]:
        """All effects of a kind so far."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def done(self) -> set[str]:
        """Her tags, as a set: what steps have left behind."""
        return set(self.lead.tags)


def stage(sequence: str, *others: Program, at: datetime = MONDAY, **more: Any) -> Stage:
    """A stage with the scenario `tunnel` made of this sequence, and other scenarios."""
    return on_stage(program(sequence, **more), *others, at=at)


def on_stage(*programs: Program, at: datetime = MONDAY, **company: Any) -> Stage:
    """A stage with these scenarios."""
    assert at.tzinfo is UTC
    return Stage(book_of(*programs, **company), now=at, lead=replace(Lead(1, "anna@example.com", at)))
