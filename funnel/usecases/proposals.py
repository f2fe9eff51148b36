"""The times that a mail proposes, chosen from the diary and kept for her (S93)."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.cap import Fate, cap_for, foretell
from funnel.domain.company import AppointmentType
from funnel.domain.engine import Book
from funnel.domain.lead import Lead
from funnel.domain.proposals import Fits, propose_times
from funnel.domain.slots import Slot
from funnel.domain.spans import parse_span
from funnel.domain.timing import earlier, later, local_time, midnight, zone_of
from funnel.domain.waking import Waking, waking_of
from funnel.usecases.diary import Diary
from funnel.usecases.find_slots import count_days, find_slots, find_slots_around, reps_for
from funnel.usecases.outbox import Outbox, Waiting

_TO_READ = timedelta(hours=1)
"""So long at least, once the mail has left, she can book a time that it proposes."""

_MARGIN = timedelta(days=1)
"""Behind and before the free times, so that what is booked on their days is counted in every zone."""

ByLoad = Callable[[Lead, tuple[str, ...]], tuple[str, ...]]
"""Reps in the order in which they are asked for a lead."""


Skips = do.SkipQueued | do.RecallMail
"""What keeps mails that wait from leaving."""


def skips(effect: Skips, mail: do.SendEmail | Waiting) -> bool:
    """Whether a marketing mail that was queued before it never leaves because of it."""
    match effect:
        case do.RecallMail():
            return mail.cause == effect.cause
        case do.SkipQueued():
            own = effect.scenario, effect.pass_number
            return effect.scenario is None or (mail.scenario, mail.pass_number) == own


class Proposals:
    """Answers `HoldSlots`, inside the caller's transaction."""

    def __init__(self, diary: Diary, outbox: Outbox, book: Book, now: datetime, by_load: ByLoad) -> None:
        self._diary = diary
        self._outbox = outbox
        self._book = book
        self._company = book.company
        self._now = now
        self._by_load = by_load
        self._queued: dict[int, list[do.SendEmail]] = defaultdict(list)
        self._skipped: dict[int, list[Skips]] = defaultdict(list)

    def notice(self, lead: Lead, effect: do.SendEmail | Skips) -> None:
        """Count with what was decided for her in this transaction and does not stand in the outbox yet."""
        if isinstance(effect, do.SendEmail):
            if effect.kind == "marketing" and not effect.skip:
                self._queued[lead.id].append(effect)
            return
        self._skipped[lead.id].append(effect)
        self._queued[lead.id] = [one for one in self._queued[lead.id] if not skips(effect, one)]

    def keep(self, lead: Lead, effect: do.HoldSlots) -> on.SlotsHeld:
        """Keep times for when the mail leaves. The diaries stand still while it is looked: two who choose at the same
        moment would keep more than a day or a week's share takes."""
        kind = self._company.appointment_type(effect.type)
        leaves, hers = self._leaves(lead, effect), zone_of(lead.zone, None, self._company.zone)
        until = later(leaves.at, parse_span(effect.hold), hers, self._book.holidays)
        rep, kept = None, list[datetime]()
        if kind and leaves.leaves:
            self._diary.stand_still(self._reps(kind, lead, effect))
            rep, best = self._choose(kind, lead, replace(effect, leaves=leaves.at))
            wanted = [self._kept_until(kind, slot, rep, until) for slot in best] if rep else []
            kept = self._diary.hold_all(lead.id, effect.cause, wanted, self._now)
        return on.SlotsHeld(
            lead_id=lead.id,
            occurred_at=self._now,
            cause=effect.cause,
            type=effect.type,
            rep=rep,
            starts=tuple(kept),
            until=until,
        )

    def _choose(self, kind: AppointmentType, lead: Lead, effect: do.HoldSlots) -> tuple[str | None, list[Slot]]:
        """Times of one rep while she is awake, of any hour only where nobody has such; behind a time that is lost, of
        now only where nobody has any."""
        hers = waking_of(self._company, lead.zone)
        for lost, waking in product(dict.fromkeys((effect.instead_of, None)), (hers, None)):
            rep, best = self._most_times(kind, lead, replace(effect, instead_of=lost), waking)
            if best:
                return rep, best
        return None, []

    def _most_times(
        self, kind: AppointmentType, lead: Lead, effect: do.HoldSlots, hers: Waking | None
    ) -> tuple[str | None, list[Slot]]:
        """Times of the first rep, by load, who has as many as are wanted, else of who has most."""
        ids = self._reps(kind, lead, effect)
        held = self._diary.held(ids, self._now, lead.id)
        best: tuple[str | None, list[Slot]] = None, []
        for rep in ids:
            user = self._company.user(rep)
            zone = (user.zone if user else None) or self._company.zone
            others = [at for who, at in held if who == rep]
            read = max(effect.leaves, self._now) + _TO_READ
            free = self._free_instead(kind, lead, rep, effect.instead_of, zone)
            free = [one for one in free if self._closes(kind, one) > read]
            fits = self._fits(kind, lead, rep, free, zone)
            found = propose_times(free, others, effect.slots, effect.share, zone, hers, fits)
            if len(found) > len(best[1]):
                best = rep, found
            if len(found) == effect.slots:
                break
        return best

    def _reps(self, kind: AppointmentType, lead: Lead, effect: do.HoldSlots) -> tuple[str, ...]:
        """Whose times may be proposed, in the order in which they are asked."""
        if effect.rep:
            return (effect.rep,)
        return self._by_load(lead, tuple(rep.id for rep in reps_for(self._company, kind, lead)))

    def _fits(self, kind: AppointmentType, lead: Lead, rep: str, free: Sequence[Slot], zone: str) -> Fits:
        """How many of the free times a rep can give, beside what her days have already."""
        apart = timedelta(minutes=kind.buffer_before + kind.buffer_after)
        if kind.daily_maximum is None or not free:
            return Fits(apart)
        first, last = free[0].starts_at - _MARGIN, free[-1].starts_at + _MARGIN
        found = self._diary.between([rep], first, last, self._now, lead.id)
        days = count_days(kind, found, {rep: zone})
        return Fits(apart, kind.daily_maximum, {day: many for (_, day), many in days.items()})

    def _free_instead(
        self, kind: AppointmentType, lead: Lead, rep: str, lost: datetime | None, zone: str
    ) -> list[Slot]:
        """What a rep has free; in place of a time that is lost, from that day on."""
        if lost is None:
            return find_slots(self._diary, self._company, kind, lead, self._now, rep=rep)
        found = find_slots_around(self._diary, self._company, kind, lead, self._now, lost, rep=rep)
        begins = midnight(local_time(lost, zone).date(), zone)
        return [one for one in found if one.starts_at >= begins]

    def _leaves(self, lead: Lead, effect: do.HoldSlots) -> Fate:
        """When the mail leaves that proposes the times, or is skipped, as the cap foretells it."""
        if effect.planned is None:
            return Fate(effect.leaves)
        marketing, skipped = self._outbox.marketing(lead.id), self._skipped[lead.id]
        before = [one for one in marketing.waiting if not any(skips(effect, one) for effect in skipped)]
        waiting: list[do.SendEmail | Waiting] = [*before, *self._queued[lead.id]]
        agreed = [(one.at, one.not_before) for one in waiting if not one.purpose or lead.consents.get(one.purpose)]
        return foretell(
            cap_for(self._company.cap, slow=lead.slow),
            marketing.left,
            [*agreed, (effect.planned, effect.leaves)],
            self._company.sending_window,
            zone_of(lead.zone, None, self._company.zone),
            self._book.holidays,
        )[-1]

    def _kept_until(self, kind: AppointmentType, slot: Slot, rep: str, until: datetime) -> do.HoldSlot:
        """To keep a slot no longer than she can book it."""
        until = min(until, self._closes(kind, slot))
        buffers = kind.buffer_before, kind.buffer_after
        return do.HoldSlot(kind.id, slot.starts_at, slot.ends_at, (rep,), until, *buffers)

    def _closes(self, kind: AppointmentType, slot: Slot) -> datetime:
        """The last instant at which she can book a slot."""
        return earlier(slot.starts_at, parse_span(kind.notice), self._company.zone, self._book.holidays)
