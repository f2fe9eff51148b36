"""Sample leads of a scenario: a rehearsal's people, kept at the moment when each mail left to them, so that any page or
mail can be shown as one of them gets it."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from funnel.authoring.bundle import Bundle
from funnel.domain.engine.handing import DOSSIER
from funnel.domain.lead import Lead
from funnel.domain.tunnel.steps import EmailStep
from funnel.links import Links
from funnel.ports import Attachment, Printer, Texts, Writer
from funnel.storage.holds import Hold
from funnel.usecases.errors import NotFound
from funnel.usecases.fold import Fold
from funnel.usecases.happening import Happening
from funnel.usecases.history import tell
from funnel.usecases.house import House
from funnel.usecases.letter_batch import alone
from funnel.usecases.letters import compose, freeze
from funnel.usecases.naming import Names
from funnel.usecases.rehearsal import rehearse
from funnel.usecases.rehearsal.crowd import Person
from funnel.usecases.rehearsal.habits import BEHAVIOURS
from funnel.usecases.rehearsal.past import Past
from funnel.usecases.rehearsal.span import days_of
from funnel.usecases.shelf import Published

_DAYS = 90
_KEPT = 8


@dataclass(frozen=True)
class Sheet:
    """`Stationery` whose links open nothing here: they are signed by no key of this house."""

    writer: Writer
    printer: Printer
    base_url: str
    links: Links = field(default_factory=lambda: Links([b"what the studio shows opens nothing"]))

    def url(self, path: str) -> str:
        """An address of this installation, so that pictures are found."""
        return f"{self.base_url}{path}"


@dataclass(frozen=True)
class Sample:
    """A mail on the point of leaving: to whom of the crowd, the lead as she was, its row, and her history by language;
    `reached` is false for one that no sample lead gets, which is shown with somebody's data all the same."""

    message: str
    person: Person
    lead: Lead
    row: Mapping[str, Any]
    at: datetime
    events: Sequence[Mapping[str, Any]] = ()
    mails: Sequence[Mapping[str, Any]] = ()
    reached: bool = True
    kept: Sequence[Hold] = ()


@dataclass(frozen=True)
class Samples:
    """A scenario's samples: the people of its `expect:` first, then the crowd; every mail by `<scenario>/<email>` or
    `house/<email>`, in the order in which they first leave."""

    bundle: Bundle
    published: Published
    people: Sequence[Person]
    leads: Mapping[str, Lead]
    mails: Mapping[str, Sequence[Sample]]

    def mail(self, message: str, person: str | None = None) -> Sample:
        """That mail as this person gets it, else as the first one does; `NotFound` when there is none."""
        found = self.mails.get(message)
        if not found:
            raise NotFound("there is no such mail in this scenario")
        return next((one for one in found if one.person.id == person), found[0])


_kept: OrderedDict[tuple[str, str], Samples] = OrderedDict()
_lock = threading.Lock()


def read_samples(published: Published, scenario: str) -> Samples:
    """The samples of the version that runs, made once. `NotFound` without such a scenario, `Invalid` when a form of
    the crowd would be refused."""
    bundle = published.newest.get(scenario)
    if bundle is None:
        raise NotFound("there is no such scenario")
    key = (bundle.digest, published.company.digest)
    with _lock:
        found = _kept.pop(key, None)
    if found is None or found.published.newest != published.newest:
        found = _make(published, bundle)
    with _lock:
        _kept[key] = found
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return found


