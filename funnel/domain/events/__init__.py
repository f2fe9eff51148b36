"""What has happened: every event that comes in by the one door, in the past tense.

`occurred_at` says when by its source; the door adds when it was recorded. `key`, where there is one, makes an event
count once whatever is replayed.
"""

from funnel.domain.events.appointments import (
    AppointmentAsked,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentHeld,
    AppointmentMissed,
    AppointmentMoved,
    OtherTimeAsked,
    SlotChosen,
    SlotHeld,
    SlotsHeld,
    SlotTaken,
    SlotWanted,
)
from funnel.domain.events.base import Event
from funnel.domain.events.forms import (
    AssetAsked,
    AssetDownloaded,
    ConsentChanged,
    DetailsChanged,
    EmailCorrected,
    EmailProven,
    ErasureAsked,
    FormSubmitted,
    PaceChosen,
    QuestionnaireCompleted,
    Unsubscribed,
)
from funnel.domain.events.merging import EngagementUndone, HandOverShared, LeadsMerged, LeadsParted, PointsShared
from funnel.domain.events.pages import Joined, PageLeft, PageVisited, Parted, VisitorJoined, VisitorParted, as_told
from funnel.domain.events.points import (
    EmailOpened,
    LinkClicked,
    PointsGiven,
    ScoreReached,
    ScoreReviewed,
    SegmentEntered,
    SegmentLeft,
    SuggestionAnswered,
    SuggestionEnded,
    SuggestionMade,
    Touched,
    VerdictRevised,
)
from funnel.domain.events.staff import (
    CallMade,
    CallOutcome,
    HandoffAccepted,
    HandOffAsked,
    HandoffReturned,
    RepAssigned,
    ReplyNoted,
    TagGiven,
    TagTaken,
    TaskDone,
)
from funnel.domain.events.steps import (
    EmailLeft,
    Outcome,
    ScenarioStarted,
    StepDue,
    StepRevised,
    StepTriedAgain,
    WebinarAttended,
    WebinarMissed,
)

AnyEvent = (
    FormSubmitted
    | QuestionnaireCompleted
    | EmailProven
    | EmailCorrected
    | DetailsChanged
    | StepDue
    | StepTriedAgain
    | StepRevised
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
    | ReplyNoted
    | TagGiven
    | TagTaken
    | Unsubscribed
    | ConsentChanged
    | PointsGiven
    | ScoreReviewed
    | SegmentEntered
    | SegmentLeft
    | SuggestionMade
    | SuggestionAnswered
    | SuggestionEnded
    | ScoreReached
    | ErasureAsked
    | PaceChosen
    | EmailOpened
    | LinkClicked
    | VerdictRevised
    | LeadsMerged
    | LeadsParted
    | PointsShared
    | HandOverShared
    | EngagementUndone
    | PageVisited
    | PageLeft
    | VisitorJoined
    | VisitorParted
)

__all__ = [
    "AnyEvent",
    "AppointmentAsked",
    "AppointmentBooked",
    "AppointmentCancelled",
    "AppointmentHeld",
    "AppointmentMissed",
    "AppointmentMoved",
    "AssetAsked",
    "AssetDownloaded",
    "CallMade",
    "CallOutcome",
    "ConsentChanged",
    "DetailsChanged",
    "EmailCorrected",
    "EmailLeft",
    "EmailOpened",
    "EmailProven",
    "EngagementUndone",
    "ErasureAsked",
    "Event",
    "FormSubmitted",
    "HandOffAsked",
    "HandOverShared",
    "HandoffAccepted",
    "HandoffReturned",
    "Joined",
    "LeadsMerged",
    "LeadsParted",
    "LinkClicked",
    "OtherTimeAsked",
    "Outcome",
    "PaceChosen",
    "PageLeft",
    "PageVisited",
    "Parted",
    "PointsGiven",
    "PointsShared",
    "QuestionnaireCompleted",
    "RepAssigned",
    "ReplyNoted",
    "ScenarioStarted",
    "ScoreReached",
    "ScoreReviewed",
    "SegmentEntered",
    "SegmentLeft",
    "SlotChosen",
    "SlotHeld",
    "SlotTaken",
    "SlotWanted",
    "SlotsHeld",
    "StepDue",
    "StepRevised",
    "StepTriedAgain",
    "SuggestionAnswered",
    "SuggestionEnded",
    "SuggestionMade",
    "TagGiven",
    "TagTaken",
    "TaskDone",
    "Touched",
    "Unsubscribed",
    "VerdictRevised",
    "VisitorJoined",
    "VisitorParted",
    "WebinarAttended",
    "WebinarMissed",
    "as_told",
]
