"""The connection to the database: one engine, write transactions that lock, and the two clocks read once in each."""

import copy
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic_core import from_json
from sqlalchemy import (
    BigInteger,
    Connection,
    Dialect,
    Engine,
    Integer,
    MetaData,
    QueuePool,
    String,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.exc import DatabaseError, DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.types import JSON, TypeDecorator

from funnel.storage.connections import Connections, Crowded, DatabaseAway, Overtaken

if TYPE_CHECKING:
    import psycopg  # loaded by SQLAlchemy where it is needed: a start on SQLite does without

T = TypeVar("T")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


Serial = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")


UNWRITABLE = (DataError, UnicodeError, OverflowError)
"""What is raised for a value that no database takes, however often it is tried: never because one is away."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; on SQLite a text of fixed width, so that it sorts and compares as time."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """`timestamptz` on PostgreSQL."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuses naive times."""
        if value is None or dialect.name == "postgresql":
            return value
        return instant_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Always UTC."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value if value.tzinfo is UTC else value.astimezone(UTC)
        return read_instant(value)


@lru_cache(maxsize=4096)  # a batch writes the same few instants over and over
def instant_text(at: datetime) -> str:
    """`2026-11-21T20:00:00.000000Z`; refuses a naive time."""
    if at.tzinfo is not UTC:
        if at.tzinfo is None:
            raise ValueError("an instant must be aware")
        at = at.astimezone(UTC)
    return at.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def bound(connection: Connection, at: datetime) -> datetime | str:
    """An instant as a statement in text takes it."""
    return instant_text(at) if connection.dialect.name == "sqlite" else at


def read_instant(value: str) -> datetime:
    """The contrary of `instant_text`."""
    return datetime.fromisoformat(value)


_PATIENCE = 30
"""Seconds that are waited for a lock or a connection, unless somebody waits for an answer."""


_READERS = 15
"""Connections to SQLite at most: none that reads waits for another."""


def _nothing() -> None:
    """What is asked before a commit where nobody asks anything."""


class Database:
    """One database. `write` opens a transaction that may lock, `read` one that never waits for a writer. To PostgreSQL
    there are `pool` connections at most, for one of which is waited `wait` seconds."""

    def __init__(self, url: str, *, pool: int = 10, wait: float = _PATIENCE) -> None:
        self._before_commit: Callable[[], None] = _nothing
        parsed = make_url(url)
        self.lite = parsed.get_backend_name() == "sqlite"
        if self.lite:
            self.engine: Engine = create_engine(
                url,
                isolation_level="AUTOCOMMIT",
                poolclass=QueuePool,
                pool_size=_READERS,
                max_overflow=0,
                connect_args={"timeout": _PATIENCE},
                hide_parameters=True,
                json_deserializer=from_json,
            )
            event.listen(self.engine, "connect", _prepare_sqlite)
        else:
            self.engine = create_engine(
                url,
                pool_size=pool,
                max_overflow=0,
                pool_timeout=wait,
                pool_pre_ping=True,
                hide_parameters=True,
                connect_args={"connect_timeout": 3},
                json_deserializer=from_json,  # several times as quick as the standard library's
            )
            event.listen(self.engine, "connect", _prepare_postgresql)
        self._connections = Connections(self.engine)

    def asking_first(self, may: Callable[[], None]) -> "Database":
        """The same database: each of its write transactions asks `may` just before it is committed, and is undone where
        that raises."""
        asking = copy.copy(self)
        asking._before_commit = may
        return asking

    def wipe(self) -> None:
        """Leave nothing behind of what was just overwritten: on SQLite old pages are zeroed as they are freed
        (`secure_delete`), and the log that still holds them is emptied here. PostgreSQL's vacuum does its own."""
        if self.lite:
            with self._connections.get(patient=False) as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def write(self, patience: float = _PATIENCE) -> Iterator[Connection]:
        """A transaction that writes; waits at most `patience` seconds for a lock, then `DatabaseAway`."""
        try:
            with self._connections.get(patient=True) as connection:
                if not self.lite:
                    with connection.begin():
                        if patience < _PATIENCE:
                            connection.execute(text(f"SET LOCAL lock_timeout = '{int(patience * 1000)}ms'"))
                        yield connection
                        self._before_commit()
                    return
                if patience < _PATIENCE:
                    connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(patience * 1000)}")
                try:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                    try:
                        yield connection
                        self._before_commit()
                    except BaseException:
                        if _in_transaction(connection):
                            connection.exec_driver_sql("ROLLBACK")
                        raise
                    else:
                        connection.exec_driver_sql("COMMIT")
                finally:
                    if patience < _PATIENCE:
                        connection.exec_driver_sql(f"PRAGMA busy_timeout = {_PATIENCE * 1000}")
        except DatabaseError as error:
            if not _away(error):
                raise
            raise DatabaseAway(str(error.orig)) from error
        except InterfaceError as error:
            raise DatabaseAway(str(error.orig)) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that reads one state of the database."""
        try:
            with self._connections.get(patient=False) as connection:
                if self.lite:
                    connection.exec_driver_sql("BEGIN")
                    try:
                        yield connection
                    finally:
                        if _in_transaction(connection):
                            connection.exec_driver_sql("COMMIT")
                else:
                    with connection.begin():
                        yield connection
        except DatabaseError as error:
            if not _away(error):
                raise
            raise DatabaseAway(str(error.orig)) from error
        except InterfaceError as error:
            raise DatabaseAway(str(error.orig)) from error

    def repeating(self, work: Callable[[Connection], T], *, patience: float = _PATIENCE, tries: int = 5) -> T:
        """Run `work` in a write transaction; deadlocks, serialization failures, locks and connections not had in time,
        and what has `Overtaken` it, repeat it whole."""
        for attempt in range(1, tries + 1):
            try:
                with self.write(patience) as connection:
                    return work(connection)
            except DBAPIError as error:
                if attempt == tries or not _repeats(error):
                    raise
            except DatabaseAway as error:
                cause = error.__cause__
                again = isinstance(error, Crowded | Overtaken) or (isinstance(cause, DBAPIError) and _repeats(cause))
                if attempt == tries or not again:
                    raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
        raise AssertionError("the loop returns or raises")

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def refusal(error: DBAPIError) -> str:
    """What the database refused, without the values: PostgreSQL's own words quote rows, and those are people."""
    if isinstance(error.orig, sqlite3.Error):
        return str(error.orig)  # names the constraint, never a value
    diagnosis = getattr(error.orig, "diag", None)
    said = (type(error.orig).__name__, getattr(error.orig, "sqlstate", ""), getattr(diagnosis, "constraint_name", ""))
    return " ".join(part for part in said if part)


