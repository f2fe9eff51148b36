"""What is to be done: every effect of a decision, in the imperative. Each becomes one row, in the event's transaction.

`evolve` says what an effect does to the snapshot; storage writes the same to the tables. The two are held together by
the property `load(apply(effects)) == evolve(...)`.
"""

from funnel.domain.effects.diary import (
    BlockSlot,
    BookSlot,
    HoldSlot,
    HoldSlots,
    MoveSlot,
    PutAppointment,
    ReleaseHolds,
)
from funnel.domain.effects.lead import (
    AddScore,
    AddTag,
    ChangeDetails,
    EraseLead,
    LiftSuppression,
    PutEnrolment,
    RecordConsent,
    RecordSubmission,
    RemoveTag,
    ReviseStep,
    SetStage,
    StoreAnswers,
    Suppress,
    TellScore,
    TellSegment,
    TellSuggestion,
)
from funnel.domain.effects.post import (
    CallWebhook,
    MailKind,
    QueueAgain,
    RecallMail,
    SendEmail,
    SkipQueued,
)
from funnel.domain.effects.staff import (
    AddTask,
    AnswerCalls,
    AssignRep,
    CallAgain,
    FinishCalls,
    FinishTask,
    PutHandoff,
    RecordFact,
)

Effect = (
    ChangeDetails
    | SetStage
    | RecordConsent
    | RecordSubmission
    | Suppress
    | LiftSuppression
    | EraseLead
    | PutEnrolment
    | ReviseStep
    | StoreAnswers
    | TellSegment
    | TellSuggestion
    | TellScore
    | AddTag
    | RemoveTag
    | AddScore
    | SendEmail
    | CallWebhook
    | RecallMail
    | SkipQueued
    | QueueAgain
    | AddTask
    | FinishTask
    | FinishCalls
    | AnswerCalls
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

__all__ = [
    "AddScore",
    "AddTag",
    "AddTask",
    "AnswerCalls",
    "AssignRep",
    "BlockSlot",
    "BookSlot",
    "CallAgain",
    "CallWebhook",
    "ChangeDetails",
    "Effect",
    "EraseLead",
    "FinishCalls",
    "FinishTask",
    "HoldSlot",
    "HoldSlots",
    "LiftSuppression",
    "MailKind",
    "MoveSlot",
    "PutAppointment",
    "PutEnrolment",
    "PutHandoff",
    "QueueAgain",
    "RecallMail",
    "RecordConsent",
    "RecordFact",
    "RecordSubmission",
    "ReleaseHolds",
    "RemoveTag",
    "ReviseStep",
    "SendEmail",
    "SetStage",
    "SkipQueued",
    "StoreAnswers",
    "Suppress",
    "TellScore",
    "TellSegment",
    "TellSuggestion",
]
