"""What stands still because a step failed: who is parked and why, and letting them go on by a person's hand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import structlog

from funnel.domain import events as on
from funnel.storage import enrolments, installation, leads
from funnel.usecases.errors import NotRecorded
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events

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
        people = {row["id"]: row for row in leads.rows(connection, sorted({row["lead_id"] for row in rows}))}
    names = {key: row["name"] or row["email"] for key, row in people.items()}
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
    user's id, or `shell`.

    Each by itself, so that one failure keeps nobody else; how many go on, and who is parked still, with the reason of
    this time. Naming somebody who is not parked does nothing.
    """
    wanted = [
        one
        for one in list_parked(house)
        if (lead_ids is None or one.lead_id in lead_ids) and scenario in (None, one.scenario)
    ]
    for one in wanted:
        with house.database.read() as connection:
            now = installation.moment(connection).now
        event = on.StepTriedAgain(
            lead_id=one.lead_id, occurred_at=now, scenario=one.scenario, pass_number=one.pass_number, by=who
        )
        try:
            record_events(house, [event])
        except NotRecorded as error:
            log.warning("still parked", lead=one.lead_id, scenario=one.scenario, error=str(error))
    tried = {(one.lead_id, one.scenario, one.pass_number) for one in wanted}
    still = [one for one in list_parked(house) if (one.lead_id, one.scenario, one.pass_number) in tried]
    house.bell.ring("due")
    return len(wanted) - len(still), still
