"""`funnel sink`: the demonstration's SMTP server, which keeps every mail and delivers none."""

import argparse
from pathlib import Path

from funnel.cli.options import port_number
from funnel.cli.settings import settings_or_exit
from funnel.supervise.ports import LOOPBACK


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.add_argument("--port", type=port_number, default=1025, help="where it listens (default: 1025)")
    parser.add_argument("--folder", type=Path, default=Path("var/mail"), help="where it keeps them (default: var/mail)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Take mails until SIGTERM or SIGINT."""
    from funnel.delivery.sink import run as run_sink

    settings_or_exit("sink", mode="demo")
    run_sink(LOOPBACK, args.port, args.folder)
    return 0
