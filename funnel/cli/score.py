"""`funnel score`: a lead's points with their reasons, now or on a day; what another threshold would have done."""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from funnel.cli.doors import told
from funnel.cli.house import add_state, house_of
from funnel.cli.options import day_count

if TYPE_CHECKING:
    from funnel.usecases.house import House
    from funnel.usecases.score.read_score import ScoreSheet
    from funnel.usecases.score.what_if import WhatIf

_LOOKED_BACK = 90
"""So many days --what-if looks back where nobody says how many."""


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.description = (
        "Shows the points of a lead: how many, each with what gave it, and what is missing to the next threshold. With "
        "--on, as it was at the end of that day. With --what-if, who would have been handed over in the last days if "
        "the threshold were another, or the rules those of another company.yaml: its folder needs no more than "
        "scenarios/, with the questionnaires that its rules look at."
    )
    parser.epilog = (
        "examples:\n  funnel score ana@example.org\n  funnel score 17 --on 2026-11-01\n"
        "  funnel score --what-if 40\n  funnel score --what-if draft/ --days 30      a folder that holds scenarios/"
    )
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("lead", nargs="?", metavar="LEAD", help="number or address")
    whom.add_argument("--what-if", metavar="POINTS|FOLDER", help="another threshold, or other rules")
    parser.add_argument("--on", type=_day, metavar="DAY", help="as of the end of a day, like 2026-11-01")
    parser.add_argument("--days", type=day_count, help=f"how far --what-if looks back ({_LOOKED_BACK})")
    parser.add_argument("--json", action="store_true", help="for programs")
    add_state(parser)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Print it."""
    from funnel.usecases.errors import Refused
    from funnel.usecases.find_lead import find_lead
    from funnel.usecases.score.read_score import read_score

    house = house_of("score", args)
    if args.what_if:
        return _what_if(house, args)
    if args.days:
        raise Refused("--days goes with --what-if; the points of a lead on a day are told by --on")
    sheet = read_score(house, find_lead(house, args.lead), "en", args.on)
    if args.json:
        print(json.dumps(_as_json(sheet), ensure_ascii=False, indent=2))
    else:
        _print(sheet)
    return 0


def _print(sheet: "ScoreSheet") -> None:
    from funnel.domain.timing import local_time

    groups = ", ".join(f"{name} {points}" for name, points in sheet.groups.items())
    who, at = sheet.lead.called, local_time(sheet.at, sheet.zone)
    print(f"{who}: {sheet.score} points ({groups}) at {at:%Y-%m-%d %H:%M} ({sheet.zone})")
    for line in sheet.lines:
        happened = f"  <- {line.what}" if line.what and line.what != line.why else ""
        back = "  (taken back later)" if line.taken_back else ""
        when = local_time(line.entry.at, sheet.zone)
        print(f"  {when:%Y-%m-%d %H:%M}  {line.entry.points:+4d}  {line.why}{happened}{back}")
    if sheet.next:
        from funnel.catalogue import Speech
        from funnel.usecases.score.wording import ahead_in_words

        print(ahead_in_words(sheet.next, Speech("en")))


def _as_json(sheet: "ScoreSheet") -> dict[str, Any]:
    ahead = sheet.next
    return {
        "lead": sheet.lead.id,
        "at": f"{sheet.at:%Y-%m-%dT%H:%M:%SZ}",
        "score": sheet.score,
        "groups": dict(sheet.groups),
        "entries": [
            {
                "number": one.entry.number, "at": f"{one.entry.at:%Y-%m-%dT%H:%M:%SZ}", "kind": one.entry.kind,
                "points": one.entry.points, "group": one.entry.group, "rule": one.entry.rule, "why": one.why,
                "event": one.what or None, "counters": one.entry.counters,
            }
            for one in reversed(sheet.lines)
        ],
        "next": {
            "threshold": ahead.threshold,
            "missing": ahead.missing,
            "ways": [
                {"rule": way.rule.id, "times": way.times, "on_days": way.on_days, "other_days": way.other_days}
                for way in ahead.ways
            ],
            "together": [way.rule.id for way in ahead.together],
            "unwatched": ahead.unwatched,
        }
        if ahead
        else None,
    }  # fmt: skip


def _what_if(house: "House", args: argparse.Namespace) -> int:
    from funnel.authoring.bundle import COMPANY_FILE
    from funnel.domain.scoring.rules import HIGHEST, Threshold
    from funnel.usecases.errors import Refused
    from funnel.usecases.score.what_if import company_of_folder, kept, what_if

    if args.on:
        raise Refused("--on goes with a lead; --what-if looks back over --days")
    days = args.days or _LOOKED_BACK
    if args.what_if.isdecimal() and 1 <= int(args.what_if) <= HIGHEST:
        found = what_if(house, thresholds=[Threshold(score=int(args.what_if))], days=days)
    else:
        folder = Path(args.what_if)
        if not (folder / COMPANY_FILE).is_file():
            points = f"a number of points from 1 to {HIGHEST}"
            raise Refused(f"that is neither {points} nor a folder that holds {COMPANY_FILE}")
        found = what_if(house, company_of_folder(folder), days=days)
    if args.json:
        print(json.dumps(_what_if_json(found), indent=2))
        return 0
    print(f"{found.leads} leads to whom something has happened in {found.days} days")
    then = f"at {args.what_if} points" if args.what_if.isdecimal() else "by the other rules"
    for by, reached in (("as it is", found.now), (then, found.then)):
        print(f"{by:<20}{len(reached):5d} came to a threshold, {kept(reached)} kept an appointment")
    print(f"more {len(found.more)}, of whom {kept(found.more)} kept an appointment; fewer {len(found.fewer)}")
    return 0


def _what_if_json(found: "WhatIf") -> dict[str, Any]:
    return {
        "days": found.days,
        "leads": found.leads,
        **{
            name: [{"lead": one.lead, "at": f"{one.at:%Y-%m-%dT%H:%M:%SZ}", "score": one.score, "kept": one.kept}
                   for one in getattr(found, name)]
            for name in ("now", "then", "more", "fewer")
        },
    }  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it like 2026-11-01") from None
