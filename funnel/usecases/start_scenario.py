"""A scenario that is started for a lead by hand: one that waits for nothing else (`on: start`)."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Startable:
    """A pass of a scenario that may begin for a lead; `name` says which, so that two presses begin one."""

    scenario: str
    number: int

    @property
    def name(self) -> str:
        """As a page names it."""
        return f"{self.scenario}/{self.number}"


def startable(published: Published, lead: Lead) -> list[Startable]:
    """What may begin for her now: no scenario that she is in, nor one that she would leave for what she has said."""
    found = []
    for name, bundle in sorted(published.newest.items()):
        passes = [one for one in lead.enrolments if one.scenario == name]
        fits = bundle.program.scenario.on == START and not _leaves(bundle.program.scenario, lead)
        if fits and not any(one.runs for one in passes):
            found.append(Startable(name, max((one.pass_number for one in passes), default=0) + 1))
    return found


def _leaves(scenario: Scenario, lead: Lead) -> bool:
    left = {"unsubscribed": lead.unsubscribed, "disqualified": lead.stage == "disqualified", "erased": lead.erased}
    return any(left[one] for one in scenario.leave_when)


def start_scenario(house: House, user: User, lead_id: int, name: str) -> None:
    """Begin what `startable` has named so. `Invalid` for what may not begin, or has begun by now."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        lead = lead_to_change(connection, user, lead_id, published.company.company)
    chosen = next((one for one in startable(published, lead) if one.name == name), None)
    if chosen is None or lead.merged_into is not None:
        raise Invalid({"scenario": "unknown" if name else "required"})
    key = f"start/{lead_id}/{name}"
    begins = on.ScenarioStarted(lead_id=lead_id, occurred_at=moment.now, scenario=chosen.scenario, by=user.id, key=key)
    record_events(house, [begins])
