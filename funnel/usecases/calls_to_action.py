"""Every call to action with its short link, its visits and the people who came by it (S119)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from funnel.domain.company import CallToAction
from funnel.domain.source import read_code
from funnel.domain.timing import local_time, midnight
from funnel.storage import calls_to_action, installation
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.shelf import Published


@dataclass(frozen=True, slots=True)
class TrackedLink:
    """A call to action as it stands. `leads`: people who sent a form having come by it; `qualified`: those of them who
    are qualified now. `retired`: the file has it no more, its link works on. `dead`: its scenario has no page now."""

    cta: CallToAction
    url: str
    visits: int
    leads: int
    qualified: int
    retired: bool
    dead: bool

    @property
    def share(self) -> float | None:
        """Leads in per cent of the visits; none without visits, or when visits were not counted for all leads."""
        return 100 * self.leads / self.visits if self.visits and self.leads <= self.visits else None


@dataclass(frozen=True, slots=True)
class TrackedLinks:
    """All of them, of a period that begins on `since` (none: from the first day on)."""

    links: Sequence[TrackedLink]
    since: date | None
    today: date
    published: Published


def list_links(house: House, *, days: int | None = None, scenario: str | None = None) -> TrackedLinks:
    """Those of one scenario or of all, in the order of the file, the retired last; counted over the last `days`, today
    among them (in the company's zone)."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        today, since, since_at = _period(moment.now, published, days)
        counted = calls_to_action.count(connection, since, since_at)
    order = {one.id: place for place, one in enumerate(published.company.company.calls_to_action)}
    known = sorted(published.calls_to_action.values(), key=lambda one: (order.get(one.id, len(order)), one.id))
    links = [_link(house, published, one, counted.get(one.id, {})) for one in known if scenario in (None, one.scenario)]
    return TrackedLinks(links, since, today, published)


@dataclass(frozen=True, slots=True)
class OneLink:
    """A call to action with its visits on each day since `since`, the days without any too."""

    link: TrackedLink
    by_day: Mapping[date, int]
    all: TrackedLinks


_CURVE = 30


def read_link(house: House, typed: str, *, days: int | None = None) -> OneLink:
    """One of them, its figures of the last `days`; `NotFound` when it was never published."""
    found = list_links(house, days=days)
    code = read_code(typed)
    link = next((one for one in found.links if one.cta.id == code), None)
    if link is None:
        raise NotFound("there is no such call to action")
    shown = min(days or _CURVE, _CURVE)
    first = found.today - timedelta(days=shown - 1)
    with house.database.read() as connection:
        visits = calls_to_action.visits_by_day(connection, link.cta.id, first)
    by_day = {day: visits.get(day, 0) for day in (first + timedelta(days=n) for n in range(shown))}
    return OneLink(link, by_day, found)


def short_url(house: House, code: str) -> str:
    """The short link, as it is printed."""
    return house.url(f"/s/{code.replace('_', '-')}")


def _link(house: House, published: Published, cta: CallToAction, counted: Mapping[str, int]) -> TrackedLink:
    bundle = published.newest.get(cta.scenario)
    return TrackedLink(
        cta,
        short_url(house, cta.id),
        counted.get("visits", 0),
        counted.get("leads", 0),
        counted.get("qualified", 0),
        cta.id in published.retired,
        bundle is None or bundle.scenario.form is None,
    )


def _period(now: datetime, published: Published, days: int | None) -> tuple[date, date | None, datetime | None]:
    zone = published.company.company.zone
    today = local_time(now, zone).date()
    if days is None:
        return today, None, None
    since = today - timedelta(days=days - 1)
    return today, since, midnight(since, zone)
