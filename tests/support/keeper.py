"""Runs a server until the test session that asked for it is gone, whoever of its processes asked first.

`python -m tests.support.keeper OWNER FOLDER SIGNAL USER PROGRAM...`: OWNER is the pid of the whole session's process;
FOLDER is removed at the end; SIGNAL asks the server to stop; USER is a numeric id to run it as, or `-`.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial

from funnel.supervise.lifeline import die_with

LOOK = 0.3


def main(owner: int, folder: str, number: int, user: str, program: list[str]) -> int:
    """Keep the server; 0 when the session ended, else the server's own status."""
    who = {} if user == "-" else {"user": int(user), "group": int(user), "extra_groups": []}
    with open(os.path.join(folder, "log"), "ab") as log:
        server = subprocess.Popen(
            program,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=partial(die_with, os.getpid()),  # noqa: PLW1509 - a keeper has one thread
            **who,  # type: ignore[call-overload]
        )
    while server.poll() is None and _lives(owner):
        time.sleep(LOOK)
    if server.poll() is not None:
        return int(server.returncode)
    server.send_signal(number)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def start(owner: int, folder: str, number: signal.Signals, user: int | None, program: list[str]) -> None:
    """Start a keeper that outlives the process that asks."""
    who = "-" if user is None else str(user)
    subprocess.Popen(
        [sys.executable, "-m", "tests.support.keeper", str(owner), folder, str(int(number)), who, *program],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
    ).returncode = 0  # its end is not ours to wait for


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5:]))
