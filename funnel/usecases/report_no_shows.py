"""The report on missed appointments of some weeks or days, from the facts as they were written (S92, S95, S97)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from funnel.domain.company import Company
from funnel.domain.no_shows import (
    FOLLOWED,
    OUTCOMES,
    WEEKS,
    Fact,
    NoShows,
    Period,
    count,
    days_between,
    last_weeks,
)
from funnel.domain.timing import local_time, midnight
from funnel.storage import events, installation
from funnel.usecases.house import House


@dataclass(frozen=True)
class Report:
    """The figures, the days of the company's zone on which appointments count, and the midnights around them."""

    company: Company
    period: Period
    since: datetime
    until: datetime
    figures: NoShows


def report_no_shows(house: House, weeks: int = WEEKS[0], days: tuple[str, str] | None = None) -> Report:
    """What became of the appointments that were due in the last so many weeks, today included, or between two `days`
    (`2027-03-01`). What followed a missed one counts whenever it happened. `NoPeriod` for days that make none."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        today = local_time(moment.now, company.zone).date()
        period = days_between(*days, today) if days else last_weeks(weeks, today)
        since = midnight(period.first, company.zone)
        until = midnight(period.last + timedelta(days=1), company.zone)
        first = events.first_fact(connection, OUTCOMES)
        counted = _weeks_with_marks(first, since, until) if period.weeks else _weeks_of(period, first, company.zone)
        rows = [
            *events.facts_of(connection, OUTCOMES, since, until),
            *events.facts_of(connection, FOLLOWED, since),
        ]
    facts = (Fact(row["key"], row["kind"], row["occurred_at"], row["rep"], row["corrects"]) for row in rows)
    costs = company.costs
    hour = Decimal(costs.rep_hour) if costs.rep_hour else None
    figures = count(facts, counted, timedelta(minutes=costs.contact_minutes), hour)
    return Report(company, period, since, until, figures)


def _weeks_with_marks(first: datetime | None, since: datetime, until: datetime) -> Decimal:
    """The whole weeks of the period since anything was ever marked: a house of one week is not told a quarter of it.
    One week a year is an hour longer, and one an hour shorter."""
    whole = round((until - since) / timedelta(weeks=1))
    begun = -(-(until - max(first or since, since)) // timedelta(weeks=1))
    return Decimal(max(1, min(begun, whole)))


def _weeks_of(period: Period, first: datetime | None, zone: str) -> Decimal:
    """The weeks of a period that was chosen by its days, since anything was ever marked: a day is no week of misses."""
    begins = max(local_time(first, zone).date(), period.first) if first else period.first
    return max(Decimal(1), Decimal((period.last - begins).days + 1) / 7)
