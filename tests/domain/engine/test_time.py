"""When steps are carried out: D+2 at the same local time, windows, waits from the planned instant (S144)."""

import pytest

from tests.domain.engine.kit import MONDAY, Stage, on_stage, paris, program, stage

D_PLUS_2 = "[{email: results}, {wait: 2 days}, {email: offer}, {wait: 1 day}, {tag: vip}]"


@pytest.mark.parametrize(
    "submitted, planned",
    [
        ("2026-06-01 10:00", "2026-06-03 10:00"),
        ("2026-03-27 10:00", "2026-03-29 10:00"),  # the night in which Paris loses an hour
        ("2026-10-24 10:00", "2026-10-26 10:00"),  # and the one in which it wins one
        ("2026-03-27 02:30", "2026-03-29 03:30"),  # a local time that does not exist moves forward by the gap
    ],
)
def test_s144_d_plus_2_is_the_same_local_time_two_days_later(submitted: str, planned: str) -> None:
    anna = stage(D_PLUS_2, at=paris(submitted))
    anna.submits()
    assert anna.place().due_at == paris(planned)
    anna.passes("4 days")
    assert anna.row("offer").effect.at == paris(planned)


def test_d_plus_2_goes_by_her_own_zone() -> None:
    anna = stage(D_PLUS_2, at=paris("2026-03-06 18:00"))  # noon in New York, whose clocks change on the 8th
    anna.submits(zone="America/New_York")
    anna.passes("3 days")
    assert anna.row("offer").effect.at == paris("2026-03-08 17:00")
    assert anna.row("offer").effect.not_before == paris("2026-03-09 13:00")  # Monday, eight o'clock over there


def test_a_zone_that_is_none_falls_back_to_the_company() -> None:
    anna = stage(D_PLUS_2)
    anna.submits(zone="Mars/Olympus")
    assert anna.place().due_at == paris("2026-06-03 10:00")


def test_a_mail_that_was_asked_for_leaves_at_once_also_on_a_sunday_night() -> None:
    anna = stage(D_PLUS_2, at=paris("2026-06-07 23:40"))
    anna.submits()
    anna.works()
    assert anna.sent() == ["results"]
    assert anna.row("results").left_at == paris("2026-06-07 23:40")


def test_the_window_moves_marketing_mail_and_the_wait_counts_from_the_planned_time() -> None:
    anna = stage(D_PLUS_2, at=paris("2026-06-04 20:00"))  # a Thursday
    anna.submits()
    anna.comes("2026-06-06 20:00")
    assert anna.row("offer").effect.not_before == paris("2026-06-08 08:00")
    assert anna.place().due_at == paris("2026-06-07 20:00")
    anna.comes("2026-06-07 20:00")
    assert anna.done() == {"vip"}
    assert anna.sent() == ["results"]
    anna.comes("2026-06-08 08:00")
    assert anna.sent() == ["results", "offer"]


def test_mails_moved_by_the_window_keep_their_order() -> None:
    anna = stage("[{wait: 10 hours}, {email: offer}, {wait: 1 hour}, {email: reminder}]")
    anna.submits()
    anna.passes("1 day")
    assert [row.effect.not_before for row in anna.rows.values()] == [paris("2026-06-02 08:00")] * 2
    assert anna.sent() == ["offer", "reminder"]


def test_a_step_that_is_carried_out_late_still_keeps_to_the_window() -> None:
    anna = stage("[{wait: 2 hours}, {email: offer}, {wait: 1 day}]")
    anna.submits()
    anna.now = paris("2026-06-01 23:00")  # the machine was down
    anna.works()
    assert anna.row("offer").effect.at == paris("2026-06-01 12:00")
    assert anna.row("offer").effect.not_before == paris("2026-06-02 08:00")
    assert anna.place().due_at == paris("2026-06-02 12:00")


def test_hours_are_elapsed_time_over_a_clock_change() -> None:
    anna = stage("[{wait: 24 hours}, {tag: vip}]", at=paris("2026-03-28 20:00"))
    anna.submits()
    assert anna.place().due_at == paris("2026-03-29 21:00")


def test_steps_without_time_are_all_carried_out_in_the_same_decision() -> None:
    anna = stage("[{tag: vip}, {status: warm}, {score: 5}, {tag: plan}, {wait: 1 day}]")
    anna.submits()
    assert anna.done() == {"vip", "plan"}
    assert (anna.lead.status, anna.lead.score) == ("warm", 5)
    assert anna.stands() == "wait_1_day"


def test_a_due_step_that_she_has_left_meanwhile_does_nothing() -> None:
    anna = stage("[{wait: 1 day}, {tag: vip}, {wait: 1 day}, {tag: plan}]")
    anna.submits()
    old = anna.place()
    anna.passes("1 day")
    assert anna.stands() == "wait_1_day_2"
    anna.strikes(old)
    assert anna.stands() == "wait_1_day_2"
    assert anna.done() == {"vip"}


def test_a_step_is_not_carried_out_before_its_time() -> None:
    anna = stage("[{wait: 1 day}, {tag: vip}]")
    anna.submits()
    anna.strikes(anna.place())
    assert anna.done() == set()


def test_a_wait_beyond_the_calendar_parks_her_with_the_reason_and_keeps_her_form() -> None:
    anna = stage("[{email: results}, {wait: 99999 years}, {tag: vip}]")
    anna.submits()
    assert anna.place().state == "parked"
    assert anna.place().step == "wait_99999_years"
    assert anna.place().reason
    anna.works()
    assert anna.sent() == ["results"]
    anna.is_tried_again()
    assert anna.place().state == "parked", "the calendar has not grown"
    assert anna.done() == set()


def test_a_window_that_never_opens_parks_her_at_the_mail() -> None:
    tunnel = program("[{email: results}, {email: offer}, {wait: 1 day}]")
    closed = on_stage(tunnel).book.company.sending_window.model_copy(update={"days": []})
    anna: Stage = on_stage(tunnel, sending_window=closed, at=MONDAY)
    anna.submits()
    assert (anna.place().state, anna.place().step) == ("parked", "email_offer")
    anna.works()
    assert anna.sent() == ["results"]
