"""What stands still because a step failed: who is parked and why, and letting them go on by a person's hand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.storage import enrolments, installation, leads, outbox
from funnel.usecases.errors import NotRecorded
from funnel.usecases.house import House
from funnel.usecases.record_events import Recorded, record, ring

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parked:
    """An enrolment that stands still at `step` (an id) until a person tries again."""

    lead_id: int
    lead: str
    scenario: str
    pass_number: int
    step: str
    reason: str


def list_parked(house: House) -> list[Parked]:
    """Everybody who is parked, the longest first."""
    with house.database.read() as connection:
        rows = enrolments.parked(connection)
        names = leads.called(connection, [row["lead_id"] for row in rows])
    return [
        Parked(
            row["lead_id"],
            names.get(row["lead_id"], ""),
            row["scenario"],
            row["pass_number"],
            row["step"] or "",
            row["reason"] or "",
        )
        for row in rows
    ]


def try_again(
    house: House, who: str, lead_ids: Collection[int] | None = None, scenario: str | None = None
) -> tuple[int, Sequence[Parked]]:
    """Let these leads go on where they are parked (none named: everybody; in one scenario, or in any). `who` is a
    user's id, or `shell`; it is audited.

    Each by itself, so that one failure keeps nobody else; how many go on, and who is parked still, with the reason of
    this time. Naming somebody who is not parked does nothing.
    """
    wanted = [
        one
        for one in list_parked(house)
        if (lead_ids is None or one.lead_id in lead_ids) and scenario in (None, one.scenario)
    ]
    for one in wanted:
        try:
            ring(house, house.database.repeating(partial(_go_on, house=house, who=who, one=one)))
        except NotRecorded as error:
            log.warning("still parked", lead=one.lead_id, scenario=one.scenario, error=str(error))
    tried = {(one.lead_id, one.scenario, one.pass_number) for one in wanted}
    still = [one for one in list_parked(house) if (one.lead_id, one.scenario, one.pass_number) in tried]
    house.bell.ring("due")
    return len(wanted) - len(still), still


def _go_on(connection: Connection, house: House, who: str, one: Parked) -> Recorded:
    """One of them, and who did it, in the same transaction: where her step fails again neither is kept. Mails of hers
    that could not be written are written again, as they are published now: her version's files cannot be mended."""
    moment = installation.moment(connection)
    event = on.StepTriedAgain(
        lead_id=one.lead_id, occurred_at=moment.now, scenario=one.scenario, pass_number=one.pass_number, by=who
    )
    recorded = record(connection, house, [event], moment).insist()
    newest = house.shelf.published(connection, moment.revision).newest.get(one.scenario)
    published = {f"{one.scenario}/{mail}": newest.digest for mail in newest.emails} if newest else {}
    if outbox.write_again(connection, one.lead_id, one.scenario, one.pass_number, moment.now, published):
        recorded.lanes.add("mail")
    where = {"scenario": one.scenario, "pass": one.pass_number, "step": one.step}
    installation.write_audit(connection, who, "step_tried_again", str(one.lead_id), where, moment.now)
    return recorded
