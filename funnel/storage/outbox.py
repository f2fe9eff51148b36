"""The outbox: what must leave the house, each row under its unique key, and how each attempt ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    func,
    select,
    text,
    true,
)

from funnel.storage.bulk import id_list, insert_many, source, to_json, update_many
from funnel.storage.database import Instant, Json, Serial, instant_text, machine_now, metadata

_READY = text("state = 'ready'")
_RUNNING = "NOT EXISTS (SELECT 1 FROM publications p WHERE p.name = coalesce(outbox.scenario, 'company') AND p.paused)"
"""Not paused; what belongs to no scenario (invitations, dossiers) stands still when everything is paused."""
_UNTOLD = text("tells AND NOT told")
_CLAIMED = text("state IN ('claimed', 'attempting')")

outbox = Table(
    "outbox",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("key", String(400), nullable=False, unique=True),
    Column("lead_id", Serial, ForeignKey("leads.id"), nullable=True, index=True),
    Column("channel", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("message", String(160), nullable=False),
    Column("version", String(64)),
    Column("recipient", String(80), nullable=False),
    Column("purpose", String(64)),
    Column("scenario", String(64)),
    Column("pass_number", Integer),
    Column("step", String(128)),
    Column("cause", String(200), nullable=False),
    Column("data", Json, nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text),
    Column("tells", Boolean, nullable=False),
    Column("told", Boolean, nullable=False),
    Column("claimed_by", String(80)),
    Column("lease_until", Instant),
    Column("attempts", Integer, nullable=False),
    Column("begun_at", Instant),
    Column("frozen", Json),
    Column("digest", String(64)),
    Column("message_id", String(200)),
    Column("left_at", Instant),
    Index("ix_outbox_ready", "channel", "not_before", "planned_at", "id", postgresql_where=_READY, sqlite_where=_READY),
    Index("ix_outbox_untold", "id", postgresql_where=_UNTOLD, sqlite_where=_UNTOLD),
    Index("ix_outbox_lease", "lease_until", postgresql_where=_CLAIMED, sqlite_where=_CLAIMED),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("outbox_id", Serial, ForeignKey("outbox.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("begun_at", Instant),
    Column("ended_at", Instant, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reply", Text, nullable=False),
    Column("worker", String(80), nullable=False),
)

FINAL = ("sent", "refused", "failed", "skipped", "in_doubt")
"""States from which a row moves on only by a person's hand."""


def add(connection: Connection, new: Sequence[Mapping[str, Any]]) -> None:
    """Put rows; one whose key is there stays as it is: at most one send per person, step and pass."""
    insert_many(connection, outbox, new, conflict=("key",))


def skip_marketing(connection: Connection, skips: Sequence[Mapping[str, Any]]) -> None:
    """Skip leads' marketing mails still in the house (`lead_id`, `reason`); those on the wire end as they end."""
    if not skips:
        return
    connection.execute(
        text(
            "UPDATE outbox AS t SET state = 'skipped', reason = x.reason FROM "
            + source(outbox, ("lead_id", "reason"), connection.dialect.name)
            + " AS x WHERE t.lead_id = x.lead_id AND t.kind = 'marketing' AND t.state IN ('ready', 'claimed')"
        ),
        {"rows": to_json(list(skips))},
    )


def supersede(connection: Connection, lead_id: int, cause: str, reason: str) -> None:
    """Skip a lead's asked mails that have not left and that `cause` has queued once more; those on the wire go on."""
    connection.execute(
        text(
            "UPDATE outbox SET state = 'skipped', reason = :reason WHERE lead_id = :lead AND state = 'ready'"
            " AND kind = 'asked' AND cause <> :cause AND EXISTS (SELECT 1 FROM outbox o WHERE o.lead_id = :lead"
            " AND o.cause = :cause AND o.message = outbox.message AND o.scenario = outbox.scenario"
            " AND o.pass_number = outbox.pass_number AND o.step = outbox.step)"
        ),
        {"lead": lead_id, "cause": cause, "reason": reason},
    )


