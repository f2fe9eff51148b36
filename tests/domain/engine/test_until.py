"""Waiting for a time: a webinar, a date, a day of the week; who comes too late passes by what was for before (S147)."""

from typing import Any

from tests.domain.engine.kit import on_stage, paris, program, stage

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


def test_a_day_of_the_week_is_the_next_one_in_her_zone() -> None:
    anna = stage("[{wait: {until: mon 09:00}}, {tag: vip}]", at=paris("2026-06-01 10:00"))
    anna.submits()
    assert anna.place().due_at == paris("2026-06-08 09:00")


def test_a_date_that_has_passed_holds_nobody_up() -> None:
    anna = on_stage(program("[{wait: {until: 2026-05-01 09:00}}, {tag: vip}]"))
    anna.submits()
    assert anna.done() == {"vip"}
