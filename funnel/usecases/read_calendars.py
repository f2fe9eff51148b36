"""Reps' own calendars are read now and then: what is busy there is offered to nobody (S98).

A calendar that cannot be had or read leaves the last good copy in force, looked at anew each time, since the horizon
moves on; why it failed stands on the rep's row until it is read again. An entry that cannot be understood is left out
of one that is read, but for what is sure of it, and stands there too; what of its times cannot be read is as the last
copy had it. The rep gets one mail when either begins; her desk says so, and then for a day that it is back.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from funnel.domain.company import Company, User
from funnel.domain.known import blocked_after
from funnel.domain.spans import parse_span
from funnel.domain.timing import later
from funnel.ports import CalendarFault, Calendars, Reading
from funnel.storage import appointments, calendars, diary_cells, enrolments, installation, outbox
from funnel.usecases.calendar_letter import LEFT_OUT, failing_row, is_partial
from funnel.usecases.errors import DatabaseAway
from funnel.usecases.find_slots import AROUND, SEARCH
from funnel.usecases.house import House
from funnel.usecases.shelf import holidays_of

EVERY = timedelta(minutes=10)
"""How often each calendar is read."""

_BEFORE = timedelta(days=1)
_DAYS_TOLD = 2
_AT_LEAST = timedelta(days=60)


@dataclass(frozen=True)
class Feed:
    """How it stands with a rep's own calendar: the address in force, whether she has set it herself, when it was last
    read well, since when and why it fails, and since when it can be read again after it had failed."""

    url: str | None
    own: bool
    read_at: datetime | None = None
    fault: str | None = None
    failing_since: datetime | None = None
    back_at: datetime | None = None

    @property
    def partial(self) -> bool:
        """Whether it is read but for entries of it."""
        return is_partial(self.fault)


@dataclass(frozen=True)
class Reach:
    """How far ahead calendars are read: as far as people book by themselves (`near`), and as far as anything is looked
    for (`far`)."""

    near: datetime
    far: datetime

    def farther(self, by: timedelta) -> "Reach":
        """The same from a later instant on."""
        return Reach(self.near + by, self.far + by)


def reach_of(house: House, connection: Connection, moment: installation.Moment) -> Reach:
    """The same for all reps, by what is published and who is where now."""
    company = house.shelf.published(connection, moment.revision).company.company
    return Reach(_near(company, moment.now), _far(house, connection, moment))


def feed_of(connection: Connection, user: User) -> Feed:
    """How it stands with a rep's own calendar now."""
    row = calendars.of_reps(connection, [user.id]).get(user.id, {})
    told = {name: row.get(name) for name in ("read_at", "fault", "failing_since", "back_at")}
    return Feed(row.get("own_url") or user.calendar, bool(row.get("own_url")), **told)


def read_calendars(house: House, ahead: timedelta = timedelta()) -> None:
    """Read every rep's calendar, one after the other; each in its own transaction, none held while the net is asked.
    One that fails as none should is told when all the others have been read. `ahead`: by so much farther than anything
    is looked for now."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        reach = reach_of(house, connection, moment).farther(ahead)
    failed: list[Exception] = []
    for rep in company.reps:
        try:
            read_calendar(house, company, rep, reach)
        except DatabaseAway:
            raise
        except Exception as error:  # noqa: BLE001 - raised below: one rep's calendar is no reason to leave out another's
            failed.append(error)
    if failed:
        raise ExceptionGroup("calendars that could not be read", failed)


def read_calendar(house: House, company: Company, rep: User, reach: Reach, *, told: bool = False) -> Feed:
    """Read one rep's calendar now. Who has no address (any more) is busy by our own diary alone; what another address
    said stays in force until the new one was read once. When it begins to fail she gets a mail, unless she is `told` by
    the page that she looks at."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        row = calendars.of_reps(connection, [rep.id]).get(rep.id, {})
        copy = calendars.copy_of(connection, rep.id) if row else None
    url = row.get("own_url") or rep.calendar
    if not url:
        if row.get("url"):
            _forget(house, rep.id)
        return Feed(None, False)
    reply = house.calendars.fetch(url)
    fault, content = reply.fault, copy if reply.fault else reply.content
    read, found = partial(_read_in, house, company, rep, moment.now, reach), Reading([])
    for one in dict.fromkeys([content, copy]):  # a new one that cannot be read gives way to the copy
        if one is None:
            continue
        try:
            content, found = one, read(one)
            if found.left_out and copy and url == row.get("url"):
                content, found = _with_copy(read, house.calendars, one, copy, found)
            break
        except CalendarFault as error:
            fault, content = str(error), None
    read_at = moment.now if not fault else row.get("read_at")
    fault = fault or _left_out(found)
    failed = row.get("failing_since") if url == row.get("url") else None
    back_at = None if fault else moment.now if failed else row.get("back_at")
    goes_on = row.get("fault") and is_partial(row["fault"]) == is_partial(fault)
    with house.database.write() as connection:
        since = (row["failing_since"] if goes_on else moment.now) if fault else None
        values = {"url": url, "content": content, "read_at": read_at, "tried_at": moment.now, "back_at": back_at}
        calendars.write(connection, rep.id, {**values, "fault": fault, "failing_since": since})
        diary_cells.lock_diary(connection, rep.id)
        calendars.replace_busy(connection, rep.id, found.busy)
        begins = fault is not None and not goes_on and not told
        if fault and begins:
            outbox.add(connection, [failing_row(company, rep, fault, read_at, moment.now)])
    if begins:
        house.bell.ring("mail")
    return Feed(url, bool(row.get("own_url")), read_at, fault, since, back_at)


