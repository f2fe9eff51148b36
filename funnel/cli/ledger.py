"""`funnel ledger`: where every message stands, by scenario; the sums must balance with what was tried."""

import argparse
import json

from funnel.cli.doors import told
from funnel.cli.house import add_state, house_of
from funnel.cli.table import print_table


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.epilog = "examples:\n  funnel ledger\n  funnel ledger --format json"
    parser.add_argument("--format", choices=("text", "json"), default="text", help="for people or for programs")
    add_state(parser)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Print it; 1 when it does not balance."""
    from funnel.usecases.read_ledger import STATES, read_ledger

    ledger = read_ledger(house_of("ledger", args))
    if args.format == "json":
        lines = [{"scenario": one.scenario, "channel": one.channel, **one.states} for one in ledger.lines]
        print(json.dumps({"lines": lines, "accepted": ledger.accepted, "balances": ledger.balances}, indent=2))
        return 0 if ledger.balances else 1
    if not ledger.lines:
        print("Nothing has been written yet: the first form makes the first message.")
        return 0
    states = [state for state in STATES if ledger.total(state)]
    heads = ["scenario", "channel", "all", *(state.replace("_", " ") for state in states)]
    rows = [
        [one.scenario, one.channel, str(one.all), *(str(one.states.get(state, 0)) for state in states)]
        for one in ledger.lines
    ]
    rows.append(["all", "", str(ledger.total()), *(str(ledger.total(state)) for state in states)])
    print_table(heads, rows, right=range(2, len(heads)))
    if ledger.balances:
        print(f"\nIt balances: {ledger.accepted} accepted by the other side, {ledger.total('sent')} sent.")
        return 0
    print(f"\nIT DOES NOT BALANCE: {ledger.accepted} accepted by the other side, {ledger.total('sent')} sent.")
    return 1
