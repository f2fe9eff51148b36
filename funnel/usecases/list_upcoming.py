"""What is due next and how many people are inside each scenario: for the overview and the demo's clock."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from funnel.storage import enrolments, leads, outbox_lists
from funnel.usecases.house import House
from funnel.usecases.write_digests import coming_digests


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Something that will happen by itself: the end of a wait or an await (`what` is the step's id in its scenario), a
    mail or a webhook call (`what` is its template or id), a rep's digest (`what` is the rep)."""

    at: datetime
    kind: str
    what: str
    scenario: str
    lead: str


def list_upcoming(house: House, most: int = 12) -> list[Upcoming]:
    """The next steps and mails of all leads, earliest first."""
    with house.database.read() as connection:
        steps = [
            (row["due_at"], row["state"], row["step"] or "", row["scenario"], row["lead_id"])
            for row in enrolments.upcoming(connection, most)
        ]
        leaving = [
            (row["not_before"], row["channel"], row["message"], row["scenario"] or "", row["lead_id"])
            for row in outbox_lists.upcoming(connection, most)
        ]
        asking = [(one.at, "digest", one.rep, "", None) for one in coming_digests(connection, house)]
        first = sorted([*steps, *leaving, *asking], key=lambda one: one[0])[:most]
        names = leads.called(connection, [one[4] for one in first])
    return [Upcoming(at, kind, what, scenario, names.get(lead_id, "")) for at, kind, what, scenario, lead_id in first]


def people_inside(house: House) -> Counter[str]:
    """How many enrolments of each scenario have not ended."""
    found: Counter[str] = Counter()
    with house.database.read() as connection:
        for (scenario, state), number in enrolments.count_by_state(connection).items():
            if state != "ended":
                found[scenario] += number
    return found
