"""The mail that tells a rep that her own calendar cannot be read any more: one each time, and one a day at most."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from funnel.domain.company import Company, User
from funnel.domain.timing import local_time
from funnel.storage.database import instant_text
from funnel.usecases.house import Stationery
from funnel.usecases.naming import Names
from funnel.usecases.shelf import Published
from funnel.usecases.wording import describe_time, language_of

MESSAGE = "house/calendar_failing"


def failing_row(company: Company, rep: User, fault: str, read_at: datetime | None, now: datetime) -> dict[str, Any]:
    """The row of the outbox, which belongs to no lead: why it fails, and when it was last read well."""
    cause = f"calendar/{rep.id}/{local_time(now, rep.zone or company.zone):%Y-%m-%d}"
    return {
        "key": f"{cause}:{MESSAGE}:user:{rep.id}:mail",
        "lead_id": None,
        "channel": "mail",
        "kind": "staff",
        "message": MESSAGE,
        "version": None,
        "recipient": f"user:{rep.id}",
        "purpose": None,
        "scenario": None,
        "pass_number": None,
        "step": None,
        "cause": cause,
        "data": {"fault": fault, "read_at": instant_text(read_at) if read_at else None},
        "planned_at": now,
        "not_before": now,
        "state": "ready",
        "reason": None,
        "tells": False,
        "told": False,
        "attempts": 0,
    }


def freeze_failing(
    house: Stationery, published: Published, rep: User, data: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """All that the bytes depend on, as for every mail."""
    company = published.company.company
    language = language_of(rep, company)
    read_at = datetime.fromisoformat(data["read_at"]) if data["read_at"] else None
    return {
        "date": instant_text(now),
        "to": [rep.name, rep.email],
        "reply_to": None,
        "language": language,
        "version": published.company.digest,
        "company": published.company.digest,
        "context": {
            "rep": {"name": rep.name, "first_name": rep.name.split(" ")[0]},
            "calendar": {
                "fault": Names(published, language).calendar_fault(data["fault"]),
                "read_at": describe_time(read_at, rep.zone or company.zone, language)["when"] if read_at else "",
            },
            "links": {"diary": house.url("/diary#own")},
        },
        "meeting": None,
        "one_click": None,
    }
