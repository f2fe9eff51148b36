"""What her newest form ticked while nobody knew whether it was hers: it counts once she proves the address."""

from datetime import datetime

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.lead import Lead
from funnel.storage import consents, events


def address_proven(connection: Connection, lead: Lead, now: datetime) -> on.EmailProven:
    """The event that proves her address, with the ticks that wait for it."""
    ticked, page = waiting_consents(connection, lead)
    return on.EmailProven(lead_id=lead.id, occurred_at=now, ticked=ticked, page=page)


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
