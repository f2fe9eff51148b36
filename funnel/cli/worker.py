"""`funnel worker`: answers the bell and works the lanes."""

import argparse
import os
import socket

from funnel.cli.garbage import spare_what_is_loaded
from funnel.cli.settings import settings_or_exit


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.epilog = "example:\n  funnel worker --name worker-1"
    parser.add_argument(
        "--name", default=f"worker-{socket.gethostname()}-{os.getpid()}", help="its name in leases and logs"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT."""
    from funnel.bootstrap import build_runner
    from funnel.jobs.bell import connect
    from funnel.jobs.lanes import work

    settings = settings_or_exit("worker")
    if not settings.redis_url:
        print("funnel worker: FUNNEL_REDIS_URL is not set; without a queue `funnel tick` does the work")
        return 2
    runner = build_runner(settings, args.name)
    spare_what_is_loaded()
    work(connect(settings.redis_url, timeout=None), runner, args.name)
    return 0
