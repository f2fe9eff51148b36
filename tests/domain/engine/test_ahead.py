"""What lies ahead of her: by when the call is promised that she has asked for, before it stands on any desk (S134)."""

import pytest

from funnel.domain import effects as do
from funnel.domain.engine.ahead import Promise, promised_call
from funnel.domain.timing import local_time, no_holidays
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
OFFERED_AGAIN = """
- email: offer
  id: again
  propose: {appointment: call}
- await: appointment.booked
  within: 30 days
  otherwise: [{end: no_answer}]
"""


def answered(step: str, follow_up: str, asks: str = ASKS) -> Stage:
    anna = on_stage(program(asks.replace("STEP", step)))
    anna.submits()
    anna.works()
    anna.passes("1 day")
    anna.answers(follow_up=follow_up)
    return anna


def promised(anna: Stage) -> Promise | None:
    place = anna.place()
    inside = anna.book.program("tunnel", place.version)
    return promised_call(inside, anna.lead, place, anna.lead.answers[-1], anna.book.company, anna.now, no_holidays)


def test_the_promise_is_the_very_time_that_the_task_has_later() -> None:
    anna = answered(WAIT, "call")
    told = promised(anna)
    assert anna.of(do.AddTask) == []
    anna.passes("2 days")
    (task,) = anna.of(do.AddTask)
    assert told == Promise(task.due_at)


def test_who_chose_something_else_is_promised_nothing() -> None:
    anna = answered(WAIT, "summary")
    assert promised(anna) is None


@pytest.mark.parametrize(
    "step",
    ["{await: asset.downloaded, within: 3 days, otherwise: []}", "wait: {until: mon 09:00}"],
    ids=["event", "time"],
)
def test_no_time_is_told_where_something_else_than_a_span_is_waited_for(step: str) -> None:
    assert promised(answered(step, "call")) == Promise(None)


def test_a_choice_before_it_that_does_not_concern_her_leaves_the_promise() -> None:
    other = "{when: score > 500, do: [{tag: vip}]}"
    anna = answered(f"{other}\n- {WAIT}", "call")
    told = promised(anna)
    anna.passes("2 days")
    (task,) = anna.of(do.AddTask)
    assert told == Promise(task.due_at)


def test_a_call_that_her_booking_leaves_out_is_promised_no_more() -> None:
    steps = ASKS.replace("within: 1 working day}}", "within: 1 working day}, unless: appointment.booked}")
    anna = answered(WAIT, "call", steps + OFFERED_AGAIN)
    assert promised(anna) is not None
    anna.books(by="rep")
    assert promised(anna) is None
    anna.passes("2 days")
    assert anna.of(do.AddTask) == []


def test_what_stands_on_the_call_list_is_not_the_call_that_she_asked_for() -> None:
    listed = ASKS.replace("within: 1 working day}", "within: 1 working day, list: call_list}")
    assert promised(answered(WAIT, "call", listed)) is None


def test_a_call_asked_for_at_night_is_promised_for_her_day() -> None:
    anna = on_stage(program(ASKS.replace("STEP", WAIT)))
    anna.submits()
    anna.works()
    anna.now = anna.now.replace(hour=20, minute=30)
    anna.answers(follow_up="call")
    told = promised(anna)
    anna.passes("2 days")
    (task,) = anna.of(do.AddTask)
    assert task.due_at
    assert told == Promise(task.due_at)
    assert local_time(task.due_at, PARIS).hour == 20
