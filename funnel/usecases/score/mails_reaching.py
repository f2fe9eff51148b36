"""The mails that somebody has or may still get: what she can open, and whose links she can follow."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection

from funnel.authoring.bundle import Bundle, CompanyBundle
from funnel.authoring.link_names import links_by_language
from funnel.authoring.mail_pieces import HOUSE
from funnel.domain.email import Email
from funnel.domain.engine.mails import why_not
from funnel.domain.lead import VISIT_TRACKING, Lead
from funnel.domain.scoring.able import Reaching
from funnel.storage import consents, outbox_lists
from funnel.usecases.addresses import TOUCHES_LAST
from funnel.usecases.shelf import Published


def mails_reaching(connection: Connection, published: Published, lead: Lead, now: datetime) -> list[Reaching]:
    """What she can ask for, and marketing while she may get any; of the rest what has left while she agreed to be told
    of, and is not too old yet to be."""
    if not lead.watched:
        return []
    had = _had(connection, lead, now)
    return [
        Reaching(name, _links(bundle, f"{scenario}/{name}"))
        for scenario, bundle in _all(published)
        for name, email in bundle.emails.items()
        if f"{scenario}/{name}" in had or _may_leave(lead, email)
    ]


def _all(published: Published) -> Iterator[tuple[str, Bundle | CompanyBundle]]:
    yield from published.newest.items()
    yield HOUSE, published.company


def _may_leave(lead: Lead, email: Email) -> bool:
    return email.kind == "asked" or (email.kind == "marketing" and why_not(lead, email.purpose) is None)


def _had(connection: Connection, lead: Lead, now: datetime) -> set[str]:
    """The messages that left to her with what tells of them, as far as they still count."""
    agreed = [row for row in consents.of_lead(connection, lead.id) if row["purpose"] == VISIT_TRACKING and row["given"]]
    return {
        row["message"]
        for row in outbox_lists.sent_to(connection, [lead.id])
        if row["left_at"] >= now - TOUCHES_LAST and any(_held(consent, row["left_at"]) for consent in agreed)
    }


def _held(consent: Mapping[str, Any], at: datetime) -> bool:
    return bool(consent["at"] <= at and (consent["withdrawn_at"] is None or at < consent["withdrawn_at"]))


def _links(bundle: Bundle | CompanyBundle, message: str) -> frozenset[str]:
    """In whatever language."""
    return frozenset(chain.from_iterable(links_by_language(bundle.files, bundle.digest, message).values()))
