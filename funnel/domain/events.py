"""What has happened: every event that comes in by the one door, in the past tense.

`occurred_at` says when by its source; the door adds when it was recorded. `key`, where there is one, makes an event
count once whatever is replayed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from funnel.domain.verdicts import Reason, Says

Outcome = Literal["sent", "refused", "failed", "skipped", "in_doubt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The base: whose event it is, when it occurred, and under which key it counts once."""

    lead_id: int
    occurred_at: datetime
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmitted(Event):
    """A form was sent. Fields fill what is empty, or overwrite when `proven` (her own link).

    `created` says that this form made the lead, `answered` that its questionnaire follows as an event of its own.
    `consents` hold every purpose asked, true or false; `wordings` the text shown with each.
    """

    scenario: str
    submission: str
    fields: Mapping[str, str]
    consents: Mapping[str, bool] = field(default_factory=dict)
    wordings: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    language: str = "en"
    zone: str | None = None
    source: Mapping[str, str] = field(default_factory=dict)
    proven: bool = False
    created: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionnaireCompleted(Event):
    """A questionnaire was answered, in an enrolment (scenario, pass) or outside any; with `submission` it was the form
    itself of that scenario (S127)."""

    sheet: str
    questionnaire: str
    values: Mapping[str, Any]
    score: int
    share: int
    themes: Mapping[str, int]
    band: str | None
    follow_up: str | None = None
    scenario: str | None = None
    pass_number: int | None = None
    submission: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailProven(Event):
    """She acted from a page that her mail led to: the address is hers. `ticked` holds the purposes that her newest form
    ticked while nobody knew whether it was hers, with the wording shown on `page`."""

    ticked: Mapping[str, str] = field(default_factory=dict)
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailCorrected(Event):
    """The browser that sent the form gave another address for it; what was asked for is sent there. `elsewhere`: that
    address is another lead's, who gets the form as one of her own, and this pass ends."""

    email: str
    scenario: str
    pass_number: int
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsChanged(Event):
    """She (by her own link) or a rep changed her details."""

    fields: Mapping[str, str]
    by: str = "lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDue(Event):
    """Time has come for the step where she stands."""

    scenario: str
    pass_number: int
    step: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTriedAgain(Event):
    """A person let her go on in an enrolment that was parked because a step failed."""

    scenario: str
    pass_number: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailLeft(Event):
    """A scenario's mail came to its end: sent, refused, failed, skipped, or parked in doubt. `unwritable` says why it
    could not even be written."""

    cause: str
    scenario: str
    pass_number: int
    outcome: Outcome
    unwritable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioStarted(Event):
    """A scenario was started for her by hand or by another scenario."""

    scenario: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotChosen(Event):
    """She (or a rep for her) chose a free slot. `phone`: the number given for it, where another one is stored and an
    unproven browser may not change it; the rep reads it in the history. `moves`: her appointment that is to be then,
    with one of `reps`; `reason`: what a member of staff says about that, and she reads."""

    type: str
    starts_at: datetime
    ends_at: datetime
    reps: tuple[str, ...]
    scenario: str | None = None
    pass_number: int | None = None
    by: str = "lead"
    phone: str = ""
    moves: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotWanted(Event):
    """She chose a free slot, but her form came back for something else: it is kept while she mends that."""

    type: str
    starts_at: datetime
    ends_at: datetime
    reps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotHeld(Event):
    """A slot is kept for her: the result, of the same transaction."""

    hold: int
    type: str
    rep: str
    starts_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsHeld(Event):
    """Slots of one rep are kept for her, to be proposed in the mail of this cause: the result, of the same transaction.
    There may be fewer than were wanted, or none."""

    cause: str
    type: str
    rep: str | None
    starts: tuple[datetime, ...]
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentBooked(Event):
    """A slot is hers: the result of booking it, of the same transaction. `by`: `lead`, a member of staff, or
    `scenario`, which blocks a time without asking her. `replaces`: the missed one in whose place it was booked."""

    appointment: int
    type: str
    rep: str
    starts_at: datetime
    ends_at: datetime
    scenario: str | None = None
    pass_number: int | None = None
    by: str = "lead"
    replaces: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentMoved(Event):
    """An appointment is at another time now, or with another `rep`: the result, of the same transaction. `reason`: why,
    in the words of whoever of the staff moved it."""

    appointment: int
    starts_at: datetime
    ends_at: datetime
    by: str = "lead"
    rep: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotTaken(Event):
    """The slot she chose had gone, or a scenario found none to block; nothing changed."""

    type: str
    starts_at: datetime
    scenario: str | None = None
    pass_number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentAsked(Event):
    """A browser that has not proven to be hers chose a slot while she has this appointment ahead: she is written to."""

    appointment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCancelled(Event):
    """An appointment will not take place; `reason`: why, in the words of whoever of the staff cancelled it."""

    appointment: int
    by: str = "lead"
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTimeAsked(Event):
    """Whom she is to meet cannot be there and nobody else is free then: she is asked for another time."""

    appointment: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentHeld(Event):
    """A rep marked it held; a wrong mark is corrected by another mark."""

    appointment: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentMissed(Event):
    """A rep marked it missed."""

    appointment: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetDownloaded(Event):
    """A file that was given to her was loaded, by a link of this enrolment."""

    asset: str
    scenario: str
    pass_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetAsked(Event):
    """The link to a file that was given to her had expired, and she asked for a new one."""

    asset: str
    scenario: str
    pass_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WebinarAttended(Event):
    """She was at the webinar of a scenario, as an import says."""

    scenario: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebinarMissed(Event):
    """She had registered for the webinar of a scenario and was not there, as an import says."""

    scenario: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffAsked(Event):
    """A marketer or rep hands her over by a click (S87)."""

    because: str
    by: str
    team: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepAssigned(Event):
    """A rep was chosen for a hand-over: the result, of the same transaction. No rep: nobody could take it."""

    rep: str | None
    because: str
    handoff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffAccepted(Event):
    """A rep accepted; the first acceptance wins."""

    handoff: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffReturned(Event):
    """A rep gave her back, with a reason; `disqualified`: she is no prospect at all."""

    handoff: str
    by: str
    reason: str
    disqualified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone(Event):
    """A task was ticked off."""

    task: str
    by: str


