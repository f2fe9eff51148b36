"""`funnel missed`: how many appointments are missed, how they come back, and what that saves."""

import argparse
import csv
import json
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from funnel.cli.doors import told
from funnel.cli.house import add_state, house_of
from funnel.domain.no_shows import WEEKS, NoPeriod, Period, Tally

if TYPE_CHECKING:
    from funnel.usecases.report_no_shows import Report


_WRONG = {
    "required": "--to needs --from: name the first day too.",
    "no_day": "write days like 2027-03-16.",
    "to_come": "the first day is still to come.",
    "reversed": "the last day lies before the first one.",
}


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.epilog = (
        "examples:\n  funnel missed\n  funnel missed --weeks 13 --format json\n"
        "  funnel missed --from 2027-03-01 --to 2027-03-31"
    )
    weeks = "the last so many weeks (%(default)s)"
    parser.add_argument("--weeks", type=int, choices=WEEKS, default=WEEKS[0], help=weeks)
    parser.add_argument("--from", dest="first", metavar="DAY", help="in place of weeks: from this day on (2027-03-01)")
    parser.add_argument("--to", dest="last", metavar="DAY", help="until this day, itself included (today)")
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text", help="for people or for programs")
    add_state(parser)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Print it; 1 for days that make no period."""
    from funnel.usecases.report_no_shows import report_no_shows

    days = (args.first or "", args.last or "") if args.first or args.last else None
    try:
        report = report_no_shows(house_of("missed", args), args.weeks, days)
    except NoPeriod as refused:
        print(f"funnel missed: {_WRONG[refused.code]}", file=sys.stderr)
        return 1
    if args.format == "json":
        print(json.dumps(_as_json(report), indent=2))
    elif args.format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["rep", *report.figures.team.counts])
        for rep, tally in report.figures.by_rep.items():
            writer.writerow([rep, *tally.counts.values()])
    else:
        _print(report)
    return 0


def _as_json(report: "Report") -> dict[str, Any]:
    figures = report.figures
    return {
        "since": f"{report.since:%Y-%m-%dT%H:%M:%SZ}",
        "until": f"{report.until:%Y-%m-%dT%H:%M:%SZ}",
        "weeks": report.period.weeks,
        **_tally(figures.team),
        "per_week": _number(figures.per_week),
        "contact_minutes": round(figures.contact.total_seconds() / 60),
        "hours_without": _number(figures.hours_without),
        "hours_saved": _number(figures.hours_saved),
        "money_saved": None if figures.money_saved is None else f"{figures.money_saved:.2f}",
        "currency": report.company.costs.currency,
        "reps": {rep: _tally(tally) for rep, tally in figures.by_rep.items()},
    }


def _tally(tally: Tally) -> dict[str, Any]:
    shares = {"rate": tally.rate, "mail_share": tally.mail_share, "call_share": tally.call_share}
    return {**tally.counts, **shares}


def _number(value: Decimal) -> float:
    return round(float(value), 2)


def _of(period: Period) -> str:
    return f"of the last {period.weeks} weeks" if period.weeks else _when(period)


def _when(period: Period) -> str:
    return f"in {period.weeks} weeks" if period.weeks else f"from {period.first} to {period.last}"


def _print(report: "Report") -> None:
    figures = report.figures
    team = figures.team
    if team.rate is None:
        print(f"No appointment {_of(report.period)} is marked yet: held or missed, on /desk or by a table.")
        return
    print(f"{team.missed} of {team.held + team.missed} appointments missed {_when(report.period)}: {team.rate:.0%}")
    print(f"to contact again: {_number(figures.per_week):g} a week")
    if team.missed:
        mail, call = f"{team.by_mail} by the mail ({team.mail_share:.0%})", f"{team.by_call} by a call"
        print(f"put back: {mail}, {call} ({team.call_share:.0%})")
        print(f"not yet: {team.waiting} have their mails, {team.to_call} are to be called, {team.given_up} given up")
        minutes = round(figures.contact.total_seconds() / 60)
        hours = _number(figures.hours_saved)
        print(f"saved: {team.by_mail} x {minutes} min = {hours:g} h of {_number(figures.hours_without):g} h")
        if figures.money_saved is not None:
            print(
                f"       {hours:g} h x {figures.rep_hour} = {figures.money_saved:.2f} {report.company.costs.currency}"
            )
