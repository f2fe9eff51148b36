"""The reps' daily digest: at a rep's hour one mail asks for the outcomes of what lies behind her (S92)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from funnel.domain import digests
from funnel.domain.company import Company, User
from funnel.domain.digests import Rhythm
from funnel.domain.timing import is_zone
from funnel.storage import appointments, installation, outbox, users
from funnel.usecases.digest_letter import MESSAGE
from funnel.usecases.house import House
from funnel.usecases.shelf import NothingPublished, holidays_of
from funnel.usecases.staff_mail import staff_key, staff_row

_TEMPLATE = f"email_templates/{MESSAGE}/email.yaml"
_FAR_BACK = timedelta(days=30)
"""No three working days lie further apart."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest that is due, or will be: whose, and the instant, whose local day gives its cause."""

    rep: str
    at: datetime
    cause: str

    @property
    def key(self) -> str:
        """Its row's key: one a day, whatever happens."""
        return staff_key(self.cause, MESSAGE, self.rep)


def write_digests(house: House) -> bool:
    """Put the digests that are due into the outbox, each once a day whatever happens; whether there were any."""
    with house.database.read() as connection:
        if not due_digests(connection, house):
            return False

    def work(connection: Connection) -> bool:
        found = due_digests(connection, house)
        for one in found:
            users.ensure(connection, one.rep)  # her links carry her number
        outbox.add(connection, [staff_row(one.cause, MESSAGE, one.rep, one.at) for one in found])
        return bool(found)

    written = house.database.repeating(work)
    if written:
        house.bell.ring("mail")
    return written


def due_digests(connection: Connection, house: House) -> list[Digest]:
    """Those whose hour has come, that have something to ask, and that were not written yet."""
    now, rhythms = _rhythms(connection, house)
    over = _by_rep(appointments.open_ends(connection, list(rhythms), now - _FAR_BACK, now) if rhythms else [])
    found = [
        _digest(rep, rhythms[rep], at) for rep, ends in over.items() if (at := digests.due(rhythms[rep], now, ends))
    ]
    written = outbox.known(connection, [one.key for one in found]) if found else set()
    return [one for one in found if one.key not in written]


def coming_digests(connection: Connection, house: House) -> list[Digest]:
    """The next of each rep, as things stand: whoever marks her appointments before gets none."""
    now, rhythms = _rhythms(connection, house)
    ends = _by_rep(appointments.open_ends(connection, list(rhythms), now - _FAR_BACK) if rhythms else [])
    found = [(rep, digests.coming(rhythms[rep], now, own)) for rep, own in ends.items()]
    return [_digest(rep, rhythms[rep], at) for rep, at in found if at]


def _rhythms(connection: Connection, house: House) -> tuple[datetime, Mapping[str, Rhythm]]:
    moment = installation.moment(connection)
    try:
        published = house.shelf.published(connection, moment.revision).company
    except NothingPublished:
        return moment.now, {}
    if _TEMPLATE not in published.files:  # files of an older release are in force until somebody publishes anew
        return moment.now, {}
    company = published.company
    found = ((user.id, rhythm_of(user, company)) for user in company.reps)
    return moment.now, {rep: rhythm for rep, rhythm in found if rhythm}


def rhythm_of(user: User, company: Company) -> Rhythm | None:
    """When somebody gets her digests; none for who wants none."""
    hour = user.digest or company.digest
    if hour == digests.NEVER:
        return None
    zone = user.zone if is_zone(user.zone) else company.zone
    return Rhythm(hour, zone or "UTC", holidays_of(user.country or company.country))


def _by_rep(ends: Sequence[tuple[str, datetime]]) -> Mapping[str, list[datetime]]:
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for rep, at in ends:
        found[rep].append(at)
    return found


def _digest(rep: str, rhythm: Rhythm, at: datetime) -> Digest:
    return Digest(rep, at, f"digest/{rep}/{rhythm.day(at):%Y-%m-%d}")
