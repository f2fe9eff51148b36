"""`funnel resume`: a paused scenario goes on; says how much leaves at once."""

import argparse

from funnel.cli.doors import told
from funnel.cli.house import house_of
from funnel.cli.pause import add_scenarios, wanted


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "resume",
        help="let a paused scenario go on",
        description="Let a paused scenario go on.",
        epilog="examples:\n  funnel resume self_evaluation\n  funnel resume --all",
    )
    add_scenarios(parser)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Resume; 1 for a name that is not published."""
    from funnel.usecases.publish_scenarios import set_paused
    from funnel.usecases.read_ledger import count_waiting

    house = house_of("resume", args)
    names = wanted(house, args)
    waiting = count_waiting(house, names)
    set_paused(house, names, False)
    at_once = "nothing was waiting" if not waiting else f"{waiting} that became due meanwhile leave at once"
    print(f"Resumed: {', '.join(names)}; {at_once}.")
    return 0
