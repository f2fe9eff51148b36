"""What the use cases need from outside, as narrow as they need it; delivery and jobs bring the real ones."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

Lane = Literal["due", "mail", "report", "webhook", "intake", "house"]
LANES: tuple[Lane, ...] = ("due", "mail", "report", "webhook", "intake", "house")
"""due: steps whose time has come; mail, webhook: what leaves; report: what has left, told to the door; intake: opens
and clicks; house: periodic."""
ProcessKind = Literal["tick", "worker"]
"""What works the lanes: one rings for what is due, the others answer."""


class Bell(Protocol):
    """Says that there may be work in a lane; carries nothing, may be lost, never raises."""

    def ring(self, lane: Lane) -> bool:
        """Whether the bell could be rung."""


class Stream(Protocol):
    """Where opens and clicks wait until the database has them; may be away, or full."""

    def put(self, entry: Mapping[str, Any]) -> bool:
        """Whether it waits here now; never raises."""

    def take(self, most: int) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """Entries with their places, the taker's until they are done, or until it is known to be dead."""

    def done(self, places: Sequence[str]) -> None:
        """They stand in the database: they are gone from here."""

    def waits(self) -> bool:
        """Whether anything is here."""

    def sweep(self) -> None:
        """Let nothing be kept on a disk of what is done."""


class NoStream:
    """Nothing waits here, so everything goes to the database."""

    def put(self, entry: Mapping[str, Any]) -> bool:
        """Never."""
        return False

    def take(self, most: int) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """Nothing."""
        return []

    def done(self, places: Sequence[str]) -> None:
        """Nothing is."""

    def waits(self) -> bool:
        """Never."""
        return False

    def sweep(self) -> None:
        """Nothing is."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as data, before it is bytes: all texts rendered, nothing encoded.

    `to`, `sender` and `reply_to` are (name, address). `one_click` is the absolute URL of RFC 8058, for marketing
    mail only. `invitation` is an iCalendar object sent as an alternative of `text/calendar; method=...`.
    """

    message_id: str
    date: datetime
    sender: tuple[str, str]
    to: tuple[str, str]
    subject: str
    html: str
    text: str
    language: str
    reply_to: tuple[str, str] | None = None
    one_click: str | None = None
    invitation: tuple[str, bytes] | None = None
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wire:
    """A built message: what goes over SMTP, and the SHA-256 of its bytes."""

    sender: str
    recipient: str
    content: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class Result:
    """How a message ended on the wire. `temporary` refusals are tried again, `permanent` never; `unknown` means that
    the connection died after the content had begun to leave: in doubt."""

    outcome: Literal["accepted", "temporary", "permanent", "unknown"]
    reply: str


class Postman(Protocol):
    """Carries built messages over one kept connection, in order, one window at a time."""

    def carry(
        self, batch: Sequence[tuple[int, Wire]], until: float, still: Callable[[int], bool]
    ) -> Iterable[tuple[int, Result]]:
        """Send each (outbox id, message); yields each one's result as it is known. Messages not begun at `until`
        (monotonic seconds) are not yielded; of one whose envelope the server held up beyond it, `still` says whether it
        may begin all the same."""

    def close(self) -> None:
        """Say good-bye to the server; the next batch opens a new connection."""


class FormerNotes(Protocol):
    """What a worker that is no more had noted, by (outbox id, attempt)."""

    @property
    def worker(self) -> str:
        """The name of that process, as it stands in its claims before the `/`."""

    @property
    def begun(self) -> frozenset[tuple[int, int]]:
        """Whose content had begun to leave."""

    @property
    def accepted(self) -> Mapping[tuple[int, int], str]:
        """Which the server had accepted, with its reply."""

    def forget(self) -> None:
        """Remove them, once everything in them is settled in the database."""


