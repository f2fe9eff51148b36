"""`funnel doctor`: what works, what does not, and what to do about it."""

import argparse

from funnel.cli.doors import told
from funnel.cli.house import add_state, house_of

_MARKS = {"ok": "ok  ", "warn": "look", "bad": "BAD "}


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.epilog = "examples:\n  funnel doctor\n  funnel doctor --state /srv/acme/var"
    add_state(parser)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Look at everything; 1 when something is bad. Wrong settings end it at once, all faults named."""
    from funnel.usecases.examine import examine

    house = house_of("doctor", args)
    print(f"ok    settings: {house.settings.mode} mode, {house.settings.base_url}")
    found = examine(house)
    for symptom in found:
        print(f"{_MARKS[symptom.level]}  {symptom.part}: {symptom.text}")
        if symptom.cure:
            print(f"        {symptom.cure}")
    return 1 if any(symptom.level == "bad" for symptom in found) else 0
