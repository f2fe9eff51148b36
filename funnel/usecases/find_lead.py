"""A lead by her number or address, or a clear word that there is none."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.domain.company import Company, User
from funnel.domain.contact import normal_email
from funnel.domain.lead import Lead
from funnel.storage import handoffs, leads, snapshot, suppressions
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.people import may_change, require_change


def known_lead(connection: Connection, lead_id: int, *, erased: bool = False) -> Lead:
    """A lead as she is; `NotFound` for one there is not, and for an erased one unless she is asked for too."""
    lead = snapshot.load(connection, [lead_id], lock=False).get(lead_id)
    if lead is None or (lead.erased and not erased):
        raise NotFound("There is no such lead.")
    return lead


def lead_to_change(connection: Connection, user: User, lead_id: int, company: Company) -> Lead:
    """A lead as she is, for a user who may change her; `NotFound`, `Forbidden`."""
    lead = known_lead(connection, lead_id)
    require_change(user, lead, company, handoffs.tasks_of(connection, lead_id))
    return lead


def among_those_to_change(connection: Connection, user: User, found: Sequence[Lead], company: Company) -> list[Lead]:
    """Those of some leads whom `lead_to_change` gives a user."""
    tasks: dict[int, list[Mapping[str, Any]]] = {one.id: [] for one in found}
    for task in handoffs.tasks_of_leads(connection, list(tasks)):
        tasks[task["lead_id"]].append(task)
    return [one for one in found if not one.erased and may_change(user, one, company, tasks[one.id])]


def find_or_make(
    connection: Connection, house: House, email: str, email_key: str, language: str, now: datetime
) -> tuple[int, bool]:
    """The id of the lead with this address, or who stands for her, and whether it was made just now. An address that
    stopped the mails has stopped them still, though the lead who said so was erased since."""
    lead_id, made = leads.find_or_create(connection, email, email_key, language, now)
    if made:
        hashed = suppressions.address_hash(house.shelf.suppression_key(connection), email)
        suppressions.stop(connection, lead_id, hashed)
    return lead_id, made


def find_lead(house: House, who: str, *, itself: bool = False) -> int:
    """The id of a lead by number or address; of who stands for her, unless she `itself` is meant. `NotFound` for
    nobody."""
    with house.database.read() as connection:
        if who.isdigit() and (rows := leads.rows(connection, [int(who)])):
            return int(who if itself else rows[0]["merged_into"] or who)
        address = normal_email(who) or who
        found = leads.find_all(connection, [address]).get(address) if itself else leads.find(connection, address)
    if found is None:
        raise NotFound(f"there is no lead {who!r}")
    return found
