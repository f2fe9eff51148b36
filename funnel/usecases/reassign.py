"""Appointments ahead of a rep who has left, or who is away then: listed, and given to others who are free (S82)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import Company, Role, User
from funnel.domain.lead import Appointment, Lead
from funnel.domain.slots import is_away
from funnel.domain.timing import local_time
from funnel.storage import appointments, events, installation
from funnel.usecases.diary import StoredDiary
from funnel.usecases.errors import Conflict
from funnel.usecases.find_slots import find_slots
from funnel.usecases.house import House
from funnel.usecases.people import require
from funnel.usecases.record_events import record_events
from funnel.usecases.set_appointment import ANYBODY
from funnel.usecases.submit_form import PATIENCE

_MINUTE = timedelta(minutes=1)
_LISTED = timedelta(days=28)
"""So long an appointment that nobody could keep stays listed once it is over."""
GIVERS: tuple[Role, ...] = ("manager", "admin")
"""The roles that give appointments to others."""


@dataclass(frozen=True, slots=True)
class Given:
    """What came of giving appointments away: how many another rep has now, how many leads are asked for another time
    since nobody was free, and how many stay as they are since the one who was named is not."""

    given: int
    asked: int = 0
    left: int = 0


def left_behind(connection: Connection, company: Company, now: datetime) -> list[Mapping[str, Any]]:
    """Appointments ahead of who is no rep (any more), or is away on that day, earliest first; and what is over by now,
    while its lead, who was asked for another time, has not chosen and has no other appointment of its type since."""
    gone = appointments.left_behind(connection, [one.id for one in company.reps], now)
    absent = _absent(company)
    ahead = appointments.ahead(connection, list(absent), now) if absent else []
    away = [row for row in ahead if _is_away(company, absent[row["rep"]], row["starts_at"])]
    over = _to_choose_lately(connection, now)
    return sorted([*over, *gone, *away], key=lambda row: (row["starts_at"], row["id"]))


def _to_choose_lately(connection: Connection, now: datetime) -> list[Mapping[str, Any]]:
    rows = appointments.unmarked_since(connection, now - _LISTED, now)
    return without_newer(connection, rows, asked_at(connection, rows))


def without_newer(
    connection: Connection, rows: Iterable[Mapping[str, Any]], asked: Mapping[int, datetime]
) -> list[Mapping[str, Any]]:
    """Those of the appointments whose lead was asked for another time (`asked`: when, by their ids) and has booked none
    of the type since, but for what was cancelled; what was booked before stands beside it, whenever that is."""
    waits = [row for row in rows if row["id"] in asked]
    booked = appointments.booked_last(connection, {row["lead_id"] for row in waits}) if waits else {}

    def since(row: Mapping[str, Any]) -> bool:
        last = booked.get((row["lead_id"], row["type"]))
        return last is not None and last > asked[row["id"]]

    return [row for row in waits if not since(row)]


def unchosen(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the appointments whose lead was asked for another time and has not chosen: nobody missed anything."""
    asked = asked_at(connection, rows)
    return [row for row in rows if row["id"] in asked]


def waiting_for_choice(connection: Connection, meetings: Iterable[tuple[Lead, Appointment]]) -> set[int]:
    """The same by number, of appointments as their leads hold them."""
    return set(asked_at(connection, _rows(meetings)))


def still_to_choose(connection: Connection, meetings: Iterable[tuple[Lead, Appointment]]) -> set[int]:
    """Those of them, by number, in whose place another time is to be chosen: none of the type was booked since."""
    rows = _rows(meetings)
    return {row["id"] for row in without_newer(connection, rows, asked_at(connection, rows))}


def _rows(meetings: Iterable[tuple[Lead, Appointment]]) -> list[Mapping[str, Any]]:
    return [
        {"id": one.id, "lead_id": lead.id, "type": one.type, "starts_at": one.starts_at}
        for lead, one in meetings
        if one.open and not lead.erased
    ]


def count_left_behind(connection: Connection, company: Company, now: datetime) -> int:
    """How many appointments `left_behind` would list."""
    gone = appointments.count_left_behind(connection, [one.id for one in company.reps], now)
    absent = _absent(company)
    starts = appointments.starts_ahead(connection, list(absent), now) if absent else []
    over = len(_to_choose_lately(connection, now))
    return over + gone + sum(_is_away(company, absent[rep], at) for rep, at in starts)


