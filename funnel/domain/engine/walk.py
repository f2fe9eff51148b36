"""How a person walks a program: from a step on, until she waits, awaits, or comes to an end."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from funnel.domain import effects as do
from funnel.domain.engine.actions import ACTIONS
from funnel.domain.engine.mails import queue
from funnel.domain.engine.profile import fits
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.until import waits_until
from funnel.domain.known import appointment_of, values_inside
from funnel.domain.lead import Enrolment, Met, Occurrence
from funnel.domain.model import in_language
from funnel.domain.spans import parse_span
from funnel.domain.timing import NeverOpen, later
from funnel.domain.tunnel import steps as verbs
from funnel.domain.tunnel.program import Instruction, Program

MOST_STARTS = 20
"""How many passes one decision may begin before the lead is parked: a scenario that starts itself for ever."""

LOOK_AT_HANDOFF = (verbs.TaskStep, verbs.WebhookStep, verbs.ChooseStep, verbs.WhenStep)
"""Steps that must see whom she was handed to, or her stage by then."""


def begin(turn: Turn, program: Program, because: tuple[Occurrence, ...], *, appointment: int | None = None) -> None:
    """Enrol her in the next pass of a program, because of what has happened (or of an appointment), and walk."""
    turn.starts += 1
    passes = [e.pass_number for e in turn.lead.enrolments if e.scenario == program.name]
    enrolment = Enrolment(
        scenario=program.name,
        version=program.version,
        pass_number=max(passes, default=0) + 1,
        state="waiting",
        step=program.first,
        began_at=turn.now,
        entered_at=turn.now,
        base_at=turn.now,
        due_at=turn.now,
        happened=because,
        appointment=appointment,
    )
    turn.do(do.PutEnrolment(enrolment))
    turn.do(_fact(turn, program, enrolment, "enrolled"))
    if turn.starts > MOST_STARTS:
        park(turn, enrolment, f"it started {MOST_STARTS} passes at one instant; put a wait into the loop")
    else:
        walk(turn, enrolment, program.first, turn.now)


def walk(turn: Turn, enrolment: Enrolment, step: str | None, at: datetime, *, met_at: datetime | None = None) -> None:
    """Carry out steps from `step` on, at the planned instant `at`; writes where she stands then.

    `met_at` is when the event came that met the await before `step`: a wait that follows directly counts from it.
    A time beyond the calendar or a window that never opens parks her at that step.
    """
    program = turn.program(enrolment)
    assigning = blocking = False
    while step is not None:
        instruction = program.steps[step]
        verb = instruction.step
        if enrolment.has_seen(verb.unless):
            step, met_at = instruction.next, None
            continue
        if (assigning and isinstance(verb, LOOK_AT_HANDOFF)) or (blocking and _looks_at_appointment(verb)):
            stand(turn, enrolment, step, "waiting", at, at)
            return
        try:
            match verb:
                case verbs.WaitStep():
                    due = waits_until(turn, program, enrolment, verb, met_at or at)
                    if due > at:
                        stand(turn, replace(enrolment, mail=None), step, "waiting", at, due)
                        return
                    step, met_at = instruction.next, None
                case verbs.AwaitStep():
                    found = met_by(enrolment, verb, at)
                    if found is None and _in_vain(enrolment, verb):
                        step, met_at = instruction.otherwise, None
                        continue
                    if found is None:
                        due = later(at, parse_span(verb.within), turn.zone, turn.book.holidays)
                        stand(turn, enrolment, step, "awaiting", at, due)
                        return
                    enrolment = _having_used(turn, enrolment, found, instruction.id, at)
                    step, met_at = instruction.next, found.at
                case verbs.EndStep():
                    end(turn, enrolment, verb.end)
                    return
                case _:
                    before = len(turn.effects)
                    enrolment, step = _carry_out(turn, program, enrolment, instruction, at)
                    met_at = None
                    if enrolment.state == "parked":
                        return
                    assigning = assigning or any(isinstance(e, do.AssignRep) for e in turn.effects[before:])
                    blocking = blocking or any(isinstance(e, do.BlockSlot) for e in turn.effects[before:])
        except (OverflowError, NeverOpen) as error:
            park(turn, replace(enrolment, step=instruction.id), str(error))
            return
    end(turn, enrolment, "completed")


def _looks_at_appointment(step: verbs.Step) -> bool:
    """Steps that must see the time that is being blocked for her, or that there was none."""
    if isinstance(step, verbs.WaitStep):
        return isinstance(step.wait, verbs.Until) and step.wait.until == "appointment"
    return isinstance(step, (verbs.ChooseStep, verbs.WhenStep))


def stand(
    turn: Turn, enrolment: Enrolment, step: str, state: Literal["waiting", "awaiting"], at: datetime, due: datetime
) -> None:
    """Write that she stands at a step until `due`."""
    here = replace(enrolment, step=step, state=state, entered_at=at, base_at=at, due_at=due, reason=None)
    turn.do(do.PutEnrolment(here))


def end(turn: Turn, enrolment: Enrolment, because: str) -> None:
    """End an enrolment; what it queued stays queued unless it is skipped for a reason of its own."""
    ended = replace(enrolment, state="ended", step=None, due_at=None, mail=None, ended_because=because, reason=None)
    turn.do(do.PutEnrolment(ended))
    turn.do(_fact(turn, turn.program(enrolment), enrolment, "ended"))


def park(turn: Turn, enrolment: Enrolment, reason: str) -> None:
    """Stop an enrolment where it stands, with the reason, until a person tries again."""
    turn.do(do.PutEnrolment(replace(enrolment, state="parked", due_at=None, reason=reason)))


def may_wait_for(turn: Turn, enrolment: Enrolment, event: str, subject: str) -> bool:
    """Whether a step of the scenario waits for something, or is skipped because of it."""
    return any(trigger.meets(event, subject) for trigger in turn.program(enrolment).awaited)


def note(turn: Turn, enrolment: Enrolment, occurrence: Occurrence) -> None:
    """Tell an enrolment that something has happened; when she awaits just that, or what cannot come any more, she
    walks on. What has a key comes again and again: of that the newest is kept, whichever is told last. What stood
    still because she is joined with another lead goes on when it has come to be about an appointment of hers."""
    same = (occurrence.event, occurrence.subject)
    older = [o for o in enrolment.happened if o.key and not o.used and (o.event, o.subject) == same]
    if any(one.at > occurrence.at for one in older):
        return
    known = replace(enrolment, happened=(*enrolment.without(older).happened, occurrence))
    turn.do(do.PutEnrolment(known))
    if known.state == "paused" and known.about_appointment:
        resume(turn, known)
    if known.state != "awaiting" or known.step is None:
        return
    instruction = turn.program(known).steps[known.step]
    step = instruction.step
    if isinstance(step, verbs.AwaitStep) and _meets(step, occurrence, known.entered_at, told_here=True):
        used = _having_used(turn, known, occurrence, known.step, known.entered_at, known.due_at)
        walk(turn, used, instruction.next, turn.now, met_at=occurrence.at)
    elif isinstance(step, verbs.AwaitStep) and _in_vain(known, step):
        walk(turn, replace(known, mail=None), instruction.otherwise, turn.now)


def time_out(turn: Turn, enrolment: Enrolment, due_at: datetime) -> None:
    """Time has come for the step where she stands: past a wait, or to an await's `otherwise`.

    An await does not run out while the mail before it has not left: `within` will count from then.
    """
    assert enrolment.step is not None
    instruction = turn.program(enrolment).steps[enrolment.step]
    match instruction.step:
        case verbs.WaitStep():
            walk(turn, enrolment, instruction.otherwise, due_at)
        case verbs.AwaitStep() as step:
            if found := met_by(enrolment, step, enrolment.entered_at):  # it came while she was parked here
                used = _having_used(turn, enrolment, found, instruction.id, enrolment.entered_at)
                walk(turn, used, instruction.next, turn.now, met_at=found.at)
            elif enrolment.mail and not _in_vain(enrolment, step):
                due = later(due_at, parse_span(step.within), turn.zone, turn.book.holidays)
                turn.do(do.PutEnrolment(replace(enrolment, due_at=due)))
            else:
                walk(turn, replace(enrolment, mail=None), instruction.otherwise, due_at)
        case _:  # she was parked here and is tried again, or it had to wait for a rep to be chosen
            walk(turn, enrolment, enrolment.step, due_at)


def wait_anew(turn: Turn, enrolment: Enrolment) -> None:
    """Her appointment is at another time now: a wait for it follows."""
    step = turn.program(enrolment).steps[enrolment.step].step if enrolment.step else None
    waits = isinstance(step, verbs.WaitStep) and isinstance(step.wait, verbs.Until)
    if enrolment.state == "waiting" and isinstance(step, verbs.WaitStep) and waits:
        due = waits_until(turn, turn.program(enrolment), enrolment, step, enrolment.base_at)
        turn.do(do.PutEnrolment(replace(enrolment, due_at=due)))


def pause(turn: Turn, enrolment: Enrolment) -> None:
    """Let her stand still where she is, with the time that is planned for her; `resume` goes on from there."""
    turn.do(do.PutEnrolment(replace(enrolment, state="paused")))


def resume(turn: Turn, enrolment: Enrolment) -> None:
    """Go on where she stood still: what has come meanwhile meets what she awaits, and what is overdue is due now. Who
    was parked is parked again."""
    if enrolment.due_at is None or enrolment.step is None:
        turn.do(do.PutEnrolment(replace(enrolment, state="parked")))
        return
    step = turn.program(enrolment).steps[enrolment.step].step
    awaits = isinstance(step, verbs.AwaitStep)
    again = replace(enrolment, state="awaiting" if awaits else "waiting")
    turn.do(do.PutEnrolment(again))
    if isinstance(step, verbs.AwaitStep) and (met_by(again, step, again.entered_at) or _in_vain(again, step)):
        time_out(turn, again, turn.now)


def mail_left(turn: Turn, enrolment: Enrolment, cause: str, left_at: datetime) -> None:
    """The mail before her await has left: `within` counts from then, if that is later than her entering."""
    if enrolment.mail != cause:
        return
    gone = replace(enrolment, mail=None)
    step = turn.program(enrolment).steps[enrolment.step].step if enrolment.step else None
    if enrolment.state == "awaiting" and isinstance(step, verbs.AwaitStep):
        start = max(enrolment.entered_at, left_at)
        gone = replace(gone, due_at=later(start, parse_span(step.within), turn.zone, turn.book.holidays))
    turn.do(do.PutEnrolment(gone))


def met_by(enrolment: Enrolment, step: verbs.AwaitStep, entered_at: datetime) -> Occurrence | None:
    """The first such event since the enrolment began that no earlier await used; with `since: here`, since she came."""
    return next(
        (
            occurrence
            for occurrence in enrolment.happened
            if not occurrence.used and _meets(step, occurrence, entered_at, told_here=False)
        ),
        None,
    )


def _in_vain(enrolment: Enrolment, step: verbs.AwaitStep) -> bool:
    """Whether what a step awaits cannot come any more."""
    return any(step.trigger.ruled_out_by(one.event, one.subject) for one in enrolment.happened)


def _meets(step: verbs.AwaitStep, occurrence: Occurrence, entered_at: datetime, *, told_here: bool) -> bool:
    """Whether a step is met by something that has happened; with `since: here` not by what was before she came. At the
    very instant of her coming what was known by then is old, for it may have led her there; what is `told_here`, while
    she stands there, has come after it."""
    new = occurrence.at > entered_at or (told_here and occurrence.at == entered_at)
    return (step.since != "here" or new) and step.trigger.meets(occurrence.event, occurrence.subject)


def _having_used(
    turn: Turn, enrolment: Enrolment, found: Occurrence, step: str, entered_at: datetime, due_at: datetime | None = None
) -> Enrolment:
    """The enrolment when something has met its await; of what may turn out to be a machine's, with the way back."""
    used = replace(found, used=True)
    if found.key is not None:
        if due_at is None:
            awaits = turn.program(enrolment).steps[step].step
            assert isinstance(awaits, verbs.AwaitStep)
            due_at = later(entered_at, parse_span(awaits.within), turn.zone, turn.book.holidays)
        used = replace(used, met=Met(step, entered_at, due_at))
    happened = tuple(used if o is found else o for o in enrolment.happened)
    return replace(enrolment, happened=happened, mail=None)


