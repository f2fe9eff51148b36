"""A short link is followed: where it leads, what it says of her source, and one more visit counted (S119, S138)."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from funnel.domain.source import read_code, source_of
from funnel.domain.timing import zone_info
from funnel.storage import calls_to_action, installation
from funnel.usecases.errors import DatabaseAway, NotFound
from funnel.usecases.house import House
from funnel.usecases.shelf import Published
from funnel.usecases.visits import Counted

log = logging.getLogger(__name__)

PATIENCE = 0.2
"""Seconds that counting a visit may wait for a lock: whoever follows a link waits for her page, not for a figure."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The scenario whose landing page the link leads to, and what the visit tells of its source."""

    scenario: str
    source: Mapping[str, str]


def follow_link(house: House, typed: str, *, counts: bool) -> Followed:
    """Where a code leads, as somebody typed or scanned it. `counts`: this is a visit. A code once published works for
    ever, and also while the database is away. `NotFound` for a code that never was, or whose scenario has no page."""
    published = _published(house)
    code = read_code(typed)
    cta = published.calls_to_action.get(code) if code else None
    if cta is None:
        raise NotFound("no short link has this code")
    bundle = published.newest.get(cta.scenario)
    if bundle is None or bundle.scenario.form is None:
        raise NotFound("what this short link led to is not offered any more")
    if counts:
        _count(house, cta.id, published)
    return Followed(cta.scenario, source_of(cta))


def _published(house: House) -> Published:
    """What is published; as it was seen last while the database is away."""
    last = house.shelf.last
    try:
        with house.resting.asking(), house.database.read() as connection:
            moment = installation.moment(connection)
            house.visits.offset = moment.offset
            return house.shelf.published(connection, moment.revision)
    except DatabaseAway as error:
        if last is None:
            raise
        log.warning("short links are followed from memory: %s", error)
        return last


def _count(house: House, code: str, published: Published) -> None:
    now = datetime.now(UTC) + house.visits.offset
    day = now.astimezone(zone_info(published.company.company.zone)).date()

    def write(counted: Counted) -> None:
        with house.resting.asking(), house.database.write(PATIENCE) as connection:
            calls_to_action.add_visits(connection, counted)

    try:
        house.visits.add(code, day, write)
    except DatabaseAway as error:
        log.warning("%d visits of short links wait to be written: %s", house.visits.waiting, error)
