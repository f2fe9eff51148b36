"""`/desk/no-shows`: how many appointments are missed, how they come back, what that saves; for managers (S92-S97)."""

from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, format_decimal, format_percent
from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from funnel.domain.model import locale_of
from funnel.domain.no_shows import WEEKS, NoPeriod, NoShows, Period, Tally
from funnel.usecases.report_no_shows import Report, report_no_shows
from funnel.web.files import sheet
from funnel.web.here import house
from funnel.web.speech import _, language, names
from funnel.web.staff.guard import me, staff
from funnel.web.staff.page import calendar, page

blueprint = Blueprint("no_shows", __name__, url_prefix="/desk")

_LONGEST_DAY = 20


@blueprint.get("/no-shows")
@staff("manager", "admin")
def report() -> Response:
    """The last weeks, by team and rep; `?weeks=` 4, 13 or 52, or the days `?from=` and `?to=`: 422 where they make no
    period, beside what was typed."""
    try:
        return make_response(_report(report_no_shows(house(), _weeks(), _days())))
    except NoPeriod as refused:
        return make_response(_report(report_no_shows(house(), _weeks()), refused), 422)


def _report(found: Report, refused: NoPeriod | None = None) -> str:
    days, period = calendar(found.until, me(), found.company), found.period
    first, last = _days() or (f"{period.first}", f"{period.last}")
    team = found.figures.team
    return page(
        "no_shows.html",
        "calls",
        periods=[
            {
                "name": names().speech.ngettext("%(num)s week", "%(num)s weeks", weeks),
                "url": f"?weeks={weeks}",
                "current": weeks == period.weeks and refused is None,
            }
            for weeks in WEEKS
        ],
        since=days.day(found.since, year=True) if period.weeks else None,
        first=days.date(period.first),
        last=days.date(period.last),
        typed={"first": first, "last": last},
        wrong={refused.field: _wrong(refused)} if refused else {},
        finding=_finding(team),
        figures=_figures(found) if team.rate is not None else [],
        formula=_formula(found.figures, found.company.costs.currency),
        priced=found.figures.rep_hour is not None,
        reps=[{"name": _called(rep), **_row(tally)} for rep, tally in found.figures.by_rep.items()],
        team=_row(team),
        file_url=url_for("no_shows.file", **_query(period)),
    )


@blueprint.get("/no-shows.csv")
@staff("manager", "admin")
def file() -> Answered:
    """The same, a line a rep; to the page that says what is wrong with days that make no period."""
    try:
        found = report_no_shows(house(), _weeks(), _days())
    except NoPeriod:
        asked: dict[str, Any] = {name: said for name in ("from", "to") if (said := request.args.get(name))}
        return redirect(url_for("no_shows.report", **asked), 303)
    heading = [
        _("Rep"), _("Took place"), _("Missed"), _("Put back by the mail"), _("Put back by a call"), _("To be called"),
        _("Given up"), _("Has the mails"),
    ]  # fmt: skip
    rows = [[_called(rep), *tally.counts.values()] for rep, tally in found.figures.by_rep.items()]
    period = found.period
    name = f"{period.weeks}-weeks" if period.weeks else f"{period.first}-{period.last}"
    return sheet(f"no-shows-{name}", heading, rows, language())


def _query(period: Period) -> dict[str, Any]:
    return {"weeks": period.weeks} if period.weeks else {"from": period.first, "to": period.last}


def _days() -> tuple[str, str] | None:
    """The days that were asked for, as they were typed; none where nobody asked for any."""
    first, last = (request.args.get(name, "")[:_LONGEST_DAY] for name in ("from", "to"))
    return (first, last) if first or last else None


def _wrong(refused: NoPeriod) -> str:
    match refused.code:
        case "required":
            return _("Choose the first day too.")
        case "reversed":
            return _("The last day lies before the first one.")
        case "to_come":
            return _("This day is still to come.")
    return _("Write a day like 2027-03-16.")


def _weeks() -> int:
    wanted = request.args.get("weeks", "")
    return next((weeks for weeks in WEEKS if str(weeks) == wanted), WEEKS[0])


def _called(rep: str) -> str:
    return names().user(rep) if rep else _("nobody")


def _row(tally: Tally) -> dict[str, Any]:
    return {**tally.counts, "rate": _percent(tally.rate)}


def _percent(share: float | None) -> str:
    return "–" if share is None else str(format_percent(share, locale=locale_of(language())))


def _number(value: Decimal) -> str:
    return str(format_decimal(round(value, 1), locale=locale_of(language())))


def _finding(team: Tally) -> str:
    """What the figures say, in a sentence."""
    if team.rate is None:
        return ""
    if not team.missed:
        return _("Nobody missed an appointment.")
    rate, back = _percent(team.rate), _percent(team.mail_share)
    return _("%(rate)s were missed; the mail has put %(back)s of them back into the diary.", rate=rate, back=back)


def _figures(found: Report) -> list[dict[str, str]]:
    figures, team = found.figures, found.figures.team
    marked = team.held + team.missed
    shown = [
        (_("Missed"), _percent(team.rate), _("%(missed)s of %(marked)s", missed=team.missed, marked=marked)),
        (_("To contact again"), _number(figures.per_week), _("a week")),
        (_("Put back by the mail"), _percent(team.mail_share), _of(team.by_mail, team.missed)),
        (_("Put back by a call"), _percent(team.call_share), _of(team.by_call, team.missed)),
        (_("Hours saved"), _number(figures.hours_saved), _("of %(hours)s", hours=_number(figures.hours_without))),
    ]
    if figures.money_saved is not None:
        shown.append((_("Money saved"), _money(figures.money_saved, found.company.costs.currency), ""))
    return [{"label": label, "value": value, "note": note} for label, value, note in shown]


def _of(part: int, whole: int) -> str:
    return _("%(missed)s of %(marked)s", missed=part, marked=whole)


def _money(value: Decimal, currency: str) -> str:
    return str(format_currency(value, currency, locale=locale_of(language())))


def _formula(figures: NoShows, currency: str) -> list[str]:
    """How hours and money come about, with the numbers in it."""
    minutes = round(figures.contact.total_seconds() / 60)
    said = [
        _(
            "%(number)s put back by the mail × %(minutes)s min that a rep needs to reach somebody = %(hours)s hours",
            number=figures.team.by_mail,
            minutes=minutes,
            hours=_number(figures.hours_saved),
        )
    ]
    if figures.money_saved is not None and figures.rep_hour is not None:
        said.append(
            _(
                "%(hours)s hours × %(price)s = %(money)s",
                hours=_number(figures.hours_saved),
                price=_money(figures.rep_hour, currency),
                money=_money(figures.money_saved, currency),
            )
        )
    return said
