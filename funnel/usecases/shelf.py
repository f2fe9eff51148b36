"""The shelf: published versions read from the database once, kept in memory by digest, and the book made of them."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, lru_cache

import holidays
from sqlalchemy import Connection

from funnel.authoring.bundle import Bundle, CompanyBundle
from funnel.authoring.load import load_bundle, load_company
from funnel.domain.company import CallToAction, User
from funnel.domain.countries import country_and_part
from funnel.domain.engine import Book
from funnel.domain.engine.interests import Interests, interests_of
from funnel.domain.lead import Lead
from funnel.domain.timing import Holidays, no_holidays
from funnel.domain.tunnel.program import Program
from funnel.storage import calls_to_action, enrolments, former_users, installation

COMPANY = installation.COMPANY
"""The name under which `company.yaml` is published."""


class NothingPublished(Exception):
    """There is no company yet: run `funnel apply`."""


@dataclass(frozen=True)
class Published:
    """What new people get: the company and the newest version of each scenario, and since when; what is wrong with
    files on disk; every call to action that was ever published, by its code, and those that the file has given up."""

    revision: int
    company: CompanyBundle
    newest: Mapping[str, Bundle]
    paused: frozenset[str]
    troubles: Mapping[str, str]
    since: Mapping[str, datetime] = field(default_factory=dict)
    calls_to_action: Mapping[str, CallToAction] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()


_BUNDLES: dict[str, Bundle] = {}
_COMPANIES: dict[str, CompanyBundle] = {}
"""What was read, by the digest of its bytes: it never changes, so every shelf of a process shares it, for good."""


class Shelf:
    """Reads what is published when its revision has changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._published: Published | None = None
        self._suppression_key: bytes | None = None
        self._interests: tuple[int, Interests | None] = 0, None

    @property
    def last(self) -> Published | None:
        """What was published when it was last looked at."""
        return self._published

    def published(self, connection: Connection, revision: int) -> Published:
        """What is published at this revision (from the same transaction); `NothingPublished` before the first."""
        known = self._published
        if known and known.revision == revision:
            return known
        rows = {row["name"]: row for row in installation.published(connection)}
        if COMPANY not in rows:
            raise NothingPublished("no company.yaml is published yet; run: funnel apply")
        company, called = self.company(connection, rows[COMPANY]["digest"]), calls_to_action.every(connection)
        found = Published(
            revision,
            replace(company, company=company.company.knowing(former_users.names(connection))),
            {name: self.bundle(connection, row["digest"]) for name, row in rows.items() if name != COMPANY},
            frozenset(name for name, row in rows.items() if row["paused"]),
            {name: row["trouble"] for name, row in rows.items() if row["trouble"]},
            {name: row["published_at"] for name, row in rows.items()},
            {row["code"]: CallToAction.model_validate(row["definition"]) for row in called},
            frozenset(row["code"] for row in called if row["retired_at"]),
        )
        with self._lock:
            self._published = found
        return found

    def bundle(self, connection: Connection, digest: str) -> Bundle:
        """A scenario's version, from memory or the database."""
        if digest not in _BUNDLES:
            _BUNDLES[digest] = load_bundle(installation.files_of(connection, digest))
        return _BUNDLES[digest]

    def suppression_key(self, connection: Connection) -> bytes:
        """The key of the suppression list: made once, never rotated, so it is read once."""
        if self._suppression_key is None:
            self._suppression_key = installation.secret(connection, "suppression")
        return self._suppression_key

    def company(self, connection: Connection, digest: str) -> CompanyBundle:
        """A version of the company, from memory or the database."""
        if digest not in _COMPANIES:
            _COMPANIES[digest] = load_company(installation.files_of(connection, digest))
        return _COMPANIES[digest]

    def book(self, connection: Connection, published: Published, leads: Iterable[Lead]) -> Book:
        """The book for deciding about these leads: current versions and every one they are pinned to."""
        programs: dict[tuple[str, str], Program] = {
            (name, bundle.digest): bundle.program for name, bundle in published.newest.items()
        }
        for lead in leads:
            for enrolment in lead.enrolments:
                if (enrolment.scenario, enrolment.version) not in programs:
                    pinned = self.bundle(connection, enrolment.version)
                    programs[enrolment.scenario, enrolment.version] = pinned.program
        current = {name: bundle.digest for name, bundle in published.newest.items()}
        company = published.company.company
        own = own_holidays(company.users)
        return Book(company, programs, current, holidays_of(company.country), *published.company.judged, own)

    def interests(self, connection: Connection, published: Published) -> Interests:
        """What anything waits for: made anew for each revision, from every version in which somebody is. Nobody comes
        into an older one later."""
        revision, known = self._interests
        if known is None or revision != published.revision:
            book = self.book(connection, published, ())
            inside = {
                (scenario, version): self.bundle(connection, version).program
                for scenario, version in enrolments.versions_inside(connection)
            }
            known = interests_of(replace(book, programs={**inside, **book.programs}))
            self._interests = published.revision, known
        return known


@cache
def holidays_of(country: str) -> Holidays:
    """Whether a day is a public holiday of the country, or the part of it; a country without a calendar has none."""
    whole, part = country_and_part(country)
    try:
        calendar = holidays.country_holidays(whole, subdiv=part)
    except NotImplementedError:
        return no_holidays

    @lru_cache(maxsize=4096)
    def is_holiday(day: date) -> bool:
        return day in calendar

    return is_holiday


def own_holidays(reps: Iterable[User]) -> dict[str, Holidays]:
    """The holidays of those who have a country of their own, by id."""
    return {one.id: holidays_of(one.country) for one in reps if one.country}
