"""Which sites are tracked, as a web process knows it without asking the database each time."""

import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from funnel.storage import installation
from funnel.usecases.errors import DatabaseAway
from funnel.usecases.house import House
from funnel.usecases.shelf import NothingPublished

FRESH = 5.0
"""Seconds until it is looked at again."""


@dataclass(frozen=True)
class Sites:
    """The hosts of the sites that company.yaml names and of this installation; `any_site` when it names none; whether
    visits are `kept` at all."""

    hosts: frozenset[str]
    any_site: bool
    kept: bool

    def has(self, host: str) -> bool:
        """Whether visits of this host's pages are taken."""
        return self.any_site or host in self.hosts

    def is_ours(self, url: str) -> bool:
        """Whether an address is one of a named site's: only there a pass or a proof is brought."""
        return urlsplit(url).netloc.lower() in self.hosts


class SiteList:
    """What was published when it was last looked at; what it was then, while the database is away."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = float("-inf")
        self._known: Sites | None = None

    def now(self, house: House) -> Sites:
        """The sites as they are, or were a few seconds ago."""
        known = self._known
        if known is not None and time.monotonic() < self._until:
            return known
        with self._lock:
            self._until = time.monotonic() + FRESH
        self._known = found = _read(house) or known or Sites(frozenset(), any_site=False, kept=False)
        return found


def _read(house: House) -> Sites | None:
    if house.resting:
        return None
    try:
        with house.database.read() as connection:
            published = house.shelf.published(connection, installation.moment(connection).revision)
    except (DatabaseAway, NothingPublished):
        return None
    tracking = published.company.company.tracking
    own = urlsplit(house.settings.base_url).netloc.lower()
    return Sites(frozenset((own, *tracking.sites)), not tracking.sites, tracking.of("visits") == "consented")
