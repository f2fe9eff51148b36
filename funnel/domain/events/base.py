"""What every event says: whose it is, when it occurred, and under which key it counts once."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The base: whose event it is, when it occurred, and under which key it counts once."""

    lead_id: int
    occurred_at: datetime
    key: str | None = None
