"""The outbox: what must leave the house, each row under its unique key, and how each attempt ended."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
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
    case,
    func,
    select,
    text,
    update,
)

from funnel.storage.bulk import insert_many, one_of, source, to_json, update_many
from funnel.storage.database import Instant, Json, Serial, bound, metadata

_READY = text("state = 'ready'")
RUNNING = "NOT EXISTS (SELECT 1 FROM publications p WHERE p.name = coalesce(outbox.scenario, 'company') AND p.paused)"
"""Not paused; what belongs to no scenario (invitations, dossiers) stands still when everything is paused."""
UNTOLD = text("tells AND NOT told")
CLAIMED = text("state IN ('claimed', 'attempting')")

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
    Column("opened_at", Instant),
    Index("ix_outbox_ready", "channel", "not_before", "planned_at", "id", postgresql_where=_READY, sqlite_where=_READY),
    Index("ix_outbox_untold", "id", postgresql_where=UNTOLD, sqlite_where=UNTOLD),
    Index("ix_outbox_lease", "lease_until", postgresql_where=CLAIMED, sqlite_where=CLAIMED),
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
WAITING = ("ready", "claimed")
"""States of a row that is still to leave."""
MAY_HAVE_LEFT = ("attempting", "sent", "in_doubt")
"""States of a row that is on the wire, has left, or of which nobody knows."""
RECALLABLE = (*WAITING, "skipped")
"""States of a row that nobody outside has seen anything of."""


def in_states(states: Collection[str]) -> str:
    """SQL: whether a row `t` is in one of these states."""
    listed = ", ".join(f"'{state}'" for state in states)
    return f"t.state IN ({listed})"


def add(connection: Connection, new: Sequence[Mapping[str, Any]]) -> None:
    """Put rows; one whose key is there stays as it is: at most one send per person, step and pass."""
    insert_many(connection, outbox, new, conflict=("key",))


def skip_marketing(connection: Connection, skips: Sequence[Mapping[str, Any]]) -> None:
    """Skip leads' marketing mails still in the house (`lead_id`, `reason`); those on the wire end as they end."""
    _skip(connection, skips, ("lead_id",), "t.kind = 'marketing'")


def skip_pass(connection: Connection, skips: Sequence[Mapping[str, Any]]) -> None:
    """Skip every mail of a pass that is still in the house (`lead_id`, `scenario`, `pass_number`, `reason`)."""
    _skip(connection, skips, ("lead_id", "scenario", "pass_number"), "t.channel = 'mail'")


def skip_withdrawn(connection: Connection, skips: Sequence[Mapping[str, Any]]) -> None:
    """Skip leads' marketing mails still in the house of a purpose to which they consent no more (`lead_id`, `purpose`,
    `reason`): the times that they propose are given back, and none leaves without them once she consents anew."""
    _skip(connection, skips, ("lead_id", "purpose"), "t.kind = 'marketing'")


def _skip(connection: Connection, skips: Sequence[Mapping[str, Any]], key: tuple[str, ...], which: str) -> None:
    """Skip for its `reason` what is still to leave, agrees with one of these in `key`, is `which` (SQL over `t`)."""
    rows = [{**one, "state": "skipped"} for one in skips]
    update_many(connection, outbox, rows, key=key, expect=f"{which} AND {in_states(WAITING)}")


def queue_again(connection: Connection, wanted: Sequence[Mapping[str, Any]]) -> None:
    """Let leads' marketing mails leave after all that were skipped for a reason which was none (`lead_id`, `reason`,
    `not_before`: those that should have left before it stay as they are)."""
    if not wanted:
        return
    connection.execute(
        text(
            "UPDATE outbox AS t SET state = 'ready', reason = NULL FROM "
            + source(outbox, ("lead_id", "reason", "not_before"), connection.dialect.name)
            + " AS x WHERE t.lead_id = x.lead_id AND t.kind = 'marketing' AND t.state = 'skipped'"
            " AND t.reason = x.reason AND t.not_before >= x.not_before AND t.key NOT LIKE '%#%'"
        ),
        {"rows": to_json(list(wanted))},
    )


def any_left(connection: Connection, lead_id: int, causes: Collection[str]) -> bool:
    """Whether a lead's mail of one of these causes has left, is on the wire, or was tried; those that have not are
    locked until this transaction has decided about them."""
    if not causes:
        return False
    wanted = select(outbox.c.state).where(
        outbox.c.lead_id == lead_id, outbox.c.channel == "mail", outbox.c.cause.in_(sorted(causes))
    )
    if connection.dialect.name != "sqlite":
        wanted = wanted.order_by(outbox.c.id).with_for_update()
    return any(state not in RECALLABLE for (state,) in connection.execute(wanted).all())


