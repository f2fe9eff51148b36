"""What the staff has to do: tasks, calls, hand-overs; and the facts that are counted."""

from dataclasses import dataclass
from datetime import datetime

from funnel.domain.lead import Handoff


@dataclass(frozen=True, slots=True)
class AddTask:
    """Put a task on the desk: of `rep`, else of `team`. `appointment`: the one that it is about."""

    task: str
    text: str
    at: datetime
    rep: str | None = None
    team: str | None = None
    call: str | None = None
    due_at: datetime | None = None
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
class AnswerCalls:
    """Tick off the tasks to call her about a `type` of appointment, but those of a call list: she has her time now."""

    type: str
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
    """Choose a rep of `team` by load; resolved while applying, answered by `RepAssigned`. `score`: the threshold that
    asks for it."""

    handoff: str
    team: str
    because: str
    score: int | None = None


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
