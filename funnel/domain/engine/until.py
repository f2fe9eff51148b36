"""When a wait is over: a span later, or at a time that the company, the webinar or her appointment sets."""

from datetime import datetime

from funnel.domain.company import Weekday
from funnel.domain.engine.turn import Turn
from funnel.domain.known import appointment_of
from funnel.domain.lead import Enrolment
from funnel.domain.spans import parse_span
from funnel.domain.timing import earlier, later, next_weekday, resolve
from funnel.domain.tunnel.program import Program
from funnel.domain.tunnel.steps import Until, WaitStep
from funnel.domain.webinar import begins_at


def waits_until(turn: Turn, program: Program, enrolment: Enrolment, step: WaitStep, at: datetime) -> datetime:
    """The instant (aware UTC) at which the wait is over for who comes to it at `at`; not after `at` where that time has
    passed, or where there is no such appointment. `OverflowError` beyond the calendar."""
    wait = step.wait
    if isinstance(wait, str):
        return later(at, parse_span(wait), turn.zone, turn.book.holidays)
    due = _meant(turn, program, enrolment, wait, at)
    if due is None:
        return at
    if wait.before is None:
        return due
    return earlier(due, parse_span(wait.before), turn.zone, turn.book.holidays)


def _meant(turn: Turn, program: Program, enrolment: Enrolment, wait: Until, at: datetime) -> datetime | None:
    if wait.until == "appointment":
        appointment = appointment_of(turn.lead, enrolment)
        return appointment.starts_at if appointment and appointment.open else None
    if wait.until == "webinar":
        magnet = program.scenario.magnet
        return begins_at(magnet.webinar, turn.book.company.zone) if magnet and magnet.webinar else None
    if wait.until[0].isdigit():
        return _instant(turn, wait.until)
    weekday, _, time_of_day = wait.until.partition(" ")
    return next_weekday(at, _WEEKDAYS[weekday], time_of_day, turn.zone)


_WEEKDAYS: dict[str, Weekday] = {day: day for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def _instant(turn: Turn, text: str) -> datetime:
    """A date and time of day in the company's zone."""
    return resolve(datetime.fromisoformat(text), turn.book.company.zone)
