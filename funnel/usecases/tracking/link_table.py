"""Where the links of tracked mails lead, by number: the memory of one process, so that a click needs no database."""

import threading
from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from funnel.storage import tracking
from funnel.storage.tracking import MailLink
from funnel.usecases.tracking.lookout import Brief


class LinkTable:
    """Numbers and links as they are known here; both ways, and for ever, since a number never changes its link. By
    `asking` those who cannot wait for long are told of one that is not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_number: dict[int, MailLink] = {}
        self._numbers: dict[MailLink, int] = {}
        self._last = 0
        self.asking = Brief()

    def target(self, number: int) -> str | None:
        """Where a link leads, if it is known here."""
        known = self._by_number.get(number)
        return known.target if known else None

    def unnumbered(self, links: Collection[MailLink]) -> list[MailLink]:
        """Those whose numbers are not known here."""
        return [one for one in links if one not in self._numbers]

    def number(self, link: MailLink) -> int:
        """The number of a link that is known here."""
        return self._numbers[link]

    def add(self, found: Mapping[int, MailLink]) -> None:
        """Remember links by their numbers."""
        with self._lock:
            self._by_number.update(found)
            self._numbers.update((link, number) for number, link in found.items())

    def learn(self, connection: Connection, number: int | None = None) -> None:
        """Read every link that has come since the last time, and the one of this `number`, which may have been written
        later than a greater one."""
        found = tracking.links_after(connection, self._last)
        self.add(found)
        self._last = max(found, default=self._last)
        if number is not None and number not in self._by_number:
            self.add(tracking.links_of(connection, [number]))
