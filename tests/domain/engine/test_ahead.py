"""What lies ahead of her: by when the call is promised that she has asked for, before it stands on any desk (S134)."""

import pytest

from funnel.domain import effects as do
from funnel.domain.engine.ahead import asked_to_be_called, called_by
from funnel.domain.timing import no_holidays
from tests.domain.engine.kit import Stage, on_stage, program
from tests.domain.engine.world import PARIS

ASKS = """
- email: results
- await: questionnaire.completed
  questionnaire: cx
  follow_up: [summary, call]
  within: 9 days
  otherwise: [{end: no_answer}]
- STEP
- choose:
    - when: answers.cx.follow_up == "call"
      do: [{task: {call: call, within: 1 working day}}]
  otherwise: [{email: offer}]
- email: confirmation
"""
WAIT = "wait: 2 days"


def answered(step: str, follow_up: str) -> Stage:
    anna = on_stage(program(ASKS.replace("STEP", step)))
    anna.submits()
    anna.works()
    anna.passes("1 day")
    anna.answers(follow_up=follow_up)
    return anna


def promised(anna: Stage) -> object:
    place = anna.place()
    return called_by(
        anna.book.program("tunnel", place.version), anna.lead, place, anna.lead.answers[-1], PARIS, no_holidays
    )


def test_the_promise_is_the_very_time_that_the_task_has_later() -> None:
    anna = answered(WAIT, "call")
    told = promised(anna)
    assert anna.of(do.AddTask) == []
    anna.passes("2 days")
    (task,) = anna.of(do.AddTask)
    assert told == task.due_at


def test_who_chose_something_else_is_promised_nothing() -> None:
    anna = answered(WAIT, "summary")
    assert promised(anna) is None
    place = anna.place()
    assert not asked_to_be_called(anna.book.program("tunnel", place.version), anna.lead.answers[-1])


@pytest.mark.parametrize(
    "step",
    ["{await: asset.downloaded, within: 3 days, otherwise: []}", "wait: {until: mon 09:00}"],
    ids=["event", "time"],
)
def test_no_time_is_told_where_something_else_than_a_span_is_waited_for(step: str) -> None:
    assert promised(answered(step, "call")) is None
