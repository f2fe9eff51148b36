"""A lead's whole snapshot: what the engine looks at, and nothing else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from funnel.domain.scoring.ledger import Entry

Stage = Literal["new", "engaged", "qualified", "accepted", "customer", "disqualified"]
EnrolmentState = Literal["waiting", "awaiting", "ended", "parked", "paused"]
AppointmentState = Literal["booked", "moved", "cancelled", "held", "missed"]
HandoffState = Literal["offered", "accepted", "returned", "withdrawn"]

STAGES: tuple[Stage, ...] = ("new", "engaged", "qualified", "accepted", "customer")
"""Stages in order of progress; a lead only moves forward, except by a return or a disqualification."""


def is_further(stage: Stage, than: Stage) -> bool:
    """Whether a stage lies ahead of another on the way of progress; one that is beside the way never does."""
    return stage in STAGES and than in STAGES and STAGES.index(stage) > STAGES.index(than)


def merge_source(other: int) -> str:
    """What comes of being joined with another lead is taken back by this."""
    return f"merge/{other}"


NOBODY = "@erased.invalid"
"""How the pseudonym ends that stands where an erased lead's address stood (RFC 2606: it reaches nobody)."""

VISIT_TRACKING = "visit_tracking"
"""The one purpose that is no mail: every other one stops with an unsubscription."""


def about_mails(purpose: str) -> bool:
    """Whether a purpose lets mails be sent, which an unsubscription stops."""
    return purpose != VISIT_TRACKING


def may_be_watched(consents: Mapping[str, bool], email: str) -> bool:
    """Whether who has this address and agreed to this lets what she opens, follows and looks at be kept."""
    return bool(consents.get(VISIT_TRACKING)) and not email.endswith(NOBODY)


@dataclass(frozen=True, slots=True)
class Met:
    """The await that something met: its step, when she had come there, and when her time there would have been over."""

    step: str
    entered_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something an enrolment may wait for that has happened since it began.

    `subject` is the questionnaire or appointment type; `used` says that an await was met by it. What may turn out not
    to be hers has the `key` of its event, and says which await it `met`.
    """

    event: str
    subject: str | None
    at: datetime
    used: bool = False
    key: str | None = None
    met: Met | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One lead in one scenario, in a pass. `step` is where she stands, `due_at` when time moves her on.

    `base_at` is the planned instant from which a wait counts; `mail` the cause of the mail that left last
    before the step she stands at, until it left or was skipped; `appointment` the one that it began because of.
    """

    scenario: str
    version: str
    pass_number: int
    state: EnrolmentState
    step: str | None
    began_at: datetime
    entered_at: datetime
    base_at: datetime
    due_at: datetime | None = None
    mail: str | None = None
    happened: tuple[Occurrence, ...] = ()
    ended_because: str | None = None
    reason: str | None = None
    appointment: int | None = None

    @property
    def runs(self) -> bool:
        """Whether she is still inside."""
        return self.state != "ended"

    @property
    def about_appointment(self) -> bool:
        """Whether it began because of an appointment, or one came about in it that was not cancelled since."""
        told = [one.event for one in self.happened if one.event.startswith("appointment.")]
        return self.appointment is not None or (bool(told) and told[-1] != "appointment.cancelled")

    def has_seen(self, event: str | None) -> bool:
        """Whether such an event has come while she was inside: a step with `unless:` is left out then."""
        return any(one.event == event for one in self.happened)

    def without(self, gone: Collection[Occurrence]) -> "Enrolment":
        """The same when some of what has happened is forgotten."""
        return replace(self, happened=tuple(one for one in self.happened if one not in gone))


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """A completed questionnaire: values by question, points and shares (per cent) by theme, the band."""

    id: str
    questionnaire: str
    completed_at: datetime
    values: Mapping[str, Any]
    score: int
    share: int
    themes: Mapping[str, int]
    band: str | None
    follow_up: str | None = None
    scenario: str | None = None
    pass_number: int | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booked meeting. `sequence` counts its invitations (iTIP), `marks` how often it was marked held or missed;
    `replaces` is the missed one in whose place it was booked."""

    id: int
    type: str
    rep: str
    starts_at: datetime
    ends_at: datetime
    state: AppointmentState
    sequence: int = 0
    scenario: str | None = None
    pass_number: int | None = None
    marks: int = 0
    replaces: int | None = None

    @property
    def open(self) -> bool:
        """Whether it is still to take place."""
        return self.state in ("booked", "moved")

    @property
    def same_time(self) -> bool:
        """Whether it was given to another rep, or kept by its own after all, at the very time that she had chosen."""
        return self.state == "booked" and self.sequence > 0


@dataclass(frozen=True, slots=True)
class Handoff:
    """The lead handed to a rep, with every reason; `version` counts the reasons; `scores`: of the reasons that a
    threshold has brought, which it was then, whatever the file says later; `again_at`: when it was offered the last
    time after it had been withdrawn."""

    id: str
    rep: str
    because: tuple[str, ...]
    state: HandoffState
    offered_at: datetime
    missing: tuple[str, ...] = ()
    return_reason: str | None = None
    scores: Mapping[str, int] = field(default_factory=dict)
    again_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Offered or accepted: a lead has at most one such."""
        return self.state in ("offered", "accepted")

    @property
    def version(self) -> int:
        """The number of reasons so far; part of the dossier mail's key."""
        return len(self.because)


