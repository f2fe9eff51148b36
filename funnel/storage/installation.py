"""What the installation is by itself: business clock, published versions and their bytes, secrets, leases, audit."""

import hashlib
import secrets as chance
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    text,
    update,
)

from funnel.storage.bulk import insert_many
from funnel.storage.database import Instant, Json, Serial, machine_now, metadata

COMPANY = "company"
"""The name under which `company.yaml` is published; paused with everything, it holds what belongs to no scenario."""

clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offset_micros", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("trouble", Text),
)

versions = Table(
    "versions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("first_published_at", Instant, nullable=False),
)

version_files = Table(
    "version_files",
    metadata,
    Column("digest", String(64), ForeignKey("versions.digest"), primary_key=True),
    Column("path", String(300), primary_key=True),
    Column("blob", String(64), ForeignKey("blobs.sha256"), nullable=False),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(120), nullable=False),
    Column("until", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", String(120), nullable=False),
    Column("what", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Json, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """Business time, read once in a transaction, and the revision of what is published."""

    now: datetime
    revision: int
    offset: timedelta = timedelta(0)

    def once_locked(self) -> "Moment":
        """The moment after a wait for locks: whoever had them before has an earlier one."""
        return replace(self, now=datetime.now(UTC) + self.offset)


def moment(connection: Connection) -> Moment:
    """Business time = wall clock + the offset kept here (0 in live mode)."""
    row = connection.execute(select(clock.c.offset_micros, clock.c.revision)).one_or_none()
    offset, revision = row if row else (0, 0)
    kept = timedelta(microseconds=offset)
    return Moment(datetime.now(UTC) + kept, revision, kept)


def set_clock(connection: Connection, to: datetime) -> None:
    """Move business time to `to` (demo mode only; the use case refuses to go back)."""
    offset = round((to - datetime.now(UTC)).total_seconds() * 1_000_000)
    connection.execute(update(clock).values(offset_micros=offset))


def prepare(connection: Connection) -> None:
    """Write the rows that must be there once: the clock and the suppression key."""
    if connection.execute(select(clock.c.id)).first() is None:
        connection.execute(insert(clock).values(id=1, offset_micros=0, revision=0))
    if connection.execute(select(secrets.c.name)).first() is None:
        connection.execute(insert(secrets).values(name="suppression", value=chance.token_bytes(32)))


def secret(connection: Connection, name: str) -> bytes:
    """A key made once and never rotated."""
    found: bytes = connection.execute(select(secrets.c.value).where(secrets.c.name == name)).scalar_one()
    return bytes(found)


def store_version(connection: Connection, name: str, digest: str, files: Mapping[str, bytes], now: datetime) -> None:
    """Keep a version with all its bytes; equal bytes are kept once."""
    if connection.execute(select(versions.c.digest).where(versions.c.digest == digest)).first():
        return
    connection.execute(insert(versions).values(digest=digest, name=name, first_published_at=now))
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    known = set(connection.execute(select(blobs.c.sha256).where(blobs.c.sha256.in_(list(hashes.values())))).scalars())
    for path, sha256 in hashes.items():
        if sha256 not in known:
            connection.execute(insert(blobs).values(sha256=sha256, content=files[path]))
            known.add(sha256)
    insert_many(
        connection,
        version_files,
        [{"digest": digest, "path": path, "blob": sha256} for path, sha256 in hashes.items()],
    )


def publish(connection: Connection, name: str, digest: str, now: datetime) -> None:
    """Make a stored version the one that new people get; while everything is paused, a new name stands still too."""
    done = connection.execute(
        update(publications).where(publications.c.name == name).values(digest=digest, published_at=now, trouble=None)
    )
    if done.rowcount == 0:
        still = bool(paused(connection, [COMPANY]))
        connection.execute(
            insert(publications).values(name=name, digest=digest, published_at=now, paused=still, trouble=None)
        )
    bump(connection)


def bump(connection: Connection) -> None:
    """Say that what is published has changed: processes look again."""
    connection.execute(update(clock).values(revision=clock.c.revision + 1))


def note_trouble(connection: Connection, troubles: Mapping[str, str]) -> None:
    """Keep, per publication, what is wrong with the file as it is on disk; the last good version runs on."""
    connection.execute(update(publications).where(publications.c.name.not_in(list(troubles))).values(trouble=None))
    for name, trouble in troubles.items():
        connection.execute(update(publications).where(publications.c.name == name).values(trouble=trouble))


def set_paused(connection: Connection, names: Sequence[str] | None, paused: bool) -> None:
    """Pause or resume publications (`None`: all); nothing leaves while paused, forms still answer."""
    statement = update(publications).values(paused=paused)
    connection.execute(statement if names is None else statement.where(publications.c.name.in_(list(names))))
    bump(connection)


def paused(connection: Connection, names: Sequence[str] | None) -> list[str]:
    """Which of these publications (`None`: of all) are paused."""
    wanted = select(publications.c.name).where(publications.c.paused).order_by(publications.c.name)
    return list(connection.execute(wanted if names is None else wanted.where(publications.c.name.in_(names))).scalars())


def published(connection: Connection) -> list[Mapping[str, Any]]:
    """Every publication: name, digest, published_at, paused, trouble."""
    return [dict(row) for row in connection.execute(select(publications).order_by(publications.c.name)).mappings()]


def files_of(connection: Connection, digest: str) -> dict[str, bytes]:
    """All bytes of a version by path; empty when it is not stored."""
    wanted = (
        select(version_files.c.path, blobs.c.content)
        .join(blobs, blobs.c.sha256 == version_files.c.blob)
        .where(version_files.c.digest == digest)
    )
    return {path: bytes(content) for path, content in connection.execute(wanted)}


def take_lease(connection: Connection, name: str, holder: str, every: timedelta, lease: timedelta) -> bool:
    """Take a periodic entry if its last run is `every` ago and nobody holds it, by machine time."""
    now = machine_now(connection)
    long_ago = now - timedelta(days=3650)
    insert_many(
        connection,
        leases,
        [{"name": name, "holder": "", "until": long_ago, "last_at": long_ago}],
        conflict=("name",),
    )
    taken = connection.execute(
        update(leases)
        .where(leases.c.name == name, leases.c.until <= now, leases.c.last_at <= now - every)
        .values(holder=holder, until=now + lease, last_at=now)
    )
    return taken.rowcount == 1


def give_lease_back(connection: Connection, name: str, holder: str) -> None:
    """The work is done: the lease ends now."""
    connection.execute(
        update(leases).where(leases.c.name == name, leases.c.holder == holder).values(until=machine_now(connection))
    )


def next_lease(connection: Connection, every: Mapping[str, timedelta]) -> float:
    """Seconds until the first of these entries is due (0 or less: now; one that never ran is due now)."""
    now = machine_now(connection)
    wanted = select(leases).where(leases.c.name.in_(list(every)))
    rows = {row["name"]: row for row in connection.execute(wanted).mappings()}
    if len(rows) < len(every):
        return 0.0
    return float(
        min((max(row["until"], row["last_at"] + every[name]) - now).total_seconds() for name, row in rows.items())
    )


def note_beat(connection: Connection, name: str, kind: str, at: datetime) -> None:
    """A process of some kind lives."""
    insert_many(
        connection,
        leases,
        [{"name": name, "holder": kind, "until": at, "last_at": at}],
        conflict=("name",),
        update=("holder", "last_at", "until"),
    )


def beats(connection: Connection, since: datetime) -> set[str]:
    """The kinds of processes that lived after `since`."""
    wanted = select(leases.c.holder).where(leases.c.name.startswith("alive/"), leases.c.last_at >= since)
    return set(connection.execute(wanted).scalars())


def trim_beats(connection: Connection, before: datetime) -> None:
    """Forget processes that have been silent for long."""
    connection.execute(delete(leases).where(leases.c.name.startswith("alive/"), leases.c.last_at < before))


def write_audit(
    connection: Connection, who: str, what: str, subject: str, details: Mapping[str, Any], now: datetime
) -> None:
    """Note what a person did that is no event of a lead."""
    insert_many(
        connection, audit, [{"at": now, "who": who, "what": what, "subject": subject, "details": dict(details)}]
    )


def audit_trail(connection: Connection, most: int) -> list[Mapping[str, Any]]:
    """The newest entries first."""
    return [dict(row) for row in connection.execute(select(audit).order_by(audit.c.id.desc()).limit(most)).mappings()]


def answers(connection: Connection) -> bool:
    """Whether the database answers at all."""
    return bool(connection.execute(text("SELECT 1")).scalar_one() == 1)
