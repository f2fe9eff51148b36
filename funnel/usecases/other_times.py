"""The times that an appointment may be moved to: on its own page, and in a rehearsal (S98)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from funnel.domain.company import AppointmentType, Company
from funnel.domain.deadlines import is_alone
from funnel.domain.lead import Appointment
from funnel.domain.slots import Slot
from funnel.storage.holds import Hold
from funnel.usecases.diary import Diary
from funnel.usecases.find_slots import find_slots_around, with_kept
from funnel.usecases.set_appointment import without_notice


def other_times(
    diary: Diary,
    company: Company,
    kind: AppointmentType,
    own: Appointment,
    now: datetime,
    *,
    holder: int,
    kept: Sequence[Hold] = (),
    asked: bool = False,
) -> list[Slot]:
    """The free slots in place of the lead's `own` appointment (`holder`: her id). They are of the same rep; where that
    one has left or is away then, of who keeps times for her; of anybody, where that one has none. What is `kept` for
    her is among them in any case. With the same rep none overlaps it as it is; but who was `asked` for another time may
    keep it, once that rep is there again, to the last."""
    alone = is_alone(company, own)
    first = own.rep if not alone else kept[0].rep if kept else None
    found: list[Slot] = []
    for rep in dict.fromkeys((first, None)):
        free = find_slots_around(diary, company, kind, None, now, own.starts_at, holder=holder, rep=rep, moving=own)
        if found := _apart(free, own):
            break
    times = [(one.rep, one.starts_at) for one in kept]
    found = with_kept(found, times, diary, company, kind, now, own.starts_at, holder=holder, moving=own)
    return _with_its_own(found, diary, company, kind, own, now, holder) if asked and not alone else found


def _apart(slots: Iterable[Slot], own: Appointment) -> list[Slot]:
    """The slots, without its own rep where they overlap it: that would only shift it, but a colleague's time is another
    one, whenever it is."""
    found = []
    for slot in slots:
        overlaps = own.starts_at < slot.ends_at and slot.starts_at < own.ends_at
        reps = tuple(rep for rep in slot.reps if not (overlaps and rep == own.rep))
        if reps:
            found.append(replace(slot, reps=reps))
    return found


def _with_its_own(
    found: Sequence[Slot],
    diary: Diary,
    company: Company,
    kind: AppointmentType,
    own: Appointment,
    now: datetime,
    holder: int,
) -> list[Slot]:
    """The slots, and the time that it has with its own rep, whatever the notice says, if that one is free then."""
    its_own = [(own.rep, own.starts_at)]
    return with_kept(
        found, its_own, diary, company, without_notice(kind), now, own.starts_at, holder=holder, moving=own
    )
