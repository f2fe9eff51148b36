"""Handoffs and tasks: what waits for a person on the desk."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    func,
    select,
    text,
    update,
)

from funnel.domain.lead import Handoff
from funnel.storage.bulk import insert_many, one_of, to_json, update_many
from funnel.storage.database import Instant, Json, Serial, metadata

_OPEN = text("state IN ('offered', 'accepted')")

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("lead_id", Serial, ForeignKey("leads.id"), nullable=False),
    Column("rep", String(64), nullable=False, index=True),
    Column("because", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("offered_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("missing", Json, nullable=False),
    Column("return_reason", Text),
    Column("scores", Json, nullable=False, server_default="{}"),
    Column("again_at", Instant),
    Index("ix_handoffs_lead_id", "lead_id"),
    Index("uq_handoffs_open", "lead_id", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("lead_id", Serial, ForeignKey("leads.id"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("call", String(64)),
    Column("due_at", Instant),
    Column("rep", String(64), index=True),
    Column("team", String(64)),
    Column("scenario", String(64)),
    Column("list", String(64), index=True),
    Column("at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("done_by", String(64)),
    Column("appointment_id", Serial, ForeignKey("appointments.id"), index=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("tried_at", Instant),
    Column("outcome", String(16)),
    Column("note", Text),
)


def of_leads(connection: Connection, ids: Sequence[int]) -> list[tuple[int, Handoff]]:
    """Every handoff of the leads, oldest first."""
    wanted = (
        select(handoffs)
        .where(one_of(connection, handoffs.c.lead_id))
        .order_by(handoffs.c.lead_id, handoffs.c.offered_at, func.length(handoffs.c.id), handoffs.c.id)
    )
    return [(row["lead_id"], _read(row)) for row in connection.execute(wanted, {"ids": to_json(list(ids))}).mappings()]


def put(connection: Connection, changed: Sequence[tuple[int, Handoff, datetime]]) -> None:
    """Write states and reasons; a new id offers one. A second open one for a lead breaks `uq_handoffs_open`."""
    rows = [
        {
            "id": h.id,
            "lead_id": lead_id,
            "rep": h.rep,
            "because": list(h.because),
            "state": h.state,
            "offered_at": h.offered_at,
            "changed_at": at,
            "missing": list(h.missing),
            "return_reason": h.return_reason,
            "scores": dict(h.scores),
            "again_at": h.again_at,
        }
        for lead_id, h, at in changed
    ]
    insert_many(
        connection,
        handoffs,
        rows,
        conflict=("id",),
        update=("rep", "because", "state", "changed_at", "missing", "return_reason", "scores", "again_at"),
    )


def load(connection: Connection, reps: Sequence[str]) -> dict[str, int]:
    """How many leads each rep has open."""
    wanted = select(handoffs.c.rep, func.count()).where(handoffs.c.rep.in_(list(reps)), _OPEN).group_by(handoffs.c.rep)
    return dict.fromkeys(reps, 0) | {row[0]: row[1] for row in connection.execute(wanted)}


def handoff(connection: Connection, handoff_id: str) -> Mapping[str, Any] | None:
    """One handoff's row."""
    row = connection.execute(select(handoffs).where(handoffs.c.id == handoff_id)).mappings().first()
    return dict(row) if row else None


