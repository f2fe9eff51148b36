"""What has happened to the people of a rehearsal so far, and their mails: a dossier's history is told from it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from funnel.domain.lead import Lead
from funnel.storage import events
from funnel.usecases.fold import Fold

Rows = Sequence[Mapping[str, Any]]


class Past:
    """Rows as the tables would have them, by lead."""

    def __init__(self) -> None:
        self._events: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
        self._mails: dict[int, list[Mapping[str, Any]]] = defaultdict(list)

    def folded(self, lead: Lead, fold: Fold, at: datetime) -> None:
        """Remember what happened."""
        self._events[lead.id] += [events.row(event, "", at, failed) for event, failed in fold.events]

    def left(self, lead: Lead, row: Mapping[str, Any], at: datetime) -> None:
        """Remember how a mail ended."""
        self._mails[lead.id].append({**row, "left_at": at})

    def of(self, lead: Lead) -> tuple[Rows, Rows]:
        """Her events and her outbox rows until now, for `history.tell`."""
        return tuple(self._events[lead.id]), tuple(self._mails[lead.id])
