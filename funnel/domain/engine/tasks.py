"""A task as a scenario's file says it: its words, by when, whose."""

from datetime import datetime

from funnel.domain import effects as do
from funnel.domain.company import Company, User
from funnel.domain.engine.turn import Turn
from funnel.domain.lead import Lead
from funnel.domain.model import in_language
from funnel.domain.slots import closing
from funnel.domain.spans import parse_span
from funnel.domain.timing import Holidays, later
from funnel.domain.tunnel import steps as verbs
from funnel.domain.tunnel.program import Program
from funnel.domain.waking import waking_of


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
        due_at=due_of(task, at, company, turn.lead, program, turn.book.holidays),
        rep=handoff.rep if handoff else None,
        team=_team(program, company),
        at=at,
        scenario=program.name,
        list=task.list,
    )


def due_of(
    task: verbs.Task, at: datetime, company: Company, lead: Lead, program: Program, holidays: Holidays
) -> datetime | None:
    """By when a task that comes `at` an instant is to be done, in the company's working days; a call while the lead is
    awake, and before those who are to call her go home."""
    if not task.within:
        return None
    due = later(at, parse_span(task.within), company.zone, holidays)
    if not (task.call or task.list):
        return due
    waking = waking_of(company, lead.zone)
    due = waking.call_by(due, at)
    closes = closing(_callers(company, lead, program), due, company.zone, holidays)
    sooner = closes is not None and at < closes < due and waking.call_by(closes, at) == closes
    return closes if sooner else due


def _callers(company: Company, lead: Lead, program: Program) -> list[User]:
    """Who calls her: her own rep, else those of the scenario's team."""
    own = company.rep(lead.handoff.rep) if lead.handoff else None
    return [own] if own else [one for one in company.reps if one.team == _team(program, company)]


def _team(program: Program, company: Company) -> str:
    return program.scenario.team or company.teams[0].id
