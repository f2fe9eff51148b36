"""Until when an appointment may be cancelled or moved: by its lead, and by anybody."""

from datetime import datetime

from funnel.domain.company import Company
from funnel.domain.lead import Appointment
from funnel.domain.slots import is_away
from funnel.domain.spans import parse_span
from funnel.domain.timing import later, local_time

_TO_THE_LAST = "1 minute"


def stands_open(appointment: Appointment, now: datetime, *, asked: bool) -> bool:
    """Whether anything can still be done with it: it is neither cancelled nor marked, nor over, but where its lead was
    `asked` for another time and has not chosen. Who is a rep by now says nothing of who was there."""
    return appointment.open and (asked or appointment.ends_at > now)


def may_cancel(company: Company, appointment: Appointment, now: datetime) -> bool:
    """Whether she may still cancel it: so long before it begins as its type says."""
    kind = company.appointment_type(appointment.type)
    return _in_time(company, appointment, now, kind.cancel_until if kind else _TO_THE_LAST)


def may_move(company: Company, appointment: Appointment, now: datetime) -> bool:
    """Whether she may still move it; not where its type is no more, and to the last where nobody would be there."""
    kind = company.appointment_type(appointment.type)
    if kind is None:
        return False
    return _in_time(company, appointment, now, _TO_THE_LAST if is_alone(company, appointment) else kind.move_until)


def is_alone(company: Company, appointment: Appointment) -> bool:
    """Whether its rep has left, or is away then."""
    user = company.rep(appointment.rep)
    return user is None or is_away(user, local_time(appointment.starts_at, user.zone or company.zone).date())


def _in_time(company: Company, appointment: Appointment, now: datetime, span: str) -> bool:
    return appointment.open and later(now, parse_span(span), company.zone) <= appointment.starts_at
