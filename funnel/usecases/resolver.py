"""What a decision asks of the world beyond the lead, answered by the diary and the outbox: the least busy rep,
a free slot, whether a mail has left."""

from dataclasses import replace
from datetime import datetime, timedelta

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.company import AppointmentType
from funnel.domain.engine import Book
from funnel.domain.lead import Lead
from funnel.domain.slots import Slot, round_robin
from funnel.domain.timing import local_time, midnight
from funnel.usecases.diary import LOOKS, Diary
from funnel.usecases.find_slots import find_slots
from funnel.usecases.outbox import Outbox
from funnel.usecases.proposals import Proposals

Told = on.SegmentEntered | on.SegmentLeft | on.SuggestionMade | on.SuggestionEnded | on.ScoreReached
"""What follows from decisions alone."""


class Resolver:
    """Answers the effects that ask for something outside the lead, under the diary's constraints."""

    def __init__(self, diary: Diary, outbox: Outbox, book: Book, now: datetime) -> None:
        self._diary = diary
        self._outbox = outbox
        self._book = book
        self._now = now
        self._proposals = Proposals(diary, outbox, book, now, self._by_load)
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
                    score=effect.score,
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
                return self._proposals.keep(lead, effect)
            case do.MoveSlot():
                return self._move_slot(lead, effect)
            case do.BlockSlot():
                return self._block_slot(lead, effect)
            case do.ReleaseHolds():  # in its turn: what the same decision keeps after it stays kept
                self._diary.release(lead.id, effect.type)
            case do.SendEmail() | do.SkipQueued() | do.RecallMail():
                self._proposals.notice(lead, effect)
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
        """The first free time of her own rep from then on, for nobody asks her whether she would meet another one; the
        booking itself decides, as for anybody else. Who was faster meanwhile costs a look more: from the first try on
        the diary stands still for us."""
        company = self._book.company
        kind = company.appointment_type(effect.type)
        for _look in range(LOOKS):
            slot = self._first_from(lead, kind, effect.not_before) if kind else None
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

    def _first_from(self, lead: Lead, kind: AppointmentType, since: datetime) -> Slot | None:
        """The first time that her own rep has from then on, or anybody where she has none of her own."""
        company, now = self._book.company, self._now
        found = find_slots(self._diary, company, kind, lead, now, since=since, most=1, asked=False)
        return found[0] if found else None

    def _hold_slot(self, lead: Lead, effect: do.HoldSlot) -> on.AnyEvent:
        now = self._now
        ordered = replace(effect, reps=self._by_load(lead, effect.reps))
        made = self._diary.hold(lead.id, ordered, now, self._days(effect))
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
        """Who is asked first: her own rep while a handoff is open, else whoever has the fewest appointments ahead."""
        own = tuple(rep for rep in reps if lead.handoff and rep == lead.handoff.rep)
        load = self._diary.appointments(reps, self._now)
        return own or tuple(sorted(reps, key=lambda rep: (load[rep], rep)))

    def _days(self, effect: do.BookSlot | do.MoveSlot | do.HoldSlot) -> dict[str, tuple[datetime, datetime]]:
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
