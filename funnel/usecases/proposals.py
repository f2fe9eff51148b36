"""The times that a mail proposes, chosen from the diary and kept for her (S93)."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, partial

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
from funnel.usecases.find_slots import count_days_around, find_slots, find_slots_around, reps_for, stand_ins
from funnel.usecases.outbox import Outbox, Waiting

_TO_READ = timedelta(hours=1)
"""So long at least, once the mail has left, she can book a time that it proposes."""
_TO_CHOOSE = timedelta(hours=3)
"""For so long of her waking hours too, where anybody has such times: one of tomorrow morning that an evening's mail
proposes would be gone before she wakes."""

ByLoad = Callable[[Lead, tuple[str, ...]], tuple[str, ...]]
"""Reps in the order in which they are asked for a lead."""


FreeOf = Callable[[str], list[Slot]]
"""What a rep has free, earliest first."""

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


@dataclass(frozen=True, slots=True)
class _Diaries:
    """Those of the reps whose times may be proposed, in the order in which they are asked, while they stand still: the
    zone of each, what is kept in them for others, and what their days have already."""

    zones: Mapping[str, str]
    held: Mapping[str, list[datetime]]
    booked: Mapping[str, Mapping[date, int]]


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
        rep, kept, effect = None, list[datetime](), replace(effect, leaves=leaves.at)
        if kind and leaves.leaves:
            reps = self._reps(kind, lead, effect)
            self._diary.stand_still(reps)
            diaries = self._read(kind, lead, effect, reps)
            rep, best = self._choose(kind, lead, effect, diaries, until)
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

    def _reps(self, kind: AppointmentType, lead: Lead, effect: do.HoldSlots) -> tuple[str, ...]:
        """Whose times may be proposed: where the one who is meant, or her own, has none, those of the others too."""
        meant = [one for one in self._company.users if one.id == effect.rep]
        own = meant if effect.rep else reps_for(self._company, kind, lead)
        others = stand_ins(self._company, kind, own)
        alone = others and not any(self._free(kind, lead, effect, rep.id) for rep in own)
        return tuple(rep.id for rep in ((*own, *others) if alone else own))

    def _in_turn(self, lead: Lead, reps: tuple[str, ...]) -> tuple[str, ...]:
        """Her own rep first, then whoever has the fewest appointments."""
        first = self._by_load(lead, reps)
        others = tuple(rep for rep in reps if rep not in first)
        return (*first, *self._by_load(lead, others)) if others else first

    def _read(self, kind: AppointmentType, lead: Lead, effect: do.HoldSlots, reps: tuple[str, ...]) -> _Diaries:
        """The diaries as they stand, once for every look at them."""
        ordered = self._in_turn(lead, reps) if len(reps) > 1 else reps
        zones = {rep: self._zone(rep) for rep in ordered}
        held, booked = defaultdict[str, list[datetime]](list), defaultdict[str, dict[date, int]](dict)
        for rep, at in self._diary.held(ordered, self._now, lead.id):
            held[rep].append(at)
        days = count_days_around(self._diary, self._company, kind, lead, self._now, zones, effect.instead_of)
        for (rep, day), many in days.items():
            booked[rep][day] = many
        return _Diaries(zones, held, booked)

    def _zone(self, rep: str) -> str:
        user = self._company.user(rep)
        return (user.zone if user else None) or self._company.zone

    def _choose(
        self, kind: AppointmentType, lead: Lead, effect: do.HoldSlots, diaries: _Diaries, until: datetime
    ) -> tuple[str | None, list[Slot]]:
        """Times of one rep while she is awake, of any hour only where nobody has such, and of either those that she can
        choose in her waking hours, others where these are fewer than are wanted; behind a time that is lost, of now
        only where nobody has any."""
        hers, leaves = waking_of(self._company, lead.zone), max(effect.leaves, self._now)
        in_peace = min(until, hers.awake_for(_TO_CHOOSE, leaves))
        for lost in dict.fromkeys((effect.instead_of, None)):
            free_of = cache(partial(self._free, kind, lead, replace(effect, instead_of=lost)))
            for waking in (hers, None):
                times = partial(_most_times, kind, effect, diaries, free_of, waking)
                best = times(lambda slot: self._closes(kind, slot) >= in_peace)
                if len(best[1]) < effect.slots:
                    best = max(best, times(), key=lambda found: len(found[1]))
                if best[1]:
                    return best
        return None, []

    def _free(self, kind: AppointmentType, lead: Lead, effect: do.HoldSlots, rep: str) -> list[Slot]:
        """What a rep has free and she can still book when she has read of it."""
        read = max(effect.leaves, self._now) + _TO_READ
        found = self._free_instead(kind, lead, rep, effect.instead_of)
        return [one for one in found if self._closes(kind, one) > read]

    def _free_instead(self, kind: AppointmentType, lead: Lead, rep: str, lost: datetime | None) -> list[Slot]:
        """What a rep has free; in place of a time that is lost, from that day on."""
        if lost is None:
            return find_slots(self._diary, self._company, kind, lead, self._now, rep=rep)
        found = find_slots_around(self._diary, self._company, kind, lead, self._now, lost, rep=rep)
        zone = self._zone(rep)
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


def _most_times(
    kind: AppointmentType,
    effect: do.HoldSlots,
    diaries: _Diaries,
    free_of: FreeOf,
    hers: Waking | None,
    suits: Callable[[Slot], bool] = lambda slot: True,
) -> tuple[str | None, list[Slot]]:
    """Times of the first rep, by load, who has as many as are wanted, else of who has most."""
    apart = timedelta(minutes=kind.buffer_before + kind.buffer_after)
    best: tuple[str | None, list[Slot]] = None, []
    for rep, zone in diaries.zones.items():
        held, fits = diaries.held.get(rep, ()), Fits(apart, kind.daily_maximum, diaries.booked.get(rep, {}))
        found = propose_times(free_of(rep), held, effect.slots, effect.share, zone, hers, fits, suits)
        if len(found) > len(best[1]):
            best = rep, found
        if len(found) == effect.slots:
            break
    return best
