"""Whether the house works: which part answers, and which does not."""

from datetime import timedelta

import structlog

from funnel.ports import ProcessKind
from funnel.storage import installation
from funnel.storage.connections import DatabaseAway
from funnel.storage.database import machine_now
from funnel.usecases.house import House

log = structlog.get_logger()

ALIVE_WITHIN = timedelta(seconds=10)


def beat(house: House, kind: ProcessKind) -> None:
    """Note that this process lives, and which kind it is."""
    with house.database.write() as connection:
        installation.note_beat(connection, f"alive/{house.worker}", kind, machine_now(connection))


def readiness(house: House) -> dict[str, str]:
    """`ok` or what is wrong, for database, queue, tick and worker. Anybody may read it: why the database is away, with
    its host and user, is only logged."""
    queue = "ok" if house.bell.ring("house") else "away: the tick does the work itself"
    try:
        with house.database.read() as connection:
            installation.answers(connection)
            alive = installation.beats(connection, machine_now(connection) - ALIVE_WITHIN)
    except DatabaseAway as error:
        log.warning("the database is away", error=str(error))
        return {"database": "away", "queue": queue, "tick": "unknown", "worker": "unknown"}
    return {
        "database": "ok",
        "queue": queue,
        "tick": "ok" if "tick" in alive else "no sign of life",
        "worker": "ok" if "worker" in alive else "no sign of life",
    }
