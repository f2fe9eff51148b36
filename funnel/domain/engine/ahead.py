"""What lies ahead of somebody in a scenario, by what is known of her now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from funnel.domain import effects as do
from funnel.domain.company import AppointmentType, Company
from funnel.domain.conditions import Value
from funnel.domain.engine.book import Book
from funnel.domain.engine.tasks import due_of
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import mail_left, time_out
from funnel.domain.known import values_inside
from funnel.domain.lead import AnswerSheet, Enrolment, Lead
from funnel.domain.spans import parse_span
from funnel.domain.timing import Holidays, later, zone_of
from funnel.domain.tunnel import steps as verbs
from funnel.domain.tunnel.program import Instruction, Mail, Program
from funnel.domain.tunnel.trigger import EventName

MOST_WAITS = 20
"""How many waits are looked beyond; a scenario may go round for ever."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A mail that time alone leads to. `unless`: only if nothing that is waited for on the way, from where she stands
    on, has come by then; `chosen`: on a way that what is known of her now has chosen, and that may be
    another by then."""

    mail: do.SendEmail
    unless: tuple[EventName, ...]
    chosen: bool


def next_mail(book: Book, lead: Lead, enrolment: Enrolment, left_at: datetime | None = None) -> Ahead | None:
    """The mail that will leave next in a scenario if nothing but time comes to her; none where something else than what
    she stands waiting for is waited for before one."""
    first = next(mails_ahead(book, lead, enrolment, left_at), None)
    return first if first and first.unless == _awaited(book, enrolment) else None


def mails_ahead(book: Book, lead: Lead, enrolment: Enrolment, left_at: datetime | None = None) -> Iterator[Ahead]:
    """The mails that will leave in a scenario, one after the other, if nothing but time comes to her, as the engine
    itself goes on from where she stands. `left_at`: when the mail before the first leaves, or is skipped, from which
    the time of her await counts; each of the others is taken to leave when it may."""
    here = _once_left(book, lead, enrolment, left_at)
    unless: tuple[EventName, ...] = ()
    for _ in range(MOST_WAITS):
        if here.state not in ("waiting", "awaiting") or here.due_at is None:
            return
        unless += _awaited(book, here)
        turn = Turn(book, lead, here.due_at)
        time_out(turn, here, here.due_at)
        mails = [one for one in turn.effects if isinstance(one, do.SendEmail) and not one.skip]
        for mail in mails:
            if mail.recipient == "lead":
                yield Ahead(mail, unless, _chosen(book, lead, enrolment, mail))
        after = turn.lead.enrolment(here.scenario, here.pass_number)
        if after is None or after.due_at == here.due_at:
            return
        lead = turn.lead
        here = _once_left(book, lead, after, next((one.not_before for one in mails if one.cause == after.mail), None))


def _once_left(book: Book, lead: Lead, enrolment: Enrolment, left_at: datetime | None) -> Enrolment:
    """Her place as it is once the mail before it has left."""
    if enrolment.mail is None or left_at is None:
        return replace(enrolment, mail=None)
    turn = Turn(book, lead, left_at)
    mail_left(turn, enrolment, enrolment.mail, left_at)
    return turn.lead.enrolment(enrolment.scenario, enrolment.pass_number) or enrolment


def _awaited(book: Book, enrolment: Enrolment) -> tuple[EventName, ...]:
    """What she stands waiting for, if for anything."""
    if enrolment.state != "awaiting" or enrolment.step is None:
        return ()
    step = book.program(enrolment.scenario, enrolment.version).steps[enrolment.step].step
    return (step.await_,) if isinstance(step, verbs.AwaitStep) else ()


def _chosen(book: Book, lead: Lead, enrolment: Enrolment, mail: do.SendEmail) -> bool:
    program = book.program(enrolment.scenario, enrolment.version)
    if mail.scenario != enrolment.scenario or mail.step is None:
        return True
    way = [program.steps[one] for one in program.between(enrolment.step, mail.step)]
    choices = [one for one in way if isinstance(one.step, verbs.ChooseStep | verbs.WhenStep)]
    form = program.scenario.form
    stands = _answered(lead, enrolment) - {form.questionnaire if form else None}  # those of a form may be sent again
    unsettled = any(not one.is_settled(stands) for one in choices)
    return unsettled or bool(choices and program.steps[mail.step].step.unless)


def _answered(lead: Lead, enrolment: Enrolment) -> set[str]:
    """The questionnaires that she has answered in this pass."""
    own = (enrolment.scenario, enrolment.pass_number)
    return {one.questionnaire for one in lead.answers if (one.scenario, one.pass_number) == own}


def mails_possible(
    program: Program, lead: Lead, enrolment: Enrolment, company: Company, now: datetime
) -> Iterator[Mail]:
    """The mails on all ways from where she stands, whatever comes to her: but for the ways that her answers in this
    pass have not chosen, and what is left out by what has happened."""
    answered, known = _answered(lead, enrolment), values_inside(program, lead, enrolment, company.zone, now)
    for one in program.ahead_of(enrolment.step, answered, known) if enrolment.step else ():
        step = program.steps[one].step
        if isinstance(step, verbs.EmailStep) and not enrolment.has_seen(step.unless):
            yield program.mails[step.email]


@dataclass(frozen=True, slots=True)
class Promise:
    """A call that she has asked for and that stands on no desk yet: by when, if time alone decides that."""

    by: datetime | None


def offered_with_results(
    program: Program, lead: Lead, enrolment: Enrolment, company: Company, now: datetime
) -> AppointmentType | None:
    """What the page of her results offers to book, if anything: the type that her way through the program proposes
    first; choices are taken by her answers, every event is taken to come. Where her way proposes none, the first of
    those that the program proposes at all."""
    known = values_inside(program, lead, enrolment, company.zone, now)
    for instruction in _way(program, enrolment, program.first, known):
        match instruction.step:
            case verbs.EmailStep(propose=verbs.Propose(appointment=kind)) if kind != verbs.SAME:
                return company.appointment_type(kind)
    return company.appointment_type(min(program.proposes, default=None))


def promised_call(
    program: Program,
    lead: Lead,
    enrolment: Enrolment,
    sheet: AnswerSheet,
    company: Company,
    now: datetime,
    holidays: Holidays,
    own_holidays: Mapping[str, Holidays],
) -> Promise | None:
    """The call to which her choice at a questionnaire's end leads her, before it stands on any desk: by the waits on
    her way to it, and the time that it gives; without a time where something else is waited for, and none where she
    has not asked for one or her way leads to none any more."""
    waiting = program.awaiting(sheet.questionnaire, None)
    if waiting is None or sheet.follow_up not in waiting.calls:
        return None
    first = next(one.next for one in program.steps.values() if one.step is waiting)
    at, hers = sheet.completed_at, zone_of(lead.zone, None, company.zone)
    for instruction in _way(program, enrolment, first, values_inside(program, lead, enrolment, company.zone, now)):
        match instruction.step:
            case verbs.WaitStep(wait=str(span)):
                at = later(at, parse_span(span), hers, holidays)
            case verbs.WaitStep() | verbs.AwaitStep():
                ahead = (program.steps[one].step for one in program.ahead_of(instruction.id))
                calls = any(_call(one) and not enrolment.has_seen(one.unless) for one in ahead)
                return Promise(None) if calls else None
            case step if task := _call(step):
                return Promise(due_of(task, at, company, lead, program, holidays, own_holidays))
    return None


def _call(step: verbs.Step) -> verbs.Task | None:
    """The call that a step puts on a desk, if it does; those of the call list have other reasons."""
    match step:
        case verbs.TaskStep(task=verbs.Task(call=str(), list=None) as task):
            return task
    return None


def _way(program: Program, enrolment: Enrolment, step: str | None, known: Mapping[str, Value]) -> Iterator[Instruction]:
    """The steps of her way from one on, but for those that only choose it and those that she is past by what has
    happened."""
    while step is not None:
        instruction = program.steps[step]
        verb = instruction.step
        if enrolment.has_seen(verb.unless):
            step = instruction.next
        elif isinstance(verb, verbs.ChooseStep | verbs.WhenStep):
            step = instruction.way_on(known)
        else:
            yield instruction
            step = instruction.next
