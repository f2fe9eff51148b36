"""`make bench`: every figure of docs/performance.md, printed as the table that stands there."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from sqlalchemy.engine import make_url

from benches.ground import fill, ground
from benches.intake import (
    CONNECTIONS,
    REQUESTS,
    RULES,
    VISITS,
    ask,
    bare,
    copied,
    people,
    recorded,
    serving,
)
from benches.jobs import bell_server, jobs_for
from benches.linter import seconds as linter_seconds
from benches.mails import drain, without_database
from benches.receiver import Receiver
from benches.rehearsal import DAYS, PEOPLE
from benches.rehearsal import seconds as rehearsal_seconds
from benches.report import HEAD, Row, paired
from benches.statements import count_statements
from funnel.bootstrap import Runner
from funnel.web.app import make_app
from tests.support.postgres import Postgres

RUNS = 5


def main(argv: Sequence[str] | None = None) -> int:
    """Run the rows named (default: all) and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benches")
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], help="which rows (default: all)")
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=RUNS)
    args = parser.parse_args(argv)
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        server = Postgres("18", Path(folder), os.getpid())
        server.start(lambda url: None)
        receiver = Receiver()
        try:
            for name in args.rows or ROWS:
                for row in ROWS[name](server, receiver, args):
                    print(row, flush=True)
        finally:
            receiver.stop()
    return 0


@contextmanager
def _place(server: Postgres, receiver: Receiver, *, lite: bool = False, redis_url: str = "") -> Iterator[Runner]:
    """A house on an empty database, warmed up by 200 mails."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        url = f"sqlite:///{folder}/bench.db" if lite else server.create("template1")
        with ground(url, receiver.url, redis_url) as runner:
            fill(runner.house, 200, 10_000_000)
            drain(runner)
            without_database(runner, receiver.url, 200)
            yield runner
        if not lite:
            server.drop(url)


def _mails(server: Postgres, receiver: Receiver, args: argparse.Namespace) -> Iterator[Row]:
    """Due steps to accepted mails in one worker, beside render + build + send alone."""
    number = args.mails
    for name, lite in (("PostgreSQL 18", False), ("SQLite", True)):
        with _place(server, receiver, lite=lite) as runner:
            filled = 0

            def ours(runner: Runner = runner) -> float:
                nonlocal filled
                fill(runner.house, number, filled)
                filled += number
                before = receiver.count
                seconds = drain(runner)
                assert receiver.count - before == number, "not every due mail was accepted"
                return float(number / seconds)

            def limit(runner: Runner = runner) -> float:
                return float(number / without_database(runner, receiver.url, number))

            mine, bare, ratio = paired(ours, limit, args.runs)
        yield Row(
            f"scenario e-mails/s, one worker, {number:,} due, 10 KB, {name}",
            f"{mine:,.0f}/s beside {bare:,.0f}/s without a database",
            f"{ratio:.2f}",
            "0.50",
            ratio >= 0.5,
        )


def _peer(server: Postgres, receiver: Receiver, args: argparse.Namespace) -> Iterator[Row]:
    """1,000 mails, ours from the due step on, django-post_office from its queue on."""
    number = 1_000
    with _place(server, receiver) as runner:
        filled = 0

        def ours() -> float:
            nonlocal filled
            fill(runner.house, number, filled)
            filled += number
            return number / drain(runner)

        def peer() -> float:
            url = server.create("template1")
            parsed = make_url(url)
            host = str(parsed.query["host"])
            done = subprocess.run(
                [sys.executable, "-m", "benches.peer", str(parsed.database), host, str(receiver.port), str(number)],
                capture_output=True,
                text=True,
                check=True,
            )
            server.drop(url)
            return number / float(done.stdout)

        mine, theirs, ratio = paired(ours, peer, args.runs)
    yield Row(
        "scenario e-mails/s beside django-post_office, 1,000 mails, PostgreSQL 18",
        f"{mine:,.0f}/s beside {theirs:,.0f}/s",
        f"{ratio:.1f}x",
        "5x",
        ratio >= 5,
    )


def _statements(server: Postgres, receiver: Receiver, args: argparse.Namespace) -> Iterator[Row]:
    """SQL statements and RQ jobs for 1,000 e-mail steps."""
    for name, lite in (("PostgreSQL 18", False), ("SQLite", True)):
        with _place(server, receiver, lite=lite) as runner:
            fill(runner.house, 1_000)
            counted = count_statements(runner, partial(drain, runner))
        aim = "80" if not lite else "printed only"
        yield Row(
            f"SQL statements for 1,000 e-mail steps, {name}", str(counted), str(counted), aim, lite or counted <= 80
        )
    with bell_server() as redis_url, _place(server, receiver, redis_url=redis_url) as runner:
        fill(runner.house, 1_000)
        jobs = jobs_for(runner, redis_url)
    said = ", ".join(f"{number} {lane}" for lane, number in sorted(jobs.items()))
    yield Row("RQ jobs for 1,000 e-mail steps", said, str(jobs.total()), "3", jobs.total() <= 3)


def _growth(server: Postgres, receiver: Receiver, args: argparse.Namespace) -> Iterator[Row]:
    """Ten times the people: how many times as long."""
    with _place(server, receiver) as runner:
        fill(runner.house, 10_000)
        small = drain(runner)
        fill(runner.house, 100_000, 10_000)
        large = drain(runner)
    yield Row(
        "10,000 due, then 100,000 (once), PostgreSQL 18",
        f"{small:.1f} s, then {large:.1f} s",
        f"{large / small:.1f}x",
        "11x",
        large / small <= 11,
    )


def _linter(server: Postgres, receiver: Receiver, args: argparse.Namespace) -> Iterator[Row]:
    """Twenty thousand lines of scenarios, questionnaires, mails and pages, every rule."""
    lines, files, taken, worked = linter_seconds(args.runs)
    yield Row(
        f"funnel check, {lines:,} lines in {files:,} files",
        f"{taken:.2f} s on the clock, {worked:.2f} s of the processor",
        f"{worked:.2f} s",
        "2 s",
        worked < 2,
    )


def _rehearsal(server: Postgres, receiver: Receiver, args: argparse.Namespace) -> Iterator[Row]:
    """A crowd on the virtual clock, in one process and without a database."""
    taken, worked, entries = rehearsal_seconds()
    yield Row(
        f"funnel rehearse, {PEOPLE:,} people, {DAYS} days ({entries:,} things happen)",
        f"{taken:.0f} s on the clock, {worked:.0f} s of the processor",
        f"{taken:.0f} s",
        "60 s",
        taken < 60,
    )


def _tracking(server: Postgres, receiver: Receiver, args: argparse.Namespace) -> Iterator[Row]:
    """Visits told to the tracker's address, beside an application that only adds to a stream, on the same server."""
    with bell_server() as redis_url:
        url = server.create("template1")
        with (
            ground(url, receiver.url, redis_url) as runner,
            serving(partial(make_app, runner.house)) as own,
            serving(partial(bare, redis_url)) as other,
        ):
            for port in (own, other):
                ask(port, 500)
            pairs = [(ask(own, REQUESTS), ask(other, REQUESTS)) for _ in range(args.runs)]
        server.drop(url)
    mine, least = (median(pair[side][0] for pair in pairs) for side in (0, 1))
    slow, slowest = (median(pair[side][1] for pair in pairs) * 1000 for side in (0, 1))
    ratio = median(a / b for (a, _), (b, _) in pairs)
    yield Row(
        f"page visits answered, one process, {CONNECTIONS} connections",
        f"{mine:,.0f}/s, p99 {slow:.1f} ms, beside {least:,.0f}/s, p99 {slowest:.1f} ms, of bare WSGI + XADD",
        f"{ratio:.2f}",
        "0.70",
        ratio >= 0.7,
    )