def asked_at(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[int, datetime]:
    """When leads were last asked to choose another time than that of these appointments, by the appointments' ids. Who
    has chosen since, or has got another rep at that very time, is asked no more."""
    if not rows:
        return {}
    meant = {_about(row): row for row in rows}
    found: dict[int, datetime] = {}
    whose = set()
    for asked in events.all_of(connection, [row["lead_id"] for row in rows], on.OtherTimeAsked):
        if row := meant.get("/".join((asked.key or "").split("/")[:3])):
            found[row["id"]] = asked.occurred_at
            whose.add(row["lead_id"])
    for moved in events.all_of(connection, sorted(whose), on.AppointmentMoved) if whose else ():
        assert isinstance(moved, on.AppointmentMoved)
        if (at := found.get(moved.appointment)) and at <= moved.occurred_at:
            del found[moved.appointment]
    return found


def _about(row: Mapping[str, Any]) -> str:
    """How the key of a question about an appointment begins, at the time that it has: once moved, nobody is asked. The
    day follows, and the sequence: who has kept it after all, and loses it again on the same day, is asked anew."""
    return f"other_time/{row['id']}/{row['starts_at']:%Y%m%dT%H%M}"


def may_give_away(user: User) -> bool:
    """Whether somebody gives appointments that were left behind to others, and is shown them."""
    return user.role in GIVERS


def _absent(company: Company) -> dict[str, User]:
    """Reps who may be away on some day, by their ids."""
    return {one.id: one for one in company.reps if one.absences or one.exceptions}


def _is_away(company: Company, rep: User, at: datetime) -> bool:
    return is_away(rep, local_time(at, rep.zone or company.zone).date())


def give_away(house: House, user: User, wanted: Sequence[int] | None, to: str = ANYBODY) -> Given:
    """Give these (none: all) of the appointments left behind to one rep, or in turn to whoever has the fewest, if free
    at the same time. Where nobody is, their leads are proposed other times by mail; what a named rep cannot take stays
    listed. `Conflict` when none is left, or when the one who was named is no rep."""
    require(may_give_away(user), "Only a manager gives appointments to others.")
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        rows = left_behind(connection, company, moment.now)
    if to not in (ANYBODY, *(one.id for one in company.reps)):
        raise Conflict("Choose who takes them.")
    rows = [row for row in rows if wanted is None or row["id"] in wanted]
    if not rows:
        raise Conflict("Nothing is left to give: somebody was faster.")
    given = sum(_give(house, user, company, row, moment.now, to) for row in rows)
    rest = len(rows) - given
    return Given(given, asked=rest) if to == ANYBODY else Given(given, left=rest)


def _give(house: House, user: User, company: Company, row: Mapping[str, Any], now: datetime, to: str) -> bool:
    """Whether somebody else has it now; her lead is asked for another time where nobody at all is free."""
    lead_id = row["lead_id"]
    if reps := _free_then(house, company, row, now, to):
        chosen = on.SlotChosen(
            lead_id=lead_id,
            occurred_at=now,
            type=row["type"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            reps=reps,
            by=user.id,
            moves=row["id"],
        )
        recorded = record_events(house, [chosen], patience=PATIENCE)
        after = recorded.leads[lead_id].appointment(row["id"])
        if after and after.rep != row["rep"]:
            return True
    if to == ANYBODY:
        key = f"{_about(row)}/{now:%Y%m%d}/{row['sequence']}"  # pressed twice: what the mail proposes stays kept
        again = row["ends_at"] <= now
        asked = on.OtherTimeAsked(
            lead_id=lead_id, occurred_at=now, key=key, appointment=row["id"], by=user.id, again=again
        )
        record_events(house, [asked], patience=PATIENCE)
    return False


def _free_then(house: House, company: Company, row: Mapping[str, Any], now: datetime, to: str) -> tuple[str, ...]:
    """Who of those in question is free at the very time of an appointment, its own rep left out."""
    kind = company.appointment_type(row["type"])
    if kind is None:
        return ()
    with house.database.read() as connection:
        free = find_slots(
            StoredDiary(connection),
            company,
            kind,
            None,
            now,
            holder=row["lead_id"],
            since=row["starts_at"] - _MINUTE,
            most=1,
        )
    found = next((slot.reps for slot in free if slot.starts_at == row["starts_at"]), ())
    return tuple(rep for rep in found if rep != row["rep"] and to in (rep, ANYBODY))
