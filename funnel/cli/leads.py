"""`funnel leads`: everything that is kept of somebody as data, and erasing her."""

import argparse
import json
import sys

from funnel.cli.doors import told
from funnel.cli.house import WHO, add_state, house_of


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.description = "Gives a person what is kept of her, or erases her; by number or address."
    parser.epilog = (
        "examples:\n  funnel leads export ana@example.org > ana.json\n  funnel leads export 17 --format csv\n"
        "  funnel leads erase ana@example.org\n  funnel leads erase --again     after a back-up was put back"
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    export = actions.add_parser("export", help="everything that is kept, on standard output")
    export.add_argument("lead", metavar="LEAD", help="number or address")
    export.add_argument("--format", choices=("json", "csv"), default="json", help="(default: json)")
    erase = actions.add_parser("erase", help="remove everything that tells who she is, for good")
    whom = erase.add_mutually_exclusive_group(required=True)
    whom.add_argument("lead", nargs="?", metavar="LEAD", help="number or address")
    whom.add_argument("--again", action="store_true", help="whoever was erased and stands here again, from a back-up")
    erase.add_argument("--yes", action="store_true", help="do not ask first")
    for one in (export, erase):
        add_state(one)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Export, or erase; 1 when somebody thought better of it."""
    from funnel.usecases.erase_lead import erase_again, erase_lead, find_lead
    from funnel.usecases.export_lead import as_csv, export_lead

    house = house_of("leads", args)
    if args.action == "export":
        kept = export_lead(house, find_lead(house, args.lead))
        if args.format == "csv":
            sys.stdout.write(as_csv(kept))
        else:
            print(json.dumps(kept, ensure_ascii=False, indent=2))
        return 0
    if args.again:
        number = erase_again(house, WHO)
        print("Nobody had come back." if not number else f"Erased again: {number}.")
        return 0
    lead_id = find_lead(house, args.lead)
    if not args.yes and not _sure(args.lead):
        print("Nothing was erased.")
        return 1
    print("Erased." if erase_lead(house, lead_id, WHO) else "She was erased before.")
    return 0


def _sure(lead: str) -> bool:
    asks = f"Everything that tells who {lead} is goes for good. Write yes to go on: "
    print(asks, end="", flush=True, file=sys.stderr)
    return sys.stdin.readline().strip() == "yes"
