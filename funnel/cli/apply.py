"""`funnel apply`: check everything, store it, and make it what new people get, all or nothing."""

import argparse
import sys
from pathlib import Path

from funnel.cli.doors import told
from funnel.cli.house import add_state, house_of
from funnel.cli.options import home_folder


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.epilog = "examples:\n  funnel apply\n  funnel apply /srv/acme --state /srv/acme/var"
    parser.add_argument(
        "path", nargs="?", default=home_folder(), type=Path, help="the home folder (default: $FUNNEL_HOME, else here)"
    )
    add_state(parser)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Publish; 1 with every fault when a file is broken, and nothing has changed then."""
    from funnel.authoring.findings import has_error
    from funnel.usecases.publish_scenarios import publish_scenarios

    path: Path = args.path
    if not (path / "scenarios").is_dir():
        print(f"funnel apply: {path} holds no scenarios/ folder; say where it is: funnel apply PATH", file=sys.stderr)
        return 1
    done = publish_scenarios(house_of("apply", args), path)
    for finding in done.findings:
        print(finding, file=sys.stderr)
    if has_error(done.findings):
        print("Nothing was published: mend these first. What ran before goes on.", file=sys.stderr)
        return 1
    if not done.changed:
        print("Nothing has changed since the last publication.")
        return 0
    print(f"Published: {', '.join(done.changed)}. New people get it; those inside keep the version they have.")
    return 0
