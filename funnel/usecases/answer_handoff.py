"""A hand-over is asked for by hand, accepted by a rep, or given back with a reason (S87, S145)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from funnel.domain import events as on
from funnel.domain.company import Company, User
from funnel.domain.lead import Lead
from funnel.storage import handoffs, installation
from funnel.usecases.clean_words import clean_words
from funnel.usecases.errors import Gone, NotFound
from funnel.usecases.find_lead import known_lead
from funnel.usecases.house import House
from funnel.usecases.people import gone, require
from funnel.usecases.record_events import record_events

LONGEST_REASON = 1_000
"""Characters of why a handoff goes back; what is longer is cut."""
LONGEST_BECAUSE = 300
"""Characters of why a lead is handed over by hand; what is longer is cut."""


def hand_over_by_hand(house: House, user: User, lead_id: int, because: str) -> None:
    """A marketer's or manager's click (S87). `NotFound` for a lead who is none."""
    require(user.role != "rep")
    said = clean_words("because", because, LONGEST_BECAUSE)
    with house.database.read() as connection:
        now = installation.moment(connection).now
        known_lead(connection, lead_id)
    record_events(house, [on.HandOffAsked(lead_id=lead_id, occurred_at=now, because=said, by=user.id)])


def accept_handoff(house: House, user: User, handoff_id: str) -> int:
    """A rep accepts; the lead's id. `Gone` names who was first; `Forbidden` for the other roles, on whose desks
    nobody would call her."""
    require(user.role == "rep", "Only a rep can accept a lead.")
    lead_id, row, lead, company, now = _handoff(house, handoff_id)
    holder = company.user(row["rep"])
    # Who may not see the lead any more, because a colleague was faster, is told so.
    beside = holder is None or (user.team is not None and holder.team == user.team)
    require(beside or row["rep"] == user.id)
    if row["state"] == "accepted" and row["rep"] == user.id:
        return lead_id
    if row["state"] == "accepted" and holder is not None:
        raise _accepted_by(holder.name, lead)
    recorded = record_events(
        house, [on.HandoffAccepted(lead_id=lead_id, occurred_at=now, handoff=handoff_id, by=user.id)]
    )
    after = next(h for h in recorded.leads[lead_id].handoffs if h.id == handoff_id)
    if (after.state, after.rep) != ("accepted", user.id):
        raise _accepted_by(company.called(after.rep), lead) if after.state == "accepted" else gone(after.state)
    return lead_id


def return_handoff(house: House, user: User, handoff_id: str, reason: str, *, disqualified: bool = False) -> int:
    """Give back, with a reason (required); the lead's id. A rep gives back her own only; `Gone` the second time."""
    said = clean_words("reason", reason, LONGEST_REASON)
    lead_id, row, _, _, now = _handoff(house, handoff_id)
    require(user.role != "rep" or row["rep"] == user.id)
    if row["state"] not in ("offered", "accepted"):
        raise gone(row["state"])
    recorded = record_events(
        house,
        [
            on.HandoffReturned(
                lead_id=lead_id,
                occurred_at=now,
                handoff=handoff_id,
                by=user.id,
                reason=said,
                disqualified=disqualified,
            )
        ],
    )
    after = next(h for h in recorded.leads[lead_id].handoffs if h.id == handoff_id)
    if (after.state, after.return_reason) != ("returned", said):
        raise gone(after.state)
    return lead_id


def _accepted_by(name: str, lead: Lead) -> Gone:
    return Gone("%(name)s has accepted %(lead)s already.", name=name, lead=lead.called)


def _handoff(house: House, handoff_id: str) -> tuple[int, Mapping[str, Any], Lead, Company, datetime]:
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        row = handoffs.handoff(connection, handoff_id)
        if row is None:
            raise NotFound("There is no such handoff.")
        lead = known_lead(connection, row["lead_id"], erased=True)
    return row["lead_id"], row, lead, company, moment.now
