"""Where each lead stands in each scenario, and the claim of those whose time has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
)

from funnel.domain.lead import Enrolment, Met, Occurrence
from funnel.storage.bulk import insert_many, one_of, to_json
from funnel.storage.database import Instant, Json, Serial, bound, instant_text, metadata, read_instant

enrolments = Table(
    "enrolments",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("lead_id", Serial, ForeignKey("leads.id"), nullable=False),
    Column("scenario", String(64), nullable=False),
    Column("version", String(64), nullable=False),
    Column("pass_number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("step", String(128)),
    Column("began_at", Instant, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("base_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("mail", String(200)),
    Column("happened", Json, nullable=False),
    Column("ended_because", String(64)),
    Column("reason", Text),
    Column("appointment", Serial, ForeignKey("appointments.id")),
    UniqueConstraint("lead_id", "scenario", "pass_number"),
    Index(
        "ix_enrolments_due",
        "due_at",
        "lead_id",
        postgresql_where=text("state IN ('waiting', 'awaiting')"),
        sqlite_where=text("state IN ('waiting', 'awaiting')"),
    ),
)


_OF_THE_ENROLMENT = tuple(field.name for field in fields(Enrolment))
_HAPPENED = _OF_THE_ENROLMENT.index("happened")


@dataclass(frozen=True, slots=True)
class Due:
    """An enrolment whose time has come."""

    lead_id: int
    scenario: str
    pass_number: int
    step: str
    due_at: datetime


def claim_due(connection: Connection, now: datetime, most: int) -> list[Due]:
    """Lock the leads of up to `most` due enrolments, passing over leads that somebody else holds.

    The lock lasts as long as the transaction, which also writes what the steps do: no lease is needed, for nothing
    leaves the house in it. Paused scenarios stand still.
    """
    skip = ""
    if connection.dialect.name != "sqlite":
        skip = " FOR UPDATE OF l SKIP LOCKED"
        # On tables not analysed since they grew the planner expects few to be due, and would sort them all each time.
        connection.execute(text("SET LOCAL enable_bitmapscan = off"))
    found = connection.execute(
        text(
            "SELECT e.lead_id, e.scenario, e.pass_number, e.step, e.due_at FROM enrolments e"
            " JOIN leads l ON l.id = e.lead_id"
            " WHERE e.state IN ('waiting', 'awaiting') AND e.due_at <= :now"
            " AND e.scenario NOT IN (SELECT p.name FROM publications p WHERE p.paused)"
            f" ORDER BY e.due_at, e.lead_id LIMIT :most{skip}"
        ).columns(
            enrolments.c.lead_id,
            enrolments.c.scenario,
            enrolments.c.pass_number,
            enrolments.c.step,
            enrolments.c.due_at,
        ),
        {"now": bound(connection, now), "most": most},
    )
    return [Due(*row) for row in found]


def next_due(connection: Connection) -> datetime | None:
    """The earliest instant at which a step of a running scenario is due."""
    paused = text("NOT EXISTS (SELECT 1 FROM publications p WHERE p.name = enrolments.scenario AND p.paused)")
    wanted = select(func.min(enrolments.c.due_at)).where(enrolments.c.state.in_(("waiting", "awaiting")), paused)
    found: datetime | None = connection.execute(wanted).scalar_one()
    return found


def upcoming(connection: Connection, most: int) -> list[Mapping[str, Any]]:
    """The steps that time reaches next, earliest first."""
    wanted = (
        select(enrolments)
        .where(enrolments.c.state.in_(("waiting", "awaiting")), enrolments.c.due_at.is_not(None))
        .order_by(enrolments.c.due_at, enrolments.c.id)
        .limit(most)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def parked(connection: Connection) -> list[Mapping[str, Any]]:
    """Who stands still until a person tries again, with the reason."""
    wanted = select(enrolments).where(enrolments.c.state == "parked").order_by(enrolments.c.id)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def led_on(connection: Connection, scenario: str) -> list[Mapping[str, Any]]:
    """Who goes on in a scenario though a machine had led her on: what waits has a reason for nothing else."""
    wanted = (
        select(enrolments)
        .where(
            enrolments.c.scenario == scenario,
            enrolments.c.state.in_(("waiting", "awaiting")),
            enrolments.c.reason.is_not(None),
        )
        .order_by(enrolments.c.id)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def count_due(connection: Connection, now: datetime) -> int:
    """How many steps of running scenarios are due at an instant."""
    paused = text("NOT EXISTS (SELECT 1 FROM publications p WHERE p.name = enrolments.scenario AND p.paused)")
    wanted = select(func.count()).where(
        enrolments.c.state.in_(("waiting", "awaiting")), enrolments.c.due_at <= now, paused
    )
    return int(connection.execute(wanted.select_from(enrolments)).scalar_one())


def of_leads(connection: Connection, ids: Sequence[int]) -> list[tuple[int, Enrolment]]:
    """Every enrolment of the leads, in the order in which they began."""
    wanted = (
        select(enrolments.c.lead_id, *(enrolments.c[name] for name in _OF_THE_ENROLMENT))
        .where(one_of(connection, enrolments.c.lead_id))
        .order_by(enrolments.c.lead_id, enrolments.c.id)
    )
    return [(row[0], _read(row)) for row in connection.execute(wanted, {"ids": to_json(list(ids))}).all()]


def put(connection: Connection, changed: Sequence[tuple[int, Enrolment]]) -> None:
    """Write where they stand; a new (lead, scenario, pass) begins one."""
    rows = [_write(lead_id, enrolment) for lead_id, enrolment in changed]
    key = ("lead_id", "scenario", "pass_number")
    columns = tuple(name for name in rows[0] if name not in key) if rows else ()
    insert_many(connection, enrolments, rows, conflict=key, update=columns)


def count_by_state(connection: Connection) -> dict[tuple[str, str], int]:
    """How many stand in each (scenario, state)."""
    wanted = select(enrolments.c.scenario, enrolments.c.state, func.count()).group_by(
        enrolments.c.scenario, enrolments.c.state
    )
    return {(scenario, state): number for scenario, state, number in connection.execute(wanted)}


def count_by_step(connection: Connection, scenario: str) -> list[tuple[str, str | None, str | None, int]]:
    """How many of a scenario's enrolments stand in each (state, step), ended for each reason: (state, step, reason)."""
    key = (enrolments.c.state, enrolments.c.step, enrolments.c.ended_because)
    wanted = select(*key, func.count()).where(enrolments.c.scenario == scenario).group_by(*key)
    return [(state, step, because, number) for state, step, because, number in connection.execute(wanted)]


