"""Mails to the staff that belong to no lead and to no scenario: their rows, and what is frozen of each."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from funnel.domain.company import User
from funnel.storage.database import instant_text
from funnel.usecases.shelf import Published
from funnel.usecases.wording import language_of


def staff_key(cause: str, message: str, user_id: str) -> str:
    """The key of such a row: one for each cause, message and member of staff."""
    return f"{cause}:{message}:user:{user_id}:mail"


def staff_row(
    cause: str, message: str, user_id: str, at: datetime, data: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The row of the outbox, as `funnel.storage.outbox.add` takes it; it may leave from `at` on."""
    return {
        "key": staff_key(cause, message, user_id), "lead_id": None, "channel": "mail", "kind": "staff",
        "message": message, "version": None, "recipient": f"user:{user_id}", "purpose": None, "scenario": None,
        "pass_number": None, "step": None, "cause": cause, "data": dict(data or {}), "planned_at": at,
        "not_before": at, "state": "ready", "reason": None, "tells": False, "told": False, "attempts": 0,
    }  # fmt: skip


def freeze_for_staff(
    published: Published, user: User, now: datetime, context: Mapping[str, Any], about: Iterable[int] = ()
) -> dict[str, Any]:
    """All that the bytes depend on, as for every mail; `about` are the leads named, for their erasure."""
    version = published.company.digest
    return {
        "date": instant_text(now),
        "to": [user.name, user.email],
        "reply_to": None,
        "language": language_of(user, published.company.company),
        "version": version,
        "company": version,
        "about": sorted(about),
        "context": {"rep": {"name": user.name, "first_name": user.name.split(" ")[0]}, **context},
        "meeting": None,
        "one_click": None,
    }
