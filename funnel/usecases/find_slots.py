"""The real free slots of an appointment type: availability minus absences, holidays and what is booked (S98)."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from funnel.domain.company import AppointmentType, Company, User
from funnel.domain.lead import Lead
from funnel.domain.slots import Slot, cells, free_slots
from funnel.domain.spans import parse_span
from funnel.domain.timing import later, local_time
from funnel.storage import appointments
from funnel.storage.installation import Moment
from funnel.usecases.shelf import holidays_of

_MARGIN = timedelta(days=1)


def find_slots(
    connection: Connection,
    company: Company,
    kind: AppointmentType,
    lead: Lead | None,
    moment: Moment,
    *,
    holder: int | None = None,
) -> list[Slot]:
    """Every free slot, merged over the reps who can take it. A lead with an open handoff meets her own rep. What is
    held for the lead, or for the lead of id `holder`, is free for her."""
    reps = reps_for(company, kind, lead)
    if not reps:
        return []
    holidays = holidays_of(company.country)
    last = later(moment.now, parse_span(kind.horizon), company.zone, holidays) + _MARGIN
    span = cells(moment.now - _MARGIN, last)
    ids = [rep.id for rep in reps]
    own = lead.id if lead else holder
    taken = appointments.taken_cells(connection, ids, span.start, span.stop, now=moment.now, lead_id=own)
    zones = {rep.id: rep.zone or company.zone for rep in reps}
    booked = Counter(
        (row["rep"], local_time(row["starts_at"], zones[row["rep"]]).date())
        for row in appointments.between(connection, ids, moment.now - _MARGIN, last)
        if row["type"] == kind.id and row["state"] != "cancelled"
    )
    return free_slots(kind, reps, taken, booked, moment.now, company.zone, holidays)


def reps_for(company: Company, kind: AppointmentType, lead: Lead | None) -> Sequence[User]:
    """Whose diary counts: her own rep's while a handoff is open, else the type's team."""
    reps = [user for user in company.users if user.role == "rep"]
    if lead and lead.handoff:
        own = [rep for rep in reps if rep.id == lead.handoff.rep]
        if own:
            return own
    team = kind.team or company.teams[0].id
    return [rep for rep in reps if rep.team == team]
