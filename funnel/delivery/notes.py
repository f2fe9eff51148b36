"""The notes of a worker: begun and accepted per message, in an append-only file that survives `kill -9`.

One line a note, one `write` a line, no fsync: the kernel keeps what a killed process has written. Every line ends in
the CRC-32 of what stands before it, so a torn or glued line is never believed. A living worker holds a lock on its
file; a file without a holder belongs to a former one and is read before anything is called doubtful.
"""

import fcntl
import json
import os
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType

_SUFFIX = ".notes"
_LONGEST_REPLY = 200

Attempt = tuple[int, int]
"""An outbox id and the number of its attempt."""


@dataclass(frozen=True, slots=True)
class Former:
    """What a worker that is no more had noted: `accepted` holds the server's reply; both may hold an attempt."""

    worker: str
    begun: frozenset[Attempt]
    accepted: Mapping[Attempt, str]
    path: Path

    @property
    def doubtful(self) -> frozenset[Attempt]:
        """Begun, and no word of how it ended: on the wire when the worker died."""
        return self.begun - self.accepted.keys()

    def forget(self) -> None:
        """Remove the file, once everything in it is settled in the database."""
        try:
            file = os.open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            return
        try:
            # Read in the instant between its making and its lock, the file of a beginner looks like a dead one's.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.path.unlink(missing_ok=True)
        except BlockingIOError:
            return
        finally:
            os.close(file)


class Notes:
    """The notes of this process. Closing leaves the file for the next reader, unless it holds nothing."""

    def __init__(self, folder: Path, worker: str) -> None:
        """Begin a new file in `folder`; the names of former ones are never used again while they exist."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", worker):
            raise ValueError(f"a worker's name is letters, digits, - and _: {worker!r}")
        folder.mkdir(parents=True, exist_ok=True)
        for turn in count():
            self._path = folder / f"{worker}.{os.getpid()}-{turn}{_SUFFIX}"
            try:
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            except FileExistsError:
                continue
            # Between the two calls a reader may take it for a dead one's empty file and remove it: then another.
            fcntl.flock(self._file, fcntl.LOCK_EX)
            if os.fstat(self._file).st_nlink:
                return
            os.close(self._file)

    def begun(self, number: int, attempt: int) -> None:
        """The content of an outbox row's attempt is about to leave."""
        self._note(["B", number, attempt])

    def accepted(self, number: int, attempt: int, reply: str) -> None:
        """The server has taken it."""
        self._note(["A", number, attempt, reply[:_LONGEST_REPLY]])

    def settled(self) -> None:
        """Everything noted so far stands in the database: begin with an empty file again."""
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Give up the file; an empty one is removed."""
        if not os.fstat(self._file).st_size:
            self._path.unlink(missing_ok=True)
        os.close(self._file)

    def _note(self, words: list[str | int]) -> None:
        text = json.dumps(words, separators=(",", ":")).encode()
        line = b"%s %08x\n" % (text, zlib.crc32(text))
        if os.write(self._file, line) != len(line):
            raise OSError(f"the disk is full: {self._path}")

    def __enter__(self) -> "Notes":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def read_back(folder: Path) -> list[Former]:
    """What former workers had begun and accepted, by name of their files; the living ones' notes are left alone.

    An empty file says that its worker is dead and had begun nothing since it last settled. Settle each, then `forget`
    it; settling twice must be harmless, since two workers may start at once.
    """
    found = []
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            found.append(_former(path))
        except BlockingIOError:
            continue
        finally:
            os.close(file)
    return found


def _former(path: Path) -> Former:
    begun: set[Attempt] = set()
    accepted: dict[Attempt, str] = {}
    for line in path.read_bytes().split(b"\n"):
        text, _, check = line.rpartition(b" ")
        if not text or check != b"%08x" % zlib.crc32(text):
            continue
        words = json.loads(text)
        attempt = (words[1], words[2])
        if words[0] == "A":
            accepted[attempt] = words[3]
        else:
            begun.add(attempt)
    return Former(path.name.split(".")[0], frozenset(begun), accepted, path)
