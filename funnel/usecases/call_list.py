"""The call list: who missed an appointment and is to be called, and the calls made (S95, S96)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import Company, User
from funnel.domain.contact import clean_text
from funnel.domain.lead import Appointment, Lead
from funnel.domain.spans import parse_span
from funnel.domain.timing import later
from funnel.storage import handoffs, in_use, installation, outbox_lists, snapshot
from funnel.usecases.errors import Conflict, Invalid, NotFound
from funnel.usecases.house import House
from funnel.usecases.people import is_for, require
from funnel.usecases.record_events import record_events
from funnel.usecases.shelf import holidays_of
from funnel.usecases.submit_form import PATIENCE

MOST = 500
LONGEST_NOTE = 500
"""Characters of a note; what is longer is cut."""

AGAIN: Mapping[str, str] = {"soon": "2 hours", "tomorrow": "1 working day", "week": "7 days"}
"""When a call may be due again."""
OUTCOMES = ("not_reached", "call_again", "gave_up")


@dataclass(frozen=True)
class Entry:
    """Somebody to be called: the task, whose it is, what was missed (none: something else) and how often in a row, and
    what was sent since as (message, instant)."""

    task: Mapping[str, Any]
    lead: Lead
    missed: Appointment | None
    misses: int
    sent: Sequence[tuple[str, datetime]]


@dataclass(frozen=True)
class CallList:
    """Who is to be called, what is due first. `reps` are those who have calls, and `hidden` says that there are more
    than are shown; `on_desk` is how many other calls, asked for or planned, stand on the desk."""

    company: Company
    now: datetime
    entries: Sequence[Entry]
    reps: Sequence[str]
    hidden: bool
    on_desk: int


def read_call_list(house: House, user: User, rep: str | None = None) -> CallList:
    """A rep sees her own calls, and nobody's in her team; the other roles see everybody's, or one `rep`'s."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        rows = open_calls(connection, user, MOST + 1)
        whose = sorted({row["rep"] for row in rows if row["rep"]})
        shown = [row for row in rows[:MOST] if rep is None or row["rep"] == rep]
        others = _on_desk(connection, user, company)
        return CallList(company, moment.now, _entries(connection, shown), whose, len(rows) > MOST, others)


def _on_desk(connection: Connection, user: User, company: Company) -> int:
    """How many calls stand on the desk of who looks, and not on this list."""
    reps = [one.id for one in company.reps]
    own = [user.id] if user.role == "rep" else [*reps, *in_use.others(connection, reps, in_use.WORK)]
    return handoffs.count_calls(connection, own, teams_of(company, user))


def teams_of(company: Company, user: User) -> list[str]:
    """The teams whose work stands on somebody's desk: a rep's own, else all."""
    return [one.id for one in company.teams if user.role != "rep" or one.id == user.team]


def open_calls(connection: Connection, user: User, most: int) -> list[Mapping[str, Any]]:
    """The tasks of the list that somebody of the staff sees."""
    if user.role == "rep":
        return handoffs.call_list(connection, [user.id], [user.team] if user.team else [], most)
    return handoffs.call_list(connection, None, (), most)


def _entries(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Entry]:
    people = snapshot.load(connection, [row["lead_id"] for row in rows], lock=False)
    mails: defaultdict[tuple[int, str], list[Mapping[str, Any]]] = defaultdict(list)
    for mail in outbox_lists.sent_to(connection, list(people)):
        mails[mail["lead_id"], mail["scenario"]].append(mail)
    found = []
    for row in rows:
        lead = people[row["lead_id"]]
        missed = lead.appointment(row["appointment_id"])
        own = [
            (mail["message"], mail["left_at"])
            for mail in mails.get((lead.id, row["scenario"]), ())
            if missed is None or mail["left_at"] >= missed.starts_at
        ]
        found.append(Entry(row, lead, missed, misses_of(lead, missed), own))
    return found


def misses_of(lead: Lead, missed: Appointment | None) -> int:
    """How often in a row she has missed it, those counted in whose place it was."""
    return sum(one.state == "missed" for one in lead.chain(missed)) if missed else 0


def open_call(house: House, user: User, task_id: str) -> Entry:
    """One call. `NotFound`; `Forbidden` for a colleague's; `Conflict` when it was ticked off."""
    with house.database.read() as connection:
        return _entry(connection, user, task_id)


def _entry(connection: Connection, user: User, task_id: str) -> Entry:
    row = handoffs.task(connection, task_id)
    if row is None or row["list"] is None:
        raise NotFound("There is no such call.")
    (entry,) = _entries(connection, [row])
    require(user.role in ("manager", "admin") or (user.role == "rep" and is_for(user, row)))
    if row["done_at"] is not None:
        raise Conflict("Somebody has ticked off this call already.")
    return entry


def make_call(house: House, user: User, task_id: str, outcome: str, again: str, note: str, tries: str) -> Entry:
    """Nobody answered or she wants another call (due `again`, a key of `AGAIN`), or it is given up. What the page of so
    many `tries` sends counts once. `Invalid` for an outcome that is none or a note that cannot be read; the errors of
    `open_call`."""
    if outcome not in OUTCOMES or (outcome != "gave_up" and again not in AGAIN):
        raise Invalid({"outcome": "unknown"})
    said = clean_text(note.strip()[:LONGEST_NOTE], lines=True)
    if said is None:
        raise Invalid({"note": "unreadable"})
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        entry = _entry(connection, user, task_id)
    at = None
    if outcome != "gave_up":
        zone = user.zone or company.zone
        at = later(moment.now, parse_span(AGAIN[again]), zone, holidays_of(company.country))
    called = on.CallMade(
        lead_id=entry.lead.id,
        occurred_at=moment.now,
        key=f"call/{task_id}/{tries}",
        task=task_id,
        outcome=outcome,  # type: ignore[arg-type]  # one of OUTCOMES, as was just checked
        by=user.id,
        appointment=entry.missed.id if entry.missed else None,
        again_at=at,
        note=said or None,
    )
    record_events(house, [called], patience=PATIENCE)
    return entry


def is_open_call(house: House, task_id: str, lead_id: int) -> bool:
    """Whether it is a call to this lead that nobody has ticked off."""
    with house.database.read() as connection:
        row = handoffs.task(connection, task_id)
    return row is not None and row["list"] is not None and row["lead_id"] == lead_id and row["done_at"] is None
