"""A demonstration publishes what its files say: at a start, and whenever one of them is saved."""

import hashlib
from pathlib import Path

from sqlalchemy import Connection

import funnel
from funnel.storage import installation
from funnel.usecases.house import House
from funnel.usecases.publish_scenarios import Publication, publish_scenarios
from funnel.usecases.shelf import COMPANY

_FOLDERS = ("scenarios", "landing_pages", "email_templates", "assets")
_KEPT = "published"
_MOST_TOLD = 5

SAVED = "saved.log"
"""In the state folder: what each save came to. The demonstration's terminal shows it as it grows."""

Look = frozenset[tuple[str, int, int]]
"""Every file with its time (ns) and size."""


class PublishOnSave:
    """Publishes when a file under the home has been saved since the last look."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._seen = look(house.settings.home)

    def __call__(self) -> None:
        """Look, and publish what is sound; a look that failed is looked at again."""
        now = look(self._house.settings.home)
        if now != self._seen:
            done = publish_scenarios(self._house, self._house.settings.home, sound_only=True, who="saved")
            self._seen = now
            with (self._house.settings.state / SAVED).open("a", encoding="utf-8") as said:
                said.writelines(f"{line}\n" for line in told(done))


def told(done: Publication) -> list[str]:
    """What a save came to, line by line, for whoever watches the terminal."""
    errors = [str(finding) for finding in done.findings if finding.level == "error"]
    lines = errors[:_MOST_TOLD]
    if len(errors) > _MOST_TOLD:
        lines.append(f"and {len(errors) - _MOST_TOLD} more: funnel check")
    if done.changed:
        lines.append(f"saved and published: {', '.join(done.changed)}")
    if COMPANY in done.changed:
        lines.extend(str(finding) for finding in done.findings if finding.code == "still-in-use")
    if done.mended:
        lines.append(f"in order again, as published: {', '.join(done.mended)}")
    if done.broken:
        lines.append(f"not published: {', '.join(done.broken)}; the last good version runs on")
    return lines


def publish_at_start(house: House) -> Publication | None:
    """Publish what is sound; none when neither the files nor what is published have changed since the last start."""
    settings = house.settings
    seen = look(settings.home)
    with house.database.read() as connection:
        if _unchanged(connection, settings.state, seen):
            return None
    published = publish_scenarios(house, settings.home, sound_only=True, who="demo")
    with house.database.read() as connection:
        (settings.state / _KEPT).write_text(_mark(connection, seen))
    return published


def is_published(connection: Connection, home: Path, state: Path) -> bool:
    """Whether `publish_at_start` would have nothing to do."""
    return _unchanged(connection, state, look(home))


def _unchanged(connection: Connection, state: Path, seen: Look) -> bool:
    kept = state / _KEPT
    if not kept.exists() or kept.read_text() != _mark(connection, seen):
        return False
    return any(row["name"] == COMPANY for row in installation.published(connection))


def _mark(connection: Connection, seen: Look) -> str:
    """Of the files, of what is published in this very database, and of the version that read them."""
    rows = [(row["name"], row["digest"], row["trouble"]) for row in installation.published(connection)]
    return hashlib.sha256(repr((funnel.__version__, sorted(seen), rows)).encode()).hexdigest()


def look(home: Path) -> Look:
    """Every file of a home; one that an editor is renaming right now is seen at the next look."""
    found = set()
    for folder in _FOLDERS:
        for path in (home / folder).rglob("*"):
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            if path.is_file():
                found.add((str(path), stat.st_mtime_ns, stat.st_size))
    return frozenset(found)
