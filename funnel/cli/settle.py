"""`funnel settle`: mails of which nobody knows whether they left; says that one was sent, or sends it again."""

import argparse

from funnel.cli.doors import told
from funnel.cli.house import WHO, add_state, house_of


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.description = "Settles a mail in doubt, after a look into the relay's log; without a number it lists them."
    parser.epilog = "examples:\n  funnel settle\n  funnel settle 812 --sent\n  funnel settle 812 --again"
    parser.add_argument("mail", nargs="?", type=int, metavar="MAIL", help="its number")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--sent", action="store_true", help="it has arrived; nothing leaves")
    how.add_argument("--again", action="store_true", help="send the same mail again")
    add_state(parser)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Settle one; 1 for a mail that is not in doubt."""
    from funnel.usecases.errors import Refused
    from funnel.usecases.settle_by_hand import list_in_doubt, settle_by_hand

    house = house_of("settle", args)
    if args.mail is None:
        if args.sent or args.again:
            raise Refused("say which mail; `funnel settle` lists them")
        lines = [f"  {one.id}  {one.message} to {one.lead}, {one.at:%Y-%m-%d %H:%M}Z: {one.reason}"
                 for one in list_in_doubt(house)]  # fmt: skip
        print("\n".join(["In doubt:", *lines]) if lines else "No mail is in doubt.")
        return 0
    if not (args.sent or args.again):
        raise Refused(f"say --sent when mail {args.mail} has arrived, or --again to send it once more")
    settle_by_hand(house, WHO, args.mail, sent=args.sent)
    print(
        f"Mail {args.mail} counts as sent."
        if args.sent
        else f"Mail {args.mail} leaves again, if she may be written to."
    )
    return 0
