"""House-keeping that the tick runs from its one table: trimming, and who holds which lease."""

from collections.abc import Mapping
from datetime import timedelta

from funnel.storage import events, holds, installation, visitors
from funnel.storage.database import machine_now
from funnel.usecases.house import House
from funnel.usecases.tracking.passes import PROOF_LASTS

_SILENT_FOR = timedelta(days=1)


def trim(house: House) -> None:
    """Forget keys that no replay can use any more, holds whose time is over, processes and browsers long silent; of
    opens, clicks and visits that stand in the database, what the stream has written to its disk."""
    with house.database.write() as connection:
        now = installation.moment(connection).now
        events.trim_keys(connection, now)
        holds.release_expired(connection, now)
        visitors.trim(connection, now - visitors.KEPT_FOR, now - PROOF_LASTS)
        installation.trim_beats(connection, machine_now(connection) - _SILENT_FOR)
    house.stream.sweep()


class HouseLeases:
    """Who works which entry of the periodic table, by the machine time of the database."""

    def __init__(self, house: House) -> None:
        self._house = house

    def take(self, name: str, every: timedelta, lease: timedelta) -> bool:
        """True when the entry is due and now ours."""
        with self._house.database.write() as connection:
            return installation.take_lease(connection, name, self._house.worker, every, lease)

    def give_back(self, name: str) -> None:
        """It was worked."""
        with self._house.database.write() as connection:
            installation.give_lease_back(connection, name, self._house.worker)

    def next_due(self, every: Mapping[str, timedelta]) -> float:
        """Seconds until the first is due (0 or less: now)."""
        with self._house.database.read() as connection:
            return installation.next_lease(connection, every)
