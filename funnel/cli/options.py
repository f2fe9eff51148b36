"""What several commands take: names, ports, counts; each refuses a wrong value with what to write instead."""

import argparse
import os
from pathlib import Path

_LAST_PORT = 65535
_MOST_DAYS = 36_500


def scenario_name(text: str) -> str:
    """A scenario's name, written as its file is called or as addresses show it."""
    return text.replace("-", "_")


def home_folder() -> Path:
    """Where the files stand, for a command to which no folder is named: `FUNNEL_HOME`, else here."""
    return Path(os.environ.get("FUNNEL_HOME") or ".")


def port_number(text: str) -> int:
    """A TCP port."""
    if not text.isdecimal() or not 0 < int(text) <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: write a number from 1 to {_LAST_PORT}, as --port 8000")
    return int(text)


def process_count(text: str) -> int:
    """How many processes, 1 to 64."""
    if not text.isdecimal() or not 0 < int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes: write one from 1 to 64")
    return int(text)


def day_count(text: str) -> int:
    """How many days, a hundred years at most."""
    if not text.isdecimal() or not 0 < int(text) <= _MOST_DAYS:
        message = f"{text!r} is no number of days: write one from 1 to {_MOST_DAYS}, as --days 30"
        raise argparse.ArgumentTypeError(message)
    return int(text)
