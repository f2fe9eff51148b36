"""Mails that did not leave, as rows of the demo's mailbox and clock."""

from typing import Any

from funnel.usecases.list_unsent import Unsent
from funnel.web.speech import names
from funnel.web.staff.page import Calendar


def unsent_row(one: Unsent, days: Calendar) -> dict[str, Any]:
    """Which mail to whom, why it did not leave, and what can be done."""
    called = names()
    return {
        "title": called.mail(one.message),
        "lead": one.lead,
        "why": called.why_not_sent(one.reason),
        "at": days.when(one.at),
        "url": f"/desk/leads/{one.lead_id}" if one.lead_id else "/desk",
    }
