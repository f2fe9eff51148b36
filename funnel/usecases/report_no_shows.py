"""The report on missed appointments over the last weeks, from the facts as they were written (S92, S95, S97)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from funnel.domain.company import Company
from funnel.domain.no_shows import FOLLOWED, OUTCOMES, WEEKS, Fact, NoShows, count
from funnel.domain.timing import local_time, midnight
from funnel.storage import events, installation
from funnel.usecases.house import House


@dataclass(frozen=True)
class Report:
    """The figures, and the instants from and until which appointments count (midnights of the company's zone)."""

    company: Company
    since: datetime
    until: datetime
    weeks: int
    figures: NoShows


def report_no_shows(house: House, weeks: int = WEEKS[0]) -> Report:
    """What became of the appointments that were due in the last so many weeks, today included. What followed a missed
    one counts whenever it happened."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        tomorrow = local_time(moment.now, company.zone).date() + timedelta(days=1)
        until = midnight(tomorrow, company.zone)
        since = midnight(tomorrow - timedelta(weeks=weeks), company.zone)
        counted = _weeks_with_marks(events.first_fact(connection, OUTCOMES), since, until)
        rows = [
            *events.facts_of(connection, OUTCOMES, since, until),
            *events.facts_of(connection, FOLLOWED, since),
        ]
    facts = (Fact(row["key"], row["kind"], row["occurred_at"], row["rep"], row["corrects"]) for row in rows)
    costs = company.costs
    hour = Decimal(costs.rep_hour) if costs.rep_hour else None
    figures = count(facts, counted, timedelta(minutes=costs.contact_minutes), hour)
    return Report(company, since, until, weeks, figures)


def _weeks_with_marks(first: datetime | None, since: datetime, until: datetime) -> Decimal:
    """The whole weeks of the period since anything was ever marked: a house of one week is not told a quarter of it."""
    begins = max(first or since, since)
    return Decimal(max(1, -(-(until - begins) // timedelta(weeks=1))))
