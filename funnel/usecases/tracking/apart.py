"""Who agrees that opens, clicks and visits are kept; what of them is to be decided, and what changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.engine.forms import VISIT_TRACKING
from funnel.domain.engine.interests import Interests, Touch
from funnel.domain.lead import NOBODY
from funnel.storage import leads


def agreeing(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """Those of these leads who agree now, by each address that is theirs, each with who stands for her: herself, or
    whom she is joined with. Their rows are locked."""
    rows = {row["id"]: row for row in leads.lock(connection, sorted(ids))} if ids else {}
    return {
        one: row["merged_into"] or one
        for one, row in rows.items()
        if _agrees(row) and _agrees(rows.get(row["merged_into"], row))
    }


def apart(
    connection: Connection, interests: Interests, happened: Sequence[on.AnyEvent]
) -> tuple[list[on.AnyEvent], list[on.AnyEvent]]:
    """What is to be decided, and what is just kept. All of one lead goes one way, so that it stays in order."""
    rows = {row["id"]: row for row in leads.rows(connection, sorted({one.lead_id for one in happened}))}

    def touches(event: on.AnyEvent) -> bool:
        row = rows[event.lead_id]
        if not isinstance(event, Touch):
            return not isinstance(event, on.VisitorJoined)
        return interests.touches(event, stage=row["stage"], doubts=bool(row["unsure"]))

    deciding = {one.lead_id for one in happened if touches(one)}
    return (
        [one for one in happened if one.lead_id in deciding],
        [one for one in happened if one.lead_id not in deciding],
    )


def _agrees(lead: Mapping[str, Any]) -> bool:
    return bool(lead["consents"].get(VISIT_TRACKING)) and not lead["email"].endswith(NOBODY)