def claim(
    connection: Connection, channel: str, worker: str, now: datetime, seconds: float, most: int
) -> list[Mapping[str, Any]]:
    """Claim due rows with a lease, in order; rows that another worker is claiming are passed over."""
    lite = connection.dialect.name == "sqlite"
    skip = "" if lite else " FOR UPDATE OF o SKIP LOCKED"
    until = machine_now(connection) + timedelta(seconds=seconds) if lite else None
    lease = ":until" if lite else f"clock_timestamp() + interval '{seconds} seconds'"
    statement = text(
        f"UPDATE outbox SET state = 'claimed', claimed_by = :worker, lease_until = {lease} WHERE id IN ("
        "SELECT o.id FROM outbox o WHERE o.state = 'ready' AND o.channel = :channel AND o.not_before <= :now"
        " AND NOT EXISTS (SELECT 1 FROM publications p"
        " WHERE p.name = coalesce(o.scenario, 'company') AND p.paused)"
        f" ORDER BY o.not_before, o.planned_at, o.id LIMIT :most{skip}) RETURNING {_NAMES}"
    ).columns(*outbox.c)
    parameters: dict[str, Any] = {
        "worker": worker,
        "channel": channel,
        "now": instant_text(now) if lite else now,
        "most": most,
    }
    if until:
        parameters["until"] = instant_text(until)
    rows = [dict(row) for row in connection.execute(statement, parameters).mappings()]
    return sorted(rows, key=lambda row: (row["not_before"], row["planned_at"], row["id"]))


_NAMES = ", ".join(f'"{column.name}"' for column in outbox.c)

_TURN = ("id", "lead_id", "expect", "state", "reason", "not_before", "begun_at", "left_at", "frozen", "digest",
         "message_id", "outcome", "reply", "ended_at")  # fmt: skip


def turn_window(
    connection: Connection, worker: str, rows: Sequence[Mapping[str, Any]]
) -> dict[int, tuple[str, str | None]]:
    """Settle the last window and open the next in one statement; id -> (state now, reason).

    Every row says which state it expects and which it goes to; a row that is not `worker`'s in that state any more is
    not in the answer (fencing). A row that would open is asked once more for consent, suppression, hand-over and
    pause: it may come back `skipped` or `ready` instead. Settled rows (those with an outcome) leave an attempt.
    """
    if not rows:
        return {}
    whole = [{name: row.get(name) for name in _TURN} for row in rows]
    dialect = connection.dialect.name
    parameters = {"rows": to_json(whole), "worker": worker}
    if dialect != "sqlite":
        moved = connection.execute(_turn_statement(dialect), parameters)
        return {row[0]: (row[1], row[2]) for row in moved}
    found = {row[0]: (row[1], row[2]) for row in connection.execute(_turn_statement(dialect), parameters)}
    settled = [row for row in whole if row["outcome"] and row["id"] in found]
    if settled:
        connection.execute(text(_ATTEMPTS_LITE), {"rows": to_json(settled), "worker": worker})
    return found


_BLOCKED = """CASE WHEN x.state <> 'attempting' THEN NULL
 WHEN EXISTS (SELECT 1 FROM publications p WHERE p.name = coalesce(t.scenario, 'company') AND p.paused) THEN 'paused'
 WHEN t.kind <> 'marketing' THEN NULL
 WHEN l.unsubscribed THEN 'unsubscribed'
 WHEN t.purpose IS NOT NULL AND NOT {consent} THEN 'no consent'
 WHEN EXISTS (SELECT 1 FROM handoffs h WHERE h.lead_id = t.lead_id AND h.state IN ('offered', 'accepted'))
 THEN 'handed over' ELSE NULL END"""

_CONSENT = {
    "sqlite": "coalesce(json_extract(l.consents, '$.' || t.purpose), 0)",
    "postgresql": "coalesce((l.consents ->> t.purpose)::boolean, false)",
}

_ATTEMPTS_LITE = """INSERT INTO attempts (outbox_id, number, begun_at, ended_at, outcome, reply, worker)
 SELECT t.id, t.attempts, t.begun_at, json_extract(value, '$.ended_at'), json_extract(value, '$.outcome'),
 json_extract(value, '$.reply'), :worker FROM json_each(:rows) JOIN outbox t ON t.id = json_extract(value, '$.id')"""


