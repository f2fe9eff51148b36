"""When a rehearsal begins, and how long it takes, unless told otherwise."""

from datetime import date, timedelta

from funnel.authoring.bundle import Bundle
from funnel.domain.timing import zone_info
from funnel.domain.tunnel.steps import BookStep
from funnel.domain.webinar import begins_at as webinar_begins_at
from funnel.usecases.webinars import webinar_of

FROM = date(2027, 3, 15)
"""The Monday on which a rehearsal begins unless told otherwise: Europe's and America's spring clock changes, Easter and
several public holidays lie within 90 days, and the same files give the same story whenever they are rehearsed."""

DAYS = 90
YEAR = 366

_AHEAD, _AFTERWARDS = timedelta(weeks=4), timedelta(weeks=3)
"""How long before a webinar a rehearsal begins at least, and how long it goes on after it."""


def days_of(bundle: Bundle) -> int:
    """How long a rehearsal takes unless told otherwise: a year where times are blocked months ahead."""
    blocks = any(isinstance(one.step, BookStep) for one in bundle.program.steps.values())
    return YEAR if blocks else DAYS


def first_day(bundle: Bundle, zone: str, span: timedelta) -> date:
    """`FROM`, else four weeks before the webinar's Monday, where the usual time would not show what comes after it."""
    webinar = webinar_of(bundle)
    if webinar is None:
        return FROM
    day = webinar_begins_at(webinar, zone).astimezone(zone_info(zone)).date()
    if FROM + _AHEAD <= day <= FROM + span - _AFTERWARDS:
        return FROM
    return day - timedelta(days=day.weekday()) - _AHEAD
