"""A reply that somebody of the staff has read in her own mailbox: that it came is noted on the lead."""

from funnel.domain import events as on
from funnel.domain.company import User
from funnel.storage import installation
from funnel.usecases.clean_words import clean_words
from funnel.usecases.find_lead import lead_to_change
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events

LONGEST_REPLY = 1_000
"""Characters; the rest of a longer one is cut."""


def note_reply(house: House, user: User, lead_id: int, said: str) -> None:
    """She has written back, and nobody but a person does that; with what she said, if anything is to be remembered.
    `NotFound`, `Forbidden`; `Invalid` for words that cannot be read."""
    words = clean_words("said", said, LONGEST_REPLY) if said.strip() else ""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        lead_to_change(connection, user, lead_id, company)
    record_events(house, [on.ReplyNoted(lead_id=lead_id, occurred_at=moment.now, by=user.id, said=words)])
