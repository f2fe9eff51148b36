"""What is suggested of leads: listed with what it looks at, and answered once, by whoever is first (S69)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from funnel.authoring.bundle import CompanyBundle
from funnel.authoring.conditions import names_in
from funnel.domain import events as on
from funnel.domain.company import User
from funnel.domain.conditions import Value
from funnel.domain.known import values_of
from funnel.domain.lead import Lead
from funnel.domain.suggestions import Suggestion
from funnel.storage import installation, snapshot, suggestions
from funnel.usecases.errors import Conflict, NotFound
from funnel.usecases.find_lead import lead_to_change
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion that waits for an answer about a lead; `looked_at`: each name of its condition with her value."""

    suggestion: Suggestion
    lead: Lead
    since: datetime
    looked_at: Sequence[tuple[str, Value]]


@dataclass(frozen=True, slots=True)
class SuggestionUse:
    """A suggestion as it is written, and of how many leads it waits for an answer."""

    suggestion: Suggestion
    leads: int


def suggested_of(company: CompanyBundle, lead: Lead) -> list[Suggested]:
    """What waits for an answer about a lead, in the order of the company's file."""
    waiting = [one for one in company.company.suggestions if one.id in lead.suggestions]
    values = values_of(lead) if waiting else {}
    return [
        Suggested(
            one,
            lead,
            datetime.fromisoformat(lead.suggestions[one.id]),
            [(path, values.get(path)) for path in dict.fromkeys(names_in(company.suggestions[one.id]))],
        )
        for one in waiting
    ]


def read_suggested(house: House, name: str, most: int) -> tuple[SuggestionUse, Sequence[Suggested], datetime]:
    """A suggestion with the first leads of whom it waits for an answer, nobody's before the reps', the longest first;
    `NotFound` for one that there is not."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company
        known = company.company.suggestion(name)
        if known is None:
            raise NotFound("There is no such suggestion.")
        use = SuggestionUse(known, suggestions.count(connection, name))
        ids = [row["lead_id"] for row in suggestions.page(connection, name, most)]
        leads = snapshot.load(connection, ids, lock=False)
    found = [one for lead_id in ids for one in suggested_of(company, leads[lead_id]) if one.suggestion is known]
    return use, found, moment.now


def answer_suggestion(house: House, user: User, lead_id: int, name: str, *, accepted: bool) -> Suggestion:
    """Accept it, or say not now; what was answered. `NotFound` for none such, `Forbidden` for who may not change her,
    `Conflict` when somebody has answered already or it is true of her no longer."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        lead = lead_to_change(connection, user, lead_id, company)
    known = company.suggestion(name)
    if known is None:
        raise NotFound("There is no such suggestion.")
    results: Sequence[on.AnyEvent] = ()
    if name in lead.suggestions:
        answer = on.SuggestionAnswered(
            lead_id=lead_id, occurred_at=moment.now, suggestion=name, accepted=accepted, by=user.id
        )
        results = record_events(house, [answer]).results[lead_id]
    if not any(isinstance(one, on.SuggestionEnded) and one.by == user.id for one in results):
        raise Conflict("Somebody has answered this about %(lead)s already, or it is true no longer.", lead=lead.called)
    return known
