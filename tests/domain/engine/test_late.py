"""Answers that come when their scenario has ended: the result is mailed, and who asked to be called is called."""

from datetime import timedelta

from funnel.domain import effects as do
from tests.domain.engine.kit import Stage, on_stage, program

ASKS = """
- email: results
- await: questionnaire.completed
  questionnaire: cx
  follow_up: [summary, call]
  within: 3 days
  otherwise: [{end: no_answer}]
- task: {call: call, within: 2 working days}
- email: confirmation
- await: appointment.booked
  within: 3 days
  otherwise: []
"""


def too_late() -> Stage:
    """Her scenario has ended without her answers."""
    anna = on_stage(program(ASKS))
    anna.submits()
    anna.works()
    anna.passes("5 days")
    assert anna.stands() == "ended: no_answer"
    return anna


def test_her_result_is_mailed_and_the_scenario_stays_ended() -> None:
    anna = too_late()
    anna.answers(follow_up="summary")
    anna.works()
    assert anna.sent() == ["results", "late_results"]
    assert anna.stands() == "ended: no_answer"
    assert anna.of(do.AddTask) == []


def test_who_asks_to_be_called_stands_on_the_desk_by_the_time_that_the_scenario_promises() -> None:
    anna = too_late()
    anna.answers(follow_up="call")
    anna.works()
    assert anna.sent() == ["results", "late_results"]
    (task,) = anna.of(do.AddTask)
    assert (task.call, task.team, task.scenario) == ("call", "consulting", "tunnel")
    assert task.due_at
    assert timedelta(days=2) <= task.due_at - anna.now <= timedelta(days=4)


def test_whoever_answers_in_time_gets_what_the_scenario_says_and_nothing_more() -> None:
    anna = on_stage(program(ASKS))
    anna.submits()
    anna.answers(follow_up="call")
    anna.works()
    assert anna.sent() == ["results", "confirmation"]
    assert len(anna.of(do.AddTask)) == 1


def test_a_questionnaire_that_the_ended_scenario_did_not_ask_brings_nothing() -> None:
    anna = on_stage(program("[{email: results}, {end: done}]"))
    anna.submits()
    anna.works()
    anna.answers(follow_up="call")
    anna.works()
    assert anna.sent() == ["results"]
    assert anna.of(do.AddTask) == []
