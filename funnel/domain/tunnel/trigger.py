"""What sets something off: an event by its name, and which of its kind (`{appointment.booked: results_call}`)."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from funnel.domain.contact import clean_text
from funnel.domain.spans import parse_span

EventName = Literal[
    "form.submitted",
    "questionnaire.completed",
    "asset.downloaded",
    "appointment.booked",
    "appointment.moved",
    "appointment.held",
    "appointment.missed",
    "appointment.cancelled",
    "webinar.attended",
    "webinar.missed",
    "segment.entered",
    "segment.left",
    "score.reached",
    "email.opened",
    "link.clicked",
    "page.visited",
    "visit.returned",
]
"""What a scenario can start on, wait for, or skip because of, and what a rule can give points for."""

On = Annotated[
    Annotated[EventName, Tag("<event>")]
    | Annotated[dict[EventName, str | int], Field(min_length=1, max_length=1), Tag("<of>")],
    Discriminator(lambda raw: "<of>" if isinstance(raw, dict) else "<event>"),
]
"""An event as it is written: its name, or its name with which of its kind."""


SITTING = timedelta(minutes=30)
"""Pages that follow each other sooner were looked at in one sitting; who comes back sooner has not been away."""

_RULES_OUT = {"webinar.missed": "webinar.attended"}
"""What can come no more once the other has: what a list has said first stays."""

_PAGE = re.compile(r"([A-Za-z0-9.-]+(:[0-9]+)?)?/[^\s?#]*")
_USUAL_PORT = re.compile(r":(80|443)$")
"""What a browser leaves out of an address."""
_ENCODED = re.compile(r"(%[0-9A-Fa-f]{2})+")
_SECONDS = {"minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}


def is_page(text: str) -> bool:
    """Whether a text is a pattern of pages: a path, or a host and a path, without what is asked there."""
    return _PAGE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event, and which of its kind: the scenario of a form, a questionnaire, a file, a type of appointment, the
    scenario of a webinar, a segment, a number of points, a mail, a link, the pages of a pattern, how long she was away
    at least. Without a subject: any."""

    event: str
    subject: str | None = None

    def __str__(self) -> str:
        return f"{self.event}: {self.subject}" if self.subject else self.event

    def meets(self, event: str, subject: str | None) -> bool:
        """Whether something that has happened sets it off."""
        if event != self.event or self.subject is None:
            return event == self.event
        match event:
            case "page.visited":
                return matches_page(self.subject, subject or "")
            case "visit.returned":
                return int(subject or 0) >= least_away(self.subject)
        return subject == self.subject

    def ruled_out_by(self, event: str, subject: str | None) -> bool:
        """Whether it cannot come any more, for something else has."""
        return _RULES_OUT.get(event) == self.event and self.subject in (None, subject)


def page_of(host: str, path: str) -> str:
    """A page as it is known: host and path, without an ending `/` (`www.example.com/pricing`)."""
    return f"{host.lower()}{path.rstrip('/')}" if path.strip("/") else f"{host.lower()}/"


def matches_page(pattern: str, page: str) -> bool:
    """Whether a page is one of a pattern's: `/pricing*` on every site, `www.example.com/pricing*` on one; `*` stands
    for any characters, and an ending `/*` for none too."""
    return _pages(pattern).fullmatch(page) is not None


def written_path(path: str) -> str:
    """As a person reads it, in NFC: what a browser tells, and what is copied from its bar, is percent-encoded UTF-8
    (RFC 3986, 2.1). As it came where it would be no text then."""
    decoded = _ENCODED.sub(lambda found: bytes.fromhex(found[0].replace("%", "")).decode(errors="replace"), path)
    written = unicodedata.normalize("NFC", decoded)
    return path if clean_text(written) is None else written


@lru_cache(maxsize=1024)
def _pages(pattern: str) -> re.Pattern[str]:
    site, _, rest = pattern.partition("/")
    host, path = _USUAL_PORT.sub("", site), written_path(f"/{rest}")
    whole = path.endswith("/*") and path != "/*"
    path = path.removesuffix("/*") if whole else path
    written = page_of(host, path) if not path.endswith("*") else f"{host.lower()}{path}"
    parts = ".*".join(re.escape(part) for part in written.split("*")) + ("(/.*)?" if whole else "")
    return re.compile(parts if host else f"[^/]*{parts}")


@lru_cache(maxsize=1024)
def least_away(span: str) -> int:
    """A span of elapsed time in seconds: minutes, hours, days of 24 hours, weeks. `ValueError` for any other."""
    read = parse_span(span)
    if read.unit not in _SECONDS:
        raise ValueError(f"{span!r} has no length of its own; write it in hours, days or weeks")
    return read.amount * _SECONDS[read.unit]


def trigger_of(written: str | Mapping[Any, str | int]) -> Trigger:
    """The trigger that was written."""
    if isinstance(written, str):
        return Trigger(written)
    [(event, subject)] = written.items()
    return Trigger(event, str(subject))
