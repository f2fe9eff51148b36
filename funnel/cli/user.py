"""`funnel user`: set somebody's password, or make the one-time link with which they set it themselves."""

import argparse
import getpass
import sys

from funnel.cli.doors import told
from funnel.cli.house import add_state, house_of


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.epilog = "examples:\n  funnel user password ana@acme.example\n  funnel user link ana@acme.example"
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, line, run in (
        ("password", "set a password (asked for twice, or one line on standard input)", _password),
        ("link", "print a link with which the user sets it", _link),
    ):
        action = actions.add_parser(name, help=line)
        action.add_argument("email", metavar="EMAIL", help="the address in company.yaml")
        add_state(action)
        action.set_defaults(run=told(run))


def _password(args: argparse.Namespace) -> int:
    from funnel.usecases.errors import Invalid
    from funnel.usecases.people import SHORTEST, set_password

    house = house_of("user", args)
    password = _ask(f"Password for {args.email} ({SHORTEST} characters or more): ")
    if password is None:
        print("funnel user: the two are not the same; nothing was changed", file=sys.stderr)
        return 1
    try:
        user = set_password(house, args.email, password)
    except Invalid:
        print(f"funnel user: too short; use {SHORTEST} characters or more", file=sys.stderr)
        return 1
    print(f"{user.name} ({user.role}) logs in with it at {house.url('/login')}; older sessions and links have ended.")
    return 0


def _link(args: argparse.Namespace) -> int:
    from funnel.usecases.people import password_link

    print(password_link(house_of("user", args), args.email))
    print("It works once. Send it by a way that only this person reads.", file=sys.stderr)
    return 0


def _ask(prompt: str) -> str | None:
    """Typed twice at a terminal, else one line; `None` when the two differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    typed = getpass.getpass(prompt)
    return typed if typed == getpass.getpass("Once more: ") else None