class SendNotes(Protocol):
    """The worker's own notes of what it began and what was accepted: they survive its death."""

    def open(self) -> str:
        """Begin them, before anything is claimed; the name under which to claim. From here on a death of this process
        is seen at once."""

    def abandon(self) -> None:
        """Give them up as if this process had died: what they hold is not settled. The next ones have another name."""

    def expect(self, attempts: Mapping[int, int]) -> None:
        """The attempt's number of each outbox id about to be carried."""

    def settled(self) -> None:
        """Everything noted so far stands in the database."""

    def former(self) -> Sequence[FormerNotes]:
        """The notes of dead workers."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """An appointment as both calendars should show it.

    `uid` is the same for its life; `sequence` rises with each change; `stamp` is the instant of this message.
    People are (name, address); `location` is where, or the telephone number that will ring.
    """

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    organizer: tuple[str, str]
    attendees: Sequence[tuple[str, str]]
    description: str = ""
    location: str = ""
    language: str = ""


class Writer(Protocol):
    """Turns an outbox row's template and data into a letter, and a letter into bytes."""

    def invite(self, method: Literal["REQUEST", "CANCEL"], meeting: Meeting) -> bytes:
        """The iCalendar object (RFC 5545, RFC 5546) that invites to a meeting or cancels it."""

    def message_id(self, key: str, domain: str) -> str:
        """The Message-ID derived from an outbox row's key: a repeat carries the same."""

    def write(self, message: str, version: str, language: str, context: Mapping[str, Any]) -> "Texts":
        """Render the subject, preheader, HTML and text of a template (`<scenario>/<email>` or `house/<email>`)."""

    def links(self, message: str, version: str, language: str) -> Sequence["Link"]:
        """The links of a mail that lead the same way for everybody, in the order of the text; `ValueError` as for
        `write`."""

    def faults(self, files: Mapping[str, bytes], version: str, message: str) -> Sequence[tuple[str, int, str]]:
        """(file, line, what is wrong) of a template that cannot be written in one of its languages; `files` are
        those of `version` by path."""

    def build(self, letter: Letter) -> Wire:
        """Encode; `ValueError` when a header value carries control characters."""


class Printer(Protocol):
    """Draws papers (PDF) from data that is never markup; the same data gives the same bytes."""

    def draw(self, paper: str, data: Mapping[str, Any]) -> bytes:
        """The PDF of a paper, tagged (`diagnosis`: see `usecases.diagnosis_paper`); `ValueError` when the data does
        not fit, or when it or the paper is too large."""

    def pictures(self, paper: str, data: Mapping[str, Any]) -> Sequence[bytes]:
        """Its pages as PNG, for who looks at it before it is sent."""

    def draws(self, text: str) -> bool:
        """Whether there is a font for every letter of a text; what has none comes out as empty boxes."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a mail: the name its author gave it, else its place (`link_2`), and where it leads."""

    name: str
    target: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The rendered texts of a mail."""

    subject: str
    html: str
    text: str


Forget = Callable[[str, Sequence[str]], int]
"""Removes, for good, every mail to an address and those of these Message-IDs from where a demonstration keeps what it
does not deliver; how many."""


def nothing_kept(address: str, message_ids: Sequence[str]) -> int:
    """A live installation keeps no mail."""
    return 0


class Caller(Protocol):
    """Calls a webhook through the guarded client."""

    def call(self, url: str, secret: str, message_id: str, timestamp: datetime, body: bytes) -> Result:
        """One attempt, signed by Standard Webhooks."""


Busy = tuple[datetime, datetime]
"""From when to when somebody is busy (aware UTC)."""


class CalendarFault(ValueError):
    """A calendar that cannot be read: `no_calendar`, `too_many` or `too_slow`; where one entry is the trouble, the day
    on which it begins stands behind it (`too_many 2026-10-20`)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a calendar: the `busy` times, in order, and of each entry that could not be understood
    (`left_out`) the day on which it begins, as it is written there; empty where not even that can be read. What is sure
    of such an entry is busy too."""

    busy: Sequence[Busy]
    left_out: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """A fetched calendar, or why there is none: `refused` (the address is not one we call), `too_large`, `not_found`,
    `unreachable`."""

    content: bytes
    fault: str | None = None


class Calendars(Protocol):
    """Fetches and reads the .ics addresses of reps, under limits."""

    def fetch(self, url: str) -> CalendarReply:
        """One attempt."""

    def busy(self, content: bytes, first: datetime, last: datetime, zone: str, whose: str, ours: str) -> Reading:
        """The busy times in a calendar from `first` to `last`, in order. Days and times without a zone are those of
        `zone`; what `whose` address has declined is free, and so are invitations of ours: UIDs of the domain `ours`.
        `CalendarFault` when it cannot be read within the limits."""

    def kept(self, content: bytes, copy: bytes) -> bytes:
        """A calendar with what an earlier `copy` tells of its entries whose times cannot all be read (any more).
        `CalendarFault` when that cannot be found within the limits."""
