"""The real free slots of an appointment type: availability minus absences, holidays and what is booked (S98)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from funnel.domain.company import AppointmentType, Company, User
from funnel.domain.lead import Appointment, Lead
from funnel.domain.slots import Slot, cells, free_slots, was_offered
from funnel.domain.spans import parse_span
from funnel.domain.timing import later, local_time
from funnel.usecases.diary import Booked, Diary
from funnel.usecases.shelf import holidays_of, own_holidays

_MARGIN = timedelta(days=1)

AROUND = timedelta(days=14)
"""How far from its own time something is moved that lies beyond the horizon."""

SEARCH = "28 days"
"""How far a time is looked for that a scenario blocks in months from now."""


def find_slots(
    diary: Diary,
    company: Company,
    kind: AppointmentType,
    lead: Lead | None,
    now: datetime,
    *,
    holder: int | None = None,
    most: int | None = None,
    rep: str | None = None,
    since: datetime | None = None,
    moving: Appointment | None = None,
    asked: bool = True,
) -> list[Slot]:
    """Every free slot (the first `most`), merged over the reps who can take it. A lead with an open handoff meets her
    own rep, and where that one has no time at all the others of the team, unless nobody is `asked` who might choose
    them; with `rep`, only that one counts. What is held for the lead, or for the lead of id `holder`, is free for her,
    on a full day too. With `since` (aware UTC) the slots of the `SEARCH` from then on, whatever notice and horizon say.
    What the appointment `moving` takes is free, and it does not count against a daily maximum."""
    look = _Look(diary, company, kind, lead.id if lead else holder, now, most, since, moving)
    return next(filter(None, map(look.free_of, _in_turn(company, kind, lead, rep, asked=asked))), [])


def _in_turn(
    company: Company, kind: AppointmentType, lead: Lead | None, rep: str | None, *, asked: bool
) -> Iterator[Sequence[User]]:
    """Whose diaries are looked at, one after the other until there is a time."""
    if rep:
        yield [one for one in company.users if one.id == rep]
        return
    own = reps_for(company, kind, lead)
    yield own
    if asked:
        yield stand_ins(company, kind, own)


@dataclass(frozen=True, slots=True)
class _Look:
    """Into some reps' diaries, for the lead of id `hers`; what it is for stands at `find_slots`."""

    diary: Diary
    company: Company
    kind: AppointmentType
    hers: int | None
    now: datetime
    most: int | None
    since: datetime | None
    moving: Appointment | None

    def free_of(self, reps: Sequence[User]) -> list[Slot]:
        """What they have free."""
        if not reps:
            return []
        company, kind, now = self.company, self.kind, self.now
        if self.since is not None:
            kind = kind.model_copy(update={"notice": "1 minute", "horizon": SEARCH})
            now = max(self.since, now)
        last = _horizon(company, kind, now) + _MARGIN
        span = cells(now - _MARGIN, last)
        ids = [rep.id for rep in reps]
        moved = self.moving.id if self.moving else None
        taken = self.diary.taken(ids, span.start, span.stop, self.now, self.hers, moved)
        zones = {rep.id: rep.zone or company.zone for rep in reps}
        counted = self.diary.between(ids, now - _MARGIN, last, self.now, self.hers) if kind.daily_maximum else ()
        booked = count_days(kind, [one for one in counted if not _is(one, self.moving)], zones)
        kept = {(one.rep, one.starts_at) for one in counted if one.hers and one.type == kind.id}
        holidays, own = holidays_of(company.country), own_holidays(reps)
        return free_slots(
            kind, reps, taken, booked, now, company.zone, holidays, most=self.most, own_holidays=own, kept=kept
        )


def count_days(kind: AppointmentType, found: Iterable[Booked], zones: Mapping[str, str]) -> Counter[tuple[str, date]]:
    """What counts against a daily maximum, by rep and day of her zone: what is booked of a type, and kept for others
    than the lead who looks."""
    return Counter(
        (one.rep, _day_of(one.starts_at, zones[one.rep]))
        for one in found
        if one.type == kind.id and not one.cancelled and not one.hers
    )


def find_slots_around(
    diary: Diary,
    company: Company,
    kind: AppointmentType,
    lead: Lead | None,
    now: datetime,
    around: datetime,
    *,
    holder: int | None = None,
    rep: str | None = None,
    moving: Appointment | None = None,
) -> list[Slot]:
    """Every free slot for what takes place at `around` as yet: up to the horizon, as `find_slots` has them, and where
    it lies beyond, those of the weeks around it too (`AROUND` before and behind)."""
    found = find_slots(diary, company, kind, lead, now, holder=holder, rep=rep, moving=moving)
    last = _horizon(company, kind, now)
    if around <= last:
        return found
    weeks = find_slots(
        diary, company, kind, lead, now, holder=holder, rep=rep, moving=moving, since=_weeks_around(around, now)
    )
    return [*found, *(one for one in weeks if one.starts_at > last)]


