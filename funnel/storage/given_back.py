"""Times that were kept for a mail which will not leave: they are given back."""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from funnel.storage.bulk import one_of, to_json
from funnel.storage.holds import holds, release_where

_NEVER_LEAVES = """EXISTS (SELECT 1 FROM outbox t WHERE t.lead_id = holds.lead_id AND t.cause = holds.cause)
 AND NOT EXISTS (SELECT 1 FROM outbox t
 WHERE t.lead_id = holds.lead_id AND t.cause = holds.cause AND t.state <> 'skipped')"""


def give_back_unsent(connection: Connection, lead_ids: Iterable[int] | None = None) -> None:
    """Give back what is kept for mails to these leads (`None`: to anybody) that were skipped."""
    never = holds.c.cause.is_not(None) & text(_NEVER_LEAVES)
    if lead_ids is None:
        release_where(connection, never)
    elif ids := sorted(set(lead_ids)):
        release_where(connection, one_of(connection, holds.c.lead_id) & never, {"ids": to_json(ids)})
