"""What lies ahead of her: the mails that time leads to, those that are possible at all, and by when the call is
promised that she has asked for, before it stands on any desk (S134)."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from funnel.domain import effects as do
from funnel.domain.company import User
from funnel.domain.engine.ahead import Promise, mails_ahead, mails_possible, next_mail, promised_call
from funnel.domain.timing import Holidays, local_time, no_holidays
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
    return promised_call(
        inside,
        anna.lead,
        place,
        anna.lead.answers[-1],
        anna.book.company,
        anna.now,
        no_holidays,
        anna.book.own_holidays,
    )


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


def asked_at(
    hour: int,
    minute: int = 0,
    within: str = "1 working day",
    own_holidays: Mapping[str, Holidays] = MappingProxyType({}),
    **company: Any,
) -> str:
    """By when who asks for a call at an hour of Monday in Paris is promised one."""
    anna = on_stage(program(ASKS.replace("- STEP\n", "").replace("1 working day", within)), **company)
    anna.book = replace(anna.book, own_holidays=own_holidays)
    anna.submits()
    anna.works()
    anna.now = anna.now.replace(hour=hour - 2, minute=minute)
    anna.answers(follow_up="call")
    told = promised(anna)
    (due,) = {one.due_at for one in anna.of(do.AddTask)}
    assert due
    assert told == Promise(due)
    return f"{local_time(due, PARIS):%a %H:%M}"


def works(until: str, day: str = "tue", zone: str = PARIS) -> list[User]:
    """One rep of the team, until that time of a day; another team works to midnight."""
    late = User(id="noah", name="Noah", email="n@x.example", role="rep", team="service", zone=PARIS)
    late = late.model_copy(update={"availability": {"tue": ["09:00-23:59"]}})
    rep = User(id="ada", name="Ada", email="a@x.example", role="rep", team="consulting", zone=zone)
    return [late, rep.model_copy(update={"availability": {day: ["09:00-12:00", f"13:00-{until}"]}})]


def test_a_call_is_promised_before_those_who_call_go_home() -> None:
    assert asked_at(19, users=works("16:00")) == "Tue 16:00"
    assert asked_at(11, users=works("16:00")) == "Tue 11:00"
    assert asked_at(19, users=works("16:00", zone="Europe/London")) == "Tue 17:00"


def test_a_day_on_which_nobody_works_leaves_the_promise() -> None:
    assert asked_at(19, users=works("16:00", day="wed")) == "Tue 19:00"


def test_hours_that_end_before_her_day_begins_leave_the_promise() -> None:
    assert asked_at(19, users=works("13:30", zone="Asia/Tokyo")) == "Tue 19:00"


@pytest.mark.parametrize(
    "hour, minute, within, promised_by",
    [
        (14, 30, "4 hours", "Mon 16:00"),
        (15, 0, "30 minutes", "Mon 15:30"),
        (15, 50, "30 minutes", "Tue 09:30"),
        (15, 55, "4 hours", "Tue 13:00"),
        (16, 5, "4 hours", "Tue 13:00"),
        (19, 0, "36 hours", "Tue 16:00"),
        (23, 0, "4 hours", "Tue 10:00"),
        (14, 0, "600 hours", "Tue 16:00"),
    ],
)
def test_a_call_within_hours_is_promised_while_those_who_call_work(
    hour: int, minute: int, within: str, promised_by: str
) -> None:
    assert asked_at(hour, minute, within, users=works_daily("mon", "tue")) == promised_by


def test_hours_pass_over_the_days_on_which_nobody_works() -> None:
    assert asked_at(16, 5, "4 hours", users=works_daily("mon", "fri")) == "Fri 13:00"
    assert asked_at(16, 5, "4 hours", users=works_daily()) == "Mon 20:00", "where nobody ever works it stays"
    assert asked_at(16, 5, "30 minutes", users=works_daily("tue", zone="Asia/Dubai")) == "Tue 10:00", "she is awake"


def test_a_holiday_of_a_reps_own_country_is_no_day_on_which_she_calls() -> None:
    own: dict[str, Holidays] = {"ada": lambda day: day.weekday() == 1}
    assert asked_at(16, 5, "4 hours", own, users=works_daily("mon", "tue", "wed")) == "Wed 13:00"
    assert asked_at(19, own_holidays=own, users=works("16:00")) == "Tue 19:00", "nobody works then"


def works_daily(*days: str, zone: str = PARIS) -> list[User]:
    """One rep of the team, with a break at noon."""
    (_, rep) = works("16:00", zone=zone)
    return [rep.model_copy(update={"availability": {day: ["09:00-12:00", "13:00-16:00"] for day in days}})]


@pytest.mark.parametrize(
    "condition, may_change",
    [
        ('answers.cx.follow_up == "summary"', False),
        ('answers.cx.follow_up == "summary" and answers.cx.share < 90', False),
        ('answers.cx.follow_up == "summary" and score < 900', True),
    ],
)
def test_what_only_her_answers_have_chosen_does_not_change_any_more(condition: str, may_change: bool) -> None:
    own = f"[{{when: {condition!r}, do: [{{email: offer, id: own}}]}}]"
    choice = f"wait: 2 days\n- choose: {own}\n  otherwise: [{{end: no_choice}}]"
    anna = answered(choice, "summary")
    ahead = next_mail(anna.book, anna.lead, anna.place())
    assert ahead
    assert (ahead.mail.step, ahead.chosen) == ("own", may_change)


def test_what_she_may_answer_anew_by_the_form_itself_may_change() -> None:
    choice = "choose: [{when: answers.cx.share < 90, do: [{email: offer}]}]"
    steps = f"[{{email: results}}, {{wait: 2 days}}, {{{choice}, otherwise: [{{end: done}}]}}]"
    anna = on_stage(program(steps, form={"page": "x", "questionnaire": "cx", "fields": {}, "consents": []}))
    anna.evaluates_herself(share=20)
    anna.works()
    ahead = next_mail(anna.book, anna.lead, anna.place())
    assert ahead
    assert ahead.chosen


LONG = """
- email: results
- wait: 2 days
- email: offer
- await: appointment.booked
  within: 5 days
  otherwise:
    - email: reminder
    - await: asset.downloaded
      within: 3 days
      otherwise: [{email: last_call}]
