"""Resuming what was paused: how much would leave at once, and whether it does, is spread over time, or is skipped.

Only marketing mails are spread or skipped: what somebody asked for, and what staff must know, leaves as soon as it may.
What is not paused is left alone, whatever is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from funnel.domain.timing import into_window, zone_of
from funnel.storage import installation, overdue
from funnel.storage.enrolments import Due
from funnel.storage.given_back import give_back_unsent
from funnel.storage.installation import Moment
from funnel.usecases.errors import Invalid
from funnel.usecases.house import House
from funnel.usecases.run_due_steps import run_due_steps
from funnel.usecases.shelf import holidays_of
from funnel.usecases.tell_outcomes import tell_outcomes

How = Literal["at_once", "spread", "skip"]
LONGEST = timedelta(days=7)
"""Over which overdue mails may be spread."""

_ROUNDS = 50
"""Overdue steps behind overdue steps: a pause of a year over a weekly mail takes that many."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """What became due meanwhile: mails that were asked for (or are for staff), marketing mails, and people whose next
    step is due, each of whom may get a mail by it."""

    asked: int
    marketing: int
    people: int

    @property
    def mails(self) -> int:
        """Every mail that stands ready."""
        return self.asked + self.marketing

    @property
    def most(self) -> int:
        """How many mails may leave at once, if each overdue step sends one."""
        return self.mails + self.people

    @property
    def nothing(self) -> bool:
        """Whether nobody would notice the resuming."""
        return not (self.mails or self.people)


@dataclass(frozen=True, slots=True)
class Resumed:
    """What was done with it: mails and people's steps moved, or mails skipped; `before` is what was overdue."""

    before: Overdue
    mails: int = 0
    people: int = 0


def count_overdue(house: House, names: Sequence[str] | None) -> Overdue:
    """What would go at once if these scenarios (`None`: everything) were resumed now."""
    with house.database.read() as connection:
        return _count(connection, names, installation.moment(connection).now)


def _count(connection: Connection, names: Sequence[str] | None, now: datetime) -> Overdue:
    held = installation.paused(connection, names)
    mails = overdue.count_mails(connection, held, now)
    marketing = mails.pop("marketing", 0)
    return Overdue(sum(mails.values()), marketing, overdue.count_steps(connection, held, now))


def resume(
    house: House, names: Sequence[str] | None, how: How = "at_once", over: timedelta = timedelta(0), *, who: str
) -> Resumed:
    """Let scenarios (`None`: everything) go on; audited. `spread` moves what is overdue to instants evenly spread
    `over` a span of sending hours, each lead's own (`Invalid` beyond `LONGEST`); `skip` lets overdue marketing mails
    never leave, reason `overdue.SKIPPED`."""
    if how == "spread" and not timedelta(0) < over <= LONGEST:
        raise Invalid({"over": "too_large" if over > LONGEST else "too_small"})
    before = count_overdue(house, names)
    skipped = _skip(house, names) if how == "skip" else 0
    moved = (0, 0)
    with house.database.write() as connection:
        moment = installation.moment(connection)
        now, held = moment.now, installation.paused(connection, names)
        if how == "spread":
            moved = overdue.spread(connection, held, now, _evenly(house, connection, moment, over))
        elif how == "skip":
            skipped += overdue.skip_mails(connection, held, now)
            give_back_unsent(connection)
        installation.set_paused(connection, names, False)
        details = {"how": how, "hours": over / timedelta(hours=1), "overdue": before.mails + before.people}
        installation.write_audit(connection, who, "resume", ", ".join(names) if names else "all", details, now)
    for lane in ("due", "mail", "report"):
        house.bell.ring(lane)
    return Resumed(before, skipped or moved[0], moved[1])


def _evenly(house: House, connection: Connection, moment: Moment, over: timedelta) -> overdue.Instants:
    """One after the other, so long apart that all of them take `over`; nothing is put where marketing mails wait."""
    company = house.shelf.published(connection, moment.revision).company.company

    def instants(zone: str | None, number: int) -> list[datetime]:
        found: list[datetime] = []
        at = moment.now
        for _ in range(number):
            found.append(
                into_window(at, company.sending_window, zone_of(zone, None, company.zone), holidays_of(company.country))
            )
            at = found[-1] + over / number
        return found

    return instants


def _skip(house: House, names: Sequence[str] | None) -> int:
    """Carry out overdue steps while the pause still holds every mail back, and skip what they would send; how many."""
    skipped = 0
    for _ in range(_ROUNDS):
        moved: set[int] = set()

        def claim(connection: Connection, now: datetime, most: int, moved: set[int] = moved) -> Sequence[Due]:
            found = overdue.claim_steps(connection, installation.paused(connection, names), now, most)
            moved.update(one.lead_id for one in found)
            return found

        with house.database.write() as connection:
            now = installation.moment(connection).now
            skipped += overdue.skip_mails(connection, installation.paused(connection, names), now)
            last = overdue.last_mail(connection)
        while run_due_steps(house, claim):
            pass
        with house.database.write() as connection:
            held = installation.paused(connection, names)
            skipped += overdue.skip_since(connection, held, sorted(moved), last)
        told = False
        while tell_outcomes(house):
            told = True
        if not moved and not told:
            break
    return skipped
