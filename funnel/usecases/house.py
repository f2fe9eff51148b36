"""The house: what every use case is given, built once by bootstrap."""

import os
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from funnel.config import Settings
from funnel.links import Links
from funnel.ports import (
    Bell,
    Calendars,
    Caller,
    Forget,
    NoStream,
    Postman,
    Printer,
    SendNotes,
    Stream,
    Writer,
    nothing_kept,
)
from funnel.storage.database import Database
from funnel.usecases.fresh_leads import FreshLeads
from funnel.usecases.resting import Resting
from funnel.usecases.shelf import Shelf
from funnel.usecases.tracking.link_table import LinkTable
from funnel.usecases.tracking.tally import Tally
from funnel.usecases.tracking.withdrawn import WithdrawnNames
from funnel.usecases.visits import Visits

_MOST_UNWRITTEN = 1000


class Stationery(Protocol):
    """What writing a letter needs of a house: a rehearsal has it too, without a database."""

    @property
    def links(self) -> Links:
        """Signs what links carry."""

    @property
    def writer(self) -> Writer:
        """Renders and encodes."""

    @property
    def printer(self) -> Printer:
        """Draws what is attached."""

    def url(self, path: str) -> str:
        """An absolute address of this installation."""


@dataclass(frozen=True)
class House:
    """The wired parts. `worker` names this process in leases and attempts; `unwritten` holds opens and clicks that
    nothing would take."""

    settings: Settings
    database: Database
    links: Links
    bell: Bell
    shelf: Shelf
    writer: Writer
    postman: Postman
    notes: SendNotes
    caller: Caller
    printer: Printer
    calendars: Calendars
    visits: Visits
    forget: Forget = nothing_kept
    stream: Stream = field(default_factory=NoStream)
    worker: str = "web"
    resting: Resting = field(default_factory=Resting)
    fresh: FreshLeads = field(default_factory=FreshLeads)
    links_in_mails: LinkTable = field(default_factory=LinkTable)
    tally: Tally = field(default_factory=Tally)
    withdrawn: WithdrawnNames = field(default_factory=WithdrawnNames)
    unwritten: deque[Mapping[str, Any]] = field(default_factory=lambda: deque(maxlen=_MOST_UNWRITTEN))

    def close(self) -> None:
        """Give back every connection."""
        self.postman.close()
        self.database.close()

    def url(self, path: str) -> str:
        """An absolute address of this installation."""
        return f"{self.settings.base_url}{path}"


def new_id() -> str:
    """A new id that sorts by time: 48 bits of milliseconds, 80 bits of chance, in hex."""
    return f"{int(time.time() * 1000):012x}{os.urandom(10).hex()}"
