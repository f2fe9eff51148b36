"""Waiting for a time: a webinar, a date, a day of the week; who comes too late passes by what was for before (S147)."""

from typing import Any

from funnel.domain import events as on
from tests.domain.engine.kit import Stage, on_stage, paris, program, stage

WEBINAR = """
- email: results
- wait: {until: webinar, before: 1 day}
  do: [{tag: plan}]
- wait: {until: webinar, before: 1 hour}
  do: [{tag: vip}]
- await: webinar.attended
  within: 9 days
  otherwise: [{end: was_not_there}]
- end: was_there
"""
SEAT: dict[str, Any] = {
    "form": {"page": "seat"},
    "magnet": {
        "webinar": {"title": "Talk", "starts_at": "2026-06-10 14:00", "minutes": 45, "link": "https://x.example"}
    },
}


def test_the_day_and_the_hour_before_in_the_companys_zone() -> None:
    anna = stage(WEBINAR, **SEAT)
    anna.submits(zone="America/Montreal")
    assert anna.place().due_at == paris("2026-06-09 14:00")
    anna.comes("2026-06-09 14:00")
    assert anna.done() == {"plan"}
    anna.comes("2026-06-10 13:00")
    assert anna.done() == {"plan", "vip"}


def test_who_registers_on_the_day_is_not_told_of_tomorrow() -> None:
    anna = stage(WEBINAR, at=paris("2026-06-10 09:00"), **SEAT)
    anna.submits()
    anna.comes("2026-06-10 13:30")
    assert anna.done() == {"vip"}


def test_who_registers_after_it_goes_straight_to_what_comes_after() -> None:
    anna = stage(WEBINAR, at=paris("2026-06-11 09:00"), **SEAT)
    anna.submits()
    assert anna.stands() == "await_webinar_attended"


def told(anna: Stage, kind: type[on.WebinarAttended | on.WebinarMissed]) -> None:
    anna.record(kind(lead_id=1, occurred_at=anna.now, scenario="tunnel", by="list"))


def test_who_was_not_there_goes_on_at_once_when_the_list_says_so() -> None:
    anna = stage(WEBINAR, **SEAT)
    anna.submits()
    anna.comes("2026-06-10 15:00")
    told(anna, on.WebinarMissed)
    assert anna.stands() == "ended: was_not_there"


def test_who_was_not_there_does_not_wait_for_it_where_the_list_came_before_she_would() -> None:
    anna = stage(WEBINAR.replace("- await", "- wait: 6 days\n- await"), **SEAT)
    anna.submits()
    anna.comes("2026-06-10 15:00")
    told(anna, on.WebinarMissed)
    anna.passes("7 days")
    assert anna.stands() == "ended: was_not_there"


def test_who_was_there_and_who_is_not_named_go_their_own_ways() -> None:
    anna, nobody = stage(WEBINAR, **SEAT), stage(WEBINAR, **SEAT)
    for one in (anna, nobody):
        one.submits()
        one.comes("2026-06-10 15:00")
    told(anna, on.WebinarAttended)
    assert anna.stands() == "ended: was_there"
    assert nobody.stands() == "await_webinar_attended"


def test_a_day_of_the_week_is_the_next_one_in_her_zone() -> None:
    anna = stage("[{wait: {until: mon 09:00}}, {tag: vip}]", at=paris("2026-06-01 10:00"))
    anna.submits()
    assert anna.place().due_at == paris("2026-06-08 09:00")


def test_a_date_that_has_passed_holds_nobody_up() -> None:
    anna = on_stage(program("[{wait: {until: 2026-05-01 09:00}}, {tag: vip}]"))
    anna.submits()
    assert anna.done() == {"vip"}
