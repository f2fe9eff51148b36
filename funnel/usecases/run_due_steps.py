"""Steps whose time has come: claimed in one transaction with what they do, 500 at a time."""

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.storage import enrolments, installation
from funnel.usecases.house import House
from funnel.usecases.record_events import Recorded, record, ring

BATCH = 500


def run_due_steps(house: House) -> bool:
    """Carry out one batch of due steps; whether there was one."""

    def work(connection: Connection) -> Recorded | None:
        moment = installation.moment(connection)
        due = enrolments.claim_due(connection, moment.now, BATCH)
        if not due:
            return None
        batch = [
            on.StepDue(
                lead_id=one.lead_id,
                occurred_at=one.due_at,
                scenario=one.scenario,
                pass_number=one.pass_number,
                step=one.step,
                due_at=one.due_at,
            )
            for one in due
        ]
        return record(connection, house, batch, moment)

    recorded = house.database.repeating(work)
    if recorded is None:
        return False
    ring(house, recorded)
    return True
