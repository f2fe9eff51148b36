"""The purposes that somebody may agree to, as `_purposes.html` takes them and posts one."""

from collections.abc import Callable
from typing import Any

from flask import request

from funnel.domain.company import Company
from funnel.domain.lead import VISIT_TRACKING, Lead
from funnel.domain.model import in_language
from funnel.usecases.preferences import about_mails, agrees
from funnel.web.prospect.session import note_untracked
from funnel.web.prospect.show import hidden
from funnel.web.speech import language


def purposes_shown(lead: Lead, company: Company, action: str) -> list[dict[str, Any]]:
    """Each purpose of the company with its wording, and the button by which she agrees to it or takes it back."""
    return [
        {
            "id": purpose,
            "text": in_language(consent.text, language()),
            "given": agrees(lead, purpose),
            "mails": about_mails(purpose),
            "action": action,
            "hidden": hidden(("purpose", purpose), ("given", "no" if agrees(lead, purpose) else "yes")),
        }
        for purpose, consent in company.consents.items()
    ]


def choose_purpose(change: Callable[[str, bool], object]) -> bool:
    """Agree to the form's purpose, or take it back, by `change`; whether that was to her visits being kept, so that the
    page to which she comes says so to her browser."""
    purpose, given = request.form.get("purpose", ""), request.form.get("given") == "yes"
    change(purpose, given)
    untracked = purpose == VISIT_TRACKING and not given
    if untracked:
        note_untracked()
    return untracked
