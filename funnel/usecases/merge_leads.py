"""Two leads that are one person, joined by hand and parted again by hand: nothing is lost either way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import Company, User
from funnel.domain.conditions import fold
from funnel.domain.engine.merging import ALREADY_HERS, shared
from funnel.domain.lead import Lead, is_further, merge_source
from funnel.storage import events, handoffs, installation, leads, snapshot
from funnel.storage.installation import Moment
from funnel.usecases.errors import Conflict, NotFound
from funnel.usecases.find_lead import known_lead, lead_to_change
from funnel.usecases.house import House
from funnel.usecases.people import may_change, require_change
from funnel.usecases.record_events import Recorded, record, ring
from funnel.usecases.submit_form import PATIENCE

MOST_FOUND = 12
"""How many leads a search shows."""
LONGEST_SEARCH = 120
"""Characters of what is searched for; what is longer is cut."""


@dataclass(frozen=True)
class Joined:
    """A lead for whom another one stands: who she is, and when and by whom they were joined."""

    lead: Lead
    at: datetime
    by: str


@dataclass(frozen=True)
class Twins:
    """A lead, who is `joined` with her, and the `others` that a search has found."""

    lead: Lead
    joined: Sequence[Joined]
    others: Sequence[Lead]
    now: datetime


@dataclass(frozen=True)
class Pair:
    """Two leads beside each other, before anything happens. `why_not` says why they cannot be joined this way round."""

    stays: Lead
    goes: Lead
    company: Company
    now: datetime
    why_not: Conflict | None


def joined_leads(connection: Connection, lead: Lead, told: Sequence[Mapping[str, Any]]) -> list[Joined]:
    """Those for whom she stands too and who are not erased; `told` are her events."""
    ids = leads.joined_with(connection, lead.id)
    found = snapshot.load(connection, ids, lock=False) if ids else {}
    notes = {one: _newest(told, lead.id, one) for one in found}
    return [
        Joined(found[one], note["recorded_at"], note["payload"]["by"])
        for one, note in notes.items()
        if note and not found[one].erased
    ]


def find_twins(house: House, user: User, lead_id: int, words: str) -> Twins:
    """The lead, who is joined with her already, and others by a part of their name, address or company whom the user
    may join with her: the newest first. Without words, those of her own name. `NotFound`; `Forbidden` where she may not
    be changed."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        lead = lead_to_change(connection, user, lead_id, company)
        said = words.strip()[:LONGEST_SEARCH]
        ids = leads.search(connection, said or lead.name, MOST_FOUND * 10) if said or lead.name else []
        found = snapshot.load(connection, ids, lock=False)
        others = [found[one] for one in ids if one in found and one != lead.id and not found[one].erased]
        others = [one for one in others if said or fold(one.name) == fold(lead.name)]
        joined = joined_leads(connection, lead, events.of_lead(connection, lead.id))
        free = [one for one in others if _changes(connection, user, one, company)]
        return Twins(lead, joined, free[:MOST_FOUND], moment.now)


