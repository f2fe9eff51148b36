"""What leaves the house, or does not any more: mails and webhook calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

MailKind = Literal["asked", "marketing", "staff"]


@dataclass(frozen=True, slots=True)
class SendEmail:
    """Put a mail into the outbox under its key `cause : message : recipient : channel`.

    `message` names the template: `<scenario>/<email>` of `version`, or `house/<email>`. `recipient` is `lead` or
    `user:<id>`. With `skip` the row is born skipped, with that reason. `data` is what the template needs beside the
    lead (ids and instants, never rendered text).
    """

    cause: str
    message: str
    kind: MailKind
    at: datetime
    not_before: datetime
    recipient: str = "lead"
    purpose: str | None = None
    version: str | None = None
    scenario: str | None = None
    pass_number: int | None = None
    step: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    skip: str | None = None


@dataclass(frozen=True, slots=True)
class CallWebhook:
    """Put a signed call to one of the company's webhooks into the outbox."""

    cause: str
    webhook: str
    at: datetime
    data: Mapping[str, Any]
    scenario: str
    pass_number: int
    step: str


@dataclass(frozen=True, slots=True)
class RecallMail:
    """Skip her mail of this cause, which has not left, and let its step send it anew when she comes there again."""

    cause: str
    reason: str


@dataclass(frozen=True, slots=True)
class QueueAgain:
    """Her marketing mails that were skipped for a `reason` which was none leave after all, but for those that should
    have left before `since`."""

    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SkipQueued:
    """Skip her marketing mails that are still queued; with a scenario and a pass, every mail of that pass."""

    reason: str
    at: datetime
    scenario: str | None = None
    pass_number: int | None = None
