"""The outbox of a rehearsal: one row a key, skipped and told by the rules of the stored one, in memory."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from funnel.domain import effects as do
from funnel.domain.engine.mails import NO_CONSENT
from funnel.storage.outbox import RECALLABLE
from funnel.storage.queued_mails import mail_rows, withdrawn
from funnel.usecases.outbox import Marketing, Waiting


class MemoryOutbox:
    """Rows as `mail_rows` makes them, by key. `take` gives those that are new or changed by a decision."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Any]] = {}
        self._ready: dict[int, set[str]] = defaultdict(set)
        self.left: dict[int, list[datetime]] = defaultdict(list)
        """When marketing mails left, by lead."""

    def take(self, effects: Sequence[tuple[int, do.Effect]], now: datetime) -> list[dict[str, Any]]:
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
            elif isinstance(effect, do.QueueAgain):
                changed += self._queue_again(lead_id, effect)
            elif isinstance(effect, do.RecallMail):
                changed += self._recall(lead_id, effect, now)
        for lead_id, purpose in sorted(withdrawn(effects)):
            changed += self._skip_withdrawn(lead_id, purpose)
        for row in mail_rows(effects):
            if row["key"] not in self._rows:
                self._rows[row["key"]] = row
                if row["state"] == "ready":
                    self._ready[row["lead_id"]].add(row["key"])
                changed.append(row)
        return changed

    def _skip_withdrawn(self, lead_id: int, purpose: str) -> list[dict[str, Any]]:
        """Skip what waits of a purpose to which she consents no more."""
        waiting = [self._rows[key] for key in sorted(self._ready[lead_id])]
        refused = [row for row in waiting if (row["kind"], row["purpose"]) == ("marketing", purpose)]
        for row in refused:
            self.end(row, "skipped", NO_CONSENT)
        return refused

    def _recall(self, lead_id: int, effect: do.RecallMail, now: datetime) -> list[dict[str, Any]]:
        """Skip what has not left of a cause, and free its key; those that were not skipped before. What was planned for
        later ends now."""
        changed = []
        for row in self._of(lead_id, [effect.cause]):
            if row["state"] in RECALLABLE and "#" not in row["key"]:
                del self._rows[row["key"]]
                self._ready[lead_id].discard(row["key"])
                if row["state"] != "skipped":
                    row |= {"state": "skipped", "reason": effect.reason, "tells": False}
                    changed.append(row)
                row["planned_at"] = min(row["planned_at"], now)
                row["key"] += f"#{len(self._rows)}"
                self._rows[row["key"]] = row
        return changed

    def _queue_again(self, lead_id: int, effect: do.QueueAgain) -> list[dict[str, Any]]:
        """Let leave after all what was skipped for a reason which was none."""
        skipped = [
            row
            for row in self._rows.values()
            if (row["lead_id"], row["kind"], row["state"]) == (lead_id, "marketing", "skipped")
            and row["reason"] == effect.reason
            and row["not_before"] >= effect.since
            and "#" not in row["key"]
        ]
        for row in skipped:
            row |= {"state": "ready", "reason": None}
            self._ready[lead_id].add(row["key"])
        return skipped

    def any_left(self, lead_id: int, causes: Collection[str]) -> bool:
        """Whether a mail to her of one of these causes has left."""
        return any(row["state"] not in RECALLABLE for row in self._of(lead_id, causes))

    def never_leaves(self, lead_id: int, cause: str) -> bool:
        """Whether every mail to her of this cause was skipped."""
        return all(row["state"] == "skipped" for row in self._of(lead_id, [cause]))

    def marketing(self, lead_id: int) -> Marketing:
        """See `funnel.usecases.outbox.Outbox`."""
        rows = [self._rows[key] for key in self._ready[lead_id]]
        waiting = [Waiting.of(row) for row in rows if row["kind"] == "marketing"]
        return Marketing(list(self.left[lead_id]), sorted(waiting, key=lambda one: (one.at, one.not_before)))

    def _of(self, lead_id: int, causes: Collection[str]) -> list[dict[str, Any]]:
        return [
            row
            for row in self._rows.values()
            if row["lead_id"] == lead_id and row["channel"] == "mail" and row["cause"] in causes
        ]

    def end(self, row: dict[str, Any], state: str, reason: str | None = None) -> None:
        """A row has left, or was skipped as it was about to."""
        row |= {"state": state, "reason": reason}
        self._ready[row["lead_id"]].discard(row["key"])
