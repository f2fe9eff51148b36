"""How far the people of each scenario have come, and what became of its mails: counted in sets, for the studio."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, true

from funnel.storage.answers import answers
from funnel.storage.appointments import appointments
from funnel.storage.enrolments import enrolments
from funnel.storage.handoffs import handoffs
from funnel.storage.leads import PERSON, leads
from funnel.storage.outbox import outbox

QUALIFIED = ("qualified", "accepted", "customer")


def people_by_step(connection: Connection) -> Mapping[str, Mapping[str, int]]:
    """Of each scenario, how many different leads came so far, by what `targets:` calls it: leads, answered, qualified,
    handed_over, accepted, booked, held, missed, cancelled, customers. Nobody is counted twice at one step, by however
    many addresses she came."""
    found: dict[str, dict[str, int]] = {}
    ours = appointments.c.scenario.is_not(None)
    wanted = {
        "leads": _people(enrolments, true()),
        "answered": _people(answers, answers.c.scenario.is_not(None)),
        "qualified": _inside(leads.c.id, leads.c.stage.in_(QUALIFIED)),
        "handed_over": _inside(handoffs.c.lead_id, true()),
        "accepted": _inside(handoffs.c.lead_id, handoffs.c.state == "accepted"),
        "booked": _people(appointments, ours),
        "held": _people(appointments, ours & (appointments.c.state == "held")),
        "missed": _people(appointments, ours & (appointments.c.state == "missed")),
        "cancelled": _people(appointments, ours & (appointments.c.state == "cancelled")),
        "customers": _inside(leads.c.id, leads.c.stage == "customer"),
    }
    for step, query in wanted.items():
        for scenario, number in connection.execute(query):
            found.setdefault(scenario, {})[step] = number
    return found


def _inside(lead_id: Any, which: ColumnElement[bool]) -> Any:
    """Leads of whom something holds, by each scenario that they are or were in."""
    people = enrolments.join(lead_id.table, lead_id == enrolments.c.lead_id)
    if lead_id.table is not leads:
        people = people.join(leads, leads.c.id == enrolments.c.lead_id)
    return (
        select(enrolments.c.scenario, func.count(PERSON.distinct()))
        .select_from(people)
        .where(which)
        .group_by(enrolments.c.scenario)
    )


def _people(table: Any, which: ColumnElement[bool]) -> Any:
    people = table.join(leads, leads.c.id == table.c.lead_id)
    number = func.count(PERSON.distinct())
    return select(table.c.scenario, number).select_from(people).where(which).group_by(table.c.scenario)


def mails_sent(connection: Connection) -> Mapping[str, int]:
    """How many mails of each scenario were sent."""
    wanted = (
        select(outbox.c.scenario, func.count())
        .where(outbox.c.scenario.is_not(None), outbox.c.channel == "mail", outbox.c.state == "sent")
        .group_by(outbox.c.scenario)
    )
    return {scenario: number for scenario, number in connection.execute(wanted)}  # noqa: C416


def mails_of(connection: Connection, scenario: str) -> Sequence[tuple[str, str, str | None, int]]:
    """How many of a scenario's mails stand in each (message, state, reason)."""
    place = (outbox.c.message, outbox.c.state, outbox.c.reason)
    wanted = (
        select(*place, func.count()).where(outbox.c.scenario == scenario, outbox.c.channel == "mail").group_by(*place)
    )
    return [(message, state, reason, number) for message, state, reason, number in connection.execute(wanted)]