def read_pair(house: House, user: User, stays: int, goes: int) -> Pair:
    """Both, for who may change both: `NotFound`, `Forbidden`."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        first, second = (lead_to_change(connection, user, one, company) for one in (stays, goes))
        return Pair(first, second, company, moment.now, _why_not(connection, first, second))


def merge_leads(house: House, user: User | None, stays: int, goes: int, by: str) -> Sequence[str]:
    """From now on `stays` stands for both, said `by` a member of staff (`user`; the shell's is none and may all). Gives
    the scenarios in which the other one stands still now. `NotFound`, `Forbidden`; `Conflict` where one of them is
    joined already: of two who join at once one is told so."""

    def work(connection: Connection) -> Recorded:
        moment = installation.moment(connection)
        found = _both(connection, house, user, moment, stays, goes)
        if refused := _why_not(connection, found[stays], found[goes]):
            raise refused
        recorded = record(connection, house, _merging(found[stays], found[goes], moment.now, by), moment).insist()
        installation.write_audit(connection, by, "merge", str(stays), {"lead": goes}, moment.now)
        return recorded

    recorded = house.database.repeating(work, patience=PATIENCE, tries=2)
    ring(house, recorded)
    return sorted({one.scenario for one in recorded.leads[goes].enrolments if one.state == "paused"})


def part_leads(house: House, user: User | None, goes: int, by: str) -> int:
    """Two people after all: the lead `goes` stands for herself again; who had stood for her. `NotFound`, `Forbidden`;
    `Conflict` where she is joined with nobody."""
    with house.database.read() as connection:
        stays = known_lead(connection, goes).merged_into
    if stays is None:
        raise _nobody()

    def work(connection: Connection) -> Recorded:
        moment = installation.moment(connection)
        found = _both(connection, house, user, moment, stays, goes)
        if found[goes].merged_into != stays:
            raise _nobody()
        batch = _parting(stays, goes, events.of_lead(connection, stays), moment.now, by)
        recorded = record(connection, house, batch, moment).insist()
        installation.write_audit(connection, by, "part", str(stays), {"lead": goes}, moment.now)
        return recorded

    ring(house, house.database.repeating(work, patience=PATIENCE, tries=2))
    return stays


def _both(
    connection: Connection, house: House, user: User | None, moment: Moment, stays: int, goes: int
) -> dict[int, Lead]:
    """Both, locked in the order of their ids, for who may change both."""
    found = snapshot.load(connection, [stays, goes])
    company = house.shelf.published(connection, moment.revision).company.company
    for one in (stays, goes):
        lead = found.get(one)
        if lead is None or lead.erased:
            raise NotFound("There is no such lead.")
        if user is not None:
            require_change(user, lead, company, handoffs.tasks_of(connection, one))
    return found


def _why_not(connection: Connection, stays: Lead, goes: Lead) -> Conflict | None:
    """Why they cannot be joined: nobody stands for somebody who stands for others, and nobody is joined twice."""
    if stays.id == goes.id:
        return Conflict("These are one lead already.")
    if goes.merged_into == stays.id or stays.merged_into == goes.id:
        return Conflict("These two are joined already.")
    for one in (stays, goes):
        if one.merged_into is not None:
            return Conflict("%(name)s is joined with another lead already: join that one.", name=one.called)
    if leads.joined_with(connection, goes.id):
        return Conflict("%(name)s stands for another lead too: join them the other way round.", name=goes.called)
    return None


def _merging(stays: Lead, goes: Lead, now: datetime, by: str) -> list[on.AnyEvent]:
    handoff = goes.handoff
    because = (ALREADY_HERS,) if handoff and handoff.state == "accepted" else handoff.because if handoff else ()
    return [
        on.LeadsMerged(lead_id=goes.id, occurred_at=now, other=stays.id, stays=False, by=by),
        on.LeadsMerged(
            lead_id=stays.id,
            occurred_at=now,
            other=goes.id,
            stays=True,
            by=by,
            points=shared(goes),
            rep=handoff.rep if handoff else None,
            because=because,
            stage=goes.stage,
            was=stays.stage,
            engaged_by=goes.engaged_by or (merge_source(goes.id) if is_further(goes.stage, "new") else None),
            scores={reason: score for reason, score in handoff.scores.items() if reason in because} if handoff else {},
        ),
    ]


def _parting(stays: int, goes: int, happened: Sequence[Mapping[str, Any]], now: datetime, by: str) -> list[on.AnyEvent]:
    """What had come with the joining, or since by what is hers alone, goes with the parting; `happened` are the events
    of the one who stood for both."""
    note = _newest(happened, stays, goes)
    told = note["payload"] if note else {}
    since = happened[happened.index(note) :] if note else ()
    kind = on.HandOverShared.__name__
    hers = [row["payload"] for row in since if row["kind"] == kind and row["payload"].get("other") == goes]
    meanwhile = tuple(dict.fromkeys(one["because"] for one in hers))
    rep = next((one["rep"] for one in reversed(hers) if one["rep"]), None)
    return [
        on.LeadsParted(
            lead_id=goes,
            occurred_at=now,
            other=stays,
            stays=False,
            by=by,
            because=meanwhile,
            rep=rep,
            since=note["recorded_at"] if note else None,
        ),
        on.LeadsParted(
            lead_id=stays,
            occurred_at=now,
            other=goes,
            stays=True,
            by=by,
            because=(*told.get("because", ()), *meanwhile),
            rep=told.get("rep"),
            stage=told.get("stage"),
            was=told.get("was"),
            engaged_by=told.get("engaged_by"),
            since=note["occurred_at"] if note else None,
        ),
    ]


def _newest(told: Sequence[Mapping[str, Any]], lead_id: int, other: int) -> Mapping[str, Any] | None:
    """The event by which a lead came to stand for another one, the last time."""
    kind = on.LeadsMerged.__name__
    own = (row for row in reversed(told) if (row["kind"], row["lead_id"]) == (kind, lead_id))
    return next((row for row in own if row["payload"].get("other") == other), None)


def _changes(connection: Connection, user: User, lead: Lead, company: Company) -> bool:
    tasks = handoffs.tasks_of(connection, lead.id) if user.role == "rep" else []
    return may_change(user, lead, company, tasks)


def _nobody() -> Conflict:
    return Conflict("This lead is joined with nobody: somebody was faster.")
