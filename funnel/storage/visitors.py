"""Browsers: whose each is, the page visits of those that are nobody's yet, and how much was taken in and refused."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Date, Index, Integer, String, Table, and_, delete, func, or_, select, text

from funnel.storage.bulk import dicts, insert_many, one_of, source, to_json, update_many
from funnel.storage.database import Instant, Json, Serial, metadata
from funnel.storage.leads import PERSON, leads

visitors = Table(
    "visitors",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("lead_id", Serial, index=True),
    Column("joined", String(8)),
    Column("person", String(32), index=True),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False, index=True),
)

page_visits = Table(
    "page_visits",
    metadata,
    Column("key", String(96), primary_key=True),
    Column("visitor", String(32), nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("entry", Json, nullable=False),
    Index("ix_page_visits_visitor", "visitor", "at"),
)

passes = Table(
    "passes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("visitor", String(32), nullable=False),
    Column("at", Instant, nullable=False),
)

withdrawn = Table(
    "withdrawn_visitors",
    metadata,
    Column("digest", String(32), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)

tracking_days = Table(
    "tracking_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("number", Integer, nullable=False),
)


def lock(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The browsers' rows by id, locked in order; one that is not known has none."""
    return _locked(connection, visitors.c.id, ids)


def lock_persons(connection: Connection, persons: Collection[str]) -> dict[str, dict[str, Any]]:
    """The rows, locked likewise, of all browsers that are known to be some one's of these, whoever that is."""
    return _locked(connection, visitors.c.person, persons)


def _locked(connection: Connection, column: Column[Any], ids: Collection[str]) -> dict[str, dict[str, Any]]:
    wanted = select(visitors).where(one_of(connection, column)).order_by(visitors.c.id)
    rows = dicts(connection.execute(wanted.with_for_update(), {"ids": to_json(sorted(ids))}))
    return {row["id"]: row for row in rows}


def add(connection: Connection, new: Mapping[str, datetime]) -> None:
    """Add browsers that are nobody's, by id, each seen first at an instant; one that is there stays as it is."""
    rows = [
        {"id": one, "lead_id": None, "joined": None, "person": None, "first_at": at, "last_at": at}
        for one, at in sorted(new.items())
    ]
    insert_many(connection, visitors, rows, conflict=("id",))


def last_of(connection: Connection, people: Collection[int]) -> dict[int, datetime]:
    """When any browser of each of these leads, or of those for whom she stands, was last seen."""
    wanted = (
        select(PERSON, func.max(visitors.c.last_at))
        .join(leads, leads.c.id == visitors.c.lead_id)
        .where(or_(one_of(connection, leads.c.id), one_of(connection, leads.c.merged_into)))
        .group_by(PERSON)
    )
    return {row[0]: row[1] for row in connection.execute(wanted, {"ids": to_json(sorted(people))}).all()}


