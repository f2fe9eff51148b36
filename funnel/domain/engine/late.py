"""Answers that come when their scenario has ended: her result is mailed, and who asked to be called is called."""

from funnel.domain import effects as do
from funnel.domain.engine.turn import Turn
from funnel.domain.lead import AnswerSheet, Enrolment
from funnel.domain.model import in_language
from funnel.domain.spans import parse_span
from funnel.domain.timing import later
from funnel.domain.tunnel import scenario as verbs
from funnel.domain.tunnel.program import Program

RESULTS = "house/late_results"


def answered_late(turn: Turn, enrolment: Enrolment, sheet: AnswerSheet) -> None:
    """Nothing of the scenario goes on; what its link and its choices promised is kept all the same."""
    program = turn.program(enrolment)
    waiting = program.awaiting(sheet.questionnaire, None)
    if waiting is None:
        return
    if sheet.band is not None:
        turn.do(
            do.SendEmail(
                cause=f"answers/{sheet.id}",
                message=RESULTS,
                kind="asked",
                at=turn.now,
                not_before=turn.now,
                data={"sheet": sheet.id, "attach": [verbs.DIAGNOSIS] if sheet.follow_up == verbs.SUMMARY else []},
            )
        )
    if sheet.follow_up in waiting.calls:
        _call(turn, program, sheet)


def _call(turn: Turn, program: Program, sheet: AnswerSheet) -> None:
    """The call that the scenario's own branch would have asked for: its type, and within the time it promises."""
    company, handoff = turn.book.company, turn.lead.handoff
    tasks = [i.step.task for i in program.steps.values() if isinstance(i.step, verbs.TaskStep)]
    wanted = next((one for one in tasks if isinstance(one, verbs.Task) and one.call), verbs.Task())
    kind = company.appointment_type(wanted.call)
    text = in_language(wanted.text, company.locales[0])
    turn.do(
        do.AddTask(
            task=f"{turn.lead.id}/{program.name}/late/{sheet.pass_number}",
            text=text or (in_language(kind.title, company.locales[0]) if kind else "Asked to be called"),
            call=wanted.call,
            due_at=later(turn.now, parse_span(wanted.within or "1 working day"), company.zone, turn.book.holidays),
            rep=handoff.rep if handoff else None,
            team=program.scenario.team or company.teams[0].id,
            at=turn.now,
            scenario=program.name,
        )
    )
