"""The purposes that somebody may agree to, as `_purposes.html` takes them and posts one."""

from collections.abc import Callable
from typing import Any

from flask import request

from funnel.domain.company import Company
from funnel.domain.lead import VISIT_TRACKING, Lead, about_mails
from funnel.domain.model import in_language
from funnel.usecases.preferences import agrees
from funnel.usecases.tracking.passes import agreed
from funnel.web.here import house
from funnel.web.prospect.session import just_agreed, note_agreed, note_untracked
from funnel.web.prospect.show import hidden, known
from funnel.web.speech import language, names


def purposes_shown(lead: Lead, company: Company, action: str) -> list[dict[str, Any]]:
    """Each purpose of the company with its name and its wording, and the button by which she agrees to it or takes it
    back."""
    return [
        {
            "id": purpose,
            "title": names().purpose(purpose),
            "text": in_language(consent.text, language()),
            "given": agrees(lead, purpose),
            "mails": about_mails(purpose),
            "action": action,
            "hidden": hidden(("purpose", purpose), ("given", "no" if agrees(lead, purpose) else "yes")),
        }
        for purpose, consent in company.consents.items()
    ]


def choose_purpose(change: Callable[[str, bool], Lead]) -> bool:
    """Agree to the form's purpose, or take it back, by `change`; whether she has taken back that her visits are kept,
    so that the page to which she comes says so to her browser."""
    purpose, given = request.form.get("purpose", ""), request.form.get("given") == "yes"
    lead = change(purpose, given)
    untracked = purpose == VISIT_TRACKING and not given
    if untracked:
        note_untracked()
    elif purpose == VISIT_TRACKING:
        agrees_here(lead)
    return untracked


def agrees_here(lead: Lead) -> None:
    """She has agreed in this browser that her visits are kept: it is to be known as hers, unless it asks for nothing to
    be kept (Global Privacy Control) or no visits are."""
    kept = known().company.company.tracking.keeps("page.visited")
    if kept and request.headers.get("Sec-GPC") != "1" and agrees(lead, VISIT_TRACKING):
        note_agreed(agreed(house(), lead.id))


def newly_tracked(lead: Lead) -> str | None:
    """By what her browser is told that it is hers, on the page after the one on which she has agreed to it."""
    proof = just_agreed()
    return proof if agrees(lead, VISIT_TRACKING) else None
