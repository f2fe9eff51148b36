"""Pages that she looked at: visits of her browsers, how long they lasted, and whose a browser is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from funnel.domain.events.base import Event

Joined = Literal["form", "own_page", "pass", "click"]
"""How a browser came to be known as hers: it sent a form with her address, it agreed to that on a page of her own, or
(until one of these says another's) it came by a link from another of hers, or by one in a mail to her."""

Parted = Literal["form", "own_page", "pass", "machine"]
"""What says that a browser is not hers: it sent a form with another address, agreed on another's page, or came from
another's browser; or the click by which it came was a machine's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageVisited(Event):
    """One of her browsers (`visitor`) showed a page: its host and path, its title, the page that led there (host and
    path), the UTM parameters of its address. `away` is how many seconds after the visit before it this one came, where
    there was one; `received_at` when it was received, where that is long before it is recorded."""

    visitor: str
    page: str
    title: str = ""
    referrer: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)
    away: int | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLeft(Event):
    """She has looked at a page for so many seconds more; `visit` is the key of its `PageVisited`, `as_told`."""

    visitor: str
    visit: str
    seconds: int
    received_at: datetime | None = None


def as_told(key: str) -> str:
    """The key of a visit, or of how long it was, as its browser told it: whose it has become since stands behind that,
    which a page that was open meanwhile does not know."""
    return key.partition("@")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorJoined(Event):
    """A browser is known as hers from now on; its visits so far follow, each as an event of its own."""

    visitor: str
    how: Joined


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorParted(Event):
    """A browser was not hers after all, says `by`.
    `visits` are the keys of what it had brought her; `stay` are hers by other browsers, each with its key, its page and
    when it was: what counts once, or once a day, may have been turned away there."""

    visitor: str
    visits: tuple[str, ...]
    by: Parted
    stay: tuple[tuple[str, str, datetime], ...] = ()
