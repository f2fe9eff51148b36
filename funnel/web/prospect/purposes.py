"""The purposes that somebody may agree to, as `_purposes.html` takes them."""

from typing import Any

from funnel.domain.company import Company
from funnel.domain.lead import Lead
from funnel.domain.model import in_language
from funnel.usecases.preferences import about_mails, agrees
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
