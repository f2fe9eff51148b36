"""Databases for tests: what fills the one that is migrated once, and from which each test's own is copied."""

import fcntl
import shutil
from pathlib import Path

from funnel.bootstrap import migrate
from funnel.config import read_settings


def prepare(url: str) -> None:
    """Bring an empty database to the newest schema; called once a server."""
    migrate(read_settings(mode="demo", database_url=url))


def sqlite_template(shared: Path) -> Path:
    """A migrated SQLite file, made by whichever process of the session comes first."""
    template = shared / "template.db"
    with open(shared / "sqlite.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            draft = shared / "draft.db"
            prepare(f"sqlite:///{draft}")
            for left in shared.glob("draft.db-*"):
                raise RuntimeError(f"{left.name} is still open: migrate() must close what it opens")
            shutil.move(draft, template)
    return template
