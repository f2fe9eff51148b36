"""The outbox of a rehearsal: one row a key, skipped and told by the rules of the stored one, in memory."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from funnel.domain import effects as do
from funnel.storage.snapshot import mail_rows


class MemoryOutbox:
    """Rows as `mail_rows` makes them, by key. `take` gives those that are new or changed by a decision."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Any]] = {}
        self._ready: dict[int, set[str]] = defaultdict(set)

    def take(self, effects: Sequence[tuple[int, do.Effect]]) -> list[dict[str, Any]]:
        """Apply a decision: what was queued is skipped first, then new rows are put; of one key the first stays."""
        changed: list[dict[str, Any]] = []
        for lead_id, effect in effects:
            if isinstance(effect, do.SkipQueued):
                own = (effect.scenario, effect.pass_number)
                for key in sorted(self._ready[lead_id]):
                    row = self._rows[key]
                    if (row["scenario"], row["pass_number"]) == own if effect.scenario else row["kind"] == "marketing":
                        row |= {"state": "skipped", "reason": effect.reason}
                        self._ready[lead_id].discard(key)
                        changed.append(row)
        for row in mail_rows(effects):
            if row["key"] not in self._rows:
                self._rows[row["key"]] = row
                if row["state"] == "ready":
                    self._ready[row["lead_id"]].add(row["key"])
                changed.append(row)
        return changed

    def end(self, row: dict[str, Any], state: str, reason: str | None = None) -> None:
        """A row has left, or was skipped as it was about to."""
        row |= {"state": state, "reason": reason}
        self._ready[row["lead_id"]].discard(row["key"])
