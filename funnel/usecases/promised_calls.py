"""The calls that a lead is promised, as she is told of them: those that she has asked for, and the call list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.domain.company import Company
from funnel.domain.engine.ahead import promised_call
from funnel.domain.lead import AnswerSheet, Appointment, Lead
from funnel.domain.tunnel.program import Program
from funnel.storage import answers, appointments, enrolments, handoffs
from funnel.usecases.house import House
from funnel.usecases.shelf import holidays_of, own_holidays

Task = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """A call that was promised: about which type of appointment (none: not said), and by when, if that is known and
    has not passed."""

    about: str | None
    by: datetime | None


def promised_calls(house: House, connection: Connection, company: Company, lead: Lead, now: datetime) -> list[Call]:
    """The calls that her choices have brought or will bring, and what stands for her on the call list; what else the
    staff have planned is theirs."""
    listed = [
        _promise(task, now)
        for task in handoffs.tasks_of(connection, lead.id)
        if task["list"] and task["done_at"] is None and not (task["call"] and lead.ahead(task["call"], now))
    ]
    return calls_asked_for(house, connection, company, lead, now) + listed


def calls_asked_for(house: House, connection: Connection, company: Company, lead: Lead, now: datetime) -> list[Call]:
    """The calls that her choices have brought or will bring."""
    tasks = handoffs.tasks_of(connection, lead.id)
    chosen = (_chosen(house, connection, company, lead, sheet, tasks, now) for sheet in lead.answers)
    return [one for one in chosen if one]


def call_asked_for(
    house: House, connection: Connection, company: Company, lead: Lead, sheet: AnswerSheet, now: datetime
) -> Call | None:
    """The call that her choice at a questionnaire's end has brought or will bring; none once it was made, or she has
    taken a time."""
    return _chosen(house, connection, company, lead, sheet, handoffs.tasks_of(connection, lead.id), now)


def _chosen(
    house: House,
    connection: Connection,
    company: Company,
    lead: Lead,
    sheet: AnswerSheet,
    tasks: Sequence[Task],
    now: datetime,
) -> Call | None:
    enrolment = lead.enrolment(*_place(sheet))
    program = house.shelf.bundle(connection, enrolment.version).program if enrolment else None
    if enrolment is None or program is None or not _asks_for_call(program, sheet, lead.appointments):
        return None
    if task := _brought_by(sheet, tasks):
        had = task["done_at"] is not None or lead.ahead(task["call"], now)
        return None if had else _promise(task, now)
    if not enrolment.runs:
        return None
    holidays, own = holidays_of(company.country), own_holidays(company.users)
    promise = promised_call(program, lead, enrolment, sheet, company, now, holidays, own)
    return Call(None, _ahead(promise.by, now)) if promise else None


def asked_calls(house: House, connection: Connection, calls: Sequence[Task]) -> frozenset[str]:
    """The ids of those calls that a choice at a questionnaire's end has brought; a scenario wants the others for a
    reason of its own."""
    ids = sorted({one["lead_id"] for one in calls if one["scenario"]})
    if not ids:
        return frozenset()
    versions = {
        (lead_id, one.scenario, one.pass_number): one.version for lead_id, one in enrolments.of_leads(connection, ids)
    }
    tasks, meetings = handoffs.tasks_of_leads(connection, ids), appointments.of_leads(connection, ids)
    brought = []
    for lead_id, sheet in answers.of_leads(connection, ids):
        version = versions.get((lead_id, *_place(sheet)))
        program = house.shelf.bundle(connection, version).program if version else None
        if program and _asks_for_call(program, sheet, [one for whose, one in meetings if whose == lead_id]):
            brought.append(_brought_by(sheet, [one for one in tasks if one["lead_id"] == lead_id]))
    return frozenset(one["id"] for one in brought if one)


def _place(sheet: AnswerSheet) -> tuple[str, int]:
    """The scenario and the pass in which she answered."""
    return sheet.scenario or "", sheet.pass_number or 0


def _asks_for_call(program: Program, sheet: AnswerSheet, meetings: Iterable[Appointment]) -> bool:
    """Whether her choice asks for a call, and she has taken no time in that pass instead."""
    taken = any((one.scenario, one.pass_number) == _place(sheet) for one in meetings)
    return not taken and program.calls(sheet.questionnaire, sheet.follow_up)


def _brought_by(sheet: AnswerSheet, tasks: Sequence[Task]) -> Task | None:
    """The first call of her scenario since she chose; those that come later have other reasons."""
    hers = (one for one in tasks if one["call"] and not one["list"] and one["scenario"] == sheet.scenario)
    return next((one for one in hers if one["at"] >= sheet.completed_at), None)


def _promise(task: Task, now: datetime) -> Call:
    return Call(task["call"], _ahead(task["due_at"], now))


def _ahead(at: datetime | None, now: datetime) -> datetime | None:
    return at if at and at > now else None
