"""The sink's ledger: every accepted message, whole, in an SQLite file that several processes may read.

A row is committed before the sender hears 250, so it survives `kill -9` of the sink (WAL, `synchronous=NORMAL`; only
a power cut may cost the last ones). Pages and tests read it through `Ledger`.
"""

import re
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from pathlib import Path
from typing import Any

_FILE = "mail.sqlite"
_TABLE = """
CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    raw BLOB NOT NULL
)
"""
_WAIT_MS = 5_000
_CHECKPOINT_PAGES = 4_000
_PARSED = 512


def _open(folder: Path) -> sqlite3.Connection:
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(folder / _FILE, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout={_WAIT_MS}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute(_TABLE)
    return connection


class Recorder:
    """The writing side; one a sink."""

    def __init__(self, folder: Path) -> None:
        self._connection = _open(folder)

    def keep(self, sender: str, recipients: Sequence[str], raw: bytes) -> int:
        """Write one message for good; its id, which counts up from 1."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        row = (at, sender, "\n".join(recipients), raw)
        written = self._connection.execute("INSERT INTO mails (at, sender, recipients, raw) VALUES (?, ?, ?, ?)", row)
        return int(written.lastrowid or 0)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


@dataclass(frozen=True, slots=True)
class Part:
    """An attachment of a kept mail; `content` is what a page serves for its `url`."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A kept mail, parsed. `sender` and `to` are the envelope's addresses, `at` when the sink took it."""

    id: int
    at: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    attachments: tuple[Part, ...]
    raw: bytes

    def as_json(self) -> dict[str, Any]:
        """The entry of `/dev/mail.json` without its urls; attachments in order, `size` in bytes."""
        return {
            "id": self.id,
            "at": self.at,
            "from": self.sender,
            "to": list(self.to),
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "headers": dict(self.headers),
            "attachments": [
                {"name": part.name, "type": part.content_type, "size": len(part.content)} for part in self.attachments
            ],
        }


Entries = list[Entry]
Rows = list[tuple[Any, ...]]


class Ledger:
    """The reading side; opens the file per question, so it may be asked from any thread and before the sink runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parsed: OrderedDict[int, Entry] = OrderedDict()

    def count(self) -> int:
        """How many mails are kept."""
        return int(self._rows("SELECT count(*) FROM mails")[0][0])

    def list(self, limit: int = 1_000_000) -> Entries:
        """The kept mails, oldest first."""
        return self.since(0, limit)

    def since(self, last: int, limit: int = 1_000_000) -> Entries:
        """The mails after id `last`, oldest first. One writer gives the ids, so none appears late."""
        return [self._entry(row) for row in self._rows(_SELECT + "WHERE id > ? ORDER BY id LIMIT ?", last, limit)]

    def newest(self, limit: int) -> Entries:
        """The last mails, newest first."""
        return [self._entry(row) for row in self._rows(_SELECT + "ORDER BY id DESC LIMIT ?", limit)]

    def one(self, number: int) -> Entry | None:
        """The mail of this id, if it is kept."""
        return next((self._entry(row) for row in self._rows(_SELECT + "WHERE id = ?", number)), None)

    def forget(self, address: str, message_ids: Sequence[str] = ()) -> int:
        """Remove every mail to `address`, and those of these Message-IDs (erasure); how many they were."""
        wanted = address.casefold()
        self._parsed.clear()
        marks = {one.strip("<>").encode() for one in message_ids}
        gone = [
            (number,)
            for number, recipients, raw in self._rows("SELECT id, recipients, raw FROM mails")
            if wanted in recipients.casefold().split("\n") or _message_id(raw) in marks
        ]
        connection = _open(self._folder)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("DELETE FROM mails WHERE id = ?", gone)
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
        return len(gone)

    def _rows(self, question: str, *values: int) -> Rows:
        connection = _open(self._folder)
        try:
            return connection.execute(question, values).fetchall()
        finally:
            connection.close()

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        known = self._parsed.get(row[0])
        if known is None:
            known = self._parsed[row[0]] = _parse(*row)
            if len(self._parsed) > _PARSED:
                self._parsed.popitem(last=False)
        return known


_SELECT = "SELECT id, at, sender, recipients, raw FROM mails "


_MESSAGE_ID = re.compile(rb"^message-id:\s*<([^>\r\n]*)>", re.IGNORECASE | re.MULTILINE)


def _message_id(raw: bytes) -> bytes | None:
    found = _MESSAGE_ID.search(raw.partition(b"\r\n\r\n")[0])
    return found[1] if found else None


def _parse(number: int, at: str, sender: str, recipients: str, raw: bytes) -> Entry:
    message = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return Entry(
        id=number,
        at=at,
        sender=sender,
        to=tuple(recipients.split("\n")),
        subject=str(message.get("Subject", "")),
        text=_content(text),
        html=_content(html),
        headers={name: str(value) for name, value in message.items()},
        attachments=tuple(_attachments(message)),
        raw=raw,
    )


def _content(part: MIMEPart | None) -> str:
    return str(part.get_content()) if part is not None else ""


def _attachments(message: EmailMessage) -> Iterator[Part]:
    """What is attached, and an invitation among the alternatives, which clients show as a file too."""
    for part in message.walk():
        if part.get_content_type() == "text/calendar" and not part.get_filename():
            yield Part("invite.ics", "text/calendar", part.get_payload(decode=True) or b"")  # type: ignore[arg-type]
        elif part.is_attachment() and not part.is_multipart():
            payload = part.get_payload(decode=True)
            yield Part(part.get_filename() or "file", part.get_content_type(), payload or b"")  # type: ignore[arg-type]
