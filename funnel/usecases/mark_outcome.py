"""How an appointment went: the page that asks for it, and the mark, held or missed (S92)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from funnel.domain import events as on
from funnel.domain.company import Company, User
from funnel.domain.lead import Appointment, Lead
from funnel.storage import appointments, leads, outbox_lists
from funnel.storage.outbox import WAITING
from funnel.usecases.errors import Conflict
from funnel.usecases.house import House
from funnel.usecases.one_appointment import find_appointment
from funnel.usecases.people import require_change
from funnel.usecases.reassign import still_to_choose, unchosen, waiting_for_choice
from funnel.usecases.record_events import record_events
from funnel.usecases.what_comes import to_her

MOST = 500
"""Appointments without an outcome that stand beside the one in question."""


@dataclass(frozen=True)
class OutcomePage:
    """An appointment, whose it is, and its rep's others that have no outcome yet (rows with their `lead`). `asked`:
    nobody could be there, and its lead was asked for another time; who did not come has missed nothing. `to_choose`: it
    is still to be chosen, there is no newer one of the type."""

    lead: Lead
    appointment: Appointment
    company: Company
    now: datetime
    others: Sequence[Mapping[str, Any]]
    asked: bool
    to_choose: bool


def read_outcome(house: House, user: User, appointment_id: int) -> OutcomePage:
    """An appointment whose outcome is asked for, and those that wait for theirs too. `NotFound`; `Forbidden` for a rep
    whose lead it is not."""
    lead, appointment, company, now = _opened(house, user, appointment_id)
    with house.database.read() as connection:
        over = appointments.unmarked(connection, [appointment.rep], now, MOST)
        asked = waiting_for_choice(connection, [(lead, appointment)])
        to_choose = asked and still_to_choose(connection, [(lead, appointment)])
        waits = {appointment_id, *(row["id"] for row in unchosen(connection, over))}
        rest = [row for row in over if row["id"] not in waits]
        people = {row["id"]: row for row in leads.rows(connection, [row["lead_id"] for row in rest])}
    others = [{**row, "lead": people[row["lead_id"]]} for row in rest]
    return OutcomePage(lead, appointment, company, now, others, bool(asked), bool(to_choose))


@dataclass(frozen=True)
class Marked:
    """Whose appointment was marked, and the mails that follow at once, by message."""

    lead: Lead
    mails: Sequence[str]


def mark_appointment(house: House, user: User, appointment_id: int, *, held: bool) -> Marked:
    """Held or missed (S92); marking again corrects, and ends what the wrong mark had begun. `Conflict` where it cannot
    be; of somebody erased nothing more is kept."""
    lead, appointment, _company, now = _opened(house, user, appointment_id)
    if lead.erased:
        raise Conflict("Their details have been erased: nothing more is kept about this appointment.")
    if appointment.starts_at > now:
        raise Conflict("This appointment has not begun yet.")
    if appointment.state == "cancelled":
        raise Conflict("This appointment was cancelled.")
    with house.database.read() as connection:
        waits = not held and waiting_for_choice(connection, [(lead, appointment)])
        to_choose = waits and still_to_choose(connection, [(lead, appointment)])
        known = {row["id"] for row in outbox_lists.of_lead(connection, lead.id)}
    if to_choose:
        raise Conflict("Nobody could be there, and another time was asked for: move or cancel it instead.")
    if waits:
        raise Conflict("Nobody could be there, and another time was asked for. There is a newer appointment by now.")
    marked = on.AppointmentHeld if held else on.AppointmentMissed
    record_events(house, [marked(lead_id=lead.id, occurred_at=now, appointment=appointment_id, by=user.id)])
    with house.database.read() as connection:
        follows = [row for row in outbox_lists.of_lead(connection, lead.id) if row["id"] not in known and to_her(row)]
    return Marked(lead, [row["message"] for row in follows if row["state"] in WAITING or row["left_at"]])


def _opened(house: House, user: User, appointment_id: int) -> tuple[Lead, Appointment, Company, datetime]:
    lead, appointment, company, now = find_appointment(house, appointment_id)
    if appointment.rep != user.id:
        require_change(user, lead, company)
    return lead, appointment, company, now
