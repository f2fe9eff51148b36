"""Who waits for an answer to a suggestion: by suggestion for the studio, by rep for the desk."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, func, select

from funnel.storage.handoffs import handoffs
from funnel.storage.json_values import json_values
from funnel.storage.leads import leads

_HERS = and_(handoffs.c.lead_id == leads.c.id, handoffs.c.state.in_(("offered", "accepted")))
_PEOPLE = leads.c.merged_into.is_(None)
"""Who is joined with another lead is no further person."""


def count(connection: Connection, suggestion: str) -> int:
    """Of how many leads it is suggested."""
    wanted = select(func.count()).select_from(leads).where(_since(connection, suggestion).is_not(None), _PEOPLE)
    return int(connection.execute(wanted).scalar_one())


def page(connection: Connection, suggestion: str, most: int) -> list[Mapping[str, Any]]:
    """The leads of whom it is suggested, as `lead_id`, `rep` (none: nobody's) and `since`: nobody's first, then who
    waits longest."""
    since = _since(connection, suggestion)
    wanted = _rows(since.label("since")).where(since.is_not(None))
    wanted = wanted.order_by(handoffs.c.rep.is_not(None), since, leads.c.id).limit(most)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def of_reps(connection: Connection, reps: Sequence[str], most: int) -> list[Mapping[str, Any]]:
    """The reps' leads of whom anything is suggested, as `lead_id`, `rep` and `suggestions`."""
    some = leads.c.suggestions.cast(Text) != "{}"
    wanted = _rows(leads.c.suggestions).where(handoffs.c.rep.in_(list(reps)), some)
    return [dict(row) for row in connection.execute(wanted.order_by(leads.c.id).limit(most)).mappings()]


def _rows(what: ColumnElement[Any]) -> Select[Any]:
    people = leads.outerjoin(handoffs, _HERS)
    return select(leads.c.id.label("lead_id"), handoffs.c.rep, what).select_from(people).where(_PEOPLE)


def _since(connection: Connection, suggestion: str) -> ColumnElement[str]:
    return json_values(connection.dialect.name).text(leads.c.suggestions, suggestion)
