"""`funnel retry`: who stands still because a step failed; lets them go on at that step."""

import argparse

from funnel.cli.doors import told
from funnel.cli.house import WHO, add_state, house_of


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.description = "Lets people go on at the step that failed; without a name it says who stands still, and why."
    parser.epilog = "examples:\n  funnel retry\n  funnel retry 17 23\n  funnel retry --all"
    which = parser.add_mutually_exclusive_group()
    which.add_argument("leads", nargs="*", default=[], type=int, metavar="LEAD", help="their numbers")
    which.add_argument("--all", action="store_true", help="everybody")
    add_state(parser)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Try again; 1 when somebody named stands still afterwards."""
    from funnel.usecases.errors import NotFound
    from funnel.usecases.try_again import Parked, list_parked, try_again

    def line(one: Parked) -> str:
        return f"  {one.lead_id}  {one.lead}, in {one.scenario} at {one.step}: {one.reason}"

    house = house_of("retry", args)
    parked = list_parked(house)
    if not (args.leads or args.all):
        print("\n".join(["Standing still:", *map(line, parked)]) if parked else "Nobody stands still.")
        return 0
    if missing := set(args.leads) - {one.lead_id for one in parked}:
        raise NotFound(f"not standing still: {', '.join(map(str, sorted(missing)))}; `funnel retry` says who is")
    gone_on, still = try_again(house, WHO, None if args.all else args.leads)
    print(f"{gone_on} go on." if gone_on != 1 else "1 goes on.")
    if still:
        print("\n".join(["Still standing still:", *map(line, still)]))
    return 1 if still else 0
