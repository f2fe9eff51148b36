"""The outer door of commands that do one thing: what is refused becomes one line on standard error and status 1."""

import argparse
import sys
from collections.abc import Callable
from functools import wraps

from funnel.usecases.errors import DatabaseAway, Refused
from funnel.usecases.shelf import NothingPublished

Command = Callable[[argparse.Namespace], int]

_CURES = {
    "SQLITE_FULL": "The disk is full: make room, then start again. Nothing that was stored is lost.",
    "SQLITE_IOERR": "The disk does not take or give the data: look at it, and at the room that is left.",
    "SQLITE_READONLY": "The file cannot be written: give its owner, or whoever runs this, the right to write it.",
    "SQLITE_PERM": "The file cannot be read: give its owner, or whoever runs this, the right to read and write it.",
    "SQLITE_CANTOPEN": "The file cannot be opened: does its folder exist, and may you read and write there?",
    "SQLITE_NOTADB": "The file is no database: put back a copy of it, or move it away and begin anew.",
    "SQLITE_CORRUPT": "The file is damaged: put back a copy of it, or move it away and begin anew.",
    "SQLITE_BUSY": "Another program holds it: end that one, or try again.",
}
_NEW = "If it is new, make its tables first: funnel db upgrade"


def told(command: Command) -> Command:
    """Run a command; a refusal is told by its own words."""

    @wraps(command)
    def run(args: argparse.Namespace) -> int:
        try:
            return command(args)
        except (Refused, NothingPublished) as refused:
            print(f"funnel {args.command}: {refused}", file=sys.stderr)
        except DatabaseAway as away:
            print(f"funnel {args.command}: {what_to_do(away)}", file=sys.stderr)
        except BrokenPipeError:
            raise
        except OSError as error:
            print(f"funnel {args.command}: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
        return 1

    return run


def what_to_do(away: DatabaseAway) -> str:
    """Two lines: what the database said, and what mends it."""
    driver = getattr(away.__cause__, "orig", None)
    name = getattr(driver, "sqlite_errorname", "") or ""
    cure = next((cure for kind, cure in _CURES.items() if name.startswith(kind)), _NEW)
    return f"the database does not answer: {away}\n{cure}"
