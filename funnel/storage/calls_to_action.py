"""Calls to action for good, their visits by the day, and the people who came by them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Date, String, Table, func, select, text, update

from funnel.storage.bulk import insert_many, source, to_json
from funnel.storage.database import Instant, Json, metadata
from funnel.storage.leads import leads
from funnel.storage.reached import QUALIFIED
from funnel.storage.submissions import submissions

calls_to_action = Table(
    "calls_to_action",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("definition", Json, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("retired_at", Instant),
)

visits = Table(
    "visits",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("visits", BigInteger, nullable=False),
)


def publish(connection: Connection, definitions: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Those of the company's file as it is now (each with its `id`). What has gone from it is only marked as retired:
    its code is printed somewhere."""
    rows = [
        {"code": one["id"], "definition": dict(one), "published_at": now, "retired_at": None} for one in definitions
    ]
    insert_many(connection, calls_to_action, rows, conflict=("code",), update=("definition", "retired_at"))
    current = [row["code"] for row in rows]
    gone = calls_to_action.c.code.not_in(current) & calls_to_action.c.retired_at.is_(None)
    connection.execute(update(calls_to_action).where(gone).values(retired_at=now))


def every(connection: Connection) -> list[Mapping[str, Any]]:
    """All that were ever published: code, definition, published_at, retired_at."""
    wanted = select(calls_to_action).order_by(calls_to_action.c.code)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def add_visits(connection: Connection, counted: Mapping[tuple[str, date], int]) -> None:
    """Add to the counts of days, in one order for every writer."""
    rows = [{"code": code, "day": day.isoformat(), "visits": number} for (code, day), number in sorted(counted.items())]
    columns = ("code", "day", "visits")
    picked = source(visits, columns, connection.dialect.name)
    connection.execute(
        text(
            f"INSERT INTO visits (code, day, visits) SELECT code, day, visits FROM {picked} AS x WHERE true"
            " ON CONFLICT (code, day) DO UPDATE SET visits = visits.visits + excluded.visits"
        ),
        {"rows": to_json(rows)},
    )


def visits_by_day(connection: Connection, code: str, since: date | None = None) -> dict[date, int]:
    """The visits of one, on each day that had any."""
    wanted = select(visits.c.day, visits.c.visits).where(visits.c.code == code).order_by(visits.c.day)
    found = connection.execute(wanted if since is None else wanted.where(visits.c.day >= since))
    return {day: int(number) for day, number in found}


def count(connection: Connection, since: date | None, since_at: datetime | None) -> dict[str, dict[str, int]]:
    """By code: `visits` since a day; since an instant `leads` (people who sent a form having come by it), and how many
    of them are `qualified` now. Erasing somebody changes none of it."""
    seen = select(visits.c.code, func.sum(visits.c.visits)).group_by(visits.c.code)
    people = submissions.join(leads, leads.c.id == submissions.c.lead_id)
    came = (
        select(submissions.c.cta, func.count(submissions.c.lead_id.distinct()))
        .select_from(people)
        .where(submissions.c.cta.is_not(None))
        .group_by(submissions.c.cta)
    )
    if since is not None:
        seen = seen.where(visits.c.day >= since)
    if since_at is not None:
        came = came.where(submissions.c.at >= since_at)
    wanted = {"visits": seen, "leads": came, "qualified": came.where(leads.c.stage.in_(QUALIFIED))}
    found: dict[str, dict[str, int]] = {}
    for name, query in wanted.items():
        for code, number in connection.execute(query):
            found.setdefault(code, {})[name] = int(number)
    return found
