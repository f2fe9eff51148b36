"""What a scenario's steps come to: due, tried again, mails that left, webinars, a start by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from funnel.domain.events.base import Event

Outcome = Literal["sent", "refused", "failed", "skipped", "in_doubt"]


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
class StepRevised(Event):
    """What met an await (`step`) was no person's (`of` is its key): she waits there again (`back`), or stays where it
    has led her. The result, of the same transaction."""

    of: str
    scenario: str
    pass_number: int
    step: str
    back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioStarted(Event):
    """A scenario was started for her by hand or by another scenario."""

    scenario: str
    by: str


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
