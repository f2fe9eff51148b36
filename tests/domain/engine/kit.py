"""A stage for stories about the engine: one lead, Anna, what she and the reps do, and what is seen of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine import evolve
from funnel.domain.lead import Appointment, Enrolment, Handoff, Lead
from funnel.domain.tunnel.program import Program
from tests.domain.engine.door import Door, Row
from tests.domain.engine.world import MONDAY, PARIS, WILLING, book_of, paris, program

__all__ = ["MONDAY", "Stage", "on_stage", "paris", "program", "stage"]


@dataclass
class Stage(Door):
    """Anna, and everything around her."""

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
        decided_at: Mapping[str, datetime] | None = None,
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
                decided_at=decided_at or {},
            )
        )
        return submission

    def answers(
        self,
        scenario: str | None = "tunnel",
        pass_number: int | None = 1,
        *,
        team: str | None = "none",
        share: int = 40,
        submission: str | None = None,
        follow_up: str | None = None,
    ) -> None:
        """She completes the questionnaire, in an enrolment or outside any."""
        self.record(
            on.QuestionnaireCompleted(
                lead_id=1,
                occurred_at=self.now,
                sheet=f"sheet-{self.number()}",
                questionnaire="cx",
                values={"team": team} if team else {},
                score=share // 10,
                share=share,
                themes={"people": share},
                band="high" if share >= 60 else "low",
                scenario=scenario,
                pass_number=pass_number,
                submission=submission,
                follow_up=follow_up,
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
        place = {"scenario": scenario, "pass_number": pass_number} if by == "lead" and scenario else {}
        self._chooses(kind, 3, reps, by=by, **place)

    def moves(self, days: int = 5) -> None:
        """She moves her last appointment to so many days from now."""
        self._move_to(self.appointment, days, self.appointment.rep, "lead")

    def is_given_on(self, appointment: Appointment, days: int, rep: str) -> None:
        """A manager gives an appointment to another rep, so many days from now."""
        self._move_to(appointment, days, rep, "hugo")

    def _move_to(self, appointment: Appointment, days: int, rep: str, by: str) -> None:
        self._chooses(appointment.type, days, (rep,), by=by, moves=appointment.id)

    def _chooses(self, kind: str, days: int, reps: tuple[str, ...], **more: Any) -> None:
        starts = self.now + timedelta(days=days)
        ends = starts + timedelta(minutes=30)
        self.record(
            on.SlotChosen(lead_id=1, occurred_at=self.now, type=kind, starts_at=starts, ends_at=ends, reps=reps, **more)
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

    def is_tried_again(self) -> None:
        """A person lets her go on where she is parked."""
        place = self.place()
        self.record(
            on.StepTriedAgain(
                lead_id=1, occurred_at=self.now, scenario=place.scenario, pass_number=place.pass_number, by="nadia"
            )
        )

    def is_given(self, points: int, because: str = "by hand") -> None:
        """Somebody gives her points."""
        self.record(on.PointsGiven(lead_id=1, occurred_at=self.now, points=points, because=because))

    def is_reviewed(self) -> None:
        """Her score is looked at anew."""
        self.record(on.ScoreReviewed(lead_id=1, occurred_at=self.now))

    def suggested(self, suggestion: str, *, accepted: bool, by: str = "idris") -> None:
        """Somebody of the staff accepts what is suggested, or says not now."""
        self.record(
            on.SuggestionAnswered(lead_id=1, occurred_at=self.now, suggestion=suggestion, accepted=accepted, by=by)
        )

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

    def is_started(self, scenario: str = "tunnel") -> None:
        """Somebody starts a scenario for her by hand."""
        self.record(on.ScenarioStarted(lead_id=1, occurred_at=self.now, scenario=scenario, by="solene"))

    def ticks_off(self, task: str, rep: str) -> None:
        """A rep ticks a task off."""
        self.record(on.TaskDone(lead_id=1, occurred_at=self.now, task=task, by=rep))

    def calls(
        self, task: str, outcome: on.CallOutcome, again_at: datetime | None = None, note: str | None = None
    ) -> None:
        """The rep has called her, about her last appointment."""
        self.record(
            on.CallMade(
                lead_id=1,
                occurred_at=self.now,
                task=task,
                outcome=outcome,
                by="idris",
                appointment=self.appointment.id,
                again_at=again_at,
                note=note,
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
