"""What the steps do that take no time and lead nowhere: tasks, webhooks, tags, statuses, points, hand-overs."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from funnel.domain import effects as do
from funnel.domain.engine import points
from funnel.domain.engine.calls import listed
from funnel.domain.engine.handing import hand_over
from funnel.domain.engine.mails import cause_of
from funnel.domain.engine.tasks import task_of
from funnel.domain.engine.turn import Turn
from funnel.domain.lead import Enrolment
from funnel.domain.model import in_language
from funnel.domain.spans import parse_span
from funnel.domain.timing import later
from funnel.domain.tunnel import steps as verbs
from funnel.domain.tunnel.program import Instruction, Program


def _task(turn: Turn, program: Program, enrolment: Enrolment, instruction: Instruction, at: datetime) -> None:
    step = instruction.step
    assert isinstance(step, verbs.TaskStep)
    task = step.task if isinstance(step.task, verbs.Task) else verbs.Task(text=step.task)
    added = task_of(turn, program, task, cause_of(enrolment, instruction.id), at)
    if about := turn.lead.appointment(enrolment.appointment):
        added = replace(added, appointment=about.id, rep=added.rep or (about.rep if task.list else None))
    turn.do(added)
    if task.list:
        listed(turn, added)


def _book(turn: Turn, program: Program, enrolment: Enrolment, instruction: Instruction, at: datetime) -> None:
    step = instruction.step
    assert isinstance(step, verbs.BookStep)
    after = later(at, parse_span(step.book.after), turn.book.company.zone, turn.book.holidays)
    turn.do(do.BlockSlot(step.book.appointment, after, program.name, enrolment.pass_number))


def _webhook(turn: Turn, program: Program, enrolment: Enrolment, instruction: Instruction, at: datetime) -> None:
    step = instruction.step
    assert isinstance(step, verbs.WebhookStep)
    lead = turn.lead
    body: Mapping[str, Any] = {
        "type": "scenario.step",
        "scenario": program.name,
        "step": instruction.id,
        "pass": enrolment.pass_number,
        **_meeting(turn, enrolment),
        "lead": {
            "id": lead.id,
            "email": lead.email,
            "name": lead.name,
            "phone": lead.phone,
            "company": lead.company,
            "language": lead.language,
            "zone": lead.zone or turn.book.company.zone,
            "stage": lead.stage,
            "score": lead.score,
            "tags": sorted(lead.tags),
        },
    }
    turn.do(
        do.CallWebhook(
            cause=cause_of(enrolment, instruction.id),
            webhook=step.webhook,
            at=at,
            data=body,
            scenario=program.name,
            pass_number=enrolment.pass_number,
            step=instruction.id,
        )
    )


def _meeting(turn: Turn, enrolment: Enrolment) -> Mapping[str, Any]:
    """The appointment that a pass is about, as whoever calls her for us must know it; nothing where there is none."""
    about = turn.lead.appointment(enrolment.appointment)
    if about is None:
        return {}
    company = turn.book.company
    rep = company.user(about.rep)
    return {
        "appointment": {
            "id": about.id,
            "type": about.type,
            "title": company.title_of(about.type, turn.lead.language),
            "starts_at": f"{about.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "state": about.state,
            "misses": sum(one.state == "missed" for one in turn.lead.chain(about)),
            "rep": {
                "id": about.rep,
                "name": company.called(about.rep),
                "phone": rep.phone if rep else None,
            },
        }
    }


def _tag(turn: Turn, program: Program, enrolment: Enrolment, instruction: Instruction, at: datetime) -> None:
    step = instruction.step
    assert isinstance(step, verbs.TagStep)
    if step.tag not in turn.lead.tags:
        turn.do(do.AddTag(step.tag, at))


def _status(turn: Turn, program: Program, enrolment: Enrolment, instruction: Instruction, at: datetime) -> None:
    step = instruction.step
    assert isinstance(step, verbs.StatusStep)
    turn.do(do.ChangeDetails({"status": step.status}))


def _score(turn: Turn, program: Program, enrolment: Enrolment, instruction: Instruction, at: datetime) -> None:
    step = instruction.step
    assert isinstance(step, verbs.ScoreStep)
    because = in_language(step.because, turn.book.company.locales[0]) or f"{program.name}/{instruction.id}"
    points.give(turn, step.score, because, team=program.scenario.team, source=cause_of(enrolment, instruction.id))


def _hand_off(turn: Turn, program: Program, enrolment: Enrolment, instruction: Instruction, at: datetime) -> None:
    step = instruction.step
    assert isinstance(step, verbs.HandOffStep)
    because = in_language(step.hand_off.because, turn.book.company.locales[0])
    hand_over(turn, because, team=step.hand_off.team or program.scenario.team)


ACTIONS: Mapping[type[verbs.Step], Callable[[Turn, Program, Enrolment, Instruction, datetime], None]] = {
    verbs.TaskStep: _task,
    verbs.BookStep: _book,
    verbs.WebhookStep: _webhook,
    verbs.TagStep: _tag,
    verbs.StatusStep: _status,
    verbs.ScoreStep: _score,
    verbs.HandOffStep: _hand_off,
}
"""By the model of the step."""
