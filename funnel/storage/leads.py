"""Leads with their tags."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    delete,
    false,
    func,
    or_,
    select,
    text,
    update,
)

from funnel.domain.conditions import fold
from funnel.domain.contact import normal_email
from funnel.domain.known import FIELDS
from funnel.domain.lead import Lead, may_be_watched
from funnel.storage.bulk import dicts, insert_many, one_of, to_json, update_many
from funnel.storage.database import Instant, Json, Serial, metadata
from funnel.storage.folded import folded
from funnel.storage.json_values import json_values

_JOINED = text("merged_into IS NOT NULL")

leads = Table(
    "leads",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False, unique=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("phone", String(40)),
    Column("company", Text),
    Column("position", Text),
    Column("language", String(12), nullable=False),
    Column("zone", String(64)),
    Column("stage", String(16), nullable=False),
    Column("status", String(64)),
    Column("email_proven", Boolean, nullable=False),
    Column("unsubscribed", Boolean, nullable=False),
    Column("source", Json, nullable=False),
    Column("consents", Json, nullable=False),
    Column("score", Integer, nullable=False),
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("profiles", Json, nullable=False, server_default="{}"),
    Column("segments", Json, nullable=False, server_default="{}"),
    Column("suggestions", Json, nullable=False, server_default="{}"),
    Column("declined", Json, nullable=False, server_default="{}"),
    Column("slow", Boolean, nullable=False, server_default=false()),
    Column("review_at", Instant, index=True),
    Column("unsure", Json, nullable=False, server_default="{}"),
    Column("folded", Json, nullable=False, server_default="{}"),
    Column("merged_into", Serial),
    Column("engaged_by", Text),
    Column("created_at", Instant, nullable=False),
    Index("ix_leads_merged_into", "merged_into", postgresql_where=_JOINED, sqlite_where=_JOINED),
)

tags = Table(
    "tags",
    metadata,
    Column("lead_id", Serial, ForeignKey("leads.id"), primary_key=True),
    Column("tag", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Index("ix_tags_tag", "tag"),
)

PERSON = func.coalesce(leads.c.merged_into, leads.c.id)
"""Who stands for a lead: the one she is joined with, else she herself."""

SAID = (*FIELDS, "status", "source")
"""The columns that hold what is said of a lead: in these texts are looked for, in their folded form."""

MOVED = (
    "stage", "email_proven", "unsubscribed", "consents", "score", "generation", "profiles", "segments", "suggestions",
    "declined", "slow", "review_at", "unsure", "merged_into", "engaged_by",
)  # fmt: skip
"""The other columns that effects change."""

_said: Callable[[Lead], tuple[Any, ...]] = attrgetter(*SAID)
_moved: Callable[[Lead], tuple[Any, ...]] = attrgetter(*MOVED)


@dataclass(frozen=True, slots=True)
class Watched:
    """What of a lead says whether she may be watched, and whether what she does may change anything."""

    id: int
    merged_into: int | None
    stage: str
    email: str
    consents: Mapping[str, bool]
    engaged_by: str | None
    unsure: Mapping[str, Any]

    @property
    def watched(self) -> bool:
        """As of a whole lead."""
        return may_be_watched(self.consents, self.email)


def find_or_create(
    connection: Connection, email: str, email_key: str, language: str, now: datetime
) -> tuple[int, bool]:
    """The id of the lead with this address, or who stands for her, and whether it was made just now. Safe against a
    parallel twin."""
    made = insert_many(
        connection,
        leads,
        [
            {
                "email": email, "email_key": email_key, "name": "", "language": language, "stage": "new",
                "email_proven": False, "unsubscribed": False, "source": {}, "consents": {}, "score": 0,
                "created_at": now, "folded": folded({"email": email, "language": language}),
            }
        ],
        conflict=("email_key",),
        returning=("id",),
    )  # fmt: skip
    if made:
        return int(made[0][0]), True
    found = connection.execute(select(PERSON).where(leads.c.email_key == email_key)).scalar_one()
    return int(found), False


def search(connection: Connection, words: str, most: int) -> list[int]:
    """The ids of leads whose name, address or company holds these words, newest first; capitals do not matter, in any
    alphabet. By each of her addresses somebody is found once."""
    text_of = json_values(connection.dialect.name).text
    twins = [func.coalesce(text_of(leads.c.folded, one), leads.c[one]) for one in ("name", "email", "company")]
    holds = [func.coalesce(one, "").contains(fold(words), autoescape=True) for one in twins]
    wanted = select(PERSON).where(or_(*holds)).distinct().order_by(PERSON.desc()).limit(most)
    return list(connection.execute(wanted).scalars())


def find(connection: Connection, email_key: str) -> int | None:
    """The id of the lead with this address, or of who stands for her."""
    found: int | None = connection.execute(select(PERSON).where(leads.c.email_key == email_key)).scalar_one_or_none()
    return found


def find_all(connection: Connection, email_keys: Sequence[str]) -> dict[str, int]:
    """The ids of the leads with these addresses, by address."""
    wanted = select(leads.c.email_key, leads.c.id).where(one_of(connection, leads.c.email_key))
    return {row.email_key: row.id for row in connection.execute(wanted, {"ids": to_json(list(email_keys))})}


def lock(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The leads' rows, locked in the order of their ids (on SQLite the transaction holds the one lock). With a lead who
    is joined with another comes that one, asked for only then."""
    return _locked(connection, list(leads.c), ids)


