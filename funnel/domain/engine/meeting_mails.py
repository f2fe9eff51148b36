"""Mails about an appointment: under which key, what they say of a change, and when she is reminded of it."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from funnel.domain import effects as do
from funnel.domain.engine.mails import CHANGED, REMINDER
from funnel.domain.engine.turn import Turn
from funnel.domain.lead import Appointment
from funnel.domain.spans import parse_span
from funnel.domain.timing import earlier

INVITATION = "house/appointment_booked"
"""The mail that invites her."""
NOTHING_SAID: Mapping[str, str] = MappingProxyType({})


def mail_about(
    turn: Turn,
    appointment: Appointment,
    message: str,
    recipient: str,
    *,
    again: str = "",
    at: datetime | None = None,
    said: Mapping[str, str] = NOTHING_SAID,
    slots: int | None = None,
) -> None:
    """Queue a mail about it, under a key of its own for each sequence (and for each `again`). `said` goes with it, as
    `change` gives it; `slots`: how many times it proposes."""
    data = {"appointment": appointment.id, "sequence": appointment.sequence, **said}
    turn.do(
        do.SendEmail(
            cause=cause_about(appointment, again),
            message=message,
            kind="asked" if recipient == "lead" else "staff",
            at=at or turn.now,
            not_before=at or turn.now,
            recipient=recipient,
            data=data if slots is None else {**data, "slots": slots},
        )
    )


def cause_about(appointment: Appointment, again: str = "") -> str:
    """The cause in the key of a mail about an appointment."""
    return f"appointment/{appointment.id}/{appointment.sequence}{again}"


def change(turn: Turn, by: str, reason: str = "", before: str = "") -> Mapping[str, str]:
    """What a mail says of a change that was not hers: which of the staff made it (`by`), why, and where it went to
    another rep, that it was `given`, and whose it was `before`, if they are known."""
    company = turn.book.company
    said = {
        "by": company.name_of(by),
        "reason": reason,
        "given": "yes" if before else "",
        "before": company.name_of(before),
    }
    return {name: text for name, text in said.items() if text}


def remind(turn: Turn, appointment: Appointment) -> None:
    """Queue her reminders of it; a move or a cancellation takes them back."""
    for span, again in _reminders(turn, appointment):
        at = earlier(appointment.starts_at, parse_span(span), turn.zone, turn.book.holidays)
        if at > turn.now:
            mail_about(turn, appointment, REMINDER, "lead", again=again, at=at)


def forget_reminders(turn: Turn, appointment: Appointment) -> None:
    """Take back what still waits to remind her of it as it was."""
    for _, again in _reminders(turn, appointment):
        turn.do(do.RecallMail(cause_about(appointment, again), CHANGED))


def _reminders(turn: Turn, appointment: Appointment) -> list[tuple[str, str]]:
    """How long before it she is reminded, each with the ending of its mail's cause."""
    kind = turn.book.company.appointment_type(appointment.type)
    spans = kind.reminders if kind else ()
    return [(span, "/" + str(parse_span(span)).replace(" ", "_")) for span in spans]
