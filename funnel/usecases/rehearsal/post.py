"""The mails of a rehearsal, written by the same hand as real ones; their links open nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from funnel.authoring.bundle import Bundle, CompanyBundle
from funnel.authoring.reuse import lent
from funnel.domain.engine.handing import DOSSIER
from funnel.domain.lead import Lead
from funnel.ports import Attachment, Letter, Wire
from funnel.storage.holds import Hold
from funnel.usecases.fold import Fold
from funnel.usecases.happening import Happening
from funnel.usecases.history import tell
from funnel.usecases.house import Stationery
from funnel.usecases.letter_batch import alone
from funnel.usecases.letters import compose, freeze
from funnel.usecases.naming import Names
from funnel.usecases.rehearsal.crowd import Person
from funnel.usecases.rehearsal.outcome import Fault
from funnel.usecases.rehearsal.past import Past
from funnel.usecases.shelf import Published


@dataclass(frozen=True, slots=True)
class Posted:
    """A mail that left. `number` counts a person's mails from 1; `eml` is the message as it goes over the wire."""

    person: str
    number: int
    message: str
    at: datetime
    to: str
    subject: str
    html: str
    text: str
    eml: bytes
    invitation: bytes | None
    attachments: tuple[Attachment, ...] = ()

    @property
    def stem(self) -> str:
        """The path of its files without their ending: `mails/lea/02_summary_and_meeting`."""
        return f"mails/{self.person}/{self.number:02d}_{self.message.rpartition('/')[2]}"


class PostOffice:
    """Writes what leaves for the first `most` people who come, and for everybody what could not be written for one of
    them; `posted` in the order of time. `origins`: where files really stand that a base lends; of published versions,
    which do not know it, it is found out."""

    def __init__(
        self,
        stationery: Stationery,
        bundles: Mapping[str, Bundle],
        company: CompanyBundle,
        most: int = 40,
        *,
        origins: Mapping[str, str] | None = None,
    ) -> None:
        self._stationery = stationery
        self._published = Published(0, company, bundles, frozenset(), {})
        self._given = origins
        self._most = most
        self._numbers: Counter[str] = Counter()
        self._past = Past()
        self._unwritable: set[str] = set()
        self.posted: list[Posted] = []

    @cached_property
    def _origins(self) -> Mapping[str, str]:
        if self._given is not None:
            return self._given
        return lent({name: bundle.files for name, bundle in self._published.newest.items()})

    def folded(self, lead: Lead, fold: Fold, at: datetime) -> None:
        """Remember what happened, for the dossier's history."""
        if lead.id <= self._most:
            self._past.folded(lead, fold, at)

    def left(self, person: Person, lead: Lead, row: Mapping[str, Any], at: datetime, kept: Sequence[Hold] = ()) -> None:
        """Remember how a mail ended."""
        if lead.id <= self._most and row["channel"] == "mail":
            self._past.left(lead, row, at)

    def write(self, person: Person, lead: Lead, row: Mapping[str, Any], at: datetime, kept: Sequence[Hold]) -> Fault:
        """Write a mail as it leaves, or say where and why it cannot be written: as in life, this one and no other."""
        if lead.id > self._most and row["message"] not in self._unwritable:
            return None
        batch = alone(self._stationery, self._published, lead, self._histories(lead, row), row["cause"], kept)
        message_id = self._stationery.writer.message_id(row["key"], batch.company.domain)
        frozen: Mapping[str, Any] = {}
        try:
            frozen = freeze(batch, row, at)
            letter = compose(self._stationery, batch, row, frozen, message_id)
            wire = self._stationery.writer.build(letter)
        except ValueError as error:
            self._unwritable.add(row["message"])
            return self._file(row["message"], str(frozen.get("language")), error), str(error)
        if lead.id <= self._most:
            self.posted.append(self._posted(person, row, at, letter, wire))
        return None

    def _file(self, message: str, language: str, error: ValueError) -> str:
        """Which of a mail's files cannot be filled; where no text is at fault, the one that says what goes with it."""
        version = self._published.newest.get(message.partition("/")[0], self._published.company)
        folder = f"email_templates/{message}"
        part = next(iter(getattr(error, "__notes__", ())), "email.")
        files = [file for file in sorted(version.files) if file.startswith(f"{folder}/{part}")]
        own = [file for file in files if f".{language}." in file]
        found = next(iter([*own, *files]), f"{folder}/email.yaml")
        return self._origins.get(found, found)

    def _posted(self, person: Person, row: Mapping[str, Any], at: datetime, letter: Letter, wire: Wire) -> Posted:
        self._numbers[person.id] += 1
        return Posted(
            person.id,
            self._numbers[person.id],
            row["message"],
            at,
            f"{letter.to[0]} <{letter.to[1]}>" if letter.to[0] else letter.to[1],
            letter.subject,
            letter.html,
            letter.text,
            wire.content,
            letter.invitation[1] if letter.invitation else None,
            letter.attachments,
        )

    def _histories(self, lead: Lead, row: Mapping[str, Any]) -> dict[tuple[int, str], list[Happening]]:
        if row["message"] != DOSSIER:
            return {}
        return {
            (lead.id, language): tell(Names(self._published, language), *self._past.of(lead))
            for language in self._published.company.company.locales
        }
