"""A task as a scenario's file says it: its words, by when, whose."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from funnel.domain import effects as do
from funnel.domain.company import Company, User
from funnel.domain.engine.turn import Turn
from funnel.domain.lead import Lead
from funnel.domain.model import in_language
from funnel.domain.slots import open_days
from funnel.domain.spans import Span, parse_span
from funnel.domain.timing import Holidays, later
from funnel.domain.tunnel import steps as verbs
from funnel.domain.tunnel.program import Program
from funnel.domain.waking import Waking, waking_of

_TO_CALL = timedelta(hours=1)
"""So long at least those who call are still there when she asks for a call by the end of their day."""
_TO_FIND = timedelta(days=14)
"""So far behind a promise their next open hours are looked for."""


def task_of(turn: Turn, program: Program, task: verbs.Task, key: str, at: datetime) -> do.AddTask:
    """The task under a key among the lead's own: of her rep, else of the scenario's team. Without words of its own it
    is called what is to be talked about."""
    company, handoff = turn.book.company, turn.lead.handoff
    text = in_language(task.text, company.locales[0])
    if not text and (kind := company.appointment_type(task.call)):
        text = in_language(kind.title, company.locales[0])
    return do.AddTask(
        task=f"{turn.lead.id}/{key}",
        text=text,
        call=task.call,
        due_at=due_of(task, at, company, turn.lead, program, turn.book.holidays, turn.book.own_holidays),
        rep=handoff.rep if handoff else None,
        team=_team(program, company),
        at=at,
        scenario=program.name,
        list=task.list,
    )


def due_of(
    task: verbs.Task,
    at: datetime,
    company: Company,
    lead: Lead,
    program: Program,
    holidays: Holidays,
    own_holidays: Mapping[str, Holidays],
) -> datetime | None:
    """By when a task that comes `at` an instant is to be done, in the company's working days; a call while the lead is
    awake, and before those who are to call her go home."""
    if not task.within:
        return None
    span = parse_span(task.within)
    due = later(at, span, company.zone, holidays)
    if not (task.call or task.list):
        return due
    waking, callers = waking_of(company, lead.zone), _callers(company, lead, program)
    due = waking.call_by(due, at)
    if span.elapses:
        days = open_days(callers, at, due + _TO_FIND, company.zone, holidays, own_holidays)
        return _while_they_work(days, waking, due, at, span)
    days = open_days(callers, due, due, company.zone, holidays, own_holidays)
    closes = max((stops for _, stops in days), default=None)
    sooner = closes is not None and at < closes < due and waking.call_by(closes, at) == closes
    return closes if sooner else due


def _while_they_work(
    days: Sequence[tuple[datetime, datetime]], waking: Waking, due: datetime, at: datetime, span: Span
) -> datetime:
    """By when those who work on these `days` keep a promise of hours: while they work, else by the end of a day before
    that leaves them time for a call, else within the span of their next beginning; the promise stays as it is where
    none of these is an hour of her day."""
    if any(opens < due <= stops for opens, stops in days):
        return due
    before = sorted((stops for opens, stops in days if max(opens, at) + _TO_CALL <= stops < due), reverse=True)
    begun = [(later(opens, span, waking.zone), stops) for opens, stops in days if opens > at and stops > due]
    after = [min(waking.call_by(one, at), stops) for one, stops in begun]
    return next((one for one in (*before, *after) if waking.call_by(one, at) == one), due)


def _callers(company: Company, lead: Lead, program: Program) -> list[User]:
    """Who calls her: her own rep, else those of the scenario's team."""
    own = company.rep(lead.handoff.rep) if lead.handoff else None
    return [own] if own else [one for one in company.reps if one.team == _team(program, company)]


def _team(program: Program, company: Company) -> str:
    return program.scenario.team or company.teams[0].id
