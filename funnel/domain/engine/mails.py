"""A scenario's mails: under which key they are queued, from when they may leave, and why one is skipped."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from funnel.domain import effects as do
from funnel.domain.engine.turn import Turn
from funnel.domain.known import appointment_of
from funnel.domain.lead import Enrolment, Lead
from funnel.domain.timing import into_window
from funnel.domain.tunnel.program import Instruction, Program
from funnel.domain.tunnel.steps import SAME, EmailStep


def cause_of(enrolment: Enrolment, step: str) -> str:
    """The cause in a mail's key: enrolment, step and pass. The lead's id is added by storage."""
    return f"{enrolment.scenario}/{step}/{enrolment.pass_number}"


def queue(turn: Turn, program: Program, enrolment: Enrolment, instruction: Instruction, at: datetime) -> Enrolment:
    """Queue a step's mail, or note why it is skipped. What comes after it counts from the planned `at`, not from the
    window's opening; a step that is carried out late keeps to the window of the day it is."""
    step = instruction.step
    assert isinstance(step, EmailStep)
    mail = program.mails[step.email]
    cause = cause_of(enrolment, instruction.id)
    marketing = mail.kind == "marketing"
    skip = _why_not_in(turn.lead, enrolment, mail.purpose) if marketing else None
    leaves = at
    if marketing:
        leaves = into_window(max(at, turn.now), turn.book.company.sending_window, turn.zone, turn.book.holidays)
    data = _data(turn, enrolment, step)
    if not skip:
        _hold(turn, step, data, cause, max(leaves, turn.now), at if marketing else None)
    turn.do(
        do.SendEmail(
            cause=cause,
            message=f"{program.name}/{step.email}",
            kind="marketing" if marketing else "asked",
            at=at,
            not_before=leaves,
            purpose=mail.purpose,
            version=program.version,
            scenario=program.name,
            pass_number=enrolment.pass_number,
            step=instruction.id,
            data=data,
            skip=skip,
        )
    )
    return replace(enrolment, mail=None if skip else cause)


def repeat(turn: Turn, program: Program, enrolment: Enrolment, instruction: Instruction, cause: str) -> None:
    """Send an asked mail of hers once more, because of another cause."""
    step = instruction.step
    assert isinstance(step, EmailStep)
    turn.do(
        do.SendEmail(
            cause=cause,
            message=f"{program.name}/{step.email}",
            kind="asked",
            at=turn.now,
            not_before=turn.now,
            version=program.version,
            scenario=program.name,
            pass_number=enrolment.pass_number,
            step=instruction.id,
            data=_data(turn, enrolment, step),
        )
    )


def _why_not_in(lead: Lead, enrolment: Enrolment, purpose: str | None) -> str | None:
    """The same of a pass's mail. To who is joined with another lead the house writes of its own accord only in what
    began because of an appointment of hers: else both addresses might get the same."""
    if lead.merged_into is not None and enrolment.appointment is None:
        return OTHER_IS_WRITTEN_TO
    return why_not(lead, purpose)


NO_CONSENT = "no consent"
"""Why a marketing mail does not leave to who has not agreed to its purpose, or does so no more."""


def why_not(lead: Lead, purpose: str | None) -> str | None:
    """Why a marketing mail must not go to her now; none when it may."""
    if lead.unsubscribed:
        return "unsubscribed"
    if purpose and not lead.consents.get(purpose, False):
        return NO_CONSENT
    if lead.handoff:
        return "handed over"
    return None


REMINDER = "house/appointment_reminder"
TAKEN_BACK = "house/appointment_cancelled_rep"
"""What frees a rep's own calendar: it is sent whatever comes after it, for it may have gone to another rep."""


ADDRESS_CORRECTED = "address corrected"
"""Why what was queued for an address does not leave: she has corrected it, and gets it at the right one."""

OTHER_IS_WRITTEN_TO = "same person"
"""Why a marketing mail does not leave to who is joined with another lead."""

CHANGED = "the appointment has changed since"
"""Why a mail about an appointment did not leave."""


def overtaken(lead: Lead, message: str, data: Mapping[str, Any], now: datetime) -> bool:
    """Whether a mail about an appointment has been overtaken by a move, a cancellation or a mark: sent now, an old
    invitation would revive what is gone, and a reminder would speak of what is over."""
    appointment = lead.appointment(data.get("appointment"))
    wanted = data.get("sequence")
    if appointment is None or wanted is None or message == TAKEN_BACK:
        return False
    if appointment.sequence > wanted:
        return True
    return message == REMINDER and (not appointment.open or appointment.starts_at <= now)


def _data(turn: Turn, enrolment: Enrolment, step: EmailStep) -> dict[str, Any]:
    """What the mail needs beside the lead: the type it proposes (with the rep, where it is to be the same one), how
    many times are kept for her, what is attached."""
    data: dict[str, Any] = {}
    if step.propose and step.propose.appointment == SAME:
        appointment = appointment_of(turn.lead, enrolment)
        if appointment:
            data |= {"propose": appointment.type, "rep": appointment.rep}
    elif step.propose:
        data["propose"] = step.propose.appointment
    if step.propose and step.propose.slots and "propose" in data:
        data["slots"] = step.propose.slots
    if step.attach:
        data["attach"] = list(step.attach)
    return data


def _hold(
    turn: Turn, step: EmailStep, data: dict[str, Any], cause: str, leaves: datetime, planned: datetime | None
) -> None:
    """Ask for the times that the mail proposes, kept from when it may leave (S93); not while she has an appointment."""
    if step.propose is None or "slots" not in data or turn.lead.ahead(data["propose"], turn.now):
        return
    turn.do(
        do.HoldSlots(
            cause=cause,
            type=data["propose"],
            slots=data["slots"],
            rep=data.get("rep"),
            share=step.propose.share,
            hold=step.propose.hold,
            leaves=leaves,
            planned=planned,
        )
    )
