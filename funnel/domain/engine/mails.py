"""A scenario's mails: under which key they are queued, from when they may leave, and why one is skipped."""

from dataclasses import replace
from datetime import datetime

from funnel.domain import effects as do
from funnel.domain.engine.turn import Turn
from funnel.domain.lead import Enrolment, Lead
from funnel.domain.timing import into_window
from funnel.domain.tunnel.program import Instruction, Program
from funnel.domain.tunnel.scenario import EmailStep


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
    skip = why_not(turn.lead, mail.purpose) if marketing else None
    leaves = at
    if marketing:
        leaves = into_window(max(at, turn.now), turn.book.company.sending_window, turn.zone, turn.book.holidays)
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
            data=_data(step),
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
            data=_data(step),
        )
    )


def why_not(lead: Lead, purpose: str | None) -> str | None:
    """Why a marketing mail must not go to her now; none when it may."""
    if lead.unsubscribed:
        return "unsubscribed"
    if purpose and not lead.consents.get(purpose, False):
        return "no consent"
    if lead.handoff:
        return "handed over"
    return None


def _data(step: EmailStep) -> dict[str, str]:
    return {"propose": step.propose.appointment} if step.propose else {}
