"""Slots and appointments: chosen, kept, booked, moved, cancelled, held, missed."""

from dataclasses import dataclass
from datetime import datetime

from funnel.domain.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotChosen(Event):
    """She (or a rep for her) chose a free slot. `phone`: the number given for it, where another one is stored and an
    unproven browser may not change it; the rep reads it in the history. `moves`: her appointment that is to be then,
    with one of `reps`, also once it is over where she was `asked` for another time; `seen`: its sequence then, which
    each change raises; `reason`: what a member of staff says about that, and she reads. `call`: the task of the call
    list that has led to it."""

    type: str
    starts_at: datetime
    ends_at: datetime
    reps: tuple[str, ...]
    scenario: str | None = None
    pass_number: int | None = None
    by: str = "lead"
    phone: str = ""
    moves: int | None = None
    asked: bool = False
    seen: int | None = None
    reason: str = ""
    call: str | None = None


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
    `scenario`, which blocks a time without asking her. `replaces`: the missed one in whose place it was booked;
    `call`: the task of the call list that has led to it."""

    appointment: int
    type: str
    rep: str
    starts_at: datetime
    ends_at: datetime
    scenario: str | None = None
    pass_number: int | None = None
    by: str = "lead"
    replaces: int | None = None
    call: str | None = None


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
    """A browser that has not proven to be hers chose a slot while she has this appointment ahead: she is written to.
    `wanted`: when that slot begins, where it is another time than hers. `asked`: nobody can be there, and she was asked
    for another time than hers."""

    appointment: int
    wanted: datetime | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCancelled(Event):
    """An appointment will not take place; `reason`: why, in the words of whoever of the staff cancelled it."""

    appointment: int
    by: str = "lead"
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTimeAsked(Event):
    """Whom she is to meet cannot be there and nobody else is free then: she is asked for another time; once more
    (`again`), also when hers is over."""

    appointment: int
    by: str
    again: bool = False


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