@lru_cache(maxsize=2)
def _turn_statement(dialect: str) -> Any:
    lite = dialect == "sqlite"
    if lite:
        picked = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in _TURN)
        given = f"(SELECT {picked} FROM json_each(:rows))"
    else:
        kinds = {"id": "bigint", "lead_id": "bigint", "frozen": "jsonb"}
        typed = ", ".join(
            f"{name} {kinds.get(name, 'timestamptz' if name.endswith('_at') or name == 'not_before' else 'text')}"
            for name in _TURN
        )
        given = f"(SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r({typed}))"
    blocked = _BLOCKED.format(consent=_CONSENT[dialect])
    # PostgreSQL may not name the updated row inside FROM, so the outbox is joined a second time to judge it.
    judged = f"""judged AS MATERIALIZED (SELECT x.*, {blocked} AS blocked FROM {given} AS x
 JOIN outbox t ON t.id = x.id LEFT JOIN leads l ON l.id = t.lead_id)"""
    update = """UPDATE outbox AS o SET
 state = CASE WHEN j.blocked = 'paused' THEN 'ready' WHEN j.blocked IS NOT NULL THEN 'skipped' ELSE j.state END,
 reason = coalesce(j.blocked, j.reason),
 not_before = coalesce(j.not_before, o.not_before),
 begun_at = coalesce(j.begun_at, o.begun_at),
 left_at = coalesce(j.left_at, o.left_at),
 frozen = coalesce(j.frozen, o.frozen),
 digest = coalesce(j.digest, o.digest),
 message_id = coalesce(j.message_id, o.message_id),
 attempts = o.attempts + CASE WHEN j.state = 'attempting' AND j.blocked IS NULL THEN 1
 WHEN j.expect = 'attempting' AND j.state = 'ready' AND j.outcome IS NULL THEN -1 ELSE 0 END,
 claimed_by = CASE WHEN j.state IN ('attempting', 'claimed') AND j.blocked IS NULL THEN o.claimed_by ELSE NULL END
 FROM judged AS j
 WHERE o.id = j.id AND o.claimed_by = :worker AND o.state = j.expect"""
    if lite:
        return text(f"WITH {judged} {update} RETURNING id, state, reason")
    return text(
        f"""WITH {judged}, moved AS ({update}
 RETURNING o.id, o.state, o.reason, o.attempts, o.begun_at, j.outcome, j.reply, j.ended_at),
 tried AS (INSERT INTO attempts (outbox_id, number, begun_at, ended_at, outcome, reply, worker)
 SELECT id, attempts, begun_at, ended_at, outcome, reply, :worker FROM moved WHERE outcome IS NOT NULL)
 SELECT id, state, reason FROM moved"""
    )


def give_back(connection: Connection, worker: str) -> None:
    """What the worker has claimed and not begun is ready again."""
    connection.execute(
        text("UPDATE outbox SET state = 'ready', claimed_by = NULL WHERE claimed_by = :worker AND state = 'claimed'"),
        {"worker": worker},
    )


def expired(connection: Connection, dead: Sequence[str]) -> list[Mapping[str, Any]]:
    """Rows whose lease has run out or whose worker is known to be dead: claimed ones were not begun, attempting ones
    may have left."""
    lite = connection.dialect.name == "sqlite"
    gone = outbox.c.lease_until < (machine_now(connection) if lite else func.clock_timestamp())
    for worker in dead:
        gone = gone | outbox.c.claimed_by.startswith(f"{worker}/", autoescape=True)
    wanted = select(outbox).where(_CLAIMED, gone)
    if not lite:
        wanted = wanted.with_for_update(skip_locked=True)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def resolve(connection: Connection, rows: Sequence[Mapping[str, Any]], worker: str) -> None:
    """Write how expired rows ended (`id`, `state`, `reason`, `left_at`, `outcome`, `reply`, `ended_at`, `number`,
    `begun_at`); those with an outcome leave an attempt."""
    changed = [
        {"id": row["id"], "state": row["state"], "reason": row["reason"], "left_at": row["left_at"],
         "claimed_by": None}
        for row in rows
    ]  # fmt: skip
    update_many(connection, outbox, changed, key=("id",), expect="t.state IN ('claimed', 'attempting')")
    names = ("number", "begun_at", "ended_at", "outcome", "reply")
    tried = [
        {"outbox_id": row["id"], "worker": worker, **{name: row[name] for name in names}}
        for row in rows
        if row["outcome"]
    ]
    insert_many(connection, attempts, tried)


def untold(connection: Connection, most: int) -> list[Mapping[str, Any]]:
    """Ended mails that a step waits to hear of, locked until this transaction tells it."""
    wanted = select(outbox).where(_UNTOLD, outbox.c.state.in_(FINAL)).order_by(outbox.c.id).limit(most)
    if connection.dialect.name != "sqlite":
        wanted = wanted.with_for_update(skip_locked=True)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def mark_told(connection: Connection, ids: Sequence[int]) -> None:
    """They have been told."""
    update_many(connection, outbox, [{"id": one, "told": True} for one in ids], key=("id",))


def busy(connection: Connection, now: datetime) -> int:
    """How many rows are due, on their way, or not told yet: 0 says that the outbox is idle at this instant."""
    due = (outbox.c.state == "ready") & (outbox.c.not_before <= now)
    running = text(_RUNNING)
    wanted = select(func.count()).where(
        (due & running)
        | outbox.c.state.in_(("claimed", "attempting"))
        | (outbox.c.tells & ~outbox.c.told & outbox.c.state.in_(FINAL))
    )
    return int(connection.execute(wanted.select_from(outbox)).scalar_one())


