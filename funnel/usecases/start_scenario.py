"""A scenario that is started for a lead by hand: one that waits for nothing else (`on: start`)."""

from funnel.domain import events as on
from funnel.domain.company import User
from funnel.domain.lead import Lead
from funnel.domain.tunnel.scenario import START, Scenario
from funnel.storage import installation
from funnel.usecases.errors import Invalid
from funnel.usecases.find_lead import lead_to_change
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events
from funnel.usecases.shelf import Published


def startable(published: Published, lead: Lead) -> list[Scenario]:
    """The scenarios that may be started for her now, by their names; none that she is in."""
    inside = {one.scenario for one in lead.enrolments if one.runs}
    known = (bundle.program.scenario for _, bundle in sorted(published.newest.items()))
    return [one for one in known if one.on == START and one.scenario not in inside]


def start_scenario(house: House, user: User, lead_id: int, scenario: str) -> None:
    """She begins its next pass. `Invalid` for one that cannot be started by hand, or that she is in."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        lead = lead_to_change(connection, user, lead_id, published.company.company)
    if scenario not in (one.scenario for one in startable(published, lead)):
        raise Invalid({"scenario": "unknown" if scenario else "required"})
    record_events(house, [on.ScenarioStarted(lead_id=lead_id, occurred_at=moment.now, scenario=scenario, by=user.id)])
