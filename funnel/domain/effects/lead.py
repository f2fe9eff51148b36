"""What is written of the lead herself: columns, stage, consents, answers, tags, points, her erasure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from funnel.domain.lead import AnswerSheet, Enrolment, Stage
from funnel.domain.scoring.ledger import Entry
from funnel.domain.suggestions import Ended


@dataclass(frozen=True, slots=True)
class ChangeDetails:
    """Set these columns of the lead: name, email, phone, company, position, language, zone, status, source,
    email_proven, generation, profiles, segments, suggestions, declined, slow, review_at, unsure, merged_into,
    engaged_by."""

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
class ReviseStep:
    """What met the await `step` was no person's: with `back` she is to wait there again, unless a mail of one of the
    `causes` has left; answered by `StepRevised`. `of` is the key of what met it."""

    of: str
    scenario: str
    pass_number: int
    step: str
    back: bool
    causes: tuple[str, ...] = ()


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
class TellSuggestion:
    """Something is suggested of her, or has `ended`; answered by `SuggestionMade` or `SuggestionEnded`."""

    suggestion: str
    ended: Ended | None = None
    by: str | None = None


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
