"""What is due next and how many people are inside each scenario: for the overview and the demo's clock."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from funnel.storage import enrolments, outbox
from funnel.usecases.house import House


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Something that will happen by itself: a step (`what` is its id) or a mail (`what` is its template)."""

    at: datetime
    kind: str
    what: str
    scenario: str | None
    lead_id: int | None


def list_upcoming(house: House, most: int = 12) -> list[Upcoming]:
    """The next steps and mails of all leads, earliest first."""
    with house.database.read() as connection:
        steps = [
            Upcoming(row["due_at"], "step", row["step"], row["scenario"], row["lead_id"])
            for row in enrolments.upcoming(connection, most)
        ]
        mails = [
            Upcoming(row["not_before"], row["channel"], row["message"], row["scenario"], row["lead_id"])
            for row in outbox.upcoming(connection, most)
        ]
    return sorted([*steps, *mails], key=lambda one: one.at)[:most]


def people_inside(house: House) -> Counter[str]:
    """How many enrolments of each scenario have not ended."""
    found: Counter[str] = Counter()
    with house.database.read() as connection:
        for (scenario, state), number in enrolments.count_by_state(connection).items():
            if state != "ended":
                found[scenario] += number
    return found
