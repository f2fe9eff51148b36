"""What the staff does with a lead: handed over, accepted, returned, called, ticked off, tagged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from funnel.domain.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffAsked(Event):
    """A marketer or rep hands her over by a click (S87)."""

    because: str
    by: str
    team: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepAssigned(Event):
    """A rep was chosen for a hand-over: the result, of the same transaction. No rep: nobody could take it. `score`: the
    threshold that had asked for it."""

    rep: str | None
    because: str
    handoff: str
    score: int | None = None


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
class ReplyNoted(Event):
    """She has answered a mail, says somebody of the staff; `said`: what, if anything was noted."""

    by: str
    said: str = ""


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
