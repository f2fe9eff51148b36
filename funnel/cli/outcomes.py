"""`funnel outcomes`: marks appointments held or missed, as a CSV file says."""

import argparse
import sys
from pathlib import Path

from funnel.cli.doors import told
from funnel.cli.house import WHO, add_state, house_of


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.description = (
        "Marks appointments as the file says. Its first line names the columns: outcome (held or missed), and either "
        "appointment (the number) or email and starts_at (2027-03-16 10:30 or, the day first, 16/03/2027 10:30, in the "
        "company's zone). Good lines are taken, each bad one is told with its number; the same file twice changes "
        "nothing. Ends with 1 when one is bad."
    )
    parser.epilog = "examples:\n  funnel outcomes march.csv"
    parser.add_argument("file", type=Path, metavar="FILE", help="the table, comma- or semicolon-separated, in UTF-8")
    add_state(parser)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Mark; 1 when a line, or the whole file, is not taken."""
    from funnel.usecases.import_outcomes import import_outcomes
    from funnel.usecases.read_table import NoTable

    content = args.file.read_bytes()
    try:
        done = import_outcomes(house_of("outcomes", args), content, WHO)
    except NoTable as refused:
        print(f"funnel outcomes: {args.file}: {refused.why}. Nothing was marked.", file=sys.stderr)
        return 1
    print(f"{done.marked} marked, {done.unchanged} known already, {len(done.bad)} not taken.")
    for line in done.bad:
        print(f"{args.file}: {line}", file=sys.stderr)
    return 1 if done.bad else 0
