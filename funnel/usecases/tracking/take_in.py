"""An open or a click is taken in: at once, in the stream or in the database, to be recorded by the drain."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, get_args

import structlog

from funnel.domain.verdicts import MachineReason, Reason, UnsureReason
from funnel.storage import tracking, visitors
from funnel.usecases.errors import DatabaseAway, NotFound
from funnel.usecases.house import House, new_id
from funnel.usecases.tracking.halving import halved

log = structlog.get_logger()

PATIENCE = 0.2
"""Seconds that taking in may wait for a lock: whoever follows a link waits for her page, not for a record of it."""

Kind = Literal["open", "click"]
VisitKind = Literal["visit", "left", "same", "forget"]
_REASONS = frozenset((*get_args(MachineReason), *get_args(UnsureReason)))


@dataclass(frozen=True, slots=True)
class Touch:
    """What is taken in: its own id, under which it counts once; which mail (its row's id) and link; when by machine
    time; the reasons for which it may have been a machine. Nothing of the browser and no address."""

    id: str
    kind: Kind
    mail: int
    link: int
    at: datetime
    reasons: tuple[Reason, ...]

    def entry(self) -> dict[str, Any]:
        """As it waits."""
        return {
            "id": self.id,
            "kind": self.kind,
            "mail": self.mail,
            "link": self.link,
            "at": self.at.isoformat(),
            "reasons": list(self.reasons),
        }


def read_touch(entry: Mapping[str, Any]) -> Touch | None:
    """What waited; none for what is none of ours."""
    try:
        reasons = tuple(one for one in entry["reasons"] if one in _REASONS)
        at = datetime.fromisoformat(entry["at"])
        return Touch(str(entry["id"]), entry["kind"], int(entry["mail"]), int(entry["link"]), at, reasons)
    except (KeyError, TypeError, ValueError):
        return None


def take_in(house: House, kind: Kind, mail: int, link: int, reasons: tuple[Reason, ...]) -> str:
    """Keep an open or a click until the drain has recorded it; the id under which it counts."""
    touch = Touch(new_id(), kind, mail, link, datetime.now(UTC), reasons)
    _put(house, touch.entry())
    return touch.id


def take_in_visit(house: House, kind: VisitKind, key: str, **told: Any) -> None:
    """Keep what a browser tells of its visits, under a key that it has made, until the drain has recorded it."""
    now = datetime.now(UTC).isoformat()
    _put(house, {"id": new_id(), "kind": kind, "key": key, "at": now, **told})


def count(house: House, what: str) -> None:
    """Count what is not kept; once a second it is told."""
    house.tally.add(what, partial(_tell, house))


def _tell(house: House, numbers: Mapping[str, int]) -> None:
    _put(house, {"id": new_id(), "kind": "count", "at": datetime.now(UTC).isoformat(), "numbers": numbers})


def _put(house: House, entry: Mapping[str, Any]) -> None:
    """What neither the stream nor the database takes waits in this process for the next that is taken; it is lost with
    the process, or when too many wait."""
    waiting = [one for one in (*_taken(house.unwritten), entry) if not house.stream.put(one)]
    halved(waiting, partial(_write, house), partial(_drop, house))


def _write(house: House, waiting: Sequence[Mapping[str, Any]]) -> None:
    try:
        with house.resting.asking(), house.database.write(PATIENCE) as connection:
            tracking.put(connection, waiting)
    except DatabaseAway as error:
        house.unwritten.extend(waiting)
        log.warning("opens and clicks wait in this process", number=len(house.unwritten), error=str(error))


def _drop(house: House, _entry: Mapping[str, Any], error: Exception) -> None:
    log.warning("what was told cannot be written: it is dropped", why=type(error).__name__)
    count(house, visitors.UNWRITABLE)


def _taken(unwritten: deque[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Everything that waits here, each for one thread alone."""
    with suppress(IndexError):
        while True:
            yield unwritten.popleft()


def where_to(house: House, number: int) -> str:
    """Where the link of this number leads: from memory, else read. `NotFound`; `DatabaseAway` for one that this
    process has never seen while nobody can say, or not within a moment."""
    table = house.links_in_mails
    if (target := table.target(number)) is None:

        def learn() -> str | None:
            if table.target(number) is None:  # another may have asked for it meanwhile
                with house.database.read() as connection:
                    table.learn(connection, number)
            return table.target(number)

        with house.resting.asking():
            target = table.asking.read(learn)
    if target is None:
        raise NotFound("no mail has this link")
    return target


def prepare(house: House) -> None:
    """Learn every link there is, so that clicks are answered without a database from now on."""
    try:
        with house.database.read() as connection:
            house.links_in_mails.learn(connection)
    except DatabaseAway as error:
        log.warning("links of mails are not known yet", error=str(error))
