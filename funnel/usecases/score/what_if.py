"""What other rules or thresholds would have done over the last days: how many leads more, how many kept a meeting."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from funnel.authoring.bundle import CompanyBundle
from funnel.authoring.load import load_points
from funnel.domain.company import Company
from funnel.domain.engine import Book
from funnel.domain.lead import Lead
from funnel.domain.scoring import ledger
from funnel.domain.scoring.ledger import Entry
from funnel.domain.scoring.rules import Threshold
from funnel.storage import events, installation
from funnel.usecases.errors import Refused
from funnel.usecases.house import House
from funnel.usecases.score.replay import replay_leads

DAYS = 90
MOST = 2000
"""How many leads a page replays while somebody waits; `funnel score --what-if` takes all."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A lead who came to a threshold that hands over: when for the first time, with how many points now, and whether
    she has kept an appointment since she is known."""

    lead: int
    name: str
    at: datetime
    score: int
    kept: bool


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Who came to it in the days looked at, by the rules as they are and by the others; `ever_now` and `ever_then` are
    the ids of those who came to it then or before. `left_out` were not replayed: they were more than was asked for."""

    days: int
    leads: int
    left_out: int
    now: Sequence[Reached]
    then: Sequence[Reached]
    ever_now: Set[int]
    ever_then: Set[int]

    @property
    def more(self) -> list[Reached]:
        """Who would have come to it in these days and never has."""
        return [one for one in self.then if one.lead not in self.ever_now]

    @property
    def fewer(self) -> list[Reached]:
        """Who has come to it in these days and never would have."""
        return [one for one in self.now if one.lead not in self.ever_then]


def what_if(
    house: House,
    other: CompanyBundle | None = None,
    thresholds: Sequence[Threshold] | None = None,
    days: int = DAYS,
    most: int | None = None,
) -> WhatIf:
    """Replay everybody to whom something has happened in these days by the points, segments and thresholds of another
    company, or by other `thresholds` alone; what those as they are have done stands in the ledger."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        since = moment.now - timedelta(days=days)
        active = events.active_since(connection, since)
        ids = active[-most:] if most is not None else active
        asked = other or published.company
        wanted = asked.company.thresholds if thresholds is None else list(thresholds)
        company = published.company.company.model_copy(update={"thresholds": wanted})
        book = Book(company, {}, {}, rules=asked.rules, segments=asked.segments)
        now, then = [], []
        for lead, after, _ in replay_leads(connection, house, published, ids, moment.now, book):
            now += _reached(lead, lead.entries, published.company.company)
            then += _reached(lead, after.entries, company)
    return WhatIf(
        days,
        len(ids),
        len(active) - len(ids),
        [one for one in now if one.at >= since],
        [one for one in then if one.at >= since],
        {one.lead for one in now},
        {one.lead for one in then},
    )


def company_of_folder(folder: Path) -> CompanyBundle:
    """The company of files that are not published, for its points and segments; `Refused` with what is wrong there."""
    company, findings = load_points(folder)
    if company is None:
        faults = "\n".join(map(str, findings))
        raise Refused(f"mend these rules, or put the questionnaires that they look at beside them\n{faults}")
    return company


def kept(reached: Iterable[Reached]) -> int:
    """How many of them have kept an appointment."""
    return sum(one.kept for one in reached)


def _reached(lead: Lead, entries: Sequence[Entry], company: Company) -> list[Reached]:
    """The lead, if this ledger has ever brought her to a threshold that hands over, by points that nobody has taken
    back; who is joined with another lead is counted with that one."""
    if lead.merged_into is not None:
        return []
    goal = min((one.score for one in company.thresholds if one.hand_over), default=None)
    if goal is None:
        return []
    at = next((one.at for one, score in ledger.course(entries) if score >= goal), None)
    if at is None:
        return []
    came = any(one.state == "held" for one in lead.appointments)
    return [Reached(lead.id, lead.called, at, ledger.total(entries), came)]
