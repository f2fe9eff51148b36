"""What other rules or thresholds would have done over the last days: how many leads more, how many kept a meeting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from funnel.authoring.load import load_folder
from funnel.domain import effects as do
from funnel.domain.engine import Book
from funnel.domain.scoring.rules import Rulebook, Threshold
from funnel.storage import events, installation
from funnel.usecases.house import House
from funnel.usecases.score.replay import replay_leads
from funnel.usecases.shelf import Published

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
    """Who came to it in the days looked at, by the rules as they are and by the others. `left_out` were not replayed:
    they were more than was asked for."""

    days: int
    leads: int
    left_out: int
    now: Sequence[Reached]
    then: Sequence[Reached]

    @property
    def more(self) -> list[Reached]:
        """Who would have come to it and has not."""
        known = {one.lead for one in self.now}
        return [one for one in self.then if one.lead not in known]

    @property
    def fewer(self) -> list[Reached]:
        """Who has come to it and would not have."""
        known = {one.lead for one in self.then}
        return [one for one in self.now if one.lead not in known]


def what_if(
    house: House,
    rules: Rulebook | None = None,
    thresholds: Sequence[Threshold] | None = None,
    days: int = DAYS,
    most: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> WhatIf:
    """Replay everybody to whom something has happened in these days, by the rules as they are and by others."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        since = moment.now - timedelta(days=days)
        active = events.active_since(connection, since)
        ids = active[-most:] if most is not None else active
        company = published.company.company
        if thresholds is not None:
            company = company.model_copy(update={"thresholds": list(thresholds)})
        known = published.company
        other = Book(company, {}, {}, rules=rules if rules is not None else known.rules, segments=known.segments)
        now = _reached(connection, house, published, ids, None, moment.now, since, _half(progress, 0))
        then = _reached(connection, house, published, ids, other, moment.now, since, _half(progress, 1))
    return WhatIf(days, len(ids), len(active) - len(ids), now, then)


def rules_of_folder(folder: Path) -> tuple[Rulebook, list[Threshold]] | None:
    """The rules and thresholds of files that are not published; none when their company is not sound."""
    company = load_folder(folder).company
    return (company.rules, company.company.thresholds) if company else None


def _half(progress: Callable[[float], None] | None, half: int) -> Callable[[float], None]:
    return (lambda done: progress((half + done) / 2)) if progress else (lambda done: None)


def _reached(
    connection: Connection,
    house: House,
    published: Published,
    ids: Sequence[int],
    book: Book | None,
    now: datetime,
    since: datetime,
    progress: Callable[[float], None],
) -> list[Reached]:
    company = book.company if book else published.company.company
    goals = [one.score for one in company.thresholds if one.hand_over]
    found = []
    for number, (lead, after, effects) in enumerate(replay_leads(connection, house, published, ids, now, book), 1):
        if goals and (at := _first(effects, min(goals))) and at >= since:
            kept = any(one.state == "held" for one in lead.appointments)
            found.append(Reached(lead.id, lead.name or lead.email, at, after.score, kept))
        progress(number / len(ids))
    return found


def _first(effects: Sequence[tuple[datetime, do.Effect]], goal: int) -> datetime | None:
    """When a score first came to so many points."""
    score = 0
    for at, effect in effects:
        if isinstance(effect, do.AddScore):
            score += effect.entry.points
            if score >= goal:
                return at
    return None
