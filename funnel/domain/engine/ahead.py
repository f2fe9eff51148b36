"""What lies ahead of somebody in a scenario, by what is known of her now."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from funnel.domain import effects as do
from funnel.domain.conditions import is_true
from funnel.domain.engine.book import Book
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import time_out
from funnel.domain.known import values_of
from funnel.domain.lead import AnswerSheet, Enrolment, Lead
from funnel.domain.spans import parse_span
from funnel.domain.timing import Holidays, later, zone_of
from funnel.domain.tunnel import scenario as verbs
from funnel.domain.tunnel.program import Program

MOST_WAITS = 20
"""How many waits are looked beyond; a scenario may go round for ever."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A mail that time alone leads to. `unless`: only if she has not done by then what is waited for where she stands;
    `chosen`: on a way that what is known of her now has chosen."""

    mail: do.SendEmail
    unless: bool
    chosen: bool


def next_mail(book: Book, lead: Lead, enrolment: Enrolment) -> Ahead | None:
    """The mail that will leave next in a scenario if nothing but time comes to her, as the engine itself goes on from
    where she stands; none where something else is waited for before one."""
    here = replace(enrolment, mail=None)
    for _ in range(MOST_WAITS):
        if here.state not in ("waiting", "awaiting") or here.due_at is None:
            return None
        turn = Turn(book, lead, here.due_at)
        time_out(turn, here, here.due_at)
        mails = (one for one in turn.effects if isinstance(one, do.SendEmail))
        if mail := next((one for one in mails if one.recipient == "lead" and not one.skip), None):
            return Ahead(mail, enrolment.state == "awaiting", _chosen(book, enrolment, mail))
        after = turn.lead.enrolment(here.scenario, here.pass_number)
        if after is None or after.state != "waiting" or after.due_at == here.due_at:
            return None
        here, lead = after, turn.lead
    return None


def _chosen(book: Book, enrolment: Enrolment, mail: do.SendEmail) -> bool:
    program = book.program(enrolment.scenario, enrolment.version)
    if mail.scenario != enrolment.scenario or mail.step is None:
        return True
    way = program.between(enrolment.step, mail.step)
    return any(isinstance(program.steps[one].step, verbs.ChooseStep | verbs.WhenStep) for one in way)


def proposed_to(program: Program, lead: Lead, enrolment: Enrolment) -> str | None:
    """The appointment type that her way through a program proposes first: choices are taken by her answers, every event
    is taken to come. Where her way proposes none, the first of those that the program proposes at all."""
    for step in _way(program, lead, enrolment, program.first):
        match step:
            case verbs.EmailStep(propose=verbs.Propose(appointment=kind)) if kind != verbs.SAME:
                return kind
    return min(program.proposes, default=None)


def asked_to_be_called(program: Program, sheet: AnswerSheet) -> bool:
    """Whether her choice at a questionnaire's end was to be called."""
    waiting = program.awaiting(sheet.questionnaire, None)
    return waiting is not None and sheet.follow_up in waiting.calls


def called_by(
    program: Program, lead: Lead, enrolment: Enrolment, sheet: AnswerSheet, zone: str, holidays: Holidays
) -> datetime | None:
    """By when the call that she has asked for in a sheet is promised, before it stands on any desk: the waits on her
    way to it, and the time that it gives; none where something else is waited for. `zone` is the company's."""
    waiting = program.awaiting(sheet.questionnaire, None)
    first = next((one.next for one in program.steps.values() if one.step is waiting), None)
    at, hers = sheet.completed_at, zone_of(lead.zone, None, zone)
    for step in _way(program, lead, enrolment, first):
        match step:
            case verbs.WaitStep(wait=str(span)):
                at = later(at, parse_span(span), hers, holidays)
            case verbs.TaskStep(task=verbs.Task(call=str(), within=str(span))):
                return later(at, parse_span(span), zone, holidays)
            case verbs.WaitStep() | verbs.AwaitStep():
                return None
    return None


def _way(program: Program, lead: Lead, enrolment: Enrolment, step: str | None) -> Iterator[verbs.Step]:
    """The steps of her way from one on, but for those that only choose it."""
    values = values_of(lead, enrolment)
    while step is not None:
        instruction = program.steps[step]
        match instruction.step:
            case verbs.ChooseStep() | verbs.WhenStep():
                taken = (target for condition, target in instruction.branches if is_true(condition, values))
                step = next(taken, instruction.otherwise)
            case _:
                yield instruction.step
                step = instruction.next
