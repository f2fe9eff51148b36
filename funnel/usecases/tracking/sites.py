"""Which sites are tracked, as a web process knows it without asking the database each time."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Connection

from funnel.storage import installation
from funnel.usecases.house import House
from funnel.usecases.shelf import NothingPublished
from funnel.usecases.tracking.remembered import Remembered

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


NOWHERE = Sites(frozenset(), any_site=True, kept=False)
"""None is known yet: nothing is taken but that a browser is to be forgotten."""


def site_list(house: House) -> Remembered[Sites]:
    """The sites of what is published; what was published a few seconds ago will do."""

    def ask(connection: Connection) -> Sites:
        try:
            published = house.shelf.published(connection, installation.moment(connection).revision)
        except NothingPublished:
            return NOWHERE
        tracking = published.company.company.tracking
        own = urlsplit(house.settings.base_url).netloc.lower()
        return Sites(frozenset((own, *tracking.sites)), not tracking.sites, tracking.of("visits") == "consented")

    return Remembered(house, FRESH, NOWHERE, ask)
