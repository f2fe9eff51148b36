"""Databases for tests: what fills the one that is migrated once, and from which each test's own is copied."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import LRUCache

from funnel.storage.database import Database
from funnel.storage.migrate import upgrade


def prepare(url: str) -> None:
    """Bring an empty database to the newest schema; called once a server."""
    database = Database(url)
    upgrade(database)
    database.close()


def sqlite_template(shared: Path) -> Path:
    """A migrated SQLite file, made by whichever process of the session comes first."""
    template = shared / "template.db"
    with open(shared / "sqlite.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            draft = shared / "draft.db"
            prepare(f"sqlite:///{draft}")
            for left in shared.glob("draft.db-*"):
                raise RuntimeError(f"{left.name} is still there: what opened it must close it")
            shutil.move(draft, template)
    return template


@contextmanager
def sqlite_away(opened: Database, url: str) -> Iterator[None]:
    """An opened SQLite database is away meanwhile: its file cannot be opened."""
    file = Path(url.removeprefix("sqlite:///"))
    opened.close()
    kept = {path: path.rename(path.with_name("away-" + path.name)) for path in file.parent.glob(file.name + "*")}
    file.mkdir()
    try:
        yield
    finally:
        opened.close()
        file.rmdir()
        for path, away in kept.items():
            away.rename(path)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Every statement sent meanwhile."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


class _Statements(LRUCache[Any, Any]):
    """Statements that an engine has put into SQL, for all engines of its kind in this process: each test has one of its
    own, and would begin anew."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_of_kind(key), value)


def _of_kind(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect = key[0]
    return dialect.name, dialect.driver, getattr(dialect, "server_version_info", None), *key[1:]


_STATEMENTS = _Statements(2_000)


@event.listens_for(Engine, "engine_connect")
def _share_statements(connection: Connection) -> None:
    if connection.get_execution_options().get("compiled_cache") is not _STATEMENTS:
        connection.execution_options(compiled_cache=_STATEMENTS)
        connection.engine.update_execution_options(compiled_cache=_STATEMENTS)
