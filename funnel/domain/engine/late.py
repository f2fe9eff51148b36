"""Answers that come when their scenario has ended: her result is mailed, and who asked to be called is called."""

from dataclasses import replace

from funnel.domain import effects as do
from funnel.domain.engine.tasks import task_of
from funnel.domain.engine.turn import Turn
from funnel.domain.lead import AnswerSheet, Enrolment
from funnel.domain.tunnel import steps as verbs
from funnel.domain.tunnel.program import Program

RESULTS = "house/late_results"
ASKED = "Asked to be called"
"""The task of a call that no file has words for."""


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
    if program.calls(sheet.questionnaire, sheet.follow_up):
        _call(turn, program, sheet)


def _call(turn: Turn, program: Program, sheet: AnswerSheet) -> None:
    """The call that the scenario's own branch would have asked for: its type, and within the time it promises."""
    tasks = [i.step.task for i in program.steps.values() if isinstance(i.step, verbs.TaskStep)]
    wanted = next((one for one in tasks if isinstance(one, verbs.Task) and one.call), verbs.Task())
    in_time = wanted.model_copy(update={"within": wanted.within or "1 working day"})
    added = task_of(turn, program, in_time, f"{program.name}/late/{sheet.pass_number}", turn.now)
    turn.do(replace(added, text=added.text or ASKED))