def listed(connection: Connection, reps: Sequence[str], states: Sequence[str], most: int) -> list[Mapping[str, Any]]:
    """Handoffs of reps in given states, newest first."""
    wanted = (
        select(handoffs)
        .where(handoffs.c.rep.in_(list(reps)), handoffs.c.state.in_(list(states)))
        .order_by(handoffs.c.offered_at.desc(), handoffs.c.id)
        .limit(most)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def add_tasks(connection: Connection, new: Sequence[Mapping[str, Any]]) -> None:
    """Put tasks on the desk; one that is there stays as it is."""
    insert_many(connection, tasks, new, conflict=("id",))


def finish_tasks(connection: Connection, done: Sequence[Mapping[str, Any]]) -> None:
    """Tick tasks off (`id`, `done_at`, `done_by`, and of calls `outcome`, `note`); one ticked off already stays as it
    is, and so does a note where none is given."""
    update_many(connection, tasks, [one for one in done if one.get("note")], key=("id",), expect="t.done_at IS NULL")
    rest = [{key: value for key, value in one.items() if key != "note"} for one in done if not one.get("note")]
    update_many(connection, tasks, rest, key=("id",), expect="t.done_at IS NULL")


def finish_calls(connection: Connection, done: Sequence[Mapping[str, Any]]) -> None:
    """Tick off what stands on the call list about appointments (`appointment_id`, `done_at`, `done_by`, `outcome`)."""
    open_ = "t.done_at IS NULL AND t.list IS NOT NULL"
    update_many(connection, tasks, done, key=("appointment_id",), expect=open_)


BOOKED = "booked"
"""The outcome of a call that nobody had to make: she has booked."""


def answer_calls(connection: Connection, done: Sequence[Mapping[str, Any]]) -> None:
    """Tick off the calls about a type of appointment (`lead_id`, `call`, `done_at`, `done_by`, `outcome`), but those of
    a call list."""
    open_ = "t.done_at IS NULL AND t.list IS NULL"
    update_many(connection, tasks, done, key=("lead_id", "call"), expect=open_)


def call_again(connection: Connection, task_id: str, due_at: datetime, note: str | None, at: datetime) -> None:
    """A call was tried and is due again; a note replaces the one before, none leaves it."""
    wanted = update(tasks).where(tasks.c.id == task_id, tasks.c.done_at.is_(None))
    noted = {"note": note} if note else {}
    connection.execute(wanted.values(due_at=due_at, tries=tasks.c.tries + 1, tried_at=at, **noted))


def call_list(
    connection: Connection, reps: Sequence[str] | None, teams: Sequence[str], most: int
) -> list[Mapping[str, Any]]:
    """Who is to be called, what is due first: the tasks on a list that are not done, of these reps or of nobody in the
    teams; with `reps` none, everybody's."""
    wanted = select(tasks).where(tasks.c.list.is_not(None), tasks.c.done_at.is_(None))
    if reps is not None:
        nobodys = tasks.c.rep.is_(None) & (tasks.c.team.is_(None) | tasks.c.team.in_(list(teams)))
        wanted = wanted.where(tasks.c.rep.in_(list(reps)) | nobodys)
    found = connection.execute(wanted.order_by(tasks.c.due_at.nulls_last(), tasks.c.at, tasks.c.id).limit(most))
    return [dict(row) for row in found.mappings()]


def task(connection: Connection, task_id: str) -> Mapping[str, Any] | None:
    """One task."""
    row = connection.execute(select(tasks).where(tasks.c.id == task_id)).mappings().first()
    return dict(row) if row else None


def open_tasks(connection: Connection, reps: Sequence[str], teams: Sequence[str], most: int) -> list[Mapping[str, Any]]:
    """Tasks not done, of the reps or of nobody in the teams; what is due first stands first. Those of the call list
    stand there."""
    wanted = (
        select(tasks)
        .where(_on_desk(reps, teams))
        .order_by(tasks.c.due_at.nulls_last(), tasks.c.at, tasks.c.id)
        .limit(most)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def count_calls(connection: Connection, reps: Sequence[str], teams: Sequence[str]) -> int:
    """How many of the tasks that `open_tasks` lists are calls."""
    wanted = select(func.count()).where(_on_desk(reps, teams), tasks.c.call.is_not(None))
    return int(connection.execute(wanted).scalar_one())


def _on_desk(reps: Sequence[str], teams: Sequence[str]) -> ColumnElement[bool]:
    nobodys = tasks.c.rep.is_(None) & (tasks.c.team.is_(None) | tasks.c.team.in_(list(teams)))
    mine = tasks.c.rep.in_(list(reps)) | nobodys
    return tasks.c.done_at.is_(None) & tasks.c.list.is_(None) & mine


def tasks_of(connection: Connection, lead_id: int) -> list[Mapping[str, Any]]:
    """A lead's tasks, oldest first."""
    wanted = select(tasks).where(tasks.c.lead_id == lead_id).order_by(tasks.c.at, tasks.c.id)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def tasks_of_leads(connection: Connection, leads: Sequence[int]) -> list[Mapping[str, Any]]:
    """The same of several leads."""
    wanted = select(tasks).where(one_of(connection, tasks.c.lead_id)).order_by(tasks.c.at, tasks.c.id)
    return [dict(row) for row in connection.execute(wanted, {"ids": to_json(list(leads))}).mappings()]


def _read(row: RowMapping) -> Handoff:
    return Handoff(
        id=row["id"],
        rep=row["rep"],
        because=tuple(row["because"]),
        state=row["state"],
        offered_at=row["offered_at"],
        missing=tuple(row["missing"]),
        return_reason=row["return_reason"],
        scores=row["scores"],
        again_at=row["again_at"],
    )
