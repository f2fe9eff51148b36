"""How far the people of each scenario have come, and what became of its mails: counted in sets, for the studio."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, func, select, text, true

from funnel.storage.answers import answers
from funnel.storage.appointments import appointments
from funnel.storage.enrolments import enrolments
from funnel.storage.events import facts
from funnel.storage.handoffs import handoffs
from funnel.storage.leads import PERSON, leads
from funnel.storage.outbox import outbox

_STEPS = {"EmailOpened": "opened", "LinkClicked": "clicked"}
_MESSAGE = "e.payload ->> 'message'"
_SCENARIO = {
    "postgresql": f"split_part({_MESSAGE}, '/', 1)",
    "sqlite": f"substr({_MESSAGE}, 1, instr({_MESSAGE}, '/') - 1)",
}
_REVISED = """SELECT r.payload ->> 'of' AS key, r.payload ->> 'verdict' AS verdict,
 row_number() OVER (PARTITION BY r.payload ->> 'of' ORDER BY r.recorded_at DESC, r.id DESC) AS place
 FROM events r WHERE r.kind = 'VerdictRevised' AND r.payload ->> 'of' IS NOT NULL"""
# Lists of keys, and no join: PostgreSQL knows nothing of what stands in a payload and would take row by row.
_TOUCHED = f"""WITH revised AS ({_REVISED})
SELECT what, kind, count(*) FROM (SELECT DISTINCT {{what}} AS what, e.kind, coalesce(l.merged_into, l.id) AS person
 FROM events e JOIN leads l ON l.id = e.lead_id
 WHERE e.kind IN ('EmailOpened', 'LinkClicked') AND {_MESSAGE} LIKE :own
 AND (e.payload ->> 'key' IN (SELECT key FROM revised WHERE place = 1 AND verdict = 'human')
 OR e.payload ->> 'verdict' = 'human'
 AND e.payload ->> 'key' NOT IN (SELECT key FROM revised WHERE place = 1 AND verdict <> 'human'))
) AS touched GROUP BY what, kind"""

QUALIFIED = ("qualified", "accepted", "customer")


def people_by_step(connection: Connection) -> Mapping[str, Mapping[str, int]]:
    """Of each scenario, how many different leads came so far, by what `targets:` calls it: leads, answered, qualified,
    downloaded, handed_over, accepted, booked, held, missed, cancelled, customers. Nobody is counted twice at one step,
    by however many addresses she came."""
    found: dict[str, dict[str, int]] = {}
    ours = appointments.c.scenario.is_not(None)
    wanted = {
        "leads": _people(enrolments, true()),
        "answered": _people(answers, answers.c.scenario.is_not(None)),
        "downloaded": _people(facts, facts.c.kind == "downloaded"),
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


@cache
def _touched(what: str) -> Executable:
    return text(_TOUCHED.format(what=what))


def touched(connection: Connection) -> Mapping[str, Mapping[str, int]]:
    """By scenario, how many different people have `opened` a mail of it or `clicked` a link in one: of those who agreed
    to it, and without what machines did."""
    found: dict[str, dict[str, int]] = {}
    for scenario, kind, number in connection.execute(_touched(_SCENARIO[connection.dialect.name]), {"own": "%"}):
        found.setdefault(scenario, {})[_STEPS[kind]] = number
    return found


def touched_mails(connection: Connection, scenario: str) -> Mapping[str, Mapping[str, int]]:
    """The same by each mail (`<scenario>/<email>`) of one scenario."""
    found: dict[str, dict[str, int]] = {}
    for message, kind, number in connection.execute(_touched(_MESSAGE), {"own": f"{scenario}/%"}):
        found.setdefault(message, {})[_STEPS[kind]] = number
    return found


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
