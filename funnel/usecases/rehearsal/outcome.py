"""What came of a rehearsal: the people, their stories, the mails that could not be written, and who is parked."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from funnel.authoring.bundle import Bundle, CompanyBundle
from funnel.domain import events as on
from funnel.domain.engine import Book
from funnel.domain.lead import Lead
from funnel.usecases.failures import unwritable
from funnel.usecases.rehearsal.crowd import Person
from funnel.usecases.rehearsal.log import Entry

Fault = tuple[str, str] | None
"""The file in which something is wrong, and what; none where all is well."""


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A mail that cannot be written with somebody's data: to whom, in which file, and why."""

    person: str
    message: str
    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Parked:
    """Somebody for whom something could not be decided, and why; `scenario` where it was a step of hers."""

    person: str
    reason: str
    scenario: str | None


@dataclass
class Rehearsal:
    """What came of it. `people` in the order in which they come; `leads` as they are at the end, by person's id."""

    bundle: Bundle
    company: CompanyBundle
    begins_at: datetime
    ends_at: datetime
    seed: int
    people: list[Person] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    stories: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    leads: dict[str, Lead] = field(default_factory=dict)
    happened: list[on.AnyEvent] = field(default_factory=list)
    unwritten: list[Unwritten] = field(default_factory=list)
    book: Book | None = None

    def of(self, person: str) -> list[Entry]:
        """What happened to one of them, in order."""
        return self.stories.get(person, [])

    def note(self, entries: Iterable[Entry]) -> None:
        """Write down what happened."""
        for entry in entries:
            self.entries.append(entry)
            self.stories[entry.person].append(entry)


def parked(done: Rehearsal) -> list[Parked]:
    """Each who is parked, once for each reason; mails that cannot be written are told by `unwritten`."""
    mails = {(one.person, unwritable(one.message, one.why)) for one in done.unwritten}
    return [
        Parked(person, reason, scenario)
        for (person, reason), scenario in {
            (one.person, one.detail["reason"]): one.detail.get("scenario")
            for one in done.entries
            if one.kind == "parked"
        }.items()
        if (person, reason) not in mails
    ]


def standing_still(done: Rehearsal) -> int:
    """How many people `parked` tells of, each once."""
    return len({one.person for one in parked(done)})


def faults(done: Rehearsal) -> list[tuple[Unwritten, int]]:
    """Each fault of a file once, with the first whom it keeps from her mail, and how many mails it spoils."""
    first = {(one.file, one.why): one for one in reversed(done.unwritten)}
    number = Counter((one.file, one.why) for one in done.unwritten)
    return [(first[fault], number[fault]) for fault in number]
