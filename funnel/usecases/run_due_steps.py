"""Steps whose time has come: claimed in one transaction with what they do, 500 at a time."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, StatementError

from funnel.domain import events as on
from funnel.storage import enrolments, installation
from funnel.storage.database import refusal
from funnel.storage.enrolments import Due
from funnel.usecases.house import House
from funnel.usecases.record_events import Recorded, park_step, record, ring

log = structlog.get_logger()

BATCH = 500

_REFUSED = (StatementError, TypeError, ValueError)
"""What the database, or the way into it, raises for a row that it will not take whenever it is tried."""


Claim = Callable[[Connection, datetime, int], Sequence[Due]]
"""Locks and gives up to so many steps that are due at an instant."""


def run_due_steps(house: House, claim: Claim = enrolments.claim_due) -> bool:
    """Carry out one batch of due steps; whether there was one. `claim` chooses among them."""

    def work(connection: Connection) -> Recorded | None:
        moment = installation.moment(connection)
        due = claim(connection, moment.now, BATCH)
        return record(connection, house, [_event(one) for one in due], moment) if due else None

    try:
        recorded = house.database.repeating(work)
    except _REFUSED as error:
        log.error("a batch of due steps was refused; each is now carried out by itself", error=_said(error))
        return _one_by_one(house, claim)
    if recorded is None:
        return False
    if "mail" in recorded.lanes and recorded.at:
        house.fresh.keep(recorded.leads, recorded.newest, recorded.at)
    ring(house, recorded)
    return True


def _one_by_one(house: House, claim: Claim) -> bool:
    """A row of the batch broke a constraint: its lead is parked with the reason, and the others go on."""
    with house.database.read() as connection:
        due = claim(connection, installation.moment(connection).now, BATCH)
    for one in due:
        event = _event(one)

        def work(connection: Connection, event: on.StepDue = event) -> Recorded:
            return record(connection, house, [event], installation.moment(connection))

        try:
            ring(house, house.database.repeating(work))
        except _REFUSED as error:
            log.error("a due step was refused", lead=one.lead_id, scenario=one.scenario, error=_said(error))
            with house.database.write() as connection:
                park_step(connection, house, event, _said(error), installation.moment(connection))
    return bool(due)


def _said(error: Exception) -> str:
    """What was refused, without the values: they are people's."""
    return refusal(error) if isinstance(error, DBAPIError) else f"{type(error).__name__}: {error}"


def _event(due: Due) -> on.StepDue:
    return on.StepDue(
        lead_id=due.lead_id,
        occurred_at=due.due_at,
        scenario=due.scenario,
        pass_number=due.pass_number,
        step=due.step,
        due_at=due.due_at,
    )