def _make(published: Published, bundle: Bundle) -> Samples:
    seen = _Seen()
    span = max(_DAYS, days_of(bundle))
    done = rehearse(
        published.newest, published.company, bundle.name, people=len(BEHAVIOURS), days=span, seed=1, post=seen
    )
    came = [person for person in done.people if person.id in done.leads]
    place = {person.id: number for number, person in enumerate(came)}
    mails = {message: sorted(found, key=lambda one: place[one.person.id]) for message, found in seen.mails.items()}
    program = bundle.program
    for name in mail_names(bundle):
        message = f"{bundle.name}/{name}"
        if message not in mails:
            step = next((i for i in program.steps.values() if _sends(i.step, name)), None)
            person = came[0]
            lead = done.leads[person.id]
            propose = step.step.propose if step and isinstance(step.step, EmailStep) else None
            row = {
                "key": f"sample:{message}", "channel": "mail", "message": message, "recipient": "lead",
                "lead_id": lead.id, "kind": program.mails[name].kind, "purpose": program.mails[name].purpose,
                "version": bundle.digest, "scenario": bundle.name, "pass_number": 1, "step": step.id if step else None,
                "data": {"propose": propose.appointment} if propose else {}, "cause": "sample",
            }  # fmt: skip
            mails[message] = [Sample(message, person, _anew(lead), row, done.begins_at, reached=False)]
    return Samples(bundle, published, came, done.leads, mails)


def mail_names(bundle: Bundle) -> list[str]:
    """A scenario's mails in the order of its steps, then those that no step sends."""
    sent = [one.step.email for one in bundle.program.steps.values() if isinstance(one.step, EmailStep)]
    return list(dict.fromkeys([*sent, *sorted(bundle.emails)]))


def _sends(step: object, email: str) -> bool:
    return isinstance(step, EmailStep) and step.email == email


def _anew(lead: Lead) -> Lead:
    """The lead without appointments: whatever a mail proposes can be proposed."""
    return replace(lead, appointments=())


class _Seen:
    """Hears a rehearsal, and keeps the first of each mail that goes to each person."""

    def __init__(self) -> None:
        self.mails: dict[str, list[Sample]] = {}
        self._past = Past()

    def folded(self, lead: Lead, fold: Fold, at: datetime) -> None:
        """Remember what happened."""
        self._past.folded(lead, fold, at)

    def write(self, person: Person, lead: Lead, row: Mapping[str, Any], at: datetime, kept: Sequence[Hold]) -> None:
        """Nothing is written until somebody looks at it."""

    def left(self, person: Person, lead: Lead, row: Mapping[str, Any], at: datetime, kept: Sequence[Hold] = ()) -> None:
        """Remember a mail that left."""
        if row["channel"] != "mail":
            return
        self._past.left(lead, row, at)
        known = self.mails.setdefault(row["message"], []) if row["state"] == "sent" else []
        if row["state"] == "sent" and all(one.person.id != person.id for one in known):
            past = self._past.of(lead) if row["message"] == DOSSIER else ((), ())
            known.append(Sample(row["message"], person, lead, dict(row), at, *past, kept=tuple(kept)))


@dataclass(frozen=True)
class Shown:
    """A mail as it would be: who writes, to whom, its texts and files; `frozen` is what a row of the outbox keeps."""

    sender: str
    to: str
    texts: Texts
    frozen: Mapping[str, Any]
    attachments: Sequence[Attachment] = ()


def write_sample(house: House, samples: Samples, sample: Sample, language: str) -> Shown:
    """Write it in a language, by the same hand as real mails. `ValueError` for a template that does not fit."""
    published = samples.published
    lead = replace(sample.lead, language=language)
    company = published.company.company
    users = [user.model_copy(update={"languages": [language]}) for user in company.users]
    told = replace(published.company, company=company.model_copy(update={"users": users}))
    sheet = Sheet(house.writer, house.printer, house.settings.base_url)
    history = _history(published, sample, lead, language)
    batch = alone(sheet, replace(published, company=told), lead, history, str(sample.row["cause"]), sample.kept)
    row = dict(sample.row)
    frozen = freeze(batch, row, sample.at)
    letter = compose(sheet, batch, row, frozen, house.writer.message_id(str(row["key"]), batch.company.domain))
    return Shown(
        f"{letter.sender[0]} <{letter.sender[1]}>",
        f"{letter.to[0]} <{letter.to[1]}>" if letter.to[0] else letter.to[1],
        Texts(letter.subject, letter.html, letter.text),
        frozen,
        letter.attachments,
    )


def _history(
    published: Published, sample: Sample, lead: Lead, language: str
) -> dict[tuple[int, str], Sequence[Happening]]:
    if not sample.events:
        return {}
    return {(lead.id, language): tell(Names(published, language), sample.events, sample.mails)}
