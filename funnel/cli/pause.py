"""`funnel pause`: a scenario's mails and steps stand still at once; its forms still answer."""

import argparse

from funnel.cli.doors import told
from funnel.cli.house import add_state, house_of
from funnel.usecases.house import House


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "pause",
        help="stop a scenario's mails and steps at once; forms still answer",
        description="Stop a scenario's mails and steps at once; forms still answer.",
        epilog="examples:\n  funnel pause self_evaluation\n  funnel pause --all",
    )
    add_scenarios(parser)
    parser.set_defaults(run=told(run))


def add_scenarios(parser: argparse.ArgumentParser) -> None:
    """Which scenarios: names, or all of them."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("scenarios", nargs="*", default=[], metavar="SCENARIO", help="one or several")
    which.add_argument("--all", action="store_true", help="every scenario, and the company's own mails")
    add_state(parser)


def run(args: argparse.Namespace) -> int:
    """Pause; 1 for a name that is not published."""
    from funnel.usecases.publish_scenarios import set_paused

    house = house_of("pause", args)
    names = wanted(house, args)
    set_paused(house, None if args.all else names, True)
    print(
        f"Paused: {', '.join(names)}. Nothing of it leaves until: funnel resume {' '.join(args.scenarios) or '--all'}"
    )
    return 0


def wanted(house: House, args: argparse.Namespace) -> list[str]:
    """The scenarios named; `NotFound` with what there is for a name that is none."""
    from funnel.usecases.errors import NotFound
    from funnel.usecases.read_published import read_published

    known = sorted(read_published(house).newest)
    names = [name.replace("-", "_") for name in args.scenarios] or known
    for name in names:
        if name not in known:
            raise NotFound(f"{name} is not published; there are: {', '.join(known) or 'none'}")
    return names
