"""`funnel webinar`: say from a list who was at a webinar and who was not."""

import argparse
import sys
from pathlib import Path

from funnel.cli.doors import told
from funnel.cli.house import add_state, house_of
from funnel.cli.options import scenario_name


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.description = (
        "Takes a CSV with the columns email and attended (yes or no), as webinar tools export it. "
        "Of several lines about one person a yes counts. "
        "The same list twice changes nothing, and what was told first stays. Refused before the webinar is over. "
        "Ends with 1 when a line is about nobody who has registered, or contradicts what was told before."
    )
    parser.epilog = "example:\n  funnel webinar attendance.csv --scenario webinar"
    parser.add_argument("file", metavar="FILE.csv", type=Path, help="the list")
    parser.add_argument("--scenario", required=True, type=scenario_name, help="whose webinar it was")
    add_state(parser)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Record it; 1 when lines were not taken."""
    from funnel.usecases.read_table import NoTable
    from funnel.usecases.record_webinar import record_webinar

    try:
        content = args.file.read_bytes()
    except OSError as error:
        print(f"funnel webinar: {args.file}: {error.strerror}", file=sys.stderr)
        return 1
    try:
        done = record_webinar(house_of("webinar", args), args.scenario, content, "funnel webinar")
    except NoTable as refused:
        print(f"funnel webinar: {args.file}: {refused.why}. Nothing was recorded.", file=sys.stderr)
        return 1
    print(f"{done.attended} were there, {done.missed} were not, {done.known} were known already.")
    for line in done.unused:
        print(f"{args.file}: {line}", file=sys.stderr)
    return 1 if done.unused else 0
