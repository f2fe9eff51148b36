"""`funnel cta`: every call to action with its short link, visits and leads; its QR codes as files."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from funnel.cli.doors import told
from funnel.cli.house import add_state, house_of
from funnel.cli.options import day_count, scenario_name
from funnel.cli.table import print_table

if TYPE_CHECKING:
    from funnel.usecases.calls_to_action import TrackedLink
    from funnel.usecases.naming import Names


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.description = (
        "Lists every call to action of company.yaml (and those that were taken out of it: a link works for ever) with "
        "its visits, the people who sent a form after they came by it, and how many of these are qualified now."
    )
    parser.epilog = (
        "examples:\n  funnel cta\n  funnel cta --scenario conference --days 30\n"
        "  funnel cta --qr qr/                 writes qr/<code>.svg and qr/<code>.png\n  funnel cta --json | jq .links"
    )
    parser.add_argument("--scenario", type=scenario_name, default=None, help="those that lead to it")
    parser.add_argument("--days", type=day_count, default=None, help="count the last days only, today among them")
    parser.add_argument("--qr", type=Path, metavar="DIR", default=None, help="write each QR code as SVG and PNG")
    parser.add_argument("--json", action="store_true", help="for programs")
    add_state(parser)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Print them, and write their codes."""
    from funnel.domain.source import source_of
    from funnel.usecases.calls_to_action import list_links
    from funnel.usecases.naming import Names

    found = list_links(house_of("cta", args), days=args.days, scenario=args.scenario)
    published, links = found.published, found.links
    if args.scenario and args.scenario not in published.newest and not links:
        known = ", ".join(sorted(published.newest))
        print(f"funnel cta: there is no scenario {args.scenario!r}; there are: {known}", file=sys.stderr)
        return 1
    written = _write(args.qr, links) if args.qr else []
    if args.json:
        rows = [
            {
                "code": one.cta.id,
                "kind": one.cta.kind,
                "title": one.cta.title,
                "scenario": one.cta.scenario,
                "url": one.url,
                "source": source_of(one.cta),
                "visits": one.visits,
                "leads": one.leads,
                "qualified": one.qualified,
                "retired": one.retired,
                "leads_nowhere": one.dead,
            }
            for one in links
        ]
        since = found.since.isoformat() if found.since else None
        print(json.dumps({"since": since, "links": rows}, ensure_ascii=False, indent=2))
    elif not links:
        print("No call to action yet: write one under 'calls_to_action:' in scenarios/company.yaml, then funnel apply.")
    else:
        _table(links, Names(published, published.company.company.locales[0]))
    for file in written:
        print(f"wrote {file}", file=sys.stderr if args.json else sys.stdout)
    return 0


def _table(links: "Sequence[TrackedLink]", names: "Names") -> None:
    heads = ["code", "kind", "leads to", "visits", "leads", "per visit", "qualified", "short link"]
    rows = [
        [
            one.cta.id,
            one.cta.kind,
            names.scenario(one.cta.scenario),
            str(one.visits),
            str(one.leads),
            "" if one.share is None else f"{one.share:.1f}%",
            str(one.qualified),
            one.url + (" (leads nowhere)" if one.dead else " (not in the file any more)" if one.retired else ""),
        ]
        for one in links
    ]
    print_table(heads, rows, right=range(3, 7))


def _write(folder: Path, links: "Sequence[TrackedLink]") -> list[Path]:
    from funnel.usecases.qr_code import qr_png, qr_svg

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for one in links:
        for ending, draw in (("svg", qr_svg), ("png", qr_png)):
            file = folder / f"{one.cta.id}.{ending}"
            file.write_bytes(draw(one.url))
            written.append(file)
    return written