def _carry_out(
    turn: Turn, program: Program, enrolment: Enrolment, instruction: Instruction, at: datetime
) -> tuple[Enrolment, str | None]:
    """Do one step that takes no time; gives the enrolment and the next step's id."""
    step = instruction.step
    match step:
        case verbs.EmailStep():
            return queue(turn, program, enrolment, instruction, at), instruction.next
        case verbs.ChooseStep() | verbs.WhenStep():
            return enrolment, way_on(turn, program, enrolment, instruction)
    # The rest may change the lead beyond this enrolment: put it first, take it back after.
    here = replace(enrolment, step=instruction.id)
    turn.do(do.PutEnrolment(here))
    following = instruction.next
    if isinstance(step, verbs.StartStep):
        _start(turn, here, step.start)
    elif isinstance(step, verbs.HandOffStep) and not fits(turn, here):
        following = instruction.otherwise
    else:
        ACTIONS[type(step)](turn, program, here, instruction, at)
    after = turn.lead.enrolment(here.scenario, here.pass_number)
    assert after is not None
    return after, following


def way_on(turn: Turn, program: Program, enrolment: Enrolment, instruction: Instruction) -> str | None:
    """Where a choice leads her, by what is known now."""
    return instruction.way_on(values_inside(program, turn.lead, enrolment, turn.book.company.zone, turn.now))


def _start(turn: Turn, enrolment: Enrolment, scenario: str) -> None:
    """Start another scenario, unless she is inside it already; its own name means the next pass, one at a time."""
    started = turn.book.newest(scenario)
    own = enrolment.pass_number if scenario == enrolment.scenario else 0
    inside = any(e.runs and e.scenario == scenario and e.pass_number > own for e in turn.lead.enrolments)
    if started is None:
        park(turn, enrolment, f"the scenario {scenario!r} is not published")
    elif not inside:
        begin(turn, started, ())


def _fact(turn: Turn, program: Program, enrolment: Enrolment, kind: str) -> do.RecordFact:
    offer = program.scenario.offer
    appointment = appointment_of(turn.lead, enrolment) if offer is None else None
    if appointment and appointment.scenario:  # what follows an appointment is for the offer that led to it
        origin = turn.book.newest(appointment.scenario)
        offer = origin.scenario.offer if origin else None
    return do.RecordFact(
        key=f"{turn.lead.id}/{program.name}/{enrolment.pass_number}/{kind}",
        kind=kind,
        at=turn.now,
        scenario=program.name,
        offer=in_language(offer, "en") or None,
    )
