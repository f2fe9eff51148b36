"""Reps' own calendars are read now and then: what is busy there is offered to nobody (S98).

A calendar that cannot be had or read leaves the last good copy in force, looked at anew each time, since the horizon
moves on; why it failed stands on the rep's row until it is read again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from funnel.domain.company import Company, User
from funnel.domain.spans import parse_span
from funnel.domain.timing import later
from funnel.ports import Busy, CalendarFault
from funnel.storage import appointments, calendars, installation
from funnel.usecases.find_slots import SEARCH
from funnel.usecases.house import House

EVERY = timedelta(minutes=10)
"""How often each calendar is read."""

_BEFORE = timedelta(days=1)
_AT_LEAST = timedelta(days=60)


@dataclass(frozen=True)
class Feed:
    """How it stands with a rep's own calendar: the address in force, whether she has set it herself, when it was last
    read well, and since when and why it fails."""

    url: str | None
    own: bool
    read_at: datetime | None = None
    fault: str | None = None
    failing_since: datetime | None = None


def read_calendars(house: House) -> None:
    """Read every rep's calendar, one after the other; each in its own transaction, none held while the net is asked."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
    for rep in company.users:
        if rep.role == "rep":
            read_calendar(house, company, rep)


def read_calendar(house: House, company: Company, rep: User) -> Feed:
    """Read one rep's calendar now. Who has no address (any more) is busy by our own diary alone."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        row = calendars.of_reps(connection, [rep.id]).get(rep.id, {})
        copy = calendars.copy_of(connection, rep.id) if row else None
    url = row.get("own_url") or rep.calendar
    if not url:
        if row.get("url"):
            _forget(house, rep.id)
        return Feed(None, False)
    if url != row.get("url"):
        copy = None  # the copy is of another calendar
    reply = house.calendars.fetch(url)
    fault, content = reply.fault, copy if reply.fault else reply.content
    busy: Sequence[Busy] = []
    first, last = moment.now - _BEFORE, _horizon(company, moment.now)
    for one in dict.fromkeys([content, copy]):  # a new one that cannot be read gives way to the copy
        if one is None:
            continue
        try:
            busy = house.calendars.busy(one, first, last, rep.zone or company.zone, rep.email, _domain(company))
            content = one
            break
        except CalendarFault as error:
            fault, content = str(error), None
    with house.database.write() as connection:
        since = (row.get("failing_since") or moment.now) if fault else None
        read_at = moment.now if not fault else row.get("read_at") if url == row.get("url") else None
        values = {"url": url, "content": content, "read_at": read_at, "tried_at": moment.now}
        calendars.write(connection, rep.id, {**values, "fault": fault, "failing_since": since})
        appointments.lock_diary(connection, rep.id)
        calendars.replace_busy(connection, rep.id, busy)
    return Feed(url, bool(row.get("own_url")), read_at, fault, since)


def _forget(house: House, rep: str) -> None:
    """She has no calendar any more."""
    none = dict.fromkeys(("url", "content", "read_at", "tried_at", "fault", "failing_since"))
    with house.database.write() as connection:
        calendars.write(connection, rep, none)
        appointments.lock_diary(connection, rep)
        calendars.replace_busy(connection, rep, [])


def _horizon(company: Company, now: datetime) -> datetime:
    """As far as anything can be booked: the longest horizon, and the search for a time that a scenario blocks."""
    spans = [*(kind.horizon for kind in company.appointment_types), SEARCH]
    ends = [later(now, parse_span(span), company.zone) for span in spans]
    return max(*ends, now + _AT_LEAST) + _BEFORE


def _domain(company: Company) -> str:
    """Behind the @ of our invitations' UIDs."""
    return company.sender.email.rpartition("@")[2]
