"""`funnel resume`: a paused scenario goes on; says how much would leave at once, and spreads or skips it if asked."""

import argparse
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from funnel.cli.doors import told
from funnel.cli.house import WHO, house_of
from funnel.cli.pause import add_scenarios, wanted

if TYPE_CHECKING:
    from funnel.usecases.studio.resume import How, Resumed

_SPAN = re.compile(r"(\d{1,4})\s*(h|hours?|m|min|minutes?|d|days?)")
_UNITS = {"h": timedelta(hours=1), "m": timedelta(minutes=1), "d": timedelta(days=1)}


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.description = (
        "Let a paused scenario go on. What became due meanwhile leaves at once, unless it is to be spread "
        "or skipped; what somebody asked for, and what is for staff, leaves at once in any case."
    )
    parser.epilog = (
        "examples:\n  funnel resume self_evaluation\n  funnel resume self_evaluation --spread 4h\n"
        "  funnel resume --all --skip"
    )
    add_scenarios(parser)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--spread", type=_span, metavar="SPAN", help="overdue mails and steps leave over this time: 4h")
    how.add_argument("--skip", action="store_true", help="overdue marketing mails never leave")
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Resume; 1 for a name that is not published."""
    from funnel.usecases.studio.resume import resume

    house = house_of("resume", args)
    names = wanted(house, args)
    how: How = "spread" if args.spread else "skip" if args.skip else "at_once"
    done = resume(house, None if args.all else names, how, args.spread or timedelta(0), who=WHO)
    print(f"Resumed: {', '.join(names)}; {_said(done, how, args.spread)}.")
    return 0


def _said(done: "Resumed", how: "How", over: timedelta | None) -> str:
    from funnel.authoring.hints import count

    before = done.before
    if before.nothing:
        return "nothing was waiting"
    if how == "spread":
        hours = f"{(over or timedelta(0)) / timedelta(hours=1):g} h"
        return f"{count(done.mails, 'mail')} and {_steps(done.people)} are spread over {hours}"
    if how == "skip":
        return f"{count(done.mails, 'mail')} skipped, {count(before.asked, 'mail')} (asked for, or for staff) at once"
    return f"{count(before.mails, 'mail')} at once" + (
        f", and perhaps one by {_steps(before.people)}, overdue" if before.people else ""
    )


def _steps(number: int) -> str:
    return "the next step of 1 person" if number == 1 else f"the next steps of {number} people"


def _span(text: str) -> timedelta:
    from funnel.usecases.studio.resume import LONGEST

    found = _SPAN.fullmatch(text.strip().lower())
    over = int(found[1]) * _UNITS[found[2][0]] if found else timedelta(0)
    if not timedelta(0) < over <= LONGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is no span; write it like 4h, 30min or 2d, up to {LONGEST.days}d")
    return over
