"""A batch that cannot be written is sifted: what can be is recorded, what no database takes is dropped by itself."""

from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import Connection

from funnel.domain.timing import local_time
from funnel.storage import installation, tracking, visitors
from funnel.usecases.house import House
from funnel.usecases.tracking.halving import halved
from funnel.usecases.tracking.visit_events import Entry

log = structlog.get_logger()

Record = Callable[[Sequence[Entry], Callable[[Connection], Sequence[Entry]]], None]
"""Records what was told and what is stored, in a transaction of its own."""


def sift(house: House, taken: Sequence[tuple[str, Entry]], most: int, record: Record) -> None:
    """Record what was taken from the stream and what waits in the database, but the entries that fail by themselves for
    what they hold: one who writes to `/t` holds up nobody else. Where nothing at all can be recorded, that is no fault
    of theirs: it is raised, and they wait."""
    record((), lambda _: ())

    def told(these: Sequence[tuple[str, Entry]]) -> None:
        record([entry for _, entry in these], lambda _: ())
        house.stream.done([place for place, _ in these])

    def drop_told(one: tuple[str, Entry], error: Exception) -> None:
        _drop(house, error)
        house.stream.done([one[0]])

    halved(taken, told, drop_told)
    with house.database.read() as connection:
        waiting = tracking.waiting(connection, most)
    halved(
        waiting,
        lambda ids: record((), lambda connection: tracking.take(connection, len(ids), ids)),
        lambda one, error: _drop(house, error, one),
    )


def _drop(house: House, error: Exception, stored: str | None = None) -> None:
    """Count an entry that is none; one that waits in the database is taken out there."""
    log.warning("what waited among opens, clicks and visits cannot be written: it is dropped", why=type(error).__name__)
    with house.database.write() as connection:
        if stored is not None:
            tracking.take(connection, 1, [stored])
        moment = installation.moment(connection)
        zone = house.shelf.published(connection, moment.revision).company.company.zone
        visitors.count(connection, local_time(moment.now, zone).date(), {visitors.UNWRITABLE: 1})
