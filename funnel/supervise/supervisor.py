"""The supervisor: starts children, restarts what dies with growing pauses, and stops all of them in time."""

import logging
import os
import select
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from funnel.supervise.process import Call, fork

log = logging.getLogger(__name__)

_PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
_SETTLED = 10.0
GRACE = 3.0
LAST_GRACE = 1.0
_LOOK = 0.1
_TAIL = 15


@dataclass(slots=True)
class Child:
    """A process to keep alive. `last`: others lean on it, so it is stopped after them."""

    name: str
    call: Call
    last: bool = False
    pid: int | None = None
    deaths: int = 0
    started_at: float = 0.0
    start_at: float = 0.0


class NotReady(Exception):
    """The tree did not come up; the message says which child failed, with the end of its log."""


class Supervisor:
    """Single-threaded: everything happens in the main thread, from which alone children may be forked."""

    def __init__(self, logs: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._logs = logs
        self._clock = clock
        self._children: list[Child] = []
        self._stopping = False
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    @property
    def stopping(self) -> bool:
        """Whether a signal asked for the end."""
        return self._stopping

    def start(self, child: Child) -> None:
        """Start a child now, and again whenever it ends."""
        self._children.append(child)
        self._fork(child)

    def start_all(self, children: Iterable[Child]) -> None:
        """Start children in order; none more once a signal has asked for the end."""
        for child in children:
            if not self._stopping:
                self.start(child)

    def run_once(self, name: str, call: Call) -> int:
        """Run a task in a child that shares our output, to its end; its exit status (128 + signal when killed)."""
        pid = fork(call)
        while (ended := os.waitpid(pid, os.WNOHANG))[0] == 0:
            self._wait(_LOOK)
            if self._stopping:
                os.kill(pid, signal.SIGTERM)
        status = os.waitstatus_to_exitcode(ended[1])
        log.debug("%s ended with %s", name, status)
        return status if status >= 0 else 128 - status

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Watch until `ready`; false when a signal asked for the end. `NotReady` says what stood in the way."""
        until = self._clock() + seconds
        while not self._stopping:
            self._revive()
            failed = next((child for child in self._children if child.deaths >= len(_PAUSES) - 1), None)
            if failed is not None:
                raise NotReady(f"{failed.name} ends again and again; its log says:\n{self.tail(failed.name)}")
            if ready():
                return True
            if self._clock() > until:
                raise NotReady(f"not ready after {seconds:.0f} s; the logs are in {self._logs}")
            self._wait(_LOOK)
        return False

    def watch(self, each: Callable[[], None] = lambda: None) -> None:
        """Keep all children alive until SIGINT or SIGTERM; calls `each` about once a second."""
        while not self._stopping:
            self._revive()
            each()
            waits = [child.start_at - self._clock() for child in self._children if child.pid is None]
            self._wait(max(0.0, min([1.0, *waits])))

    def stop(self) -> None:
        """End every child: ask, wait, kill. Takes less than 5 s."""
        self._stopping = True
        self._end([child for child in reversed(self._children) if not child.last], GRACE)
        self._end([child for child in reversed(self._children) if child.last], LAST_GRACE)

    def pids(self) -> dict[str, int]:
        """The children that live now."""
        return {child.name: child.pid for child in self._children if child.pid is not None}

    def tail(self, name: str) -> str:
        """The last lines of a child's log."""
        path = self._logs / f"{name}.log"
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        return "\n".join(lines[-_TAIL:])

    def _fork(self, child: Child) -> None:
        self._logs.mkdir(parents=True, exist_ok=True)
        child.started_at = self._clock()
        child.pid = fork(child.call, self._logs / f"{child.name}.log")

    def _revive(self) -> None:
        for child in self._children:
            if child.pid is not None and (status := self._reap(child)) is not None:
                now = self._clock()
                child.deaths = 1 if now - child.started_at > _SETTLED else child.deaths + 1
                pause = _PAUSES[min(child.deaths, len(_PAUSES)) - 1]
                child.start_at = now + pause
                log.warning("%s ended (%s); again in %.1f s", child.name, status, pause)
            if child.pid is None and self._clock() >= child.start_at and not self._stopping:
                self._fork(child)

    def _reap(self, child: Child) -> int | None:
        if child.pid is None:
            return None
        pid, status = os.waitpid(child.pid, os.WNOHANG)
        if pid == 0:
            return None
        child.pid = None
        return os.waitstatus_to_exitcode(status)

    def _end(self, children: list[Child], grace: float) -> None:
        for child in children:
            if child.pid is not None:
                os.kill(child.pid, signal.SIGTERM)
        until = self._clock() + grace
        while self._living(children) and self._clock() < until:
            self._wait(_LOOK)
        for child in self._living(children):
            if child.pid is not None:
                os.kill(child.pid, signal.SIGKILL)
                os.waitpid(child.pid, 0)
                child.pid = None

    def _living(self, children: list[Child]) -> list[Child]:
        for child in children:
            self._reap(child)
        return [child for child in children if child.pid is not None]

    def _wait(self, seconds: float) -> None:
        if select.select([self._reader], [], [], seconds)[0]:
            os.read(self._reader, 4096)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
