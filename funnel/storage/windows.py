"""Windows of the outbox: rows are claimed under a lease, opened, settled, and found again when their worker died."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, text

from funnel.storage.bulk import dicts, insert_many, one_of, to_json, update_many
from funnel.storage.database import bound, instant_text, machine_now
from funnel.storage.leads import leads
from funnel.storage.outbox import CLAIMED, attempts, outbox


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
        # Not an anti-join: the rows stay in the order of the index, however few of them the planner expects.
        " AND coalesce(o.scenario, 'company') NOT IN (SELECT p.name FROM publications p WHERE p.paused)"
        f" ORDER BY o.not_before, o.planned_at, o.id LIMIT :most{skip}) RETURNING {_NAMES}"
    ).columns(*outbox.c)
    parameters: dict[str, Any] = {
        "worker": worker,
        "channel": channel,
        "now": bound(connection, now),
        "most": most,
    }
    if until:
        parameters["until"] = instant_text(until)
    rows = dicts(connection.execute(statement, parameters))
    return sorted(rows, key=lambda row: (row["not_before"], row["planned_at"], row["id"]))


def marketing_lately(
    connection: Connection, lead_ids: Sequence[int], first: datetime, worker: str
) -> list[tuple[int, datetime | None]]:
    """The (lead id, instant) of each marketing mail that left to the leads since `first`, or may have; no instant for
    one that another worker is about to send."""
    wanted = (
        select(outbox.c.lead_id, func.coalesce(outbox.c.left_at, outbox.c.begun_at), outbox.c.state)
        .where(one_of(connection, outbox.c.lead_id), outbox.c.kind == "marketing")
        .where(
            or_(
                and_(outbox.c.state == "sent", outbox.c.left_at > first),
                outbox.c.state.in_(("attempting", "in_doubt")),
                and_(outbox.c.state == "claimed", outbox.c.claimed_by != worker),
            )
        )
    )
    found = connection.execute(wanted, {"ids": to_json(list(lead_ids))})
    return [(lead_id, None if state in ("claimed", "attempting") else at) for lead_id, at, state in found]


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


_KEPT_BACK = """CASE
 WHEN EXISTS (SELECT 1 FROM publications p WHERE p.name = coalesce(t.scenario, 'company') AND p.paused) THEN 'paused'
 WHEN t.kind <> 'marketing' THEN NULL
 WHEN l.unsubscribed THEN 'unsubscribed'
 WHEN t.purpose IS NOT NULL AND NOT {consent} THEN 'no consent'
 WHEN EXISTS (SELECT 1 FROM handoffs h WHERE h.lead_id IN (t.lead_id, l.merged_into)
 AND h.state IN ('offered', 'accepted'))
 THEN 'handed over'
 WHEN EXISTS (SELECT 1 FROM leads m WHERE m.merged_into = l.id AND {refuses}) THEN 'other address'
 WHEN EXISTS (SELECT 1 FROM leads m WHERE m.id = l.merged_into AND {refuses}) THEN 'other address' ELSE NULL END"""

_WITHDREW = """(t.purpose IS NOT NULL AND NOT {consent} AND EXISTS (SELECT 1 FROM consents c
 WHERE c.lead_id = m.id AND c.purpose = t.purpose AND c.withdrawn_at IS NOT NULL))"""
"""What she refuses by one address of hers is sent to none: she has unsubscribed there, or withdrawn a consent."""

_CONSENT = {
    "sqlite": "coalesce(json_extract({whose}.consents, '$.' || t.purpose), 0)",
    "postgresql": "coalesce(({whose}.consents ->> t.purpose)::boolean, false)",
}

_ATTEMPTS_LITE = """INSERT INTO attempts (outbox_id, number, begun_at, ended_at, outcome, reply, worker)
 SELECT t.id, t.attempts, t.begun_at, json_extract(value, '$.ended_at'), json_extract(value, '$.outcome'),
 json_extract(value, '$.reply'), :worker FROM json_each(:rows) JOIN outbox t ON t.id = json_extract(value, '$.id')"""


def kept_back(dialect: str) -> str:
    """SQL: why a row `t` of the lead `l` must not leave now; NULL when it may."""
    refuses = f"(m.unsubscribed OR {_withdrew(dialect)})"
    return _KEPT_BACK.format(consent=_CONSENT[dialect].format(whose="l"), refuses=refuses)


def refused_elsewhere(connection: Connection, lead_id: int) -> tuple[bool, set[str]]:
    """What keeps mails to her back by the addresses that are joined with hers: whether she has unsubscribed by one, and
    the purposes to which she has withdrawn her consent there."""
    rows = connection.execute(
        text(
            f"SELECT m.unsubscribed, t.purpose, {_withdrew(connection.dialect.name)} AS withdrew"
            " FROM leads m LEFT JOIN consents t ON t.lead_id = m.id"
            " WHERE m.merged_into = :lead OR m.id = (SELECT l.merged_into FROM leads l WHERE l.id = :lead)"
        ),
        {"lead": lead_id},
    ).all()
    return any(row.unsubscribed for row in rows), {row.purpose for row in rows if row.withdrew}


def _withdrew(dialect: str) -> str:
    """SQL: whether the lead `m` has withdrawn her consent to the purpose of `t`."""
    return _WITHDREW.format(consent=_CONSENT[dialect].format(whose="m"))


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
    # PostgreSQL may not name the updated row inside FROM, so the outbox is joined a second time to judge it.
    judged = f"""judged AS MATERIALIZED (SELECT x.*, CASE WHEN x.state = 'attempting' THEN {kept_back(dialect)} END
 AS blocked FROM {given} AS x JOIN outbox t ON t.id = x.id LEFT JOIN leads l ON l.id = t.lead_id)"""
    update = """UPDATE outbox AS o SET
 state = CASE WHEN j.blocked = 'paused' THEN 'ready' WHEN j.blocked IS NOT NULL THEN 'skipped' ELSE j.state END,
 reason = coalesce(j.blocked, j.reason),
 not_before = coalesce(j.not_before, o.not_before),
 begun_at = coalesce(j.begun_at, o.begun_at),
 left_at = coalesce(j.left_at, o.left_at),
 frozen = coalesce(j.frozen, o.frozen),
 digest = coalesce(j.digest, o.digest),
 message_id = coalesce(j.message_id, o.message_id),
 tells = o.tells OR (j.state = 'failed' AND o.scenario IS NOT NULL),
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


