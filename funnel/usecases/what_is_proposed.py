"""What mails have proposed to somebody and keep, and what comes next: what a rep knows before she calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.domain.lead import Lead
from funnel.storage import holds
from funnel.usecases.house import House
from funnel.usecases.naming import Names
from funnel.usecases.what_comes import Coming, coming_mails


@dataclass(frozen=True)
class Kept:
    """A time that a mail proposes to a lead and that a rep keeps; `mailed_at`: when the mail left, if it has."""

    lead: Lead
    type: str
    rep: str
    starts_at: datetime
    until: datetime
    mailed_at: datetime | None


@dataclass(frozen=True)
class Outlook:
    """What is proposed to somebody and kept, earliest first; what of the `queue` goes to others than herself; and the
    mails that time alone leads to, soonest first, `next` of each scenario and `all`."""

    kept: Sequence[Kept]
    queue: Sequence[Mapping[str, Any]]
    next: Sequence[Coming]
    all: Sequence[Coming]

    @property
    def proposal(self) -> Coming | None:
        """The first mail to come that proposes an appointment."""
        return next((one for one in self.all if one.proposes), None)


def read_outlook(
    house: House,
    connection: Connection,
    names: Names,
    everybody: Sequence[Lead],
    mails: Sequence[Mapping[str, Any]],
    now: datetime,
) -> Outlook:
    """Of a lead (the first) and those for whom she stands too, with the outbox's rows of all of them."""
    lead = everybody[0]
    left = {(row["lead_id"], row["cause"]): row["left_at"] for row in mails}
    reps = [one.id for one in names.company.reps]
    whose = {one.id: one for one in everybody}
    kept = [
        Kept(whose[owner], one.type, one.rep, one.starts_at, one.until, left.get((owner, cause)))
        for owner, cause, one in holds.proposed_to(connection, list(whose), reps, now)
    ]
    waiting = [row for row in mails if row["state"] == "ready"]
    if lead.erased:
        return Outlook(kept, waiting, [], [])
    others = [row for row in waiting if row["lead_id"] != lead.id or row["recipient"] != "lead"]
    return Outlook(
        kept,
        others,
        coming_mails(house, connection, names, lead, now),
        coming_mails(house, connection, names, lead, now, to_the_end=True),
    )
