"""One of the times that a mail proposed, as its link opens it: still to be had, or replaced by fresh ones (S93)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from funnel.domain.company import User
from funnel.domain.proposals import propose_times
from funnel.domain.slots import Slot
from funnel.domain.timing import local_time, zone_of
from funnel.domain.waking import waking_of
from funnel.usecases.book_appointment import Diary

SHOWN = 3
"""How many times the page offers, the one of the link included."""


@dataclass(frozen=True)
class Proposal:
    """The time of a link (`wanted`: none when it is not to be had; `never`: it is not, and never was), until when it is
    kept for her (none: it is free, and no longer kept), the others that she may take instead, and with whom (none: with
    whoever of the team is free then)."""

    wanted: Slot | None
    kept_until: datetime | None
    others: Sequence[Slot]
    rep: User | None
    never: bool = False


def open_proposal(diary: Diary, starts_at: datetime | None) -> Proposal:
    """Look at the time that a link names; nothing is kept or changed. Times are of the rep who keeps hers, those that
    are kept first, and the mail's own that are still free with its rep: one that was lost to the rep's own calendar, or
    has passed, is replaced by a fresh one. Where that rep has no free time at all they are of the team, and nobody
    keeps them."""
    rep = next((hold.rep for hold in diary.kept), None)
    hers = [replace(slot, reps=(rep,)) for slot in diary.slots if rep in slot.reps] if rep else []
    free = hers or list(diary.slots)
    until = {hold.starts_at: hold.until for hold in diary.kept} if hers else {}
    wanted = next((slot for slot in free if slot.starts_at == starts_at), None)
    named = [slot for slot in free if (slot.starts_at in until or _named(diary, slot)) and slot != wanted]
    others = [*named, *_fresh(diary, free, [wanted, *named] if wanted else named)]
    whose = {name for slot in ([wanted] if wanted else others) for name in slot.reps}
    with_whom = next((user for user in diary.company.users if whose == {user.id}), None)
    return Proposal(
        wanted,
        until.get(wanted.starts_at) if wanted else None,
        sorted(others, key=lambda slot: slot.starts_at),
        with_whom,
        wanted is None and starts_at is not None and diary.never_had(starts_at),
    )


def _named(diary: Diary, slot: Slot) -> bool:
    """Whether the mail named this time, and its rep is still free then."""
    mail = diary.proposed
    return mail is not None and slot.starts_at in mail.starts and mail.rep in slot.reps


def _fresh(diary: Diary, free: Sequence[Slot], beside: Sequence[Slot]) -> list[Slot]:
    """As many free times as are missing: while she is awake, and on days of their own, where there are such."""
    missing = SHOWN - len(beside)
    zone = zone_of(diary.lead.zone if diary.proven else None, None, diary.company.zone)
    days = {local_time(slot.starts_at, zone).date() for slot in beside}
    elsewhere = [slot for slot in free if local_time(slot.starts_at, zone).date() not in days]
    found: list[Slot] = []
    awake = waking_of(diary.company, zone)
    for pool, hers in (elsewhere, awake), (free, awake), (free, None):
        taken = [*beside, *found]
        apart = [s for s in pool if all(s.ends_at <= one.starts_at or one.ends_at <= s.starts_at for one in taken)]
        found += propose_times(apart, (), missing - len(found), 100, zone, hers)
    return found
