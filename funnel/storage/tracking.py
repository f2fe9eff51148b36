"""What tracked mails need: their links by number, and the opens and clicks that wait to be recorded."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, String, Table, Text, delete, select, update

from funnel.storage.bulk import dicts, insert_many, one_of, to_json, update_many
from funnel.storage.database import Json, Serial, metadata
from funnel.storage.outbox import outbox

mail_links = Table(
    "mail_links",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("message", String(160), nullable=False),
    Column("name", String(80), nullable=False),
    Column("target", Text, nullable=False),
)

intake = Table(
    "intake",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("outbox_id", Serial, nullable=False, index=True),
    Column("entry", Json, nullable=False),
)

OF_NO_MAIL = 0
"""What waits and is about no mail has this for one."""


@dataclass(frozen=True, slots=True)
class MailLink:
    """A link of a mail: the mail's message, the link's name there, and where it leads."""

    message: str
    name: str
    target: str

    @property
    def key(self) -> str:
        """One for all versions in which it is the same."""
        return hashlib.sha256("\0".join((self.message, self.name, self.target)).encode()).hexdigest()


def numbers(connection: Connection, links: Collection[MailLink]) -> dict[MailLink, int]:
    """The numbers of those links that have one."""
    by_key = {one.key: one for one in links}
    wanted = select(mail_links.c.key, mail_links.c.id).where(one_of(connection, mail_links.c.key, "keys"))
    return {by_key[key]: number for key, number in connection.execute(wanted, {"keys": to_json(sorted(by_key))})}


def number(connection: Connection, links: Collection[MailLink]) -> dict[MailLink, int]:
    """The numbers of all these links; who has none gets one, for ever."""
    rows = [{"key": one.key, "message": one.message, "name": one.name, "target": one.target} for one in links]
    insert_many(connection, mail_links, sorted(rows, key=lambda row: row["key"]), conflict=("key",))
    return numbers(connection, links)


def links_after(connection: Connection, last: int) -> dict[int, MailLink]:
    """Every link with a greater number, by number."""
    wanted = select(mail_links).where(mail_links.c.id > last).order_by(mail_links.c.id)
    return {row.id: MailLink(row.message, row.name, row.target) for row in connection.execute(wanted)}


def links_of(connection: Connection, ids: Collection[int]) -> dict[int, MailLink]:
    """The links of these numbers."""
    wanted = select(mail_links).where(one_of(connection, mail_links.c.id))
    rows = connection.execute(wanted, {"ids": to_json(sorted(ids))})
    return {row.id: MailLink(row.message, row.name, row.target) for row in rows}


def put(connection: Connection, entries: Iterable[Mapping[str, Any]]) -> None:
    """Let entries wait here (`id`, `mail` where there is one, and what else the drain reads); one that waits already
    stays as it is."""
    rows = [{"id": one["id"], "outbox_id": one.get("mail", OF_NO_MAIL), "entry": dict(one)} for one in entries]
    insert_many(connection, intake, rows, conflict=("id",))


def waiting(connection: Connection, most: int) -> list[str]:
    """The ids of the oldest entries."""
    return list(connection.execute(select(intake.c.id).order_by(intake.c.id).limit(most)).scalars())


def take(connection: Connection, most: int, of: Collection[str] | None = None) -> list[Mapping[str, Any]]:
    """The oldest entries, or of these ids those that are still there, taken out in this transaction; those that another
    drain is taking are left to it."""
    wanted = select(intake.c.id, intake.c.entry).order_by(intake.c.id).limit(most)
    if of is not None:
        wanted = wanted.where(one_of(connection, intake.c.id))
    if connection.dialect.name != "sqlite":
        wanted = wanted.with_for_update(skip_locked=True)
    rows = connection.execute(wanted, {} if of is None else {"ids": to_json(sorted(of))}).all()
    gone = delete(intake).where(one_of(connection, intake.c.id))
    connection.execute(gone, {"ids": to_json([row.id for row in rows])})
    return [row.entry for row in rows]


def anything_waits(connection: Connection) -> bool:
    """Whether an open or a click waits here."""
    return connection.execute(select(intake.c.id).limit(1)).first() is not None


def mails(connection: Connection, ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """The mails to leads of these ids: `id`, `lead_id`, `message`, `pass_number`, `left_at`."""
    wanted = select(outbox.c.id, outbox.c.lead_id, outbox.c.message, outbox.c.pass_number, outbox.c.left_at).where(
        one_of(connection, outbox.c.id),
        outbox.c.recipient == "lead",
        outbox.c.channel == "mail",
        outbox.c.lead_id.is_not(None),
    )
    return {row["id"]: row for row in dicts(connection.execute(wanted, {"ids": to_json(sorted(ids))}))}


def note_opened(connection: Connection, opened: Mapping[int, tuple[int, datetime]]) -> None:
    """The day on which each lead opened a mail last, by her id, with the mail: one day a person, written over."""
    if not opened:
        return
    before = update(outbox).where(one_of(connection, outbox.c.lead_id), outbox.c.opened_at.is_not(None))
    connection.execute(before.values(opened_at=None), {"ids": to_json(sorted(opened))})
    update_many(connection, outbox, [{"id": mail, "opened_at": day} for mail, day in opened.values()], key=("id",))


def forget(connection: Connection, lead_id: int) -> None:
    """Remove what waits about a lead's mails, and when she opened them."""
    own = select(outbox.c.id).where(outbox.c.lead_id == lead_id)
    connection.execute(delete(intake).where(intake.c.outbox_id.in_(own)))
    connection.execute(update(outbox).where(outbox.c.lead_id == lead_id).values(opened_at=None))
