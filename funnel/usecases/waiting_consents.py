"""What her forms ticked while nobody knew whether they were hers: it counts once she proves the address; what is to be
confirmed (double opt-in), once she presses the button that says so."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import Company
from funnel.domain.lead import Lead, about_mails
from funnel.storage import consents, events, leads

BUTTON_ON = "/me"
"""The page whose button confirms what was ticked, as it is kept with the consent."""

DENIED_BY = "/me/confirm"
"""The same for the button beside it, which says that she did not mean it: she has withdrawn nothing."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A box that somebody ticked: its wording, the form's page, when the form was sent, and when it was recorded."""

    wording: str
    page: str
    sent_at: datetime
    at: datetime


def mark_of(purpose: str, wording: str) -> str:
    """What a page's form carries for a tick that the page names, for the answer to be about nothing else."""
    return hashlib.sha256(f"{purpose}\n{wording}".encode()).hexdigest()[:32]


def address_proven(
    connection: Connection, company: Company, lead: Lead, now: datetime, shown: Collection[str] | None = None
) -> on.EmailProven:
    """The event that proves her address, with the ticks that wait for nothing else; of a page that names them, only
    those whose mark was `shown`."""
    waiting = {
        purpose: tick
        for purpose, tick in waiting_for_proof(connection, company, lead).items()
        if shown is None or mark_of(purpose, tick.wording) in shown
    }
    return on.EmailProven(
        lead_id=lead.id,
        occurred_at=now,
        ticked={purpose: tick.wording for purpose, tick in waiting.items()},
        pages={purpose: tick.page for purpose, tick in waiting.items()},
        times={purpose: tick.sent_at for purpose, tick in waiting.items()},
    )


def waiting_for_proof(connection: Connection, company: Company, lead: Lead) -> dict[str, Tick]:
    """Of what waits, as below, what counts by what she does from a mail to her."""
    waiting = waiting_consents(connection, lead)
    return {purpose: tick for purpose, tick in waiting.items() if counts_by_itself(company, lead, purpose)}


def counts_by_itself(company: Company, lead: Lead, purpose: str) -> bool:
    """Whether a tick that waits counts without the button that asks for it: not where it is to be confirmed, nor where
    she has stopped the mails that it would bring."""
    return not company.confirms(purpose) and not (lead.unsubscribed and about_mails(purpose))


def waiting_consents(connection: Connection, lead: Lead) -> dict[str, Tick]:
    """By purpose, the newest tick that is not in force. What was asked of her since, or answered with the form itself,
    has its answer, and so have mails once she has stopped them; a box that a later form left empty is none, for anybody
    may have sent that form."""
    if lead.erased:
        return {}
    happened = events.of_lead(connection, lead.id)
    decisions = _decisions(connection, lead.id, happened)
    return {
        purpose: tick
        for purpose, tick in _newest_ticks(_forms(happened)).items()
        if not lead.consents.get(purpose) and all(at < tick.at for at in decisions(purpose))
    }


def decided_at(connection: Connection, lead_id: int, purposes: Collection[str]) -> dict[str, datetime]:
    """By purpose, when she, or who stands for her, has last decided about it herself; a tick after it is another
    question."""
    if not purposes:
        return {}
    standing = next((row["merged_into"] for row in leads.rows(connection, [lead_id])), None) or lead_id
    decisions = _decisions(connection, standing, events.of_lead(connection, standing))
    return {purpose: max(found) for purpose in purposes if (found := decisions(purpose))}


def ticked(connection: Connection, lead: Lead) -> dict[str, Tick]:
    """By purpose, the newest tick, whatever has become of it."""
    return _newest_ticks(_forms(events.of_lead(connection, lead.id)))


def _newest_ticks(forms: Sequence[Mapping[str, Any]]) -> dict[str, Tick]:
    """By purpose, the last tick; a browser known to be hers takes it away by leaving the box empty."""
    found: dict[str, Tick] = {}
    for row in forms:
        form = row["payload"]
        for purpose, given in form["consents"].items():
            if given:
                found[purpose] = Tick(
                    form["wordings"].get(purpose, ""), form["page"], row["occurred_at"], row["recorded_at"]
                )
            elif form.get("proven"):
                found.pop(purpose, None)
    return found


def _decisions(
    connection: Connection, lead_id: int, happened: Sequence[Mapping[str, Any]]
) -> Callable[[str], list[datetime]]:
    """When she has answered about a purpose, or stopped the mails that it lets come."""
    stopped = [row["recorded_at"] for row in happened if row["kind"] == on.Unsubscribed.__name__]
    answers = _answers(_forms(happened), consents.of_lead(connection, lead_id))
    return lambda purpose: [*answers.get(purpose, ()), *(stopped if about_mails(purpose) else ())]


def _forms(happened: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in happened if row["kind"] == on.FormSubmitted.__name__ and not events.is_emptied(row)]


def _answers(forms: Sequence[Mapping[str, Any]], kept: Sequence[Mapping[str, Any]]) -> dict[str, list[datetime]]:
    """By purpose, when she answered; what was kept because a form left its box empty is no answer."""
    sent = {(row["payload"]["page"], row["occurred_at"]) for row in forms}
    found: dict[str, list[datetime]] = {}
    for row in kept:
        if row["given"] or (row["page"], row["at"]) not in sent:
            found.setdefault(row["purpose"], []).append(row["at"])
    return found
