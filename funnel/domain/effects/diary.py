"""What is asked of the reps' diaries: slots booked, moved, blocked, kept, given back."""

from dataclasses import dataclass
from datetime import datetime

from funnel.domain.lead import Appointment


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
    call: str | None = None


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
    per cent of what the rep has free in a week, and for `hold` (a span) from when the mail leaves. In place of a time
    that is lost, `instead_of`, from its day on. `leaves`: when the mail may leave, and they can still be booked;
    `planned`: for when one was planned that may have to wait for the cap: none are kept where it will be skipped.
    Answered by `SlotsHeld`."""

    cause: str
    type: str
    slots: int
    rep: str | None
    share: int
    hold: str
    leaves: datetime
    instead_of: datetime | None = None
    planned: datetime | None = None


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
    daily_maximum: int | None = None


@dataclass(frozen=True, slots=True)
class PutAppointment:
    """Write where an appointment stands; a cancelled one frees its cells. The row itself was made while booking."""

    appointment: Appointment
    at: datetime
