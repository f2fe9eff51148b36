"""Visits that come again block their time in the diary by themselves (S89); what follows a meeting follows it (S88)."""

from funnel.domain import effects as do
from tests.domain.engine.kit import Stage, on_stage, paris, program

AFTER = """
- when: '"vip" in tags'
  do: [{start: visits}]
- email: results
"""

VISITS = """
- book: {appointment: visit, after: 4 months}
- await: appointment.held
  within: 9 months
  otherwise: [{end: no_visit}]
- start: visits
"""

TUNNEL = "[{tag: vip}, {await: appointment.held, within: 90 days, otherwise: []}]"


def customer() -> Stage:
    anna = on_stage(
        program(TUNNEL),
        program(AFTER, "after_appointment", on="appointment.held", offer=None, why=None),
        program(VISITS, "visits", on="start", offer=None, why=None),
    )
    anna.submits()
    anna.books(by="idris")
    anna.passes("4 days")
    anna.held()
    anna.works()
    return anna


def test_a_held_meeting_is_followed_by_its_mail() -> None:
    assert "results" in customer().sent()


def test_four_months_later_at_the_same_local_time_the_slot_is_blocked_without_asking_her() -> None:
    anna = customer()
    assert anna.appointment.type == "visit"
    assert anna.appointment.starts_at == paris("2026-10-05 10:00")
    assert anna.sent("user:idris") == ["dossier", "appointment_blocked_rep"]
    assert anna.sent().count("appointment_booked") == 1


def test_after_a_visit_was_held_the_next_one_is_blocked() -> None:
    anna = customer()
    anna.passes("5 months")
    anna.held()
    anna.works()
    assert [e.pass_number for e in anna.lead.enrolments if e.scenario == "visits"] == [1, 2]
    assert len([a for a in anna.lead.appointments if a.type == "visit"]) == 2


def test_a_time_that_is_blocked_without_asking_her_gives_no_points_for_booking() -> None:
    rules = """{rules: [{id: booked, title: Booked, on: appointment.booked, points: 15, counts: always},
                        {id: held, title: Was there, on: appointment.held, points: 5}]}"""
    anna = on_stage(program(VISITS, "visits", on="start", offer=None, why=None), scoring=rules)
    anna.is_started("visits")
    assert anna.appointment.type == "visit"
    assert not anna.lead.entries
    anna.passes("5 months")
    anna.held()
    assert [(one.rule, one.points) for one in anna.lead.entries] == [("held", 5)]


def test_where_no_time_is_free_a_task_says_so() -> None:
    anna = on_stage(program(VISITS, "visits", on="start", offer=None, why=None))
    anna.diary = {("idris", paris("2026-10-01 10:00"))}
    anna.is_started("visits")
    (task,) = anna.of(do.AddTask)
    assert task.call == "visit"
    assert anna.lead.appointments == ()


AHEAD = """
- book: {appointment: visit, after: 4 months}
- wait: {until: appointment, before: 2 weeks}
- when: not (appointment.type == "visit" and appointment.state in ["booked", "moved"])
  do: [{end: no_time}]
- email: results
- await: appointment.held
  within: 10 weeks
  otherwise: [{end: no_visit}]
"""


def test_she_hears_of_a_blocked_visit_two_weeks_before_it() -> None:
    anna = on_stage(program(AHEAD, "visits", on="start", offer=None, why=None))
    anna.is_started("visits")
    anna.works()
    assert anna.stands("visits") == "wait_2_weeks_before_appointment"
    assert anna.place("visits").due_at == paris("2026-09-17 10:00")
    assert anna.sent() == []
    anna.passes("4 months")
    assert anna.sent() == ["results"]
    anna.held()
    assert anna.stands("visits") == "ended: completed"


def test_who_waits_for_a_visit_that_found_no_time_goes_on_at_once_and_hears_nothing() -> None:
    anna = on_stage(program(AHEAD, "visits", on="start", offer=None, why=None))
    anna.diary = {("idris", paris("2026-10-01 10:00"))}
    anna.is_started("visits")
    anna.works()
    assert anna.stands("visits") == "ended: no_time"
    assert anna.sent() == []
