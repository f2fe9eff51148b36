"""How it stands with page visits: which sites, how many were told and refused on each day, how many wait."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from funnel.domain.timing import local_time
from funnel.storage import installation, visitors
from funnel.usecases.house import House

DAYS = 14
"""So many days are told, today the last."""


@dataclass(frozen=True)
class VisitsPage:
    """Whether visits are `kept`, of which `sites` (none: of every one), the `script` of this installation; how many
    were told by day; how many `refused`, by why; of how many browsers that are nobody's how many visits wait."""

    kept: bool
    sites: Sequence[str]
    script: str
    days: Sequence[tuple[date, int]]
    refused: Mapping[str, int]
    browsers: int
    waiting: int


def read_visits(house: House) -> VisitsPage:
    """The page as it is now."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        today = local_time(moment.now, company.zone).date()
        counted = visitors.counted(connection, today - timedelta(days=DAYS - 1))
        browsers, waiting = visitors.count_waiting(connection)
    refused: Counter[str] = Counter()
    for numbers in counted.values():
        refused.update({why: number for why, number in numbers.items() if why != visitors.TOLD})
    found = (today - timedelta(days=back) for back in reversed(range(DAYS)))
    days = [(day, counted.get(day, {})) for day in found]
    return VisitsPage(
        company.tracking.of("visits") == "consented",
        company.tracking.sites,
        house.url("/t.js"),
        [(day, told.get(visitors.TOLD, 0)) for day, told in days],
        refused,
        browsers,
        waiting,
    )
