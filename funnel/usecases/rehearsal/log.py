"""What a rehearsal saw: one entry for everything that happened to somebody, in order."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal[
    "form", "answers", "loaded", "mail", "skipped", "capped", "booked", "slot_taken", "cancelled", "held", "missed",
    "handed_over", "accepted", "moved", "unsubscribed", "proposed", "rescheduled", "call_list", "tag", "status",
    "score", "task", "webhook", "ended", "parked", "failed", "opened", "clicked", "visited", "scanned",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """At `at` (aware UTC) something of a `kind` happened to the person; `what` names it, `detail` says more.

    Of mails, `what` is `<scenario>/<email>` or `house/<email>`, and `detail` holds `to` (`lead` or `user:<id>`), the
    step, when it was planned, and for one that was skipped, or `failed` because it cannot be written, the reason.
    `scanned` is what a machine opened or followed.
    """

    at: datetime
    person: str
    kind: Kind
    what: str
    detail: dict[str, Any] = field(default_factory=dict)
