"""What a rep's daily digest says: which appointments have no outcome yet, each with the page that takes it (S92)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from funnel.domain.company import Company, User
from funnel.domain.lead import NOBODY
from funnel.storage import appointments, handoffs, leads, users
from funnel.usecases.addresses import Account, outcome_link
from funnel.usecases.house import Stationery
from funnel.usecases.reassign import unchosen
from funnel.usecases.shelf import Published
from funnel.usecases.staff_mail import freeze_for_staff
from funnel.usecases.wording import describe_time, language_of

MESSAGE = "house/digest"
MOST = 50
"""Appointments that one mail lists; the desk has all."""
_STALE = timedelta(hours=20)
"""What could not leave for so long is left to the next day's."""


@dataclass(frozen=True)
class Asked:
    """What there is to ask a rep: what is over (rows with their `lead`), and how many people are to be called; her
    account, by which she answers without a log-in."""

    appointments: Sequence[Mapping[str, Any]]
    to_call: int
    account: Account | None


def read_asked(connection: Connection, company: Company, reps: Sequence[str], now: datetime) -> dict[str, Asked]:
    """What there is to ask these reps at an instant, by their ids; somebody who has left is asked nothing."""
    found = {}
    for rep in reps:
        user = company.user(rep)
        over = [row for row in appointments.unmarked(connection, [rep], now, MOST) if row["ends_at"] <= now]
        waits = [row["id"] for row in unchosen(connection, over)]
        over = [row for row in over if row["id"] not in waits]
        people = {row["id"]: row for row in leads.rows(connection, sorted({row["lead_id"] for row in over}))}
        rows = [{**row, "lead": people[row["lead_id"]]} for row in over]
        rows = [row for row in rows if not row["lead"]["email"].endswith(NOBODY)]
        teams = [user.team] if user and user.team else []
        account = users.by_id(connection, rep)
        found[rep] = Asked(
            rows if user else [],
            len(handoffs.call_list(connection, [rep], teams, MOST)),
            (account["number"], account["generation"]) if account else None,
        )
    return found


def is_over(row: Mapping[str, Any], asked: Asked | None, now: datetime) -> bool:
    """Whether nothing is left to ask, or the next digest asks it."""
    return asked is None or not asked.appointments or row["planned_at"] < now - _STALE


def freeze_digest(house: Stationery, published: Published, user: User, asked: Asked, now: datetime) -> dict[str, Any]:
    """All that the bytes depend on, as for every mail; `about` are the leads named, for their erasure."""
    company = published.company.company
    language, zone = language_of(user, company), user.zone or company.zone
    context = {
        "asked": [
            _row(company, row, zone, language)
            | {"url": outcome_link(house, asked.account, row["id"], row["ends_at"], now)}
            for row in asked.appointments
        ],
        "to_call": asked.to_call,
        "links": {"desk": house.url("/desk"), "call_list": house.url("/desk/call-list")},
    }
    return freeze_for_staff(published, user, now, context, {row["lead_id"] for row in asked.appointments})


def _row(company: Company, row: Mapping[str, Any], zone: str, language: str) -> dict[str, str]:
    lead = row["lead"]
    return {
        "name": lead["name"] or lead["email"],
        "company": lead["company"] or "",
        "title": company.title_of(row["type"], language),
        "when": describe_time(row["starts_at"], zone, language)["when"],
    }