def _drain(server: Postgres, receiver: Receiver, args: argparse.Namespace) -> Iterator[Row]:
    """Visits from the stream to the commit, beside COPY alone; one in ten gives points, then each."""
    for share, aim in ((0.1, 0.4), (1.0, 0.0)):
        with bell_server() as redis_url:
            url = server.create("template1")
            with ground(url, receiver.url, redis_url, more=RULES) as runner:
                known = people(runner.house, 2_000)
                recorded(runner.house, known, 2_000, share)
                ours = partial(recorded, runner.house, known, VISITS, share)
                mine, least, ratio = paired(ours, partial(copied, runner.house, known, VISITS), args.runs)
            server.drop(url)
        yield Row(
            f"page visits recorded, {share:.0%} give points, PostgreSQL 18",
            f"{mine:,.0f}/s beside {least:,.0f}/s by COPY alone",
            f"{ratio:.2f}",
            f"{aim:.2f}" if aim else "printed only",
            ratio >= aim,
        )


ROWS: dict[str, Callable[[Postgres, Receiver, argparse.Namespace], Iterator[Row]]] = {
    "mails": _mails,
    "peer": _peer,
    "statements": _statements,
    "growth": _growth,
    "linter": _linter,
    "rehearsal": _rehearsal,
    "tracking": _tracking,
    "drain": _drain,
}

if __name__ == "__main__":
    sys.exit(main())
