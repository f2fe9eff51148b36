"""The outer door of commands that do one thing: what is refused becomes one line on standard error and status 1."""

import argparse
import sys
from collections.abc import Callable
from functools import wraps

from funnel.usecases.errors import DatabaseAway, Refused
from funnel.usecases.shelf import NothingPublished

Command = Callable[[argparse.Namespace], int]


def told(command: Command) -> Command:
    """Run a command; a refusal is told by its own words."""

    @wraps(command)
    def run(args: argparse.Namespace) -> int:
        try:
            return command(args)
        except (Refused, NothingPublished) as refused:
            print(f"funnel {args.command}: {refused}", file=sys.stderr)
        except DatabaseAway as away:
            print(f"funnel {args.command}: the database does not answer: {away}", file=sys.stderr)
            print("If it is new, make its tables first: funnel db upgrade", file=sys.stderr)
        return 1

    return run
