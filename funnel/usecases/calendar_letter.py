"""The mail that tells a rep that her own calendar cannot be read any more, or not all of it: one each time, and one a
day of either at most."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from funnel.catalogue import Speech
from funnel.domain.company import Company, User
from funnel.domain.timing import local_time
from funnel.storage.database import instant_text
from funnel.usecases.calendar_words import calendar_fault
from funnel.usecases.house import Stationery
from funnel.usecases.shelf import Published
from funnel.usecases.staff_mail import freeze_for_staff, staff_row
from funnel.usecases.wording import describe_time, language_of

MESSAGE = "house/calendar_failing"
LEFT_OUT = "left_out"
"""How a fault begins that leaves the rest of a calendar read."""


def is_partial(fault: str | None) -> bool:
    """Whether a calendar with this fault is read but for entries of it."""
    return bool(fault and fault.startswith(LEFT_OUT))


def failing_row(company: Company, rep: User, fault: str, read_at: datetime | None, now: datetime) -> dict[str, Any]:
    """The row of the outbox, which belongs to no lead: why it fails, and when it was last read well."""
    kind = "partial" if is_partial(fault) else "failing"
    cause = f"calendar/{rep.id}/{local_time(now, rep.zone or company.zone):%Y-%m-%d}/{kind}"
    return staff_row(
        cause, MESSAGE, rep.id, now, {"fault": fault, "read_at": instant_text(read_at) if read_at else None}
    )


def freeze_failing(
    house: Stationery, published: Published, rep: User, data: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """All that the bytes depend on, as for every mail."""
    company = published.company.company
    language = language_of(rep, company)
    read_at = datetime.fromisoformat(data["read_at"]) if data["read_at"] else None
    context = {
        "calendar": {
            "fault": calendar_fault(data["fault"], Speech(language)),
            "partial": is_partial(data["fault"]),
            "read_at": describe_time(read_at, rep.zone or company.zone, language)["when"] if read_at else "",
        },
        "links": {"diary": house.url("/diary#own")},
    }
    return freeze_for_staff(published, rep, now, context)