def may_begin(connection: Connection, worker: str, ids: Sequence[int]) -> set[int]:
    """Which of the rows that `worker` has opened may begin yet: they are still its own, and nothing keeps them back."""
    t, lead = outbox.alias("t"), leads.alias("l")
    wanted = (
        select(t.c.id)
        .select_from(t.outerjoin(lead, lead.c.id == t.c.lead_id))
        .where(one_of(connection, t.c.id), t.c.claimed_by == worker, t.c.state == "attempting")
        .where(text(f"{kept_back(connection.dialect.name)} IS NULL"))
    )
    return set(connection.execute(wanted, {"ids": to_json(list(ids))}).scalars())


def give_back(connection: Connection, worker: str) -> None:
    """What the worker has claimed and not begun is ready again."""
    connection.execute(
        text("UPDATE outbox SET state = 'ready', claimed_by = NULL WHERE claimed_by = :worker AND state = 'claimed'"),
        {"worker": worker},
    )


def expired(connection: Connection, dead: Sequence[str]) -> list[Mapping[str, Any]]:
    """Rows whose lease has run out or whose worker is known to be dead: claimed ones were not begun, attempting ones
    may have left. Those that somebody else is settling are waited for: whoever has none left here may forget notes."""
    lite = connection.dialect.name == "sqlite"
    gone = outbox.c.lease_until < (machine_now(connection) if lite else func.clock_timestamp())
    for worker in dead:
        gone = gone | outbox.c.claimed_by.startswith(f"{worker}/", autoescape=True)
    wanted = select(outbox).where(CLAIMED, gone).order_by(outbox.c.id)
    if not lite:
        wanted = wanted.with_for_update()
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


def next_expiry(connection: Connection) -> datetime | None:
    """When the first lease runs out (machine time)."""
    wanted = select(func.min(outbox.c.lease_until)).where(CLAIMED)
    found: datetime | None = connection.execute(wanted).scalar_one()
    return found
