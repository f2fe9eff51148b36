"""`funnel db upgrade`: brings the database to the newest schema."""

import argparse

from funnel.cli.doors import told
from funnel.cli.settings import settings_or_exit


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.epilog = "example:\n  funnel db upgrade"
    parser.add_argument("action", choices=["upgrade"], help="make its tables, or change them to the newest form")
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Upgrade; a second process that does the same waits for the first."""
    from funnel.bootstrap import migrate

    migrate(settings_or_exit("db"))
    print("The database has the newest schema.")
    return 0
