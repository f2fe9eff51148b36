"""The times that an appointment may be moved to: on its own page, and in a rehearsal (S98)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

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

    def free_of(rep: str | None, kind: AppointmentType = kind) -> list[Slot]:
        return find_slots_around(diary, company, kind, None, now, own.starts_at, holder=holder, rep=rep, moving=own)

    alone = is_alone(company, own)
    first = own.rep if not alone else kept[0].rep if kept else None
    looks = (_apart(free_of(rep), own) for rep in dict.fromkeys((first, None)))
    found = next(filter(None, looks), [])
    found = with_kept(found, [(one.rep, one.starts_at) for one in kept], free_of)
    if alone or not asked:
        return found
    return with_kept(found, [(own.rep, own.starts_at)], partial(free_of, kind=without_notice(kind)))


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
