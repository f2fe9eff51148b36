"""The diary of a rehearsal: the same rules as the stored one, in memory."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from funnel.domain.effects import BookSlot, HoldSlot, MoveSlot
from funnel.domain.lead import Appointment, Handoff
from funnel.domain.slots import cells
from funnel.storage.holds import Days, Hold
from funnel.usecases.diary import Booked


@dataclass(slots=True)
class _Entry:
    rep: str
    type: str
    starts_at: datetime
    cells: range
    open: bool = True
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class _Hold:
    lead_id: int
    type: str
    rep: str
    cells: range
    until: datetime
    starts_at: datetime
    ends_at: datetime
    cause: str | None = None


class MemoryDiary:
    """`funnel.usecases.diary.Diary`, for one process that books one after the other."""

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}
        self._holds: dict[int, _Hold] = {}
        self._cells: dict[str, dict[int, int]] = defaultdict(dict)  # rep -> cell -> appointment, or minus a hold
        self._handoffs: dict[str, str] = {}  # open handoff -> rep
        self._leads: Counter[str] = Counter()
        self._given = self._held = 0

    def book(self, lead_id: int, wanted: BookSlot, now: datetime, days: Days) -> tuple[int, str] | None:
        """See `Diary`; what is kept for her stays hers when nobody is free."""
        self._release_over(now)
        hers = self._kept_for(lead_id, wanted.type)
        taken = cells(wanted.starts_at, wanted.ends_at, wanted.buffer_before, wanted.buffer_after)
        for rep in wanted.reps:
            if self._is_full(lead_id, wanted, rep, days) or not self._is_free(rep, taken, hers):
                continue
            self.release(lead_id, wanted.type)
            self._given += 1
            self._cells[rep].update(dict.fromkeys(taken, self._given))
            self._entries[self._given] = _Entry(rep, wanted.type, wanted.starts_at, taken)
            return self._given, rep
        return None

    def hold(self, lead_id: int, wanted: HoldSlot, now: datetime, days: Days) -> tuple[int, str] | None:
        """See `Diary`; what is kept for her stays hers when nobody is free."""
        self._release_over(now)
        for number, one in self._holds.items():
            if _is_hers(one, lead_id, wanted) and one.rep in wanted.reps and one.until >= wanted.until:
                return number, one.rep
        hers = self._kept_for(lead_id, wanted.type)
        taken = cells(wanted.starts_at, wanted.ends_at, wanted.buffer_before, wanted.buffer_after)
        for rep in wanted.reps:
            if not self._is_full(lead_id, wanted, rep, days) and self._is_free(rep, taken, hers):
                self.release(lead_id, wanted.type)
                return self._keep(lead_id, replace(wanted, reps=(rep,)))
        return None

    def stand_still(self, reps: Sequence[str]) -> None:
        """See `Diary`: nobody else is there."""

    def hold_all(self, lead_id: int, cause: str, wanted: Sequence[HoldSlot], now: datetime) -> list[datetime]:
        """See `Diary`."""
        self._release_over(now)
        for kind in {one.type for one in wanted}:
            self.release(lead_id, kind)
        return [one.starts_at for one in wanted if self._keep(lead_id, one, cause)]

    def _keep(self, lead_id: int, wanted: HoldSlot, cause: str | None = None) -> tuple[int, str] | None:
        taken = cells(wanted.starts_at, wanted.ends_at, wanted.buffer_before, wanted.buffer_after)
        for rep in wanted.reps:
            if self._cells[rep].keys().isdisjoint(taken):
                self._held += 1
                self._cells[rep].update(dict.fromkeys(taken, -self._held))
                self._holds[self._held] = _Hold(
                    lead_id, wanted.type, rep, taken, wanted.until, wanted.starts_at, wanted.ends_at, cause
                )
                return self._held, rep
        return None

    def held(self, reps: Sequence[str], now: datetime, lead_id: int) -> list[tuple[str, datetime]]:
        """See `Diary`."""
        others = [one for one in self._holds.values() if one.rep in reps and one.until > now and one.lead_id != lead_id]
        kept = [(one.rep, one.starts_at) for one in others]
        return sorted(kept, key=lambda one: one[1])

    def held_for(self, lead_id: int, cause: str, now: datetime) -> list[Hold]:
        """The slots that are kept for the mail of this cause, earliest first."""
        own = [h for h in self._holds.values() if (h.lead_id, h.cause) == (lead_id, cause) and h.until > now]
        found = [Hold(one.type, one.rep, one.starts_at, one.ends_at, one.until) for one in own]
        return sorted(found, key=lambda one: one.starts_at)

    def move(self, lead_id: int, wanted: MoveSlot, now: datetime, days: Days) -> str | None:
        """See `Diary`; what is kept for her stays hers when nobody is free."""
        self._release_over(now)
        hers = self._kept_for(lead_id, wanted.type) | {wanted.appointment}
        taken = cells(wanted.starts_at, wanted.ends_at, wanted.buffer_before, wanted.buffer_after)
        entry = self._entries[wanted.appointment]
        for rep in wanted.reps:
            if self._is_full(lead_id, wanted, rep, days, entry) or not self._is_free(rep, taken, hers):
                continue
            self.release(lead_id, wanted.type)
            self._free(entry.rep, entry.cells, wanted.appointment)
            self._cells[rep].update(dict.fromkeys(taken, wanted.appointment))
            entry.rep, entry.cells, entry.starts_at = rep, taken, wanted.starts_at
            return rep
        return None

    def release(self, lead_id: int, kind: str) -> None:
        """See `Diary`."""
        self._free_where(lambda hold: (hold.lead_id, hold.type) == (lead_id, kind))

    def give_back(self, lead_id: int, cause: str) -> None:
        """What was kept for a mail that will not leave is free again."""
        self._free_where(lambda hold: (hold.lead_id, hold.cause) == (lead_id, cause))

    def appointments(self, reps: Sequence[str], now: datetime) -> dict[str, int]:
        """See `Diary`."""
        ahead = Counter(one.rep for one in self._entries.values() if one.open and one.starts_at > now)
        return {rep: ahead[rep] for rep in reps}

    def handoffs(self, reps: Sequence[str]) -> dict[str, int]:
        """See `Diary`."""
        return {rep: self._leads[rep] for rep in reps}

    def taken(
        self,
        reps: Sequence[str],
        first: int,
        last: int,
        now: datetime,
        lead_id: int | None,
        besides: int | None = None,
    ) -> dict[str, AbstractSet[int]]:
        """See `Diary`; cells beyond the span are given too."""
        free: list[_Hold | _Entry] = [h for h in self._holds.values() if h.until <= now or h.lead_id == lead_id]
        if besides is not None and not self._entries[besides].cancelled:
            free.append(self._entries[besides])
        return {
            rep: self._cells[rep].keys() - {cell for one in free if one.rep == rep for cell in one.cells}
            if free
            else self._cells[rep].keys()
            for rep in reps
        }

    def between(
        self, reps: Sequence[str], first: datetime, last: datetime, now: datetime, lead_id: int | None
    ) -> list[Booked]:
        """See `Diary`."""
        booked = [
            Booked(one.rep, one.type, one.starts_at, one.cancelled)
            for one in self._entries.values()
            if one.rep in reps and first <= one.starts_at < last
        ]
        kept = [
            Booked(one.rep, one.type, one.starts_at, cancelled=False, hers=one.lead_id == lead_id)
            for one in self._holds.values()
            if one.rep in reps and first <= one.starts_at < last and one.until > now
        ]
        return [one for some in (booked, kept) for one in sorted(some, key=lambda one: one.starts_at)]

    def put(self, appointment: Appointment) -> None:
        """An appointment stands otherwise now; a cancelled one frees its cells."""
        entry = self._entries[appointment.id]
        entry.open, entry.cancelled = appointment.open, appointment.state == "cancelled"
        if entry.cancelled:
            self._free(entry.rep, entry.cells, appointment.id)

    def put_handoff(self, handoff: Handoff) -> None:
        """A handoff stands otherwise now."""
        before = self._handoffs.pop(handoff.id, None)
        if before:
            self._leads[before] -= 1
        if handoff.open:
            self._handoffs[handoff.id] = handoff.rep
            self._leads[handoff.rep] += 1

    def _kept_for(self, lead_id: int, kind: str) -> set[int]:
        """Who stands in the cells of a type that are kept for her."""
        return {-number for number, one in self._holds.items() if (one.lead_id, one.type) == (lead_id, kind)}

    def _is_free(self, rep: str, taken: range, hers: AbstractSet[int]) -> bool:
        owners = self._cells[rep]
        return all(owners[cell] in hers for cell in taken if cell in owners)

    def _release_over(self, now: datetime) -> None:
        self._free_where(lambda hold: hold.until <= now)

    def _free_where(self, which: Callable[[_Hold], bool]) -> None:
        """Give back the cells of every hold of which this is true, and forget it."""
        for number, hold in list(self._holds.items()):
            if which(hold):
                self._free(hold.rep, hold.cells, -number)
                del self._holds[number]

    def _free(self, rep: str, taken: range, owner: int) -> None:
        for cell in taken:
            if self._cells[rep].get(cell) == owner:
                del self._cells[rep][cell]

    def _is_full(
        self,
        lead_id: int,
        wanted: BookSlot | MoveSlot | HoldSlot,
        rep: str,
        days: Days,
        besides: _Entry | None = None,
    ) -> bool:
        """Whether a rep's day takes no more: appointments but for one, and what is kept for anybody else, are as many
        as its maximum. The time that is kept for her is hers all the same."""
        held = self._holds.values()
        if not wanted.daily_maximum or any(one.rep == rep and _is_hers(one, lead_id, wanted) for one in held):
            return False
        first, last = days[rep]
        booked: list[_Entry | _Hold] = [e for e in self._entries.values() if not e.cancelled and e is not besides]
        day = [one for one in (*booked, *(h for h in held if h.lead_id != lead_id)) if first <= one.starts_at < last]
        return sum((one.rep, one.type) == (rep, wanted.type) for one in day) >= wanted.daily_maximum


def _is_hers(one: _Hold, lead_id: int, wanted: BookSlot | MoveSlot | HoldSlot) -> bool:
    """Whether this very time is kept for her."""
    kept = (one.lead_id, one.type, one.starts_at, one.ends_at)
    return kept == (lead_id, wanted.type, wanted.starts_at, wanted.ends_at)
