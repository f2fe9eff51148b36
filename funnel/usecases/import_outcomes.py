"""What became of appointments, from a CSV file: good lines are taken, each bad one is told with its number (S92)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from funnel.authoring.saying import Saying, say
from funnel.domain import events as on
from funnel.domain.contact import normal_email
from funnel.domain.lead import Appointment, Lead
from funnel.domain.timing import resolve
from funnel.storage import appointments, installation, leads, snapshot
from funnel.usecases.house import House
from funnel.usecases.read_table import BadLine, Line, NoTable, read_table
from funnel.usecases.reassign import still_to_choose, waiting_for_choice
from funnel.usecases.record_events import record_events
from funnel.usecases.same_people import load_same_people

LARGEST = 2_000_000
"""Bytes of a file that is taken."""
MOST_LINES = 10_000
_AT_ONCE = 500

OUTCOMES: Mapping[str, type[on.AppointmentHeld] | type[on.AppointmentMissed]] = {
    "held": on.AppointmentHeld,
    "missed": on.AppointmentMissed,
}
"""What an appointment may be marked."""
_WORDS = {"held": "held", "tenu": "held", "a eu lieu": "held", "missed": "missed", "manqué": "missed"}
"""What the column `outcome` may say, in capitals too: as the pages say it in both languages."""
_CANCELLED = say("this appointment was cancelled")
_NOBODY_THERE = say("nobody could be there, and another time was asked for: move or cancel it instead")
_NEWER = say("nobody could be there, and another time was asked for: there is a newer appointment by now")
_ERASED = say("their details have been erased: nothing more is kept about this appointment")
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d\d(?::\d\d)?)", re.ASCII)
"""How a spreadsheet in French, or in English as Europe writes it, saves an instant."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that marks an appointment: its number, whose appointment, and what it says."""

    number: int
    lead: Lead
    appointment: Appointment
    outcome: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file would do at an instant: the marks, how many lines say what is known already, and the bad ones."""

    now: datetime
    marks: tuple[Mark, ...]
    unchanged: int
    bad: tuple[BadLine, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """How many lines marked an appointment, how many said what was known already, and the bad ones."""

    marked: int
    unchanged: int
    bad: tuple[BadLine, ...]


class _Refused(Exception):
    """Why one line is not taken."""

    def __init__(self, why: Saying) -> None:
        super().__init__(why)
        self.why = why


def import_outcomes(house: House, content: bytes, by: str) -> Imported:
    """Mark appointments held or missed, as `judge_outcomes` finds them. The same file twice changes nothing the second
    time. `NoTable` for a file that is none; nothing of it is taken then."""
    return mark_all(house, judge_outcomes(house, content), by)


def mark_all(house: House, judged: Judged, by: str) -> Imported:
    """Mark as was found; what somebody else has marked, cancelled or erased in between is told as what it is."""
    marked, unchanged, bad = 0, judged.unchanged, list(judged.bad)
    for first in range(0, len(judged.marks), _AT_ONCE):
        marks = judged.marks[first : first + _AT_ONCE]
        recorded = record_events(house, [_event(one, judged.now, by) for one in marks])
        stood = {one.id: one.state for lead in recorded.before.values() for one in lead.appointments}
        erased = {lead.id for lead in recorded.before.values() if lead.erased}
        for one in marks:
            if stood.get(one.appointment.id) == one.outcome:
                unchanged += 1
            elif stood.get(one.appointment.id) == "cancelled":
                bad.append(BadLine(one.number, _CANCELLED))
            elif one.lead.id in erased:
                bad.append(BadLine(one.number, _ERASED))
            else:
                marked += 1
    return Imported(marked, unchanged, tuple(sorted(bad, key=lambda line: line.number)))


def _event(one: Mark, now: datetime, by: str) -> on.AppointmentHeld | on.AppointmentMissed:
    return OUTCOMES[one.outcome](lead_id=one.lead.id, occurred_at=now, appointment=one.appointment.id, by=by)


def judge_outcomes(house: House, content: bytes) -> Judged:
    """What a file would mark; nothing is changed. Columns: `outcome`, and `appointment` (its number) or `email` and
    `starts_at` (`2027-03-16 10:30`, in the company's zone unless it says another, or the day first: `16/03/2027
    10:30`). `NoTable` for what is none."""
    lines = _read(content)
    bad: list[BadLine] = []
    marks: dict[int, Mark] = {}
    unchanged = 0
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        known = _known(connection, lines)
    for line in lines:
        try:
            lead, appointment = _meant(known, line.cells, company.zone)
            outcome = _outcome(line.cells["outcome"])
            _check(lead, appointment, outcome, moment.now)
        except _Refused as refused:
            bad.append(BadLine(line.number, refused.why))
            continue
        if appointment.id in marks:
            bad.append(BadLine(line.number, say("another line has marked this appointment")))
        elif appointment.state == outcome:
            unchanged += 1
        else:
            marks[appointment.id] = Mark(line.number, lead, appointment, outcome)
    missed = [(one.lead, one.appointment) for one in marks.values() if one.outcome == "missed"]
    with house.database.read() as connection:
        waits, to_choose = waiting_for_choice(connection, missed), still_to_choose(connection, missed)
    bad += [BadLine(marks.pop(one).number, _NOBODY_THERE if one in to_choose else _NEWER) for one in waits]
    bad.sort(key=lambda line: line.number)
    return Judged(moment.now, tuple(marks.values()), unchanged, tuple(bad))


def _read(content: bytes) -> Sequence[Line]:
    table = read_table(content, LARGEST)
    meant = "appointment" in table.columns or {"email", "starts_at"} <= table.columns
    if not meant or "outcome" not in table.columns:
        why = say("its first line must name 'outcome', and 'appointment' or 'email' and 'starts_at'")
        raise NoTable("columns_missing", why)
    if len(table.lines) > MOST_LINES:
        raise NoTable("too_many_lines", say("it has more than %(most)s lines", most=MOST_LINES))
    return table.lines


@dataclass(frozen=True, slots=True)
class _Known:
    """Whom the lines are about: a lead by the number of an appointment; by address hers, then the others that are the
    same person."""

    by_appointment: Mapping[int, Lead]
    by_address: Mapping[str, Sequence[Lead]]


def _known(connection: Connection, lines: Sequence[Line]) -> _Known:
    numbers = {number for one in lines if (number := _number(one.cells)) is not None}
    addresses = {key for one in lines if (key := normal_email(one.cells.get("email", "")))}
    owners = appointments.leads_of(connection, list(numbers))
    found = leads.find_all(connection, list(addresses))
    people = snapshot.load(connection, [*owners.values(), *found.values()], lock=False)
    same = load_same_people(connection, people, found.values())
    return _Known(
        {number: people[lead] for number, lead in owners.items()},
        {key: same[lead] for key, lead in found.items()},
    )


def _number(cells: Mapping[str, str]) -> int | None:
    """An appointment's number; none where the line has none that can be read."""
    text = cells.get("appointment", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _meant(known: _Known, cells: Mapping[str, str], zone: str) -> tuple[Lead, Appointment]:
    """The appointment of a line, by its number, else by whose it is and when."""
    if text := cells.get("appointment", ""):
        number = _number(cells)
        if number is None:
            raise _Refused(say("%(text)s is no number of an appointment", text=text))
        lead = known.by_appointment.get(number)
        found = lead.appointment(number) if lead else None
        if lead is None or found is None:
            raise _Refused(say("there is no appointment %(text)s", text=text))
        return lead, found
    email = cells.get("email", "")
    people = known.by_address.get(normal_email(email) or "")
    if people is None:
        raise _Refused(say("nobody has the address %(text)s", text=email))
    at = _instant(cells.get("starts_at", ""), zone)
    own = [(lead, one) for lead in people for one in lead.appointments if one.starts_at == at]
    if not own:
        raise _Refused(say("%(who)s has no appointment then", who=email))
    return next(((lead, one) for lead, one in own if one.state != "cancelled"), own[-1])


def _instant(text: str, zone: str) -> datetime:
    try:
        at = datetime.fromisoformat(_year_first(text))
        return at if at.tzinfo else resolve(at, zone)
    except (ValueError, OverflowError):
        why = say("%(text)s is no time: write it like 2027-03-16 10:30, or 16/03/2027 10:30", text=text)
        raise _Refused(why) from None


def _year_first(text: str) -> str:
    """An instant with the day first as ISO 8601 has it; any other text as it is."""
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year, hour, rest = found.groups()
        return f"{year}-{month:0>2}-{day:0>2} {hour:0>2}:{rest}"
    return text


def _outcome(text: str) -> str:
    """The mark that a cell means."""
    meant = _WORDS.get(unicodedata.normalize("NFC", text).casefold())
    if meant is None:
        raise _Refused(say("the outcome is held or missed, not %(text)s", text=text or "–"))
    return meant


def _check(lead: Lead, appointment: Appointment, outcome: str, now: datetime) -> None:
    if appointment.state == "cancelled":
        raise _Refused(_CANCELLED)
    if lead.erased and appointment.state != outcome:
        raise _Refused(_ERASED)
    if appointment.starts_at > now:
        raise _Refused(say("this appointment has not begun yet"))
