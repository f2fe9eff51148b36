"""`funnel leads`: everything that is kept of somebody as data, erasing her, and two leads that are one person."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from funnel.cli.doors import told
from funnel.cli.house import WHO, add_state, house_of

if TYPE_CHECKING:
    from funnel.usecases.house import House


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.description = (
        "Gives a person what is kept of her, erases her, or joins two leads that are one person; by number or address."
    )
    parser.epilog = (
        "examples:\n  funnel leads export ana@example.org > ana.json\n  funnel leads export 17 --format csv\n"
        "  funnel leads erase ana@example.org\n  funnel leads erase --again     after a back-up was put back\n"
        "  funnel leads merge ana@work.example ana@home.example\n  funnel leads part ana@home.example"
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
    merge = actions.add_parser("merge", help="two leads are one person: the first stands for both")
    merge.add_argument("lead", metavar="LEAD", help="number or address of the one who stays")
    merge.add_argument("other", metavar="OTHER", help="number or address of the other one")
    part = actions.add_parser("part", help="two leads that were joined are two people after all")
    part.add_argument("lead", metavar="LEAD", help="number or address of the one who was joined to another")
    for one in (export, erase, merge, part):
        add_state(one)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Export, erase, join or part; 1 when somebody thought better of it."""
    from funnel.usecases.erase_lead import addresses_of, erase_again, erase_lead
    from funnel.usecases.export_lead import as_csv, export_lead
    from funnel.usecases.find_lead import find_lead

    house = house_of("leads", args)
    if args.action == "export":
        kept = export_lead(house, find_lead(house, args.lead))
        if args.format == "csv":
            sys.stdout.write(as_csv(kept, kept["details"]["language"]))
        else:
            print(json.dumps(kept, ensure_ascii=False, indent=2))
        return 0
    if args.action in ("merge", "part"):
        return _join(house, args)
    if args.again:
        number = erase_again(house, WHO)
        print("Nobody had come back." if not number else f"Erased again: {number}.")
        return 0
    lead_id = find_lead(house, args.lead)
    if not args.yes and not _sure(args.lead, addresses_of(house, lead_id)):
        print("Nothing was erased.")
        return 1
    print("Erased." if erase_lead(house, lead_id, WHO) else "She was erased before.")
    return 0


def _join(house: "House", args: argparse.Namespace) -> int:
    from funnel.usecases.find_lead import find_lead
    from funnel.usecases.merge_leads import merge_leads, part_leads

    if args.action == "merge":
        stays, goes = find_lead(house, args.lead, itself=True), find_lead(house, args.other, itself=True)
        still = merge_leads(house, None, stays, goes, WHO)
        print(f"Lead {stays} stands for lead {goes} too. To part them again: funnel leads part {goes}")
        if still:
            print(
                f"Lead {goes} stands still in {', '.join(still)} until then, or until she books an appointment there."
            )
    else:
        goes = find_lead(house, args.lead, itself=True)
        print(f"Lead {goes} and lead {part_leads(house, None, goes, WHO)} are two people again.")
    return 0


def _sure(lead: str, addresses: Sequence[str]) -> bool:
    if len(addresses) > 1:
        known = ", ".join(addresses)
        print(f"She is known by {len(addresses)} addresses, and goes by all of them: {known}.", file=sys.stderr)
    asks = f"Everything that tells who {lead} is goes for good. Write yes to go on: "
    print(asks, end="", flush=True, file=sys.stderr)
    return sys.stdin.readline().strip() == "yes"
