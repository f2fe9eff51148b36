"""What her newest form ticked while nobody knew whether it was hers: it counts once she proves the address; what is to
be confirmed (double opt-in), once she presses the button that says so."""

from datetime import datetime

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import Company
from funnel.domain.lead import Lead
from funnel.storage import consents, events

BUTTON_ON = "/me"
"""The page whose button confirms what was ticked, as it is kept with the consent."""


def address_proven(connection: Connection, company: Company, lead: Lead, now: datetime) -> on.EmailProven:
    """The event that proves her address, with the ticks that wait for nothing else."""
    ticked, page = waiting_for_proof(connection, company, lead)
    return on.EmailProven(lead_id=lead.id, occurred_at=now, ticked=ticked, page=page)


def waiting_for_proof(connection: Connection, company: Company, lead: Lead) -> tuple[dict[str, str], str]:
    """Of what waits, as below, what counts by whatever she does from a mail to her."""
    waiting, page = waiting_consents(connection, lead)
    return {purpose: wording for purpose, wording in waiting.items() if not company.confirms(purpose)}, page


def waiting_consents(connection: Connection, lead: Lead) -> tuple[dict[str, str], str]:
    """By purpose, the wording that her newest form ticked and that is not in force, and the form's page. What was asked
    of her since, or answered with the form itself, has its answer."""
    forms = [row for row in events.of_lead(connection, lead.id) if row["kind"] == "FormSubmitted"]
    if not forms or lead.unsubscribed:
        return {}, ""
    form = forms[-1]["payload"]
    since = forms[-1]["recorded_at"]
    answered = {row["purpose"] for row in consents.of_lead(connection, lead.id) if row["at"] >= since}
    waiting = {
        purpose: form["wordings"].get(purpose, "")
        for purpose, given in form["consents"].items()
        if given and not lead.consents.get(purpose) and purpose not in answered
    }
    return waiting, form["page"]
