"""How many appointments are missed, how they come back into the diary, and what that saves: counted from facts (S92,
S95-S97)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from decimal import Decimal


class NoPeriod(ValueError):
    """Days that make no period: what is wrong with `first` or `last`, as a code."""

    def __init__(self, field: str, code: str) -> None:
        self.field, self.code = field, code
        super().__init__(f"{field}: {code}")


BY_MAIL = "put_back_by_mail"
"""She booked a new time herself, by the link of a mail."""
BY_CALL = "put_back_by_call"
"""Somebody of the staff agreed with her on a new time."""
LISTED = "to_be_called"
GIVEN_UP = "call_given_up"
OUTCOMES = ("appointment_held", "appointment_missed")
WEEKS = (4, 13, 52)
"""The periods that are offered, in weeks; they end with today."""
_EARLIEST = date(2000, 1, 1)
FOLLOWED = (BY_MAIL, BY_CALL, LISTED, GIVEN_UP)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: the key of one about an appointment is `appointment/<number>/...`; `corrects` names a wrong one."""

    key: str
    kind: str
    occurred_at: datetime
    rep: str | None = None
    corrects: str | None = None

    @property
    def appointment(self) -> str:
        """Its number."""
        return self.key.split("/")[1]


@dataclass(slots=True)
class Tally:
    """Appointments of a period by what came of them; the missed ones by what followed: a new time by the mail's link or
    by a call, a call that is still to be made, one given up, or nothing yet (`waiting`)."""

    held: int = 0
    missed: int = 0
    by_mail: int = 0
    by_call: int = 0
    to_call: int = 0
    given_up: int = 0
    waiting: int = 0

    @property
    def rate(self) -> float | None:
        """The share that was missed of those that were marked; none where nothing was."""
        return share(self.missed, self.held + self.missed)

    @property
    def mail_share(self) -> float | None:
        """The share of the missed ones that the mail put back."""
        return share(self.by_mail, self.missed)

    @property
    def call_share(self) -> float | None:
        """The share of the missed ones that a call put back."""
        return share(self.by_call, self.missed)

    @property
    def counts(self) -> Mapping[str, int]:
        """Each number by its name, in their order."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def add(self, other: "Tally") -> None:
        """Add somebody else's."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass(frozen=True, slots=True)
class NoShows:
    """The whole team and each rep over a period in which anything was marked for so many `weeks`. A missed appointment
    that nobody has to take up by hand saves `contact`, the time that a rep needs to reach somebody once more; what her
    hour costs is `rep_hour`."""

    weeks: Decimal
    contact: timedelta
    rep_hour: Decimal | None = None
    team: Tally = field(default_factory=Tally)
    by_rep: Mapping[str, Tally] = field(default_factory=dict)

    @property
    def per_week(self) -> Decimal:
        """How many are to be contacted again in a week."""
        return self.team.missed / self.weeks

    @property
    def hours_without(self) -> Decimal:
        """Hours of the period that it would take to contact every missed one by hand."""
        return self._hours(self.team.missed)

    @property
    def hours_saved(self) -> Decimal:
        """Hours of the period that the mail has saved: only what it put back counts."""
        return self._hours(self.team.by_mail)

    @property
    def money_saved(self) -> Decimal | None:
        """What those hours cost; none where nobody has said what an hour costs."""
        return None if self.rep_hour is None else self.hours_saved * self.rep_hour

    def _hours(self, number: int) -> Decimal:
        return Decimal(number) * Decimal(str(self.contact.total_seconds())) / 3600


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, the first and the last included; `weeks` where they are the last so many."""

    first: date
    last: date
    weeks: int | None = None


def last_weeks(weeks: int, today: date) -> Period:
    """The last so many weeks, today included."""
    return Period(today - timedelta(weeks=weeks, days=-1), today, weeks)


def days_between(first: str, last: str, today: date) -> Period:
    """The days from one to another (`2027-03-01`), until today at most; to today where no last one is named.
    `NoPeriod`: `first` is `required`, one of them is `no_day`, or the period is `to_come` or `reversed`."""
    begins = _day("first", first)
    ends = _day("last", last) if last.strip() else max(begins, today)
    if begins > ends:
        raise NoPeriod("last", "reversed")
    if begins > today:
        raise NoPeriod("first", "to_come")
    return Period(begins, min(ends, today))


def _day(field: str, text: str) -> date:
    if not text.strip():
        raise NoPeriod(field, "required")
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise NoPeriod(field, "no_day") from None
    if day < _EARLIEST:
        raise NoPeriod(field, "no_day")
    return day


def share(part: int, whole: int) -> float | None:
    """A share of 0 to 1; none of nothing."""
    return part / whole if whole else None


def count(facts: Iterable[Fact], weeks: Decimal, contact: timedelta, rep_hour: Decimal | None = None) -> NoShows:
    """The report on the appointments whose outcome is among the facts; the rest say what followed, whenever it did.

    A mark that was corrected does not count. Of an appointment that came back twice (booked, cancelled, booked) the
    first way counts.
    """
    known = sorted((one for one in facts if one.key.startswith("appointment/")), key=lambda one: one.occurred_at)
    wrong = {one.corrects for one in known if one.corrects}
    followed: defaultdict[str, list[str]] = defaultdict(list)
    for one in known:
        if one.kind in FOLLOWED:
            followed[one.appointment].append(one.kind)
    by_rep: defaultdict[str, Tally] = defaultdict(Tally)
    for one in known:
        if one.kind in OUTCOMES and one.key not in wrong:
            _count(by_rep[one.rep or ""], one, followed[one.appointment])
    team = Tally()
    for tally in by_rep.values():
        team.add(tally)
    return NoShows(weeks, contact, rep_hour, team, dict(sorted(by_rep.items())))


def _count(tally: Tally, outcome: Fact, followed: list[str]) -> None:
    if outcome.kind == "appointment_held":
        tally.held += 1
        return
    tally.missed += 1
    back = next((kind for kind in followed if kind in (BY_MAIL, BY_CALL)), None)
    if back == BY_MAIL:
        tally.by_mail += 1
    elif back == BY_CALL:
        tally.by_call += 1
    elif GIVEN_UP in followed:
        tally.given_up += 1
    elif LISTED in followed:
        tally.to_call += 1
    else:
        tally.waiting += 1
