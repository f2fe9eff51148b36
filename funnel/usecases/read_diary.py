"""The diaries of reps, as staff sees them: who meets whom and when, and what is busy besides (S82, S98)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from funnel.authoring.rules.diaries import calendar_fault
from funnel.catalogue import Speech
from funnel.domain.company import Company, User
from funnel.domain.deadlines import stands_open
from funnel.domain.slots import is_away
from funnel.domain.timing import WEEKDAYS, local_time
from funnel.links import BadToken, Purpose, Token
from funnel.ports import Meeting
from funnel.storage import appointments, calendars, holds, installation, leads, users
from funnel.storage.holds import Hold
from funnel.usecases.errors import Invalid
from funnel.usecases.house import House
from funnel.usecases.invitations import uid_of
from funnel.usecases.people import require
from funnel.usecases.read_calendars import Feed, feed_of, reach_of, read_calendar
from funnel.usecases.reassign import asked_at, left_behind, may_give_away, without_newer
from funnel.usecases.shelf import holidays_of
from funnel.usecases.wording import language_of

LONGEST_ADDRESS = 2_000

Off = Literal["away", "holiday"]
_MOMENT = timedelta(seconds=1)
_PAST = timedelta(days=30)
_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Diaries:
    """What stands in some reps' diaries in a span: appointments with their `lead`, whether they are `changeable`,
    whether another time was asked for and is `unchosen`, and whether her own calendar has `covered` them since, as long
    as they are ahead; busy times as (rep, from, to), times that are `kept` for a lead (her row); `off` has by day who
    takes no appointment although she works on such days, and why. `left_behind` are the appointments ahead of reps who
    are gone, or away then, and since when their lead is `asked` for another time."""

    company: Company
    now: datetime
    reps: Sequence[User]
    meetings: Sequence[Mapping[str, Any]]
    busy: Sequence[tuple[str, datetime, datetime]]
    kept: Sequence[tuple[Mapping[str, Any], Hold]]
    off: Mapping[date, Mapping[str, Off]]
    left_behind: Sequence[Mapping[str, Any]]
    feed: Feed | None
    feed_url: str | None


def read_diaries(house: House, user: User, whose: Sequence[str] | None, first: datetime, last: datetime) -> Diaries:
    """The diaries of reps (none named: of all, and what stands in those of who has left) from `first` to before `last`;
    with her own calendar's state for a rep herself."""
    require(user.role in ("rep", "manager", "admin"))
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        reps = company.reps
        shown = [one for one in reps if whose is None or one.id in whose]
        ids = [one.id for one in shown]
        rows = appointments.between(connection, company.ever if whose is None else whose, first, last)
        rows = [row for row in rows if row["state"] != "cancelled"]
        behind = left_behind(connection, company, moment.now) if may_give_away(user) else []
        over = [row for row in rows if row["state"] in appointments.OPEN and row["ends_at"] <= moment.now]
        asked = asked_at(connection, [*behind, *over])
        to_choose = {row["id"] for row in without_newer(connection, [*behind, *over], asked)}
        kept = holds.between(connection, ids, first, last, moment.now)
        of = {row["lead_id"] for row in [*rows, *behind]} | {lead_id for lead_id, _hold in kept}
        people = leads.rows(connection, sorted(of))
        named = {row["id"]: row for row in people}
        busy = calendars.busy_between(connection, ids, first, last)
        covered = appointments.covered_of(connection, [row["id"] for row in rows], moment.now)
        account = users.by_id(connection, user.id)
        feed = feed_of(connection, user) if user.role == "rep" and account else None

    def told(row: Mapping[str, Any]) -> Mapping[str, Any]:
        unchosen = row["id"] in asked
        stands = stands_open(appointments.read(row), moment.now, asked=row["id"] in to_choose)
        return {**row, "lead": named[row["lead_id"]], "changeable": stands, "unchosen": unchosen}

    feed_url = None
    if user.role == "rep" and account:
        token = Token(Purpose.FEED, account["number"], generation=account["feed_generation"])
        feed_url = house.url(f"/ics/{house.links.sign(token)}.ics")
    return Diaries(
        company,
        moment.now,
        reps,
        [{**told(row), "covered": row["id"] in covered} for row in rows],
        busy,
        [(named[lead_id], hold) for lead_id, hold in kept],
        _off(company, shown, first, last),
        [{**told(row), "asked": asked.get(row["id"])} for row in behind],
        feed,
        feed_url,
    )


def _off(company: Company, reps: Sequence[User], first: datetime, last: datetime) -> dict[date, dict[str, Off]]:
    """The days of a span on which reps who work on that weekday are away, or have a public holiday."""
    found: dict[date, dict[str, Off]] = {}
    for rep in reps:
        zone, holidays = rep.zone or company.zone, holidays_of(rep.country or company.country)
        day, end = local_time(first, zone).date(), local_time(last - _MOMENT, zone).date()
        while day <= end:
            if rep.availability.get(WEEKDAYS[day.weekday()]):
                if holidays(day) and day.isoformat() not in rep.exceptions:
                    found.setdefault(day, {})[rep.id] = "holiday"
                elif is_away(rep, day):
                    found.setdefault(day, {})[rep.id] = "away"
            day += timedelta(days=1)
    return found


def set_calendar(house: House, user: User, address: str) -> Feed:
    """Set a rep's own .ics address (empty: that of `company.yaml` again) and read it at once. `Invalid` for what is no
    such address."""
    require(user.role == "rep")
    url = address.strip()
    if url and (len(url) > LONGEST_ADDRESS or calendar_fault(url)):
        raise Invalid({"calendar": "not_an_address"})
    with house.database.write() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        reach = reach_of(house, connection, moment)
        calendars.write(connection, user.id, {"own_url": url or None})
    return read_calendar(house, company, user, reach, told=True)


def renew_feed(house: House, user: User) -> None:
    """The private address of her diary is another one; the old one opens nothing any more."""
    require(user.role == "rep")
    with house.database.write() as connection:
        users.renew_feed(connection, user.id)


def read_feed(house: House, text: str) -> tuple[str, Sequence[Meeting]]:
    """What a private address gives: the diary's name and its appointments, without the name of anybody else.
    `BadToken` for one that was renewed, or of somebody who has left."""
    token = house.links.read(text, Purpose.FEED)
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        row = users.by_number(connection, token.subject)
        user = company.rep(row["id"]) if row else None
        if user is None or row is None or row["feed_generation"] != token.generation:
            raise BadToken("this feed was renewed, or its rep has left")
        rows = appointments.between(connection, [user.id], moment.now - _PAST, moment.now + _AHEAD)
    language = language_of(user, company)
    meetings = [
        Meeting(
            uid=uid_of(company, row["id"]),
            sequence=row["sequence"],
            stamp=moment.now,
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            summary=company.title_of(row["type"], language),
            organizer=(company.sender.name, company.sender.email),
            attendees=[],
            description=house.url(f"/desk/leads/{row['lead_id']}"),
            location=kind.place(language, staff=True) if (kind := company.appointment_type(row["type"])) else "",
            language=language,
        )
        for row in rows
        if row["state"] != "cancelled"
    ]
    return Speech(language).gettext("Diary of %(name)s", name=user.name), meetings
