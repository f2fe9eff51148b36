"""A throw-away Valkey of one's own: to flush, to kill, to start again on the same files."""

import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from funnel.supervise import valkey
from funnel.supervise.tied import tied


class Valkey:
    """A server on a unix socket; dies with the process that started it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: subprocess.Popen[bytes] | None = None
        self._socket = folder / "q.sock"
        self.url = valkey.url(self._socket)

    def start(self) -> None:
        """Start it and wait until it answers."""
        with open(self._folder / "valkey.log", "ab") as log:
            self._server = subprocess.Popen(
                tied(valkey.arguments(valkey.find_server(), self._folder, self._socket)),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + 10
        while not self.answers():
            if time.monotonic() > until:
                raise RuntimeError((self._folder / "valkey.log").read_text())
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether it takes commands."""
        try:
            with Redis.from_url(self.url, socket_connect_timeout=1) as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False

    def log(self) -> str:
        """What it has written down, as far as it is text."""
        found = ""
        for file in sorted((self._folder / "appendonlydir").glob("*.aof")):
            with suppress(FileNotFoundError):  # it was written anew meanwhile
                found += file.read_bytes().decode("latin-1")
        return found

    def hang(self) -> None:
        """It takes connections and answers nothing any more."""
        assert self._server is not None
        self._server.send_signal(signal.SIGSTOP)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it, by default without warning."""
        if self._server is not None:
            self._server.send_signal(number)
            self._server.wait(10)
            self._server = None