def _in_transaction(connection: Connection) -> bool:
    """Whether there is still something to roll back: SQLite has done it itself when the disk was full."""
    return bool(getattr(connection.connection.driver_connection, "in_transaction", True))


def _away(error: DatabaseError) -> bool:
    """It does not answer, or the file is none of its own any more: said by SQLite in an error of another kind."""
    spoilt = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
    return isinstance(error, OperationalError) or getattr(error.orig, "sqlite_errorname", "").startswith(spoilt)


def _repeats(error: DBAPIError) -> bool:
    """A deadlock (40P01), serialization failure (40001) or lock not had in time (55P03); SQLite's locked database."""
    if getattr(error.orig, "sqlite_errorname", "") in ("SQLITE_BUSY", "SQLITE_LOCKED"):
        return True
    return getattr(error.orig, "sqlstate", None) in ("40P01", "40001", "55P03")


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    cursor = connection.cursor()
    _keep_a_log(cursor)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _keep_a_log(cursor: sqlite3.Cursor) -> None:
    """Have readers and a writer beside each other. Where several open a new file at once, SQLite refuses all but one
    without waiting, whatever its time-out says."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _prepare_postgresql(connection: "psycopg.Connection[Any]", record: object) -> None:
    connection.execute("SET TIME ZONE 'UTC'")  # instants come as UTC: nothing is converted row by row
    # A plan kept from when a table was nearly empty reads all of it, until somebody analyses it.
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.commit()


def machine_now(connection: Connection) -> datetime:
    """The database's own time: leases and rate limits go by it, and nobody moves it."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    found: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found.astimezone(UTC)