- wait: 1 day
- email: confirmation
"""


def test_the_mails_ahead_are_those_that_leave_when_nothing_but_time_comes_and_when_they_do() -> None:
    anna = on_stage(program(LONG))
    anna.submits()
    anna.works()
    told = list(mails_ahead(anna.book, anna.lead, anna.place()))
    assert [one.mail.message for one in told] == [
        "tunnel/offer", "tunnel/reminder", "tunnel/last_call", "tunnel/confirmation",
    ]  # fmt: skip
    booked, both = ("appointment.booked",), ("appointment.booked", "asset.downloaded")
    assert [one.unless for one in told] == [(), booked, both, both]
    assert next_mail(anna.book, anna.lead, anna.place()) == told[0]
    anna.passes("20 days")
    assert [f"tunnel/{name}" for name in anna.sent()[1:]] == [one.mail.message for one in told]
    assert [anna.row(one.mail.message.partition("/")[2]).effect.not_before for one in told] == [
        one.mail.not_before for one in told
    ]


def test_the_next_mail_is_none_where_something_else_is_waited_for_before_it() -> None:
    anna = on_stage(
        program("- wait: 2 days\n- await: appointment.booked\n  within: 5 days\n  otherwise: []\n- email: results")
    )
    anna.submits()
    assert [one.mail.message for one in mails_ahead(anna.book, anna.lead, anna.place())] == ["tunnel/results"]
    assert next_mail(anna.book, anna.lead, anna.place()) is None


def possible(anna: Stage) -> set[str]:
    place = anna.place()
    inside = anna.book.program("tunnel", place.version)
    return {one.name for one in mails_possible(inside, anna.lead, place, anna.book.company, anna.now)}


CHOOSING = ASKS.replace("- email: confirmation", "- {email: news, unless: appointment.booked}")


@pytest.mark.parametrize("follow_up, left", [("call", {"news"}), ("summary", {"offer", "news"})])
def test_a_way_that_her_answers_have_not_chosen_is_none_of_hers_and_before_them_every_way_is(
    follow_up: str, left: set[str]
) -> None:
    anna = on_stage(program(CHOOSING.replace("STEP", WAIT)))
    anna.submits()
    anna.works()
    assert possible(anna) == {"offer", "news"}
    anna.answers(follow_up=follow_up)
    assert possible(anna) == left
    anna.books()
    assert possible(anna) == left - {"news"}


def test_her_answers_of_another_pass_settle_no_choice_of_this_one() -> None:
    anna = on_stage(program(CHOOSING.replace("STEP", WAIT)))
    anna.answers(scenario=None, pass_number=None, follow_up="call")
    anna.submits()
    anna.works()
    assert possible(anna) == {"offer", "news"}


def test_what_she_has_left_out_of_her_answers_is_settled_with_them() -> None:
    mailing = CHOOSING.replace("task: {call: call, within: 1 working day}", "email: reminder")
    by_team = mailing.replace('answers.cx.follow_up == "call"', 'answers.cx.team == "none"')
    anna = on_stage(program(by_team.replace("STEP", WAIT)))
    anna.submits()
    anna.works()
    assert possible(anna) == {"reminder", "offer", "news"}
    anna.answers(team=None)
    assert possible(anna) == {"offer", "news"}
