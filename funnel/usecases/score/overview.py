"""What gives points, who is in which segment and what is suggested, with figures: the marketers' page about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from funnel.domain.company import Segment
from funnel.domain.scoring.rules import ScoreRule, Threshold
from funnel.storage import conditions, installation, leads, scores, suggestions
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.suggestions import SuggestionUse

DAYS = 90
"""How far back points are counted."""


@dataclass(frozen=True, slots=True)
class RuleUse:
    """A rule as it is written, how many leads it has given points in the last `DAYS`, and how many points in all."""

    rule: ScoreRule
    leads: int
    points: int


@dataclass(frozen=True, slots=True)
class SegmentUse:
    """A segment as it is written, and how many leads are in it."""

    name: str
    segment: Segment
    leads: int


@dataclass(frozen=True, slots=True)
class PointsPage:
    """Rules, thresholds with how many leads have so many points now, segments, suggestions."""

    now: datetime
    rules: Sequence[RuleUse]
    thresholds: Sequence[tuple[Threshold, int]]
    segments: Sequence[SegmentUse]
    suggestions: Sequence[SuggestionUse]


@dataclass(frozen=True, slots=True)
class Member:
    """A lead in a segment, and since when; `since` is none until her next event writes it."""

    id: int
    name: str
    email: str
    since: datetime | None


def read_points(house: House) -> PointsPage:
    """The page."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision).company
        company = published.company
        given = scores.given(connection, moment.now - timedelta(days=DAYS))
        rules = [RuleUse(rule, *given.get(rule.id, (0, 0))) for rule in company.scoring.rules]
        thresholds = [(one, leads.count_from(connection, one.score)) for one in company.thresholds]
        segments = [
            SegmentUse(name, one, conditions.count(connection, published.segments[name]))
            for name, one in company.segments.items()
        ]
        suggested = [SuggestionUse(one, suggestions.count(connection, one.id)) for one in company.suggestions]
        return PointsPage(moment.now, rules, thresholds, segments, suggested)


def read_segment(house: House, name: str, most: int, before: int = 0) -> tuple[SegmentUse, Sequence[Member], datetime]:
    """A segment with so many of its leads by id, behind those that stand `before`; `NotFound` for one that there is
    not, and for leads that it has not."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision).company
        if name not in published.segments:
            raise NotFound("There is no such segment.")
        wanted = conditions.meeting(published.segments[name], connection.dialect.name)
        number, rows = conditions.page(connection, wanted, most, before)
        if before and not rows:
            raise NotFound("The segment has no such page.")
        inside: Mapping[int, Mapping[str, str]] = leads.segments_of(connection, [row.id for row in rows])
        found = [Member(row.id, row.name, row.email, _instant(inside.get(row.id, {}).get(name))) for row in rows]
        return SegmentUse(name, published.company.segments[name], number), found, moment.now


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