def _left_out(found: Reading) -> str | None:
    """`left_out 3 2026-10-20 2026-10-27`: how many entries, and the first days of those whose day can be read."""
    if not found.left_out:
        return None
    days = sorted({day for day in found.left_out if day})[:_DAYS_TOLD]
    return " ".join([LEFT_OUT, str(len(found.left_out)), *days])


def _forget(house: House, rep: str) -> None:
    """She has no calendar any more."""
    none = dict.fromkeys(("url", "content", "read_at", "tried_at", "fault", "failing_since", "back_at"))
    with house.database.write() as connection:
        calendars.write(connection, rep, none)
        diary_cells.lock_diary(connection, rep)
        calendars.replace_busy(connection, rep, [])


def _read_in(house: House, company: Company, rep: User, now: datetime, reach: Reach, content: bytes) -> Reading:
    """When she is busy by a calendar as far as anything is looked for; one that holds too much for that is read as far
    as people book, so that a time looked for in years costs nobody what is busy tomorrow. Raises `CalendarFault`."""
    read = partial(house.calendars.busy, content, now - _BEFORE)
    whose = rep.zone or company.zone, rep.email, company.domain
    try:
        return read(max(reach.near, reach.far), *whose)
    except CalendarFault as error:
        if reach.far <= reach.near or not str(error).startswith(("too_many", "too_slow")):
            raise
        return read(reach.near, *whose)


def _with_copy(
    read: Callable[[bytes], Reading], reader: Calendars, content: bytes, copy: bytes, found: Reading
) -> tuple[bytes, Reading]:
    """A calendar with what the last copy tells of its entries that cannot be understood, and what is then busy; where
    that cannot be had within the limits, the calendar as it was `found`."""
    with suppress(CalendarFault):
        kept = reader.kept(content, copy)
        if kept != content:
            return kept, replace(found, busy=read(kept).busy)
    return content, found


def _near(company: Company, now: datetime) -> datetime:
    """As far as anybody books by herself: the longest horizon, and the search of a step that blocks a time at once."""
    spans = [*(kind.horizon for kind in company.appointment_types), SEARCH]
    ends = [_later(company, now, span) for span in spans]
    return max(*ends, now + _AT_LEAST) + _BEFORE


def _far(house: House, connection: Connection, moment: installation.Moment) -> datetime:
    """As far as anything is looked for: what a scenario, in any version in which somebody is, blocks in months from
    now, and the weeks around the last appointment, within which it can be moved."""
    published, now = house.shelf.published(connection, moment.revision), moment.now
    company = published.company.company
    inside = (house.shelf.bundle(connection, version) for _, version in enrolments.versions_inside(connection))
    spans = {span for one in (*published.newest.values(), *inside) for span in blocked_after(one.program)}
    ends = [_later(company, _later(company, now, span), SEARCH) for span in spans]
    last = appointments.last_start(connection, now) or now
    return max([*ends, _later(company, last - AROUND, SEARCH)]) + _BEFORE


def _later(company: Company, at: datetime, span: str) -> datetime:
    return later(at, parse_span(span), company.zone, holidays_of(company.country))