def watch(connection: Connection, ids: Sequence[int]) -> dict[int, Watched]:
    """What says whether leads may be watched, by id; their rows are locked, and those who stand for them come with
    them, as above."""
    columns = [leads.c[field.name] for field in fields(Watched)]
    return {row["id"]: Watched(**row) for row in _locked(connection, columns, ids)}


def _locked(connection: Connection, columns: Sequence[Column[Any]], ids: Sequence[int]) -> list[dict[str, Any]]:
    wanted = select(*columns).where(one_of(connection, leads.c.id)).order_by(leads.c.id).with_for_update()
    found = dicts(connection.execute(wanted, {"ids": to_json(list(ids))}))
    known = {row["id"] for row in found}
    others = sorted({row["merged_into"] for row in found if row["merged_into"]} - known)
    return found + dicts(connection.execute(wanted, {"ids": to_json(others)})) if others else found


def claim_reviews(connection: Connection, now: datetime, most: int) -> list[int]:
    """Lock up to so many leads whose score is due to be looked at anew; what others have locked is left to them."""
    wanted = select(leads.c.id).where(leads.c.review_at <= now).order_by(leads.c.id).limit(most)
    return list(connection.execute(wanted.with_for_update(skip_locked=True)).scalars())


def count_reviews(connection: Connection, now: datetime) -> int:
    """How many leads' scores are due to be looked at anew."""
    return int(connection.execute(select(func.count()).where(leads.c.review_at <= now)).scalar_one())


def next_review(connection: Connection) -> datetime | None:
    """When the next score is due to be looked at anew."""
    found: datetime | None = connection.execute(select(func.min(leads.c.review_at))).scalar_one()
    return found


def plan_reviews(connection: Connection, at: datetime | None, ids: Sequence[int] | None = None) -> None:
    """Let the scores of these leads (of all) be looked at anew at an instant, or not."""
    wanted = update(leads).values(review_at=at)
    if ids is None:
        connection.execute(wanted)
    else:
        connection.execute(wanted.where(one_of(connection, leads.c.id)), {"ids": to_json(list(ids))})


def count_from(connection: Connection, score: int) -> int:
    """How many people have so many points or more."""
    people = leads.c.merged_into.is_(None)
    return int(connection.execute(select(func.count()).where(leads.c.score >= score, people)).scalar_one())


def joined_with(connection: Connection, lead_id: int) -> list[int]:
    """The leads for whom this one stands too, in the order of their ids."""
    return all_joined(connection, [lead_id]).get(lead_id, [])