@dataclass(frozen=True, slots=True)
class Lead:
    """Everything the rules may look at. Immutable; `evolve` makes the next one. `generation` counts how often her links
    have been revoked; `profiles` says of each persona asked for whether she fits it; `slow`: she wants marketing mails
    half as often; `segments`: those she is in, `suggestions`: those that wait for an answer, `declined`: those that got
    a "not now", each with the instant (ISO) since when; `review_at`: when her points are looked at anew, for some fade
    then; `unsure`: what a person or a machine opened or followed within the last day, by the keys of the events
    (`touched`, `subject`, `scenario`, `pass`, `at`, `earns`); `merged_into`: the lead who stands for her too, for they
    are one person; `engaged_by`: the keys, separated by spaces, of what alone says that she is engaged: followed links,
    which may be a machine's, and those with whom she is joined (`merge_source`)."""

    id: int
    email: str
    created_at: datetime
    name: str = ""
    phone: str | None = None
    company: str | None = None
    position: str | None = None
    language: str = "en"
    zone: str | None = None
    stage: Stage = "new"
    status: str | None = None
    email_proven: bool = False
    unsubscribed: bool = False
    source: Mapping[str, str] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    consents: Mapping[str, bool] = field(default_factory=dict)
    score: int = 0
    entries: tuple[Entry, ...] = ()
    review_at: datetime | None = None
    unsure: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    generation: int = 0
    profiles: Mapping[str, bool] = field(default_factory=dict)
    segments: Mapping[str, str] = field(default_factory=dict)
    suggestions: Mapping[str, str] = field(default_factory=dict)
    declined: Mapping[str, str] = field(default_factory=dict)
    slow: bool = False
    merged_into: int | None = None
    engaged_by: str | None = None
    enrolments: tuple[Enrolment, ...] = ()
    answers: tuple[AnswerSheet, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    handoffs: tuple[Handoff, ...] = ()

    @property
    def called(self) -> str:
        """Her name, else her address."""
        return self.name or self.email

    @property
    def erased(self) -> bool:
        """Whether she was erased: nobody is behind the row any more."""
        return self.email.endswith(NOBODY)

    @property
    def watched(self) -> bool:
        """Whether she agrees that what she opens, follows and looks at is kept."""
        return may_be_watched(self.consents, self.email)

    @property
    def handoff(self) -> Handoff | None:
        """The one handoff that is offered or accepted."""
        return next((h for h in reversed(self.handoffs) if h.open), None)

    @property
    def set_aside(self) -> Handoff | None:
        """The handoff that was withdrawn because another lead stands for her: it comes back when they are parted."""
        if self.merged_into is None:
            return None
        why = merge_source(self.merged_into)
        return next((h for h in reversed(self.handoffs) if (h.state, h.return_reason) == ("withdrawn", why)), None)

    def enrolment(self, scenario: str, pass_number: int) -> Enrolment | None:
        """The enrolment of that pass, if there is one."""
        return next((e for e in self.enrolments if (e.scenario, e.pass_number) == (scenario, pass_number)), None)

    def ahead(self, type_id: str, now: datetime) -> Appointment | None:
        """Her open appointment of a type that is not over yet: while she has one, no other of that type is booked."""
        return next((a for a in self.appointments if a.open and a.type == type_id and a.ends_at > now), None)

    def appointment(self, appointment_id: int | None) -> Appointment | None:
        """The appointment of that id, if it is hers."""
        return next((a for a in self.appointments if a.id == appointment_id), None)

    def chain(self, appointment: Appointment) -> tuple[Appointment, ...]:
        """An appointment and those that it was booked in place of, newest first."""
        found = [appointment]
        while before := self.appointment(found[-1].replaces):
            found.append(before)
        return tuple(found)

    def replaced(self, appointment: Appointment) -> Appointment | None:
        """The one that was booked in its place, if there is one that was not cancelled."""
        return next((a for a in self.appointments if a.replaces == appointment.id and a.state != "cancelled"), None)
