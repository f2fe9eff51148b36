"""Real processes for tests: started from the checkout, with a log, never left behind."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from funnel.supervise.tied import tied

ROOT = Path(__file__).parents[2]

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


LONG = 100.0
"""Seconds: what a machine ten times slower, and crowded, may take for what takes a few here. Waiting ends when it
happened, so a quick machine never waits so long; promises in seconds are measured alone, see docs/performance.md."""


def wait_until(happened: Callable[[], object], seconds: float, what: str | Callable[[], str]) -> float:
    """Wait for it; the seconds that it took. Fails, naming `what` (as it is by then, where it is asked for), when it
    takes longer than `seconds`."""
    begun = time.perf_counter()
    while not happened():
        late = time.perf_counter() - begun >= seconds
        assert not late, f"not within {seconds} s: {what if isinstance(what, str) else what()}"
        time.sleep(0.02)
    return time.perf_counter() - begun


def answers(port: int, path: str = "/") -> bool:
    """Whether a web server answers 200 there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)  # a first page may be slow
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def tree_of(mark: str) -> list[int]:
    """Every living process that was started with the environment variable `FUNNEL_TEST_TREE=mark`, however deep.

    Valkey writes its title over its environment: it is known by a folder named `mark` in that title.
    """
    wanted = f"FUNNEL_TEST_TREE={mark}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
                said = (entry / "environ").read_bytes().split(b"\0")
                title = (entry / "cmdline").read_bytes()
                if state != "Z" and (wanted in said or (b"queue.sock" in title and mark.encode() in title)):
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
    return sorted(found)


def names_of(pids: Iterable[int]) -> list[str]:
    """What processes are, for who must find out which is missing."""
    return [f"{pid} {Path(f'/proc/{pid}/cmdline').read_bytes().decode(errors='replace')[:80]!r}" for pid in pids]


class Process:
    """A program that dies with the test session; its output goes to a file."""

    def __init__(self, command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None) -> None:
        self._log = log
        with open(log, "ab") as output:
            self._process = subprocess.Popen(
                tied(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={**os.environ, **(environ or {})},
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit status, None while it lives."""
        return self._process.poll()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, and wait for the end."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(10)

    def log(self) -> str:
        """What it has written."""
        return self._log.read_text(errors="replace")