def write(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what browsers that are locked have become, rows as `lock` gives them."""
    update_many(connection, visitors, rows, key=("id",))


def keep(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what browsers that are nobody's yet told (`key`, `visitor`, `at`, `entry`); each once."""
    insert_many(connection, page_visits, rows, conflict=("key",))


def take(connection: Connection, ids: Collection[str]) -> list[Mapping[str, Any]]:
    """Take out everything that these browsers have told, in the order of time."""
    of_these = one_of(connection, page_visits.c.visitor)
    parameters = {"ids": to_json(sorted(ids))}
    wanted = select(page_visits.c.entry).where(of_these).order_by(page_visits.c.at, page_visits.c.key)
    found = list(connection.execute(wanted, parameters).scalars())
    connection.execute(delete(page_visits).where(of_these), parameters)
    return found


def when_waiting(connection: Connection, ids: Collection[str]) -> list[datetime]:
    """When these browsers told what waits."""
    wanted = select(page_visits.c.at).where(one_of(connection, page_visits.c.visitor))
    return list(connection.execute(wanted, {"ids": to_json(sorted(ids))}).scalars())


def forget(connection: Connection, ids: Collection[str]) -> None:
    """Forget browsers, with what they have told and is nobody's."""
    parameters = {"ids": to_json(sorted(ids))}
    for column in (page_visits.c.visitor, passes.c.visitor, visitors.c.id):
        connection.execute(delete(column.table).where(one_of(connection, column)), parameters)


def withdraw(connection: Connection, ids: Collection[str], at: datetime) -> None:
    """Forget browsers that have withdrawn their consent, and keep of each name a digest, by which it is known again
    and from which nobody can tell it: what is still told under it is not taken."""
    forget(connection, ids)
    rows = [{"digest": one, "at": at} for one in sorted(map(digest, ids))]
    insert_many(connection, withdrawn, rows, conflict=("digest",))


def withdrawn_of(connection: Connection, ids: Collection[str]) -> set[str]:
    """Which of these browsers have withdrawn their consent."""
    names = {digest(one): one for one in ids}
    if not names:
        return set()
    wanted = select(withdrawn.c.digest).where(one_of(connection, withdrawn.c.digest))
    return {names[one] for one in connection.execute(wanted, {"ids": to_json(sorted(names))}).scalars()}


def withdrawn_since(connection: Connection, since: datetime | None) -> Sequence[tuple[str, datetime]]:
    """The digests of names that were withdrawn since an instant, or all, each with when."""
    wanted = select(withdrawn.c.digest, withdrawn.c.at)
    if since is not None:
        wanted = wanted.where(withdrawn.c.at >= since)
    return [(row.digest, row.at) for row in connection.execute(wanted)]


def digest(visitor: str) -> str:
    """Of a name, by which it is known again. Names are 128 bits of chance: nobody finds one by trying."""
    return hashlib.sha256(visitor.encode()).hexdigest()[:32]


def of_lead(connection: Connection, lead_id: int) -> Sequence[Mapping[str, Any]]:
    """A lead's browsers, the one seen last first."""
    wanted = select(visitors).where(visitors.c.lead_id == lead_id).order_by(visitors.c.last_at.desc())
    return dicts(connection.execute(wanted))


def withdraw_lead(connection: Connection, lead_id: int, at: datetime) -> None:
    """The same of a lead's browsers: who is erased has agreed to nothing any more."""
    withdraw(connection, [row["id"] for row in of_lead(connection, lead_id)], at)


def trim(connection: Connection, before: datetime, passes_before: datetime) -> None:
    """Forget browsers not seen since an instant with what is nobody's, that others had withdrawn their consent before
    it, passes that nobody came to use, and pages of which no click was told."""
    connection.execute(delete(page_visits).where(page_visits.c.at < before))
    connection.execute(delete(visitors).where(visitors.c.last_at < before))
    connection.execute(delete(withdrawn).where(withdrawn.c.at < before))
    connection.execute(delete(passes).where(passes.c.at < passes_before))


def give_pass(connection: Connection, pass_id: str, visitor: str, at: datetime) -> None:
    """Let a browser be known on the site that it goes to now."""
    insert_many(connection, passes, [{"id": pass_id, "visitor": visitor, "at": at}], conflict=("id",))


def use_pass(connection: Connection, pass_id: str, since: datetime) -> str | None:
    """The browser that a pass is of, if it was given since an instant; it is used up then."""
    wanted = delete(passes).where(and_(passes.c.id == pass_id, passes.c.at >= since)).returning(passes.c.visitor)
    found = connection.execute(wanted).first()
    return str(found[0]) if found else None


def use_passes(connection: Connection, ids: Collection[str], since: datetime) -> dict[str, str]:
    """The browsers of these passes, by pass, likewise."""
    wanted = delete(passes).where(and_(one_of(connection, passes.c.id), passes.c.at >= since))
    found = connection.execute(wanted.returning(passes.c.id, passes.c.visitor), {"ids": to_json(sorted(ids))})
    return {row.id: row.visitor for row in found}


def count(connection: Connection, day: date, numbers: Mapping[str, int]) -> None:
    """Add to what was counted on a day."""
    rows = [{"day": day.isoformat(), "what": what, "number": number} for what, number in sorted(numbers.items())]
    if not rows:
        return
    picked = source(tracking_days, ("day", "what", "number"), connection.dialect.name)
    connection.execute(
        text(
            f"INSERT INTO tracking_days (day, what, number) SELECT day, what, number FROM {picked} AS x WHERE true"
            " ON CONFLICT (day, what) DO UPDATE SET number = tracking_days.number + excluded.number"
        ),
        {"rows": to_json(rows)},
    )


def counted(connection: Connection, since: date) -> dict[date, dict[str, int]]:
    """What was counted on each day since one."""
    found: dict[date, dict[str, int]] = {}
    wanted = select(tracking_days).where(tracking_days.c.day >= since).order_by(tracking_days.c.day)
    for row in connection.execute(wanted):
        found.setdefault(row.day, {})[row.what] = row.number
    return found


def count_waiting(connection: Connection) -> tuple[int, int]:
    """Of how many browsers that are nobody's how many visits wait."""
    wanted = select(func.count(page_visits.c.visitor.distinct()), func.count())
    found = connection.execute(wanted.select_from(page_visits)).one()
    return int(found[0]), int(found[1])


TOLD = "told"
"""Under which name visits are counted that were taken; the others are of what was refused."""

UNWRITABLE = "unwritable"
"""Under which name is counted what was taken in, and no database takes."""

KEPT_FOR = timedelta(days=395)
"""So long a browser may be away before it is forgotten: 13 months, as CNIL has it for audience measurement."""
