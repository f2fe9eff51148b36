"""`python -m tests.supervise.tree PORT FOLDER [bad]`: a small supervised tree with real parts, for tests to kill."""

import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from funnel.cli.web import serve
from funnel.supervise import valkey
from funnel.supervise.process import run_program
from funnel.supervise.state_folder import StateFolder
from funnel.supervise.supervisor import Child, NotReady, Supervisor
from tests.support.processes import LONG, answers


def _application() -> Callable[..., Iterable[bytes]]:
    def hello(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"hello"]

    return hello


def _sleep() -> None:
    time.sleep(3600)


def _ignore_sigterm() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(3600)


def _fail() -> None:
    raise RuntimeError("the sky is falling")


def main(port: int, folder: Path, kind: str) -> int:
    """Run it until a signal; 1 when it did not come up."""
    state = StateFolder(folder)
    state.hold(f"http://127.0.0.1:{port}")
    supervisor = Supervisor(state.logs)
    socket = state.socket()
    try:
        supervisor.start(
            Child("queue", run_program(valkey.arguments(valkey.find_server(), state.path, socket)), last=True)
        )
        supervisor.start(Child("web", lambda: serve("127.0.0.1", port, 1, _application)))
        supervisor.start(Child("steady", _fail if kind == "bad" else _sleep))
        supervisor.start(Child("stubborn", _ignore_sigterm))
        if supervisor.wait_until(lambda: kind != "bad" and answers(port), LONG):
            print("ready", flush=True)
            supervisor.watch()
    except NotReady as error:
        print(error, flush=True)
        return 1
    finally:
        supervisor.stop()
    print("stopped", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "good"))
