"""Everything that a batch of mails is written from, read at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from funnel.authoring.bundle import Bundle
from funnel.domain.company import Company, User
from funnel.domain.engine.handing import DOSSIER
from funnel.domain.lead import Lead
from funnel.domain.timing import Holidays, zone_of
from funnel.storage import events, holds, snapshot
from funnel.storage.holds import Hold
from funnel.storage.installation import Moment
from funnel.usecases.digest_letter import MESSAGE as DIGEST
from funnel.usecases.digest_letter import Asked, read_asked
from funnel.usecases.happening import Happening
from funnel.usecases.history import histories
from funnel.usecases.house import House, Stationery
from funnel.usecases.shelf import Published, holidays_of
from funnel.usecases.wording import language_of


@dataclass(frozen=True)
class LetterBatch:
    """Everything needed to write a batch of mails, read at once."""

    house: Stationery
    published: Published
    leads: Mapping[int, Lead]
    bundles: Mapping[str, Bundle]
    histories: Mapping[tuple[int, str], Sequence[Happening]]
    companies: Mapping[str, Company]
    kept: Mapping[tuple[int, str], Sequence[Hold]] = field(default_factory=dict)
    """By (lead id, cause of a mail) the times that are kept for it."""
    asked: Mapping[str, Asked] = field(default_factory=dict)
    """What there is to ask each rep to whom a digest is about to be written."""
    beside: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """By the lead whose dossier is written, whom her history may name beside her."""
    tracked: Mapping[tuple[str, str, str], Sequence[int]] = field(default_factory=dict)
    """By (message, version, language) the numbers of its links, of mails that may be tracked; none in a rehearsal."""

    @property
    def company(self) -> Company:
        """The company as it is now."""
        return self.published.company.company

    @property
    def holidays(self) -> Holidays:
        """Public holidays of the company's country."""
        return holidays_of(self.company.country)

    def address(self, row: Mapping[str, Any]) -> str:
        """Where a row goes now; `LookupError` when nobody of that name is left."""
        return self.recipient(row)[1]

    def zone(self, row: Mapping[str, Any]) -> str:
        """The lead's zone, else the company's."""
        lead = self.leads.get(row["lead_id"])
        return zone_of(lead.zone if lead else None, None, self.company.zone)

    def is_watched(self, row: Mapping[str, Any]) -> bool:
        """Whether a scenario's mail goes to a lead who has agreed that what she opens and follows is kept."""
        lead = self.leads.get(row["lead_id"])
        own = row["recipient"] == "lead" and row["scenario"] is not None and row["version"] is not None
        return own and lead is not None and lead.watched

    def slow(self, row: Mapping[str, Any]) -> bool:
        """Whether the lead wants marketing mails half as often."""
        lead = self.leads.get(row["lead_id"])
        return lead is not None and lead.slow

    def recipient(self, row: Mapping[str, Any]) -> tuple[str, str]:
        """The name and the address that a row goes to; the errors of `address`."""
        if row["recipient"] == "lead":
            lead = self.leads[row["lead_id"]]
            return lead.name, lead.email
        user = self.rep(row)
        return user.name, user.email

    def rep(self, row: Mapping[str, Any]) -> User:
        """The member of staff to whom a row goes; `LookupError` when nobody of that name is left."""
        user_id = row["recipient"].removeprefix("user:")
        user = self.company.user(user_id)
        if user is None:
            raise LookupError(f"{user_id!r} is not in company.yaml any more")
        return user


def language_for(company: Company, row: Mapping[str, Any], lead: Lead) -> str:
    """The language of a mail: the lead's, or for staff that of who reads it."""
    if row["recipient"] != "lead":
        user = company.user(row["recipient"].removeprefix("user:"))
        return language_of(user, company)
    return lead.language if lead.language in company.locales else company.locales[0]


def open_batch(connection: Connection, house: House, moment: Moment, rows: Sequence[Mapping[str, Any]]) -> LetterBatch:
    """Read what the rows' mails need: leads, versions, and the history of those whose dossier is written."""
    published = house.shelf.published(connection, moment.revision)
    ids = {row["lead_id"] for row in rows if row["lead_id"]}
    fresh = house.fresh.take(connection, ids)
    found = {**fresh, **snapshot.load(connection, list(ids - fresh.keys()), lock=False)}
    wanted = {row["version"] for row in rows if row["version"]}
    frozen = [row["frozen"] for row in rows if (row.get("frozen") or {}).get("attached")]
    wanted |= {one["version"] for one in frozen if one["version"] != one["company"]}
    wanted |= {e.version for lead in found.values() for e in lead.enrolments if lead.answers or lead.appointments}
    bundles = {digest: house.shelf.bundle(connection, digest) for digest in wanted}
    company = published.company.company
    dossiers = {
        (row["lead_id"], language_for(company, row, found[row["lead_id"]]))
        for row in rows
        if row["message"] == DOSSIER and row["lead_id"] in found
    }
    pinned = {row["frozen"]["company"] for row in rows if row.get("frozen")} | {published.company.digest}
    companies = {digest: house.shelf.company(connection, digest).company for digest in pinned}
    told = histories(connection, published, found, dossiers)
    beside = events.beside(connection, {lead_id for lead_id, _ in dossiers}) if dossiers else {}
    causes = [(row["lead_id"], row["cause"]) for row in rows if "slots" in row["data"]]
    kept = holds.held_for(connection, causes, moment.now) if causes else {}
    reps = sorted({row["recipient"].removeprefix("user:") for row in rows if row["message"] == DIGEST})
    asked = read_asked(connection, company, reps, moment.now)
    return LetterBatch(house, published, found, bundles, told, companies, kept, asked, beside)


def alone(
    house: Stationery,
    published: Published,
    lead: Lead,
    told: Mapping[tuple[int, str], Sequence[Happening]],
    cause: str = "",
    kept: Sequence[Hold] = (),
) -> LetterBatch:
    """A batch for a mail of one lead, from memory alone; `told` is her history by (id, language), for a dossier, and
    `kept` are the times kept for the mail of `cause`."""
    company = published.company
    bundles = {bundle.digest: bundle for bundle in published.newest.values()}
    companies = {company.digest: company.company}
    return LetterBatch(house, published, {lead.id: lead}, bundles, told, companies, {(lead.id, cause): kept})
