"""`funnel tick`: rings the bell for what is due, and does it when nobody answers."""

import argparse
import os
import signal
import socket
import threading

from funnel.cli.garbage import spare_what_is_loaded
from funnel.cli.settings import settings_or_exit


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.epilog = "example:\n  funnel tick --name tick-1"
    parser.add_argument(
        "--name", default=f"tick-{socket.gethostname()}-{os.getpid()}", help="its name in leases and logs"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Tick until SIGTERM or SIGINT."""
    from funnel.bootstrap import build_runner
    from funnel.jobs.bell import make_bell
    from funnel.jobs.tick import Tick

    settings = settings_or_exit("tick")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stop.set())
    tick = Tick(build_runner(settings, args.name), make_bell(settings.redis_url))
    spare_what_is_loaded()
    tick.run(stop)
    return 0
