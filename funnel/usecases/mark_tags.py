"""Tags that the staff puts on a lead and takes off by hand, from the categories of `company.yaml`."""

from funnel.domain import events as on
from funnel.domain.company import User
from funnel.storage import installation
from funnel.usecases.errors import Invalid
from funnel.usecases.find_lead import lead_to_change
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events


def put_tag(house: House, user: User, lead_id: int, tag: str) -> None:
    """Put it on her; twice changes nothing. `Invalid` for one that `company.yaml` does not name."""
    _mark(house, user, lead_id, tag, on_her=True)


def take_tag(house: House, user: User, lead_id: int, tag: str) -> None:
    """Take it off, also one that `company.yaml` names no more; twice changes nothing."""
    _mark(house, user, lead_id, tag, on_her=False)


def _mark(house: House, user: User, lead_id: int, tag: str, *, on_her: bool) -> None:
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        lead = lead_to_change(connection, user, lead_id, company)
    if on_her and not any(tag in known for known in company.tags.values()):
        raise Invalid({"tag": "unknown" if tag else "required"})
    if on_her == (tag in lead.tags):
        return
    event = on.TagGiven if on_her else on.TagTaken
    record_events(house, [event(lead_id=lead_id, occurred_at=moment.now, tag=tag, by=user.id)])