def find_slots_with(
    rep: str | None,
    diary: Diary,
    company: Company,
    kind: AppointmentType,
    lead: Lead,
    now: datetime,
    most: int | None = None,
) -> list[Slot]:
    """Every free slot (the first `most`) of one rep, where one is meant who has any; else as `find_slots`."""
    found = find_slots(diary, company, kind, lead, now, most=most, rep=rep) if rep else []
    return found or find_slots(diary, company, kind, lead, now, most=most)


def with_kept(
    found: Sequence[Slot], kept: Iterable[tuple[str, datetime]], free_of: Callable[[str], Iterable[Slot]]
) -> list[Slot]:
    """The slots that were found, and those that reps keep (rep, start) for a lead: they are hers for as long as that
    (S93), whoever else she may meet by now, unless their rep cannot come. `free_of`: what one rep has free for her."""
    missing = set(kept) - {(rep, one.starts_at) for one in found for rep in one.reps}
    by_start = {one.starts_at: one for one in found}
    for rep in sorted({rep for rep, _ in missing}):
        for slot in (one for one in free_of(rep) if (rep, one.starts_at) in missing):
            others = by_start[slot.starts_at].reps if slot.starts_at in by_start else ()
            by_start[slot.starts_at] = replace(slot, reps=(*others, rep))
    return [by_start[at] for at in sorted(by_start)]


def count_days_around(
    diary: Diary,
    company: Company,
    kind: AppointmentType,
    lead: Lead,
    now: datetime,
    zones: Mapping[str, str],
    around: datetime | None,
) -> Counter[tuple[str, date]]:
    """What counts against a daily maximum of each of some reps, with their zones, on every day on which `find_slots`
    (without `around`) or `find_slots_around` finds times."""
    if kind.daily_maximum is None:
        return Counter()
    last = _horizon(company, kind, now)
    if around is not None and around > last:
        weeks = kind.model_copy(update={"horizon": SEARCH})
        last = max(last, _horizon(company, weeks, _weeks_around(around, now)))
    return count_days(kind, diary.between(list(zones), now - _MARGIN, last + _MARGIN, now, lead.id), zones)


def _horizon(company: Company, kind: AppointmentType, now: datetime) -> datetime:
    return later(now, parse_span(kind.horizon), company.zone, holidays_of(company.country))


def _weeks_around(around: datetime, now: datetime) -> datetime:
    """When the weeks around an instant begin."""
    return max(around - AROUND, now)


def never_free(
    company: Company,
    kind: AppointmentType | None,
    lead: Lead,
    starts_at: datetime,
    now: datetime,
    rep: str | None,
    around: datetime | None = None,
) -> bool:
    """Whether a time that is not free never was, so that nobody can have been faster. `rep`: whom the page shows beside
    the lead's own one and the team; `around`: when what is moved takes place as yet."""
    if kind is None:
        return True
    if around is not None and min(starts_at, around) > _horizon(company, kind, now):
        kind, now = kind.model_copy(update={"horizon": SEARCH}), _weeks_around(around, now)
    reps = [*reps_for(company, kind, None), *reps_for(company, kind, lead), *(u for u in company.users if u.id == rep)]
    holidays = holidays_of(company.country)
    return not was_offered(kind, reps, starts_at, now, company.zone, holidays, own_holidays=own_holidays(reps))


@lru_cache(maxsize=8192)
def _day_of(at: datetime, zone: str) -> date:
    """The local day of an appointment: the same ones are counted each time that somebody looks for a time."""
    return local_time(at, zone).date()


def _is(booked: Booked, moving: Appointment | None) -> bool:
    """Nobody meets two at once: a rep and a start say which it is."""
    return moving is not None and (booked.rep, booked.starts_at) == (moving.rep, moving.starts_at)


def reps_for(company: Company, kind: AppointmentType, lead: Lead | None) -> Sequence[User]:
    """Whose diary counts: the reps that the type names; else her own rep's while a handoff is open, else the team's."""
    reps = company.reps
    if kind.who == "rep":
        return [rep for rep in reps if rep.id in kind.reps]
    if lead and lead.handoff:
        own = [rep for rep in reps if rep.id == lead.handoff.rep]
        if own:
            return own
    team = kind.team or company.teams[0].id
    return [rep for rep in reps if rep.team == team]


def stand_ins(company: Company, kind: AppointmentType, own: Sequence[User]) -> Sequence[User]:
    """Whom of the team a lead meets where her own reps have no time; nobody where it is anybody's diary already."""
    return [one for one in reps_for(company, kind, None) if one not in own]
