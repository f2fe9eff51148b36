"""What a decision asks of the world beyond the lead, answered by the diary and the outbox: the least busy rep,
a free slot, whether a mail has left."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.cap import cap_for, foretell
from funnel.domain.company import AppointmentType
from funnel.domain.engine import Book
from funnel.domain.lead import Lead
from funnel.domain.proposals import propose_times
from funnel.domain.slots import Slot, round_robin
from funnel.domain.spans import parse_span
from funnel.domain.timing import earlier, local_time, midnight, zone_of
from funnel.domain.waking import Waking
from funnel.usecases.diary import Diary
from funnel.usecases.find_slots import find_slots, find_slots_around, reps_for
from funnel.usecases.outbox import Outbox

_LOOKS = 3
"""How often the first free time is looked for: with every look more reps' diaries stand still."""

_TO_READ = timedelta(hours=1)
"""So long at least, once the mail has left, she can book a time that it proposes."""


Told = on.SegmentEntered | on.SegmentLeft | on.SuggestionMade | on.SuggestionEnded | on.ScoreReached
"""What follows from decisions alone."""


class Resolver:
    """Answers the effects that ask for something outside the lead, under the diary's constraints."""

    def __init__(self, diary: Diary, outbox: Outbox, book: Book, now: datetime) -> None:
        self._diary = diary
        self._outbox = outbox
        self._book = book
        self._now = now
        self._load: dict[str, dict[str, int]] = {}

    def resolve(self, lead: Lead, effect: do.Effect) -> on.AnyEvent | None:
        """The event that answers the effect; none when it asks for nothing."""
        match effect:
            case do.AssignRep():
                rep = self._least_busy(effect.team)
                return on.RepAssigned(
                    lead_id=lead.id,
                    occurred_at=self._now,
                    rep=rep,
                    because=effect.because,
                    handoff=effect.handoff,
                )
            case do.TellSegment() | do.TellSuggestion() | do.TellScore():
                return told_of(lead, effect, self._now)
            case do.ReviseStep():
                left = effect.back and self._outbox.any_left(lead.id, effect.causes)
                return on.StepRevised(
                    lead_id=lead.id,
                    occurred_at=self._now,
                    of=effect.of,
                    scenario=effect.scenario,
                    pass_number=effect.pass_number,
                    step=effect.step,
                    back=effect.back and not left,
                )
            case do.BookSlot():
                return self._book_slot(lead, effect)
            case do.HoldSlot():
                return self._hold_slot(lead, effect)
            case do.HoldSlots():
                return self._hold_slots(lead, effect)
            case do.MoveSlot():
                return self._move_slot(lead, effect)
            case do.BlockSlot():
                return self._block_slot(lead, effect)
            case do.ReleaseHolds():  # in its turn: what the same decision keeps after it stays kept
                self._diary.release(lead.id, effect.type)
        return None

    def _least_busy(self, team: str) -> str | None:
        reps = [user.id for user in self._book.company.reps if user.team == team]
        if not reps:
            return None
        load = self._load.setdefault(team, self._diary.handoffs(reps))
        chosen = round_robin(reps, load)
        load[chosen] += 1
        return chosen

    def _book_slot(self, lead: Lead, effect: do.BookSlot) -> on.AnyEvent:
        now = self._now
        ordered = replace(effect, reps=self._by_load(lead, effect.reps))
        made = self._diary.book(lead.id, ordered, now, self._days(effect))
        if made is None:
            return self._taken(lead, effect)
        appointment, rep = made
        return on.AppointmentBooked(
            lead_id=lead.id,
            occurred_at=now,
            appointment=appointment,
            type=effect.type,
            rep=rep,
            starts_at=effect.starts_at,
            ends_at=effect.ends_at,
            scenario=effect.scenario,
            pass_number=effect.pass_number,
            by=effect.by,
            replaces=effect.replaces,
            call=effect.call,
        )

    def _move_slot(self, lead: Lead, effect: do.MoveSlot) -> on.AnyEvent:
        now = self._now
        others = self._by_load(lead, tuple(rep for rep in effect.reps if rep != effect.rep))
        own = (effect.rep,) if effect.rep in effect.reps else ()
        rep = self._diary.move(lead.id, replace(effect, reps=(*own, *others)), now, self._days(effect))
        if rep is None:
            return on.SlotTaken(lead_id=lead.id, occurred_at=now, type=effect.type, starts_at=effect.starts_at)
        return on.AppointmentMoved(
            lead_id=lead.id,
            occurred_at=now,
            appointment=effect.appointment,
            starts_at=effect.starts_at,
            ends_at=effect.ends_at,
            by=effect.by,
            rep=rep,
            reason=effect.reason,
        )

    def _block_slot(self, lead: Lead, effect: do.BlockSlot) -> on.AnyEvent:
        """The first free time from then on; the booking itself decides, as for anybody else. Who was faster meanwhile
        costs a look more: from the first try on the diary stands still for us."""
        kind = self._book.company.appointment_type(effect.type)
        for _look in range(_LOOKS if kind else 0):
            slot = next(iter(self._free(kind, lead, since=effect.not_before)), None) if kind else None
            if slot is None:
                break
            wanted = do.BookSlot(
                type=effect.type,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                reps=slot.reps,
                scenario=effect.scenario,
                pass_number=effect.pass_number,
                by="scenario",
                buffer_before=kind.buffer_before if kind else 0,
                buffer_after=kind.buffer_after if kind else 0,
                daily_maximum=kind.daily_maximum if kind else None,
            )
            answer = self._book_slot(lead, wanted)
            if isinstance(answer, on.AppointmentBooked):
                return answer
        return on.SlotTaken(
            lead_id=lead.id,
            occurred_at=self._now,
            type=effect.type,
            starts_at=effect.not_before,
            scenario=effect.scenario,
            pass_number=effect.pass_number,
        )

    def _hold_slots(self, lead: Lead, effect: do.HoldSlots) -> on.AnyEvent:
        """Times of one rep while she is awake, of any hour only where nobody has such; behind a time that is lost, of
        now only where nobody has any."""
        kind = self._book.company.appointment_type(effect.type)
        best: list[Slot] = []
        best_rep = None
        leaves = self._leaves(lead, effect)
        if kind and leaves:
            effect = replace(effect, leaves=leaves, until=effect.until + (leaves - (effect.leaves or leaves)))
            company = self._book.company
            hers = Waking(zone_of(lead.zone, None, company.zone), company.proposing_hours)
            for lost, waking in product(dict.fromkeys((effect.instead_of, None)), (hers, None)):
                best_rep, best = self._most_times(kind, lead, replace(effect, instead_of=lost), waking)
                if best:
                    break
        kept: list[datetime] = []
        if kind and best_rep:
            wanted = [self._kept_until(kind, slot, best_rep, effect.until) for slot in best]
            kept = self._diary.hold_all(lead.id, effect.cause, wanted)
        return on.SlotsHeld(
            lead_id=lead.id,
            occurred_at=self._now,
            cause=effect.cause,
            type=effect.type,
            rep=best_rep,
            starts=tuple(kept),
            until=effect.until,
        )

    def _leaves(self, lead: Lead, effect: do.HoldSlots) -> datetime | None:
        """When the mail leaves that proposes the times, as the cap foretells it; none where it will be skipped."""
        own = effect.leaves or self._now
        if effect.planned is None:
            return own
        company = self._book.company
        marketing = self._outbox.marketing(lead.id)
        return foretell(
            cap_for(company.cap, slow=lead.slow),
            marketing.left,
            [*marketing.waiting, (effect.planned, own)],
            company.sending_window,
            zone_of(lead.zone, None, company.zone),
            self._book.holidays,
        )[-1]

    def _kept_until(self, kind: AppointmentType, slot: Slot, rep: str, until: datetime) -> do.HoldSlot:
        """To keep a slot no longer than she can book it."""
        until = min(until, self._closes(kind, slot))
        buffers = kind.buffer_before, kind.buffer_after
        return do.HoldSlot(kind.id, slot.starts_at, slot.ends_at, (rep,), until, *buffers)

    def _closes(self, kind: AppointmentType, slot: Slot) -> datetime:
        """The last instant at which she can book a slot."""
        return earlier(slot.starts_at, parse_span(kind.notice), self._book.company.zone, self._book.holidays)

    def _most_times(
        self, kind: AppointmentType, lead: Lead, effect: do.HoldSlots, hers: Waking | None
    ) -> tuple[str | None, list[Slot]]:
        """Times of the first rep, by load, who has as many as are wanted, else of who has most."""
        reps = reps_for(self._book.company, kind, lead)
        ids = (effect.rep,) if effect.rep else self._by_load(lead, tuple(rep.id for rep in reps))
        held = self._diary.held(ids, self._now)
        best: tuple[str | None, list[Slot]] = None, []
        for rep in ids:
            user = self._book.company.user(rep)
            zone = (user.zone if user else None) or self._book.company.zone
            others = [at for who, at in held if who == rep]
            read = max(effect.leaves or self._now, self._now) + _TO_READ
            free = self._free_instead(kind, lead, rep, effect.instead_of, zone)
            free = [one for one in free if self._closes(kind, one) > read]
            found = propose_times(free, others, effect.slots, effect.share, zone, hers)
            if len(found) > len(best[1]):
                best = rep, found
            if len(found) == effect.slots:
                break
        return best

    def _free_instead(
        self, kind: AppointmentType, lead: Lead, rep: str, lost: datetime | None, zone: str
    ) -> list[Slot]:
        """What a rep has free; in place of a time that is lost, from that day on."""
        if lost is None:
            return self._free(kind, lead, rep=rep)
        found = find_slots_around(self._diary, self._book.company, kind, lead, self._now, lost, rep=rep)
        begins = midnight(local_time(lost, zone).date(), zone)
        return [one for one in found if one.starts_at >= begins]

    def _free(
        self, kind: AppointmentType, lead: Lead, *, rep: str | None = None, since: datetime | None = None
    ) -> list[Slot]:
        return find_slots(self._diary, self._book.company, kind, lead, self._now, rep=rep, since=since)

    def _hold_slot(self, lead: Lead, effect: do.HoldSlot) -> on.AnyEvent:
        now = self._now
        ordered = replace(effect, reps=self._by_load(lead, effect.reps))
        made = self._diary.hold(lead.id, ordered, now)
        if made is None:
            return self._taken(lead, effect)
        hold, rep = made
        return on.SlotHeld(
            lead_id=lead.id,
            occurred_at=now,
            hold=hold,
            type=effect.type,
            rep=rep,
            starts_at=effect.starts_at,
            until=effect.until,
        )

    def _taken(self, lead: Lead, effect: do.BookSlot | do.HoldSlot) -> on.SlotTaken:
        return on.SlotTaken(lead_id=lead.id, occurred_at=self._now, type=effect.type, starts_at=effect.starts_at)

    def _by_load(self, lead: Lead, reps: tuple[str, ...]) -> tuple[str, ...]:
        """Who is asked first: her own rep while a handoff is open, else whoever has the fewest appointments."""
        own = tuple(rep for rep in reps if lead.handoff and rep == lead.handoff.rep)
        load = self._diary.appointments(reps)
        return own or tuple(sorted(reps, key=lambda rep: (load[rep], rep)))

    def _days(self, effect: do.BookSlot | do.MoveSlot) -> dict[str, tuple[datetime, datetime]]:
        """By rep, the first and last instant of the local day on which the slot lies."""
        days: dict[str, tuple[datetime, datetime]] = {}
        for rep in effect.reps:
            user = self._book.company.user(rep)
            zone = (user.zone if user else None) or self._book.company.zone
            day = local_time(effect.starts_at, zone).date()
            days[rep] = (midnight(day, zone), midnight(day + timedelta(days=1), zone))
        return days


def told_of(lead: Lead, effect: do.Effect, now: datetime) -> Told | None:
    """What a decision tells of herself, as the event that it is; none for an effect that tells nothing."""
    match effect:
        case do.TellSegment(segment, entered):
            kind = on.SegmentEntered if entered else on.SegmentLeft
            return kind(lead_id=lead.id, occurred_at=now, segment=segment)
        case do.TellSuggestion(suggestion, None):
            return on.SuggestionMade(lead_id=lead.id, occurred_at=now, suggestion=suggestion)
        case do.TellSuggestion(suggestion, str(because), by):
            return on.SuggestionEnded(lead_id=lead.id, occurred_at=now, suggestion=suggestion, because=because, by=by)
        case do.TellScore(score):
            return on.ScoreReached(lead_id=lead.id, occurred_at=now, score=score)
    return None