def _write(lead_id: int, e: Enrolment) -> dict[str, Any]:
    return {
        "lead_id": lead_id,
        "scenario": e.scenario,
        "version": e.version,
        "pass_number": e.pass_number,
        "state": e.state,
        "step": e.step,
        "began_at": e.began_at,
        "entered_at": e.entered_at,
        "base_at": e.base_at,
        "due_at": e.due_at,
        "mail": e.mail,
        "happened": [_write_occurrence(one) for one in e.happened],
        "ended_because": e.ended_because,
        "reason": e.reason,
        "appointment": e.appointment,
    }


def _write_occurrence(one: Occurrence) -> list[Any]:
    """As short as it can be: most have no key, and few with one have met an await."""
    written: list[Any] = [one.event, one.subject, instant_text(one.at), one.used]
    if one.key is not None:
        written.append(one.key)
    if one.met is not None:
        written += [one.met.step, instant_text(one.met.entered_at), instant_text(one.met.due_at)]
    return written


def _read_occurrence(
    event: str, subject: str | None, at: str, used: bool, key: str | None = None, *met: str
) -> Occurrence:
    found = Met(met[0], read_instant(met[1]), read_instant(met[2])) if met else None
    return Occurrence(event, subject, read_instant(at), used, key, found)


def _read(row: Row[Any]) -> Enrolment:
    values: list[Any] = list(row[1:])
    if happened := values[_HAPPENED]:
        values[_HAPPENED] = tuple(_read_occurrence(*one) for one in happened)
    else:
        values[_HAPPENED] = ()
    return Enrolment(*values)


def versions_inside(connection: Connection) -> list[tuple[str, str]]:
    """Every (scenario, version) in which somebody is."""
    wanted = select(enrolments.c.scenario, enrolments.c.version).where(enrolments.c.state != "ended").distinct()
    return [(row.scenario, row.version) for row in connection.execute(wanted)]