CallOutcome = Literal["not_reached", "call_again", "gave_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMade(Event):
    """A call of the call list was made, about a missed `appointment`: nobody answered, she asked to be called again, or
    it is given up (S96). `again_at`: when it is due once more."""

    task: str
    outcome: CallOutcome
    by: str
    appointment: int | None = None
    again_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagGiven(Event):
    """Somebody of the staff put a tag on her."""

    tag: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagTaken(Event):
    """Somebody of the staff took a tag off her."""

    tag: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribed(Event):
    """She wants no marketing mail (RFC 8058, or the page's button)."""

    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged(Event):
    """She gave or withdrew a purpose on her own page."""

    purpose: str
    given: bool
    wording: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAsked(Event):
    """She, or staff for her, asked to be erased. `pseudonym` is drawn by chance and stands where her address stood."""

    pseudonym: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceChosen(Event):
    """She wants marketing mails more slowly, or as usual again."""

    slow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsGiven(Event):
    """Points given by hand or by an import."""

    points: int
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentEntered(Event):
    """She has come into a segment: the result, of the same transaction."""

    segment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentLeft(Event):
    """She is in a segment no more: the result, of the same transaction."""

    segment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreReached(Event):
    """She has come to a number of points that something waits for: the result, of the same transaction."""

    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreReviewed(Event):
    """Her points were looked at anew: a day has begun on which some are worth less, or the rules have changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailOpened(Event):
    """A mail to her was opened: its row in the outbox, its message (`<scenario>/<email>`), and by whom."""

    mail: int
    message: str
    pass_number: int | None = None
    verdict: Says = "human"
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkClicked(Event):
    """A link in a mail to her was followed: the link's name and number, and by whom."""

    mail: int
    message: str
    link: str
    number: int
    pass_number: int | None = None
    verdict: Says = "human"
    reasons: tuple[Reason, ...] = ()


Touched = Literal["email.opened", "link.clicked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRevised(Event):
    """What was taken for a person's opening or clicking (`touched`, of `subject`) was a machine's, or the other way
    round; `of` is the key of that event."""

    of: str
    touched: Touched
    subject: str
    message: str
    pass_number: int | None = None
    verdict: Says
    reasons: tuple[Reason, ...] = ()


AnyEvent = (
    FormSubmitted
    | QuestionnaireCompleted
    | EmailProven
    | EmailCorrected
    | DetailsChanged
    | StepDue
    | StepTriedAgain
    | EmailLeft
    | ScenarioStarted
    | SlotChosen
    | SlotWanted
    | SlotHeld
    | SlotsHeld
    | AppointmentBooked
    | SlotTaken
    | AppointmentAsked
    | AppointmentCancelled
    | AppointmentHeld
    | AppointmentMissed
    | AppointmentMoved
    | OtherTimeAsked
    | AssetDownloaded
    | AssetAsked
    | WebinarAttended
    | WebinarMissed
    | HandOffAsked
    | RepAssigned
    | HandoffAccepted
    | HandoffReturned
    | TaskDone
    | CallMade
    | TagGiven
    | TagTaken
    | Unsubscribed
    | ConsentChanged
    | PointsGiven
    | ScoreReviewed
    | SegmentEntered
    | SegmentLeft
    | ScoreReached
    | ErasureAsked
    | PaceChosen
    | EmailOpened
    | LinkClicked
    | VerdictRevised
)