def all_joined(connection: Connection, ids: Sequence[int]) -> dict[int, list[int]]:
    """The same of several leads at once; for who stands for nobody else there is no entry."""
    wanted = select(leads.c.merged_into, leads.c.id).where(one_of(connection, leads.c.merged_into))
    found: dict[int, list[int]] = {}
    for stands, lead_id in connection.execute(wanted.order_by(leads.c.id), {"ids": to_json(list(ids))}).all():
        found.setdefault(stands, []).append(lead_id)
    return found


def same_people(connection: Connection, stands_for: Mapping[int, int | None]) -> dict[int, list[int]]:
    """By the id of each lead, given with who stands for her: herself, then every lead that is the same person."""
    first = {one: stands or one for one, stands in stands_for.items()}
    joined = all_joined(connection, sorted(set(first.values())))
    return {one: list(dict.fromkeys((one, stands, *joined.get(stands, ())))) for one, stands in first.items()}


def is_of(lead_id: int, column: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a row is of a lead, or of one for whom she stands too; `column` holds the row's lead."""
    return (column == lead_id) | column.in_(select(leads.c.id).where(leads.c.merged_into == lead_id))


def segments_of(connection: Connection, ids: Sequence[int]) -> dict[int, Mapping[str, str]]:
    """Which segments leads are in, each with the instant since when."""
    wanted = select(leads.c.id, leads.c.segments).where(one_of(connection, leads.c.id))
    return {row.id: row.segments for row in connection.execute(wanted, {"ids": to_json(list(ids))})}


def rows(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The leads' rows as they are, without a lock."""
    wanted = select(leads).where(one_of(connection, leads.c.id)).order_by(leads.c.id)
    return dicts(connection.execute(wanted, {"ids": to_json(list(ids))}))


def called(connection: Connection, ids: Iterable[int | None]) -> dict[int, str]:
    """What each lead is called: her name, else her address. Where an id is none there is no lead."""
    wanted = sorted({one for one in ids if one is not None})
    return {row["id"]: row["name"] or row["email"] for row in rows(connection, wanted)} if wanted else {}


def addresses(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """The address of each lead."""
    wanted = select(leads.c.id, leads.c.email).where(one_of(connection, leads.c.id))
    return {row.id: row.email for row in connection.execute(wanted, {"ids": to_json(sorted(set(ids)))})}


def every_id(connection: Connection) -> list[int]:
    """All ids in order."""
    return list(connection.execute(select(leads.c.id).order_by(leads.c.id)).scalars())


def write(connection: Connection, decided: Iterable[tuple[Lead, Lead]]) -> None:
    """Write what has changed of leads, given as they were and as they are: in one statement what is said of them, in
    one what has come of it."""
    pairs = [(before, after) for before, after in decided if after is not before]
    said = [_texts(after) for before, after in pairs if _said(before) != _said(after)]
    moved = [after for before, after in pairs if _moved(before) != _moved(after)]
    update_many(connection, leads, said, key=("id",))
    rows = [{"id": one.id, **dict(zip(MOVED, _moved(one), strict=True))} for one in moved]
    update_many(connection, leads, rows, key=("id",))


def _texts(lead: Lead) -> dict[str, Any]:
    texts = dict(zip(SAID, _said(lead), strict=True))
    flat = {name: text for name, text in texts.items() if name != "source"}
    told = {f"source.{key}": value for key, value in lead.source.items()}
    row = {"id": lead.id, "email_key": normal_email(lead.email) or lead.email, "folded": folded(flat | told)}
    return row | texts


def add_tags(connection: Connection, new: Sequence[Mapping[str, Any]]) -> None:
    """Put tags; one that is there stays as it is."""
    insert_many(connection, tags, new, conflict=("lead_id", "tag"))


def remove_tags(connection: Connection, gone: Sequence[tuple[int, str]]) -> None:
    """Take tags off leads, as (lead id, tag)."""
    for lead_id, tag in gone:
        connection.execute(delete(tags).where(tags.c.lead_id == lead_id, tags.c.tag == tag))
