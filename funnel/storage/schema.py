"""Which schema a database has and which one this version wants, told without Alembic: every start asks."""

import re
from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, inspect, text

_REVISION = re.compile(r"^(revision|down_revision)\b[^=\n]*=\s*(.+)$", re.MULTILINE)
_NAMED = re.compile(r"[\"']([^\"']+)[\"']")


@cache
def newest() -> str:
    """The revision that no other one builds on, read from the files of migrations; `LookupError` when not just one.

    Loading Alembic takes a tenth of a second; it is loaded only when there is something to bring up to date.
    """
    made: set[str] = set()
    built_on: set[str] = set()
    for file in files("funnel.storage.migrations.versions").iterdir():
        if file.name.endswith(".py"):
            for name, value in _REVISION.findall(file.read_text(encoding="utf-8")):
                (made if name == "revision" else built_on).update(_NAMED.findall(value))
    heads = made - built_on
    if len(heads) != 1:
        raise LookupError(f"migrations must end in one revision, not in {sorted(heads)}")
    return heads.pop()


def current(connection: Connection) -> str | None:
    """The revision that the database has; none when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found