def marketing_of(connection: Connection, lead_id: int) -> list[Mapping[str, Any]]:
    """The marketing mails to a lead that wait, are on the wire, or left or may have: their state, whose they are, for
    when they were planned, and when they left (`at`)."""
    wanted = select(
        outbox.c.state,
        outbox.c.cause,
        outbox.c.scenario,
        outbox.c.pass_number,
        outbox.c.purpose,
        outbox.c.planned_at,
        outbox.c.not_before,
        func.coalesce(outbox.c.left_at, outbox.c.begun_at, outbox.c.not_before).label("at"),
    ).where(
        outbox.c.lead_id == lead_id,
        outbox.c.kind == "marketing",
        outbox.c.state.in_(WAITING + MAY_HAVE_LEFT),
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def recall(connection: Connection, recalled: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Skip leads' mails that have not left (`lead_id`, `cause`, `reason`) and free their keys, so that their steps may
    send them anew; what was skipped keeps its own reason. No step hears of them any more, and what was planned for
    later ends now."""
    if not recalled:
        return
    connection.execute(
        text(
            "UPDATE outbox AS t SET key = t.key || '#' || t.id, state = 'skipped', told = :told,"
            " planned_at = CASE WHEN t.planned_at > :now THEN :now ELSE t.planned_at END,"
            " reason = CASE WHEN t.state = 'skipped' THEN t.reason ELSE x.reason END FROM "
            + source(outbox, ("lead_id", "cause", "reason"), connection.dialect.name)
            + " AS x WHERE t.lead_id = x.lead_id AND t.cause = x.cause AND t.channel = 'mail'"
            f" AND {in_states(RECALLABLE)} AND t.key NOT LIKE '%#%'"
        ),
        {"rows": to_json(list(recalled)), "told": True, "now": bound(connection, now)},
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


def keep_newest(connection: Connection, lead_id: int, message: str, reason: str, about: str = "") -> None:
    """Of the mails with this message that have not left to a lead, skip all but the newest; where `about` is given, of
    those whose cause begins so."""
    connection.execute(
        text(
            "UPDATE outbox SET state = 'skipped', reason = :reason WHERE lead_id = :lead AND state = 'ready'"
            " AND message = :message AND cause LIKE :about AND id < (SELECT max(o.id) FROM outbox o"
            " WHERE o.lead_id = :lead AND o.message = :message AND o.cause LIKE :about)"
        ),
        {"lead": lead_id, "message": message, "reason": reason, "about": f"{about}%"},
    )


def untold(connection: Connection, most: int) -> list[Mapping[str, Any]]:
    """Ended mails that a step waits to hear of, locked until this transaction tells it."""
    wanted = select(outbox).where(UNTOLD, outbox.c.state.in_(FINAL)).order_by(outbox.c.id).limit(most)
    if connection.dialect.name != "sqlite":
        wanted = wanted.with_for_update(skip_locked=True)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def mark_told(connection: Connection, ids: Sequence[int]) -> None:
    """They have been told."""
    update_many(connection, outbox, [{"id": one, "told": True} for one in ids], key=("id",))


def anything_untold(connection: Connection) -> bool:
    """Whether an ended mail waits to be told to the door."""
    wanted = select(outbox.c.id).where(UNTOLD, outbox.c.state.in_(FINAL)).limit(1)
    return connection.execute(wanted).first() is not None


def try_again(connection: Connection, channel: str, outbox_id: int, now: datetime) -> bool:
    """A person sends a parked, refused or failed row of a channel again."""
    done = connection.execute(
        text(
            "UPDATE outbox SET state = 'ready', reason = NULL, not_before = :now, told = :told"
            " WHERE id = :id AND channel = :channel AND state IN ('refused', 'failed', 'in_doubt')"
        ),
        {"id": outbox_id, "channel": channel, "told": False, "now": bound(connection, now)},
    )
    return done.rowcount == 1


UNWRITABLE = "cannot be written: "
"""How the reason of a failed row begins that no message could be made of."""


def write_again(
    connection: Connection,
    lead_id: int,
    scenario: str,
    pass_number: int,
    now: datetime,
    published: Mapping[str, str],
) -> int:
    """A person has the mails of a pass written again that could not be written; how many. Those that are `published`
    (the version by message) are written as that version has them: nothing of them has left yet."""
    wanted = (
        update(outbox)
        .where(
            outbox.c.lead_id == lead_id,
            outbox.c.scenario == scenario,
            outbox.c.pass_number == pass_number,
            outbox.c.channel == "mail",
            outbox.c.state == "failed",
            outbox.c.reason.startswith(UNWRITABLE, autoescape=True),
        )
        .values(state="ready", reason=None, not_before=now, told=False)
    )
    if published:
        wanted = wanted.values(version=case(published, value=outbox.c.message, else_=outbox.c.version))
    return connection.execute(wanted).rowcount


def settle_by_hand(
    connection: Connection, outbox_id: int, sent: bool, now: datetime, who: str
) -> Mapping[str, Any] | None:
    """A person says of a mail in doubt that it was sent, or has it sent again; its row, none when it is not in doubt.

    Said to be sent, it has an attempt that says by whom: the ledger balances. Either way the door is told anew.
    """
    state = {"state": "sent", "reason": None} if sent else {"state": "ready", "reason": None, "not_before": now}
    wanted = (
        update(outbox)
        .where(outbox.c.id == outbox_id, outbox.c.channel == "mail", outbox.c.state == "in_doubt")
        .values(**state, told=False)
        .returning(*outbox.c)
    )
    found = connection.execute(wanted).mappings().one_or_none()
    row = dict(found) if found else None
    if row and sent:
        tried = {"number": row["attempts"], "begun_at": row["begun_at"], "ended_at": now, "worker": who}
        said = {"outcome": "accepted", "reply": f"{who} says that it was sent"}
        insert_many(connection, attempts, [{"outbox_id": row["id"], **tried, **said}])
    return row


def known(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Which of these keys there are."""
    return set(connection.execute(select(outbox.c.key).where(outbox.c.key.in_(list(keys)))).scalars())


def rows(connection: Connection, ids: Sequence[int]) -> list[Mapping[str, Any]]:
    """Rows by id."""
    wanted = select(outbox).where(one_of(connection, outbox.c.id)).order_by(outbox.c.id)
    return [dict(row) for row in connection.execute(wanted, {"ids": to_json(list(ids))}).mappings()]
