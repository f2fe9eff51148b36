"""The state folder of one installation: who holds it, its secret key, its files."""

import fcntl
import hashlib
import json
import os
import secrets
import tempfile
from pathlib import Path

_SOCKET_LIMIT = 90


class FolderHeld(Exception):
    """Another process works in this folder: `pid` and `address` say which."""

    def __init__(self, pid: int, address: str) -> None:
        super().__init__(f"process {pid} serves {address} from it")
        self.pid = pid
        self.address = address


class StateFolder:
    """`var/`, or whatever folder was given; made when somebody first holds it, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: int | None = None

    @property
    def logs(self) -> Path:
        """Where each process writes its log."""
        return self.path / "logs"

    @property
    def _lock_file(self) -> Path:
        return self.path / "up.lock"

    def holder(self) -> FolderHeld | None:
        """Who holds it; nothing is made and nothing written."""
        try:
            lock = os.open(self._lock_file, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return None  # nobody ever held it
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return self._held_by(os.read(lock, 4096))
        finally:
            os.close(lock)
        return None

    def hold(self, address: str) -> None:
        """Keep the folder until this process ends; `FolderHeld` when another one does, `OSError` when it is not ours
        to write in.

        A POSIX record lock: forked children do not inherit it, so the folder is free as soon as its holder is dead.
        """
        self._make()
        lock = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            said = os.read(lock, 4096)
            os.close(lock)
            raise self._held_by(said) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps({"pid": os.getpid(), "address": address}).encode(), 0)
        self._lock = lock

    def _make(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    @staticmethod
    def _held_by(said: bytes) -> FolderHeld:
        if not said:  # it has the lock and has not written yet
            return FolderHeld(0, "another address")
        holder = json.loads(said)
        return FolderHeld(int(holder["pid"]), str(holder["address"]))

    def secret_key(self) -> str:
        """The installation's key, made once, mode 0600."""
        path = self.path / "secret_key"
        if not path.exists():
            self._make()
            draft = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.write(draft, secrets.token_hex(32).encode())
            os.close(draft)
            path.with_suffix(".new").rename(path)
        return path.read_text()

    def socket(self) -> Path:
        """Where the queue listens. A path too long for a unix socket (108 bytes) is replaced by one in the
        temporary folder, ours alone."""
        near = self.path / "queue.sock"
        if len(os.fsencode(near)) <= _SOCKET_LIMIT:
            return near
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        far = Path(tempfile.gettempdir()) / f"funnel-{os.geteuid()}-{digest}"
        far.mkdir(mode=0o700, exist_ok=True)
        if far.stat().st_uid != os.geteuid():
            raise PermissionError(f"{far} belongs to somebody else")
        return far / "queue.sock"
