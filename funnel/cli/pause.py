"""`funnel pause`: a scenario's mails and steps stand still at once; its forms still answer."""

import argparse

from funnel.cli.doors import told
from funnel.cli.house import WHO, add_state, house_of
from funnel.cli.options import scenario_name
from funnel.usecases.house import House


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.epilog = "examples:\n  funnel pause self_evaluation\n  funnel pause --all"
    add_scenarios(parser)
    parser.set_defaults(run=told(run))


def add_scenarios(parser: argparse.ArgumentParser) -> None:
    """Which scenarios: names, or all of them."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "scenarios", nargs="*", type=scenario_name, default=[], metavar="SCENARIO", help="one or several"
    )
    which.add_argument("--all", action="store_true", help="every scenario, and the company's own mails")
    add_state(parser)


def run(args: argparse.Namespace) -> int:
    """Pause; 1 for a name that is not published."""
    from funnel.usecases.publish_scenarios import set_paused

    house = house_of("pause", args)
    names = wanted(house, args)
    set_paused(house, None if args.all else names, True, who=WHO)
    print(
        f"Paused: {', '.join(names)}. Nothing of it leaves until: funnel resume {' '.join(args.scenarios) or '--all'}"
    )
    return 0


def wanted(house: House, args: argparse.Namespace) -> list[str]:
    """The scenarios named; `NotFound` with what there is for a name that is none."""
    from funnel.usecases.errors import NotFound
    from funnel.usecases.read_published import read_published

    known = sorted(read_published(house).newest)
    names = args.scenarios or known
    for name in names:
        if name not in known:
            raise NotFound(f"{name} is not published; there are: {', '.join(known) or 'none'}")
    return names