def anything_untold(connection: Connection) -> bool:
    """Whether an ended mail waits to be told to the door."""
    wanted = select(outbox.c.id).where(_UNTOLD, outbox.c.state.in_(FINAL)).limit(1)
    return connection.execute(wanted).first() is not None


def next_expiry(connection: Connection) -> datetime | None:
    """When the first lease runs out (machine time)."""
    wanted = select(func.min(outbox.c.lease_until)).where(_CLAIMED)
    found: datetime | None = connection.execute(wanted).scalar_one()
    return found


def next_ready(connection: Connection, channel: str | None = None) -> datetime | None:
    """The earliest instant at which a row (of a channel) may leave."""
    running = text(_RUNNING)
    found: datetime | None = connection.execute(
        select(func.min(outbox.c.not_before)).where(
            outbox.c.state == "ready", running, true() if channel is None else outbox.c.channel == channel
        )
    ).scalar_one()
    return found


def upcoming(connection: Connection, most: int) -> list[Mapping[str, Any]]:
    """What leaves next, earliest first."""
    wanted = (
        select(outbox)
        .where(outbox.c.state == "ready")
        .order_by(outbox.c.not_before, outbox.c.planned_at, outbox.c.id)
        .limit(most)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def ledger(connection: Connection) -> dict[tuple[str, str], int]:
    """How many rows stand in each (channel, state): the send ledger, which balances."""
    wanted = select(outbox.c.channel, outbox.c.state, func.count()).group_by(outbox.c.channel, outbox.c.state)
    return {(channel, state): number for channel, state, number in connection.execute(wanted)}


def ledger_by_scenario(connection: Connection) -> list[tuple[str | None, str, str, int]]:
    """How many rows stand in each (scenario, channel, state)."""
    place = (outbox.c.scenario, outbox.c.channel, outbox.c.state)
    found = connection.execute(select(*place, func.count()).group_by(*place))
    return [(scenario, channel, state, number) for scenario, channel, state, number in found]


def count_accepted(connection: Connection) -> int:
    """How many rows have an attempt that the other side accepted."""
    wanted = select(func.count(attempts.c.outbox_id.distinct())).where(attempts.c.outcome == "accepted")
    return int(connection.execute(wanted).scalar_one())


def count_due(connection: Connection, scenarios: Sequence[str], now: datetime) -> int:
    """How many rows of these scenarios are due and ready, paused or not."""
    wanted = select(func.count()).where(
        outbox.c.scenario.in_(list(scenarios)), outbox.c.state == "ready", outbox.c.not_before <= now
    )
    return int(connection.execute(wanted.select_from(outbox)).scalar_one())


def in_doubt(connection: Connection, most: int) -> list[Mapping[str, Any]]:
    """Rows of which nobody knows whether they left, newest first."""
    wanted = select(outbox).where(outbox.c.state == "in_doubt").order_by(outbox.c.id.desc()).limit(most)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def of_lead(connection: Connection, lead_id: int) -> list[Mapping[str, Any]]:
    """Everything that left, will leave or was skipped for a lead, in planned order."""
    wanted = select(outbox).where(outbox.c.lead_id == lead_id).order_by(outbox.c.planned_at, outbox.c.id)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def by_channel(connection: Connection, channel: str, most: int) -> list[Mapping[str, Any]]:
    """The newest rows of a channel with their last reply."""
    last = (
        select(attempts.c.reply)
        .where(attempts.c.outbox_id == outbox.c.id)
        .order_by(attempts.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    wanted = (
        select(outbox, last.label("last_reply"))
        .where(outbox.c.channel == channel)
        .order_by(outbox.c.id.desc())
        .limit(most)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def try_again(connection: Connection, channel: str, outbox_id: int, now: datetime) -> bool:
    """A person sends a parked, refused or failed row of a channel again."""
    done = connection.execute(
        text(
            "UPDATE outbox SET state = 'ready', reason = NULL, not_before = :now, told = :told"
            " WHERE id = :id AND channel = :channel AND state IN ('refused', 'failed', 'in_doubt')"
        ),
        {
            "id": outbox_id,
            "channel": channel,
            "told": False,
            "now": instant_text(now) if connection.dialect.name == "sqlite" else now,
        },
    )
    return done.rowcount == 1


def rows(connection: Connection, ids: Sequence[int]) -> list[Mapping[str, Any]]:
    """Rows by id."""
    wanted = select(outbox).where(outbox.c.id.in_(text(id_list(connection)))).order_by(outbox.c.id)
    return [dict(row) for row in connection.execute(wanted, {"ids": to_json(list(ids))}).mappings()]
