"""Starting a child: a function in a forked process, or a program, each tied to the life of its parent."""

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from funnel.supervise.lifeline import KERNEL_TIES, die_with

Call = Callable[[], int | None]
"""What a child does; its result is the exit status (None: 0)."""

_FAILED = 70
_LOOK = 0.2


def fork(call: Call, log: Path | None = None) -> int:
    """Run `call` in a child of ours and return its pid. Modules that we have imported are there at once.

    Must be called from the main thread, before any thread starts. The child is a session of its own, so that Ctrl-C
    reaches the supervisor only; its output is appended to `log`, or stays ours.
    """
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _be_child(parent, call, log)
    return pid


def run_program(argv: Sequence[str], environ: Mapping[str, str] | None = None) -> Call:
    """A child's work: become the program `argv`.

    Where the kernel cannot tie a foreign program to its parent, the child stays beside it and ends with it.
    """

    def become() -> int:
        environment = dict(os.environ if environ is None else environ)
        if KERNEL_TIES:
            os.execvpe(argv[0], list(argv), environment)
        return stand_beside(argv, environment)

    return become


def stand_beside(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run the program and wait for it; kill it when our own parent has died, end it when we are told to end."""
    parent = os.getppid()
    program = subprocess.Popen(list(argv), env=dict(environ))
    signal.signal(signal.SIGTERM, lambda number, frame: program.terminate())
    while (status := program.poll()) is None:
        if os.getppid() != parent:
            program.kill()
        time.sleep(_LOOK)
    return status


def _be_child(parent: int, call: Call, log: Path | None) -> NoReturn:
    status = _FAILED
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        die_with(parent)
        os.setsid()
        _redirect(log)
        status = call() or 0
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001 - the outer door of a process: nothing may return into the supervisor's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _redirect(log: Path | None) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if log is not None:
        target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(target, 1)
        os.dup2(target, 2)
        os.close(target)
