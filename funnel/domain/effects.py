"""What is to be done: every effect of a decision, in the imperative. Each becomes one row, in the event's transaction.

`evolve` says what an effect does to the snapshot; storage writes the same to the tables. The two are held together by
the property `load(apply(effects)) == evolve(...)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from funnel.domain.lead import AnswerSheet, Appointment, Enrolment, Handoff, Stage
from funnel.domain.scoring.ledger import Entry

MailKind = Literal["asked", "marketing", "staff"]


@dataclass(frozen=True, slots=True)
class ChangeDetails:
    """Set these columns of the lead: name, email, phone, company, position, language, zone, status, source,
    email_proven, generation, profiles, segments, slow, review_at, unsure."""

    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SetStage:
    """Move the lead to a stage."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Keep a purpose with the exact text, when and on which page; `given` false: asked and not given, or withdrawn."""

    purpose: str
    given: bool
    wording: str
    page: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordSubmission:
    """Keep what a form said, whole."""

    submission: str
    scenario: str
    fields: Mapping[str, str]
    page: str
    source: Mapping[str, str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Suppress:
    """Put the address's hash on the suppression list (RFC 8058, S68): no marketing mail any more."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LiftSuppression:
    """Take the address off the suppression list: she subscribed again by a link that proves the address."""

    at: datetime


@dataclass(frozen=True, slots=True)
class EraseLead:
    """Remove every personal datum of hers; rows stay under the pseudonym, without a way back."""

    pseudonym: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PutEnrolment:
    """Write where an enrolment stands now; a new (scenario, pass) begins one."""

    enrolment: Enrolment


@dataclass(frozen=True, slots=True)
class StoreAnswers:
    """Keep a completed questionnaire."""

    sheet: AnswerSheet


@dataclass(frozen=True, slots=True)
class TellSegment:
    """She has come into a segment, or left it; answered by `SegmentEntered` or `SegmentLeft`."""

    segment: str
    entered: bool


@dataclass(frozen=True, slots=True)
class TellScore:
    """She has come to a number of points that something waits for; answered by `ScoreReached`."""

    score: int


@dataclass(frozen=True, slots=True)
class AddTag:
    """Put a tag on the lead."""

    tag: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RemoveTag:
    """Take a tag off the lead."""

    tag: str


@dataclass(frozen=True, slots=True)
class AddScore:
    """Add an entry to the score ledger."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class SendEmail:
    """Put a mail into the outbox under its key `cause : message : recipient : channel`.

    `message` names the template: `<scenario>/<email>` of `version`, or `house/<email>`. `recipient` is `lead` or
    `user:<id>`. With `skip` the row is born skipped, with that reason. `data` is what the template needs beside the
    lead (ids and instants, never rendered text).
    """

    cause: str
    message: str
    kind: MailKind
    at: datetime
    not_before: datetime
    recipient: str = "lead"
    purpose: str | None = None
    version: str | None = None
    scenario: str | None = None
    pass_number: int | None = None
    step: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    skip: str | None = None


@dataclass(frozen=True, slots=True)
class CallWebhook:
    """Put a signed call to one of the company's webhooks into the outbox."""

    cause: str
    webhook: str
    at: datetime
    data: Mapping[str, Any]
    scenario: str
    pass_number: int
    step: str


@dataclass(frozen=True, slots=True)
class SkipQueued:
    """Skip her marketing mails that are still queued; with a scenario and a pass, every mail of that pass."""

    reason: str
    at: datetime
    scenario: str | None = None
    pass_number: int | None = None


@dataclass(frozen=True, slots=True)
class AddTask:
    """Put a task on the desk: of `rep`, else of `team`. `appointment`: the one that it is about."""

    task: str
    text: str
    call: str | None
    due_at: datetime | None
    rep: str | None
    team: str | None
    at: datetime
    scenario: str | None = None
    list: str | None = None
    appointment: int | None = None


@dataclass(frozen=True, slots=True)
class FinishTask:
    """Tick a task off; a call with what came of it, and what was noted."""

    task: str
    by: str
    at: datetime
    outcome: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class FinishCalls:
    """Tick off what stands on the call list about an appointment: there is nothing to call about any more."""

    appointment: int
    outcome: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallAgain:
    """A call on the list was tried: it is due again at `due_at`, with what was noted."""

    task: str
    due_at: datetime
    note: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class AssignRep:
    """Choose a rep of `team` by load; resolved while applying, answered by `RepAssigned`."""

    handoff: str
    team: str
    because: str


@dataclass(frozen=True, slots=True)
class BookSlot:
    """Take a slot of the first of `reps` who is free; answered by `AppointmentBooked` or `SlotTaken`."""

    type: str
    starts_at: datetime
    ends_at: datetime
    reps: tuple[str, ...]
    scenario: str | None
    pass_number: int | None
    by: str
    buffer_before: int = 0
    buffer_after: int = 0
    daily_maximum: int | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class MoveSlot:
    """Take another slot for an appointment of `rep`, with the first of `reps` who is free, and give the old one back;
    answered by `AppointmentMoved` or `SlotTaken`."""

    appointment: int
    type: str
    rep: str
    starts_at: datetime
    ends_at: datetime
    reps: tuple[str, ...]
    by: str
    buffer_before: int = 0
    buffer_after: int = 0
    daily_maximum: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BlockSlot:
    """Take the first free slot of a rep at or after `not_before`, without asking the lead; answered by
    `AppointmentBooked`, or by `SlotTaken` when there is none within `SEARCH_DAYS`."""

    type: str
    not_before: datetime
    scenario: str
    pass_number: int


@dataclass(frozen=True, slots=True)
class HoldSlots:
    """Keep `slots` free times of one rep (of `rep`, where given) to be proposed in the mail of `cause`; at most `share`
    per cent of what the rep has free in a week. Answered by `SlotsHeld`."""

    cause: str
    type: str
    slots: int
    rep: str | None
    share: int
    until: datetime


@dataclass(frozen=True, slots=True)
class ReleaseHolds:
    """Give back every slot of a type that is kept for her."""

    type: str


@dataclass(frozen=True, slots=True)
class HoldSlot:
    """Keep a slot of the first of `reps` who is free, offered to nobody else until then; answered by `SlotHeld` or
    `SlotTaken`."""

    type: str
    starts_at: datetime
    ends_at: datetime
    reps: tuple[str, ...]
    until: datetime
    buffer_before: int = 0
    buffer_after: int = 0


@dataclass(frozen=True, slots=True)
class PutAppointment:
    """Write where an appointment stands; a cancelled one frees its cells. The row itself was made while booking."""

    appointment: Appointment
    at: datetime


@dataclass(frozen=True, slots=True)
class PutHandoff:
    """Write a handoff's state and reasons; a new id offers one."""

    handoff: Handoff
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordFact:
    """What indicators and challenges will read. `key` makes it count once; `corrects` is the key of another fact."""

    key: str
    kind: str
    at: datetime
    rep: str | None = None
    team: str | None = None
    scenario: str | None = None
    offer: str | None = None
    amount: int | None = None
    corrects: str | None = None


Effect = (
    ChangeDetails
    | SetStage
    | RecordConsent
    | RecordSubmission
    | Suppress
    | LiftSuppression
    | EraseLead
    | PutEnrolment
    | StoreAnswers
    | TellSegment
    | TellScore
    | AddTag
    | RemoveTag
    | AddScore
    | SendEmail
    | CallWebhook
    | SkipQueued
    | AddTask
    | FinishTask
    | FinishCalls
    | CallAgain
    | AssignRep
    | BookSlot
    | HoldSlot
    | HoldSlots
    | MoveSlot
    | BlockSlot
    | ReleaseHolds
    | PutAppointment
    | PutHandoff
    | RecordFact
)
