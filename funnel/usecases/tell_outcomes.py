"""Mails that came to their end are told to the door: an await counts from when the mail before it left."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.storage import installation, outbox
from funnel.usecases.failures import unwritable
from funnel.usecases.house import House
from funnel.usecases.record_events import Recorded, record, record_batch

BATCH = 500


def tell_outcomes(house: House) -> bool:
    """Tell one batch; whether there was one."""

    def work(connection: Connection) -> Recorded | None:
        moment = installation.moment(connection)
        rows = outbox.untold(connection, BATCH)
        if not rows:
            return None
        recorded = record(
            connection,
            house,
            [
                on.EmailLeft(
                    lead_id=row["lead_id"],
                    occurred_at=row["left_at"] or moment.now,
                    cause=row["cause"],
                    scenario=row["scenario"],
                    pass_number=row["pass_number"],
                    outcome=cast(Any, row["state"]),
                    unwritable=why_unwritable(row),
                )
                for row in rows
            ],
            moment,
        )
        outbox.mark_told(connection, [row["id"] for row in rows])
        return recorded

    return record_batch(house, work)


def why_unwritable(row: Mapping[str, Any]) -> str | None:
    """Which mail could not be written, and why; none for one that was written."""
    reason = str(row["reason"])
    if row["state"] != "failed" or not reason.startswith(outbox.UNWRITABLE):
        return None
    return unwritable(row["message"], reason.removeprefix(outbox.UNWRITABLE))
