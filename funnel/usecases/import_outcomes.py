"""What became of appointments, from a CSV file: good lines are taken, each bad one is told with its number (S92)."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from funnel.authoring.saying import Saying, say
from funnel.domain import events as on
from funnel.domain.contact import normal_email
from funnel.domain.lead import Appointment, Lead
from funnel.domain.timing import resolve
from funnel.storage import appointments, installation, leads, snapshot
from funnel.usecases.errors import Invalid
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events

LARGEST = 2_000_000
"""Bytes of a file that is taken."""
MOST_LINES = 10_000
_AT_ONCE = 500

OUTCOMES: Mapping[str, type[on.AppointmentHeld] | type[on.AppointmentMissed]] = {
    "held": on.AppointmentHeld,
    "missed": on.AppointmentMissed,
}
"""What the column `outcome` may say."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is not taken: its number in the file (the heading is 1), and why, in whoever's language reads it."""

    number: int
    why: Saying

    def __str__(self) -> str:
        return f"line {self.number}: {self.why}"


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
    time. `Invalid` for a file that is no such table; nothing of it is taken then."""
    judged = judge_outcomes(house, content)
    events = [
        OUTCOMES[one.outcome](lead_id=one.lead.id, occurred_at=judged.now, appointment=one.appointment.id, by=by)
        for one in judged.marks
    ]
    for first in range(0, len(events), _AT_ONCE):
        record_events(house, events[first : first + _AT_ONCE])
    return Imported(len(events), judged.unchanged, judged.bad)


def judge_outcomes(house: House, content: bytes) -> Judged:
    """What a file would mark; nothing is changed. Columns: `outcome`, and `appointment` (its number) or `email` and
    `starts_at` (`2027-03-16 10:30`, in the company's zone unless it says another). `Invalid` for what is no table."""
    rows = _rows(content)
    bad: list[BadLine] = []
    marks: dict[int, Mark] = {}
    unchanged = 0
    with house.database.read() as connection:
        moment = installation.moment(connection)
        zone = house.shelf.published(connection, moment.revision).company.company.zone
        known: dict[int, Lead] = {}
        for number, row in rows:
            try:
                lead, appointment = _meant(connection, known, row, zone)
                _check(row, appointment, moment.now)
            except _Refused as refused:
                bad.append(BadLine(number, refused.why))
                continue
            if appointment.id in marks:
                bad.append(BadLine(number, say("another line has marked this appointment")))
            elif appointment.state == row["outcome"]:
                unchanged += 1
            else:
                marks[appointment.id] = Mark(number, lead, appointment, row["outcome"])
    return Judged(moment.now, tuple(marks.values()), unchanged, tuple(bad))


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The table's lines with their numbers, under lower-case headings; empty lines are left out."""
    if len(content) > LARGEST:
        raise Invalid({"file": "too_large"})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid({"file": "not_utf8"}) from None
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    reader = csv.reader(text.splitlines(), delimiter=separator)
    try:
        table = [(reader.line_num, [cell.strip() for cell in line]) for line in reader]
    except csv.Error:
        raise Invalid({"file": "not_a_table"}) from None
    columns = [name.lower() for name in table[0][1]] if table else []
    by_person = {"email", "starts_at"} <= set(columns)
    if "outcome" not in columns or not ("appointment" in columns or by_person):
        raise Invalid({"file": "columns_missing"})
    if len(table) > MOST_LINES + 1:
        raise Invalid({"file": "too_many_lines"})
    return [
        (number, dict(zip(columns, [*line, *[""] * len(columns)], strict=False)))
        for number, line in table[1:]
        if any(line)
    ]


def _meant(
    connection: Connection, known: dict[int, Lead], row: Mapping[str, str], zone: str
) -> tuple[Lead, Appointment]:
    """The appointment of a line, by its number, else by whose it is and when."""
    if number := row.get("appointment", ""):
        if not (number.isascii() and number.isdecimal() and len(number) < 16):
            raise _Refused(say("%(text)s is no number of an appointment", text=number))
        lead = _lead(connection, known, appointments.lead_of(connection, int(number)))
        found = lead.appointment(int(number)) if lead else None
        if lead is None or found is None:
            raise _Refused(say("there is no appointment %(text)s", text=number))
        return lead, found
    email = row.get("email", "")
    key = normal_email(email)
    lead = _lead(connection, known, leads.find(connection, key) if key else None)
    if lead is None:
        raise _Refused(say("nobody has the address %(text)s", text=email))
    at = _instant(row.get("starts_at", ""), zone)
    own = [one for one in lead.appointments if one.starts_at == at]
    if not own:
        raise _Refused(say("%(who)s has no appointment then", who=email))
    return lead, next((one for one in own if one.state != "cancelled"), own[-1])


def _lead(connection: Connection, known: dict[int, Lead], lead_id: int | None) -> Lead | None:
    if lead_id is not None and lead_id not in known:
        known |= snapshot.load(connection, [lead_id], lock=False)
    return known.get(lead_id or 0)


def _instant(text: str, zone: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else resolve(at, zone)
    except (ValueError, OverflowError):
        raise _Refused(say("%(text)s is no time: write it like 2027-03-16 10:30", text=text)) from None


def _check(row: Mapping[str, str], appointment: Appointment, now: datetime) -> None:
    if row["outcome"] not in OUTCOMES:
        raise _Refused(say("the outcome is held or missed, not %(text)s", text=row["outcome"] or "–"))
    if appointment.state == "cancelled":
        raise _Refused(say("this appointment was cancelled"))
    if appointment.starts_at > now:
        raise _Refused(say("this appointment has not begun yet"))


def said(refused: Invalid) -> Iterator[Saying]:
    """Why a whole file is not taken, in words."""
    words = {
        "too_large": say("it is larger than %(most)s MB", most=LARGEST // 1_000_000),
        "not_utf8": say("its letters are not UTF-8: save it as 'CSV UTF-8'"),
        "not_a_table": say("it is no CSV table"),
        "columns_missing": say("its first line must name 'outcome', and 'appointment' or 'email' and 'starts_at'"),
        "too_many_lines": say("it has more than %(most)s lines", most=MOST_LINES),
    }
    return (words[code] for code in refused.errors.values())
