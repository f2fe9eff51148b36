"""The diary: whose time is taken and who has how much to do, kept by the database, or in memory by a rehearsal."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from funnel.domain.effects import BookSlot, HoldSlot, MoveSlot
from funnel.storage import appointments, booking, handoffs, holds
from funnel.storage.diary_cells import lock_diaries
from funnel.storage.holds import Days

LOOKS = 3
"""How often a free time is looked for, if others take it meanwhile: with every look more reps' diaries stand still."""


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment of a rep, whatever became of it, or a time kept for one (`hers`: for the lead who looks), as far
    as the diary looks at it."""

    rep: str
    type: str
    starts_at: datetime
    cancelled: bool
    hers: bool = False


class Diary(Protocol):
    """What booking asks of the world. Cells are those of `funnel.domain.slots`; times are aware UTC."""

    def book(self, lead_id: int, wanted: BookSlot, now: datetime, days: Days) -> tuple[int, str] | None:
        """Take the slot with the first of `wanted.reps` who is free; (appointment id, rep), or none."""

    def hold(self, lead_id: int, wanted: HoldSlot, now: datetime, days: Days) -> tuple[int, str] | None:
        """Keep the slot for her; (hold id, rep), or none. A lead holds one slot of a type; one that is kept for her for
        longer stays as it is, with all that is kept beside it."""

    def stand_still(self, reps: Sequence[str]) -> None:
        """Until the transaction ends nobody else changes the diaries of these reps."""

    def hold_all(self, lead_id: int, cause: str, wanted: Sequence[HoldSlot], now: datetime) -> list[datetime]:
        """Keep each slot, all of one type, for her that is still free, for the mail of `cause`; their starts. What she
        held of that type is given up. They were chosen in diaries that stand still: no daily maximum is looked at."""

    def release(self, lead_id: int, kind: str) -> None:
        """Give back the slots of a type that are kept for a lead."""

    def held(self, reps: Sequence[str], now: datetime, lead_id: int) -> Sequence[tuple[str, datetime]]:
        """The (rep, start) of every slot that is kept now for somebody else than her."""

    def move(self, lead_id: int, wanted: MoveSlot, now: datetime, days: Days) -> str | None:
        """Take the new slot with the first of `wanted.reps` who is free, give the old one back; that rep, or none."""

    def appointments(self, reps: Sequence[str], now: datetime) -> dict[str, int]:
        """How many open appointments each rep has ahead."""

    def handoffs(self, reps: Sequence[str]) -> dict[str, int]:
        """How many leads each rep has open."""

    def taken(
        self,
        reps: Sequence[str],
        first: int,
        last: int,
        now: datetime,
        lead_id: int | None,
        besides: int | None = None,
    ) -> Mapping[str, AbstractSet[int]]:
        """The cells that are not free, from `first` to before `last`; holds that are over, or her own, are free, and so
        is what the appointment `besides` takes."""

    def between(
        self, reps: Sequence[str], first: datetime, last: datetime, now: datetime, lead_id: int | None
    ) -> Sequence[Booked]:
        """Appointments of reps that start in a span, earliest first, then what is kept there."""


class StoredDiary:
    """The diary in the database, inside the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def book(self, lead_id: int, wanted: BookSlot, now: datetime, days: Days) -> tuple[int, str] | None:
        """See `Diary`."""
        return booking.book(self._connection, lead_id, wanted, now, days)

    def hold(self, lead_id: int, wanted: HoldSlot, now: datetime, days: Days) -> tuple[int, str] | None:
        """See `Diary`."""
        return holds.hold(self._connection, lead_id, wanted, now, days)

    def stand_still(self, reps: Sequence[str]) -> None:
        """See `Diary`."""
        lock_diaries(self._connection, reps)

    def hold_all(self, lead_id: int, cause: str, wanted: Sequence[HoldSlot], now: datetime) -> list[datetime]:
        """See `Diary`."""
        return holds.hold_all(self._connection, lead_id, cause, wanted, now)

    def release(self, lead_id: int, kind: str) -> None:
        """See `Diary`."""
        holds.release(self._connection, lead_id, kind)

    def held(self, reps: Sequence[str], now: datetime, lead_id: int) -> Sequence[tuple[str, datetime]]:
        """See `Diary`."""
        return holds.held(self._connection, reps, now, lead_id)

    def move(self, lead_id: int, wanted: MoveSlot, now: datetime, days: Days) -> str | None:
        """See `Diary`."""
        return booking.move(self._connection, lead_id, wanted, now, days)

    def appointments(self, reps: Sequence[str], now: datetime) -> dict[str, int]:
        """See `Diary`."""
        return appointments.load(self._connection, reps, now)

    def handoffs(self, reps: Sequence[str]) -> dict[str, int]:
        """See `Diary`."""
        return handoffs.load(self._connection, reps)

    def taken(
        self,
        reps: Sequence[str],
        first: int,
        last: int,
        now: datetime,
        lead_id: int | None,
        besides: int | None = None,
    ) -> Mapping[str, AbstractSet[int]]:
        """See `Diary`."""
        return booking.taken_cells(self._connection, reps, first, last, now=now, lead_id=lead_id, besides=besides)

    def between(
        self, reps: Sequence[str], first: datetime, last: datetime, now: datetime, lead_id: int | None
    ) -> Sequence[Booked]:
        """See `Diary`."""
        rows = appointments.between(self._connection, reps, first, last)
        booked = [Booked(row["rep"], row["type"], row["starts_at"], row["state"] == "cancelled") for row in rows]
        kept = holds.between(self._connection, reps, first, last, now)
        held = (Booked(one.rep, one.type, one.starts_at, cancelled=False, hers=who == lead_id) for who, one in kept)
        return [*booked, *held]
