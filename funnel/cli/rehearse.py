"""`funnel rehearse`: who would get what, and when: a table, a timeline, every mail as it would leave."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from funnel.cli.doors import told
from funnel.cli.options import home_folder, scenario_name

if TYPE_CHECKING:
    from funnel.usecases.rehearsal.log import Entry
    from funnel.usecases.rehearsal.outcome import Rehearsal

_BAR = 40
_MOST_PEOPLE, _MOST_DAYS = 100_000, 3_660
"""Of one rehearsal: a hundred thousand people take about ten minutes, and ten years are as long as a span may be."""
_OUT = Path("var/rehearsals")


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.description = (
        "Runs a scenario on the real engine with a scripted crowd: nothing is sent and nothing is stored. "
        "The leads of its expect: come first. Ends with 1 when one of them gets something else than the file expects, "
        "when a mail cannot be written, or when somebody is parked."
    )
    parser.epilog = (
        "examples:\n  funnel rehearse self_evaluation\n"
        "  funnel rehearse self_evaluation --people 500 --days 30 --seed 7 --out /tmp/rehearsal\n"
        "  funnel rehearse self_evaluation --json | jq .totals"
    )
    parser.add_argument("scenario", metavar="SCENARIO", type=scenario_name, help="its name")
    parser.add_argument(
        "path", nargs="?", default=home_folder(), type=Path, help="the home folder (default: $FUNNEL_HOME, else here)"
    )
    parser.add_argument(
        "--people", type=_between(0, _MOST_PEOPLE), default=20, help="how many beside expect: (default: 20)"
    )
    parser.add_argument(
        "--days", type=_between(1, _MOST_DAYS), default=None, help="how long (default: 90; 366 with visits)"
    )
    parser.add_argument("--seed", type=int, default=1, help="another number, other people (default: 1)")
    parser.add_argument(
        "--from",
        dest="begins_on",
        type=_day,
        default=None,
        help="the first day (default: 2027-03-15, or four weeks before a webinar)",
    )
    parser.add_argument("--out", type=Path, default=None, help="the folder to write (default: var/rehearsals/SCENARIO)")
    parser.add_argument("--json", action="store_true", help="print the whole story as JSON and write no folder")
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Rehearse; 1 when a file is broken, a mail cannot be written, somebody is parked, or an expectation does not come
    true."""
    from funnel.bootstrap import build_paper
    from funnel.cli.files import load_scenario
    from funnel.usecases.rehearsal import rehearse
    from funnel.usecases.rehearsal.post import PostOffice
    from funnel.usecases.rehearsal.report import as_json, files

    name = args.scenario
    loaded, company = load_scenario(args.path, name)
    post = PostOffice(build_paper(loaded.bundles.values(), company), loaded.bundles, company, origins=loaded.origins)
    done = rehearse(
        loaded.bundles, company, name,
        people=args.people, days=args.days, seed=args.seed, begins_on=args.begins_on,
        post=post, progress=_bar if sys.stderr.isatty() else None,
    )  # fmt: skip
    if args.json:
        print(json.dumps(as_json(done), ensure_ascii=False, indent=1))
        return _told(done)
    print("\n".join(_summary(done)))
    folder: Path = args.out or _OUT / name
    for path, content in files(done, post.posted).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    print(f"\nTimeline, stories and {len(post.posted)} mails: {folder / 'index.html'}")
    return _told(done)


def _told(done: "Rehearsal") -> int:
    """Say on stderr what went wrong; 1 when anything did."""
    from funnel.usecases.rehearsal.expectations import unmet
    from funnel.usecases.rehearsal.outcome import faults, parked

    missed, stuck = unmet(done), Counter(one.reason for one in parked(done))
    for one, number in faults(done):
        times = f" ({number} times)" if number > 1 else ""
        print(f"cannot be written: {one.file}: {one.why}{times}", file=sys.stderr)
    for reason, people in stuck.items():
        print(f"{people} parked: {reason}", file=sys.stderr)
    for expected in missed:
        print(f"expected otherwise: {expected}", file=sys.stderr)
    return 1 if missed or stuck or done.unwritten else 0


def _summary(done: "Rehearsal") -> Iterator[str]:
    from funnel.usecases.naming import plain
    from funnel.usecases.rehearsal.report import mail_names
    from funnel.usecases.rehearsal.tell import in_short
    from funnel.usecases.rehearsal.totals import totals

    counted = totals(done)
    span = f"{done.begins_at:%d %b %Y} to {done.ends_at:%d %b %Y}"
    people = "1 person" if counted.people == 1 else f"{counted.people} people"
    yield f"{plain(done.bundle.name)}: {people}, {span}, seed {done.seed}"
    yield ""
    names = mail_names(mail.message for mail in counted.mails)
    width = max([len(name) for name in names.values()] + [4])
    failing = any(mail.failed for mail in counted.mails)
    yield f"  {'mail':<{width}}   sent  skipped" + ("  failed" if failing else "")
    for mail in counted.mails:
        why = ", ".join(f"{reason} {number}" for reason, number in [*mail.skipped.items(), *mail.failed.items()])
        skipped = sum(mail.skipped.values()) or "-"
        failed = f"  {sum(mail.failed.values()) or '-':>6}" if failing else ""
        yield f"  {names[mail.message]:<{width}}  {mail.sent:>5}  {skipped:>7}{failed}  {why}".rstrip()
    yield ""
    yield "  " + ", ".join(f"{number} {plain(kind)}" for kind, number in counted.happened.items() if number)
    ends = [f"{number} {plain(reason)}" for reason, number in counted.ended.items()]
    ends += [f"{counted.inside} still inside"] if counted.inside else []
    ends += [f"{counted.parked} parked"] if counted.parked else []
    yield "  ended: " + ", ".join(ends)
    for person in [person for person in done.people if person.expected] or done.people[:3]:
        yield ""
        yield f"  {person.fields.get('name') or person.id} ({plain(person.behaves)}, {person.zone})"
        yield from (_line(done, entry) for entry in in_short(done.of(person.id)))


def _line(done: "Rehearsal", entry: "Entry") -> str:
    from funnel.domain.timing import local_time
    from funnel.usecases.naming import plain
    from funnel.usecases.rehearsal.report import detail_in_words

    zone = done.company.company.zone
    detail, at = detail_in_words(entry.detail, zone), local_time(entry.at, zone)
    return f"    {at:%a %d %b %H:%M}  {plain(entry.kind):<12} {plain(entry.what)}" + (f"  ({detail})" if detail else "")


def _bar(part: float) -> None:
    full = round(part * _BAR)
    end = "\r\x1b[K" if part >= 1 else ""
    print(f"\r  [{'#' * full}{'.' * (_BAR - full)}] {part:4.0%}{end}", end="", file=sys.stderr, flush=True)


def _between(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal():
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number; give one like {max(least, 20)}")
        if int(text) < least:
            raise argparse.ArgumentTypeError(f"{text} is too few; give {least} or more")
        if int(text) > most:
            raise argparse.ArgumentTypeError(f"{text} is too many; give {most} or fewer")
        return int(text)

    return read


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2027-03-15") from None
