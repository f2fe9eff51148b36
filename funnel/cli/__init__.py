"""The command line: one subcommand a file, imported only when it is called, so that each starts fast."""

import importlib
import os
import sys
from collections.abc import Sequence

import funnel
from funnel.cli.garbage import look_rarely
from funnel.cli.parser import Parser

COMMANDS: dict[str, str] = {
    "apply": "publish scenario files: new people get the new version",
    "check": "check scenario files: every fault, its place, its fix",
    "cta": "every call to action: short link, QR code, visits, leads",
    "db": "bring the database to the newest schema",
    "doctor": "what works, what does not, and what to do",
    "graph": "draw a scenario: every step and way, with its people if you like",
    "leads": "give somebody what is kept of her, or erase her",
    "ledger": "where every message stands, by scenario",
    "missed": "how many appointments are missed, put back, and what it saves",
    "new": "write a small, sound home to begin with",
    "outcomes": "mark appointments held or missed, by a CSV file",
    "pause": "stop a scenario's mails and steps at once; forms still answer",
    "rehearse": "run a scenario on a virtual clock, with a scripted crowd",
    "resume": "let a paused scenario go on",
    "retry": "let people go on who stand still because a step failed",
    "schema": "print or write the JSON Schema of scenario files",
    "score": "a lead's points and their reasons, now or on a day; what if",
    "settle": "say of a mail in doubt that it was sent, or send it again",
    "sink": "keep mails instead of delivering them (demonstration)",
    "tick": "watch the clock and ring for what is due (live)",
    "up": "run everything on this machine, as a demonstration",
    "user": "set a password, or make a one-time link for it",
    "web": "serve the pages (live)",
    "webinar": "say from a list who was at a webinar and who was not",
    "worker": "work the lanes when the bell rings (live)",
}
"""Each subcommand, `funnel/cli/<name>.py` with `register(parser)` and `run(args)`, and its line in the help,
which is also what its own help begins with unless it says more there."""

_EPILOG = """\
Begin with `funnel up`: it runs everything here, with a clock of its own and no mail leaving the house.
`funnel COMMAND --help` says more. Status: 0 done, 1 refused or found wrong, 2 wrong usage or settings."""

_INTERRUPTED = 130
_READ_ENOUGH = 141
"""As shells say of what a closed pipe has ended."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; gives the exit code. Wrong usage leaves by `SystemExit(2)`, as argparse does."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        ended = _run(arguments)
        sys.stdout.flush()
        return ended
    except KeyboardInterrupt:
        return _INTERRUPTED  # as shells say of what Ctrl-C has ended
    except BrokenPipeError:
        # Whoever read has read enough (`| head`); what is still to be written is for nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READ_ENOUGH


def _run(arguments: list[str]) -> int:
    look_rarely()
    parser = Parser(prog="funnel", description="Sales tunnels that are files.", epilog=_EPILOG)
    parser.add_argument("--version", action="version", version=f"funnel {funnel.__version__}")
    subparsers = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    for name, line in COMMANDS.items():
        command = subparsers.add_parser(name, help=line, description=f"{line[0].upper()}{line[1:]}.")
        if name == chosen:
            importlib.import_module(f"funnel.cli.{name}").register(command)
    if not arguments:
        parser.print_help(sys.stderr)
        raise SystemExit(2)
    args = parser.parse_args(arguments)
    code: int = args.run(args)
    return code
