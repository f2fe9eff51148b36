"""`/desk/no-shows`: how many appointments are missed, how they come back, what that saves; for managers (S92-S97)."""

from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, format_decimal, format_percent
from flask import Blueprint, Response, request, url_for

from funnel.domain.model import locale_of
from funnel.domain.no_shows import WEEKS, NoShows, Tally
from funnel.usecases.report_no_shows import Report, report_no_shows
from funnel.web.files import sheet
from funnel.web.here import house
from funnel.web.speech import _, language, names
from funnel.web.staff.guard import me, staff
from funnel.web.staff.page import calendar, page

blueprint = Blueprint("no_shows", __name__, url_prefix="/desk")


@blueprint.get("/no-shows")
@staff("manager", "admin")
def report() -> str:
    """The last weeks, by team and rep; `?weeks=` 4, 13 or 52."""
    found = report_no_shows(house(), _weeks())
    days = calendar(found.until, me(), found.company)
    team = found.figures.team
    return page(
        "no_shows.html",
        "calls",
        periods=[
            {
                "name": names().speech.ngettext("%(num)s week", "%(num)s weeks", weeks),
                "url": f"?weeks={weeks}",
                "current": weeks == found.weeks,
            }
            for weeks in WEEKS
        ],
        since=days.day(found.since, year=True),
        finding=_finding(team),
        figures=_figures(found) if team.rate is not None else [],
        formula=_formula(found.figures, found.company.costs.currency),
        priced=found.figures.rep_hour is not None,
        reps=[{"name": _called(rep), **_row(tally)} for rep, tally in found.figures.by_rep.items()],
        team=_row(team),
        file_url=url_for("no_shows.file", weeks=found.weeks),
    )


@blueprint.get("/no-shows.csv")
@staff("manager", "admin")
def file() -> Response:
    """The same, a line a rep."""
    found = report_no_shows(house(), _weeks())
    heading = [
        _("Rep"), _("Took place"), _("Missed"), _("Put back by the mail"), _("Put back by a call"), _("To be called"),
        _("Given up"), _("Has the mails"),
    ]  # fmt: skip
    rows = [[_called(rep), *tally.counts.values()] for rep, tally in found.figures.by_rep.items()]
    return sheet(f"no-shows-{found.weeks}-weeks", heading, rows, language())


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
