"""Awaits: what meets them and when, what they remember, when they run out, and what `unless` skips."""

from datetime import timedelta

import pytest

from funnel.domain import effects as do
from funnel.domain import events as on
from tests.domain.engine.kit import MONDAY, Stage, on_stage, paris, program, stage

SATURDAY = paris("2026-06-06 10:00")
BOOKING = """
- email: results
- wait: 2 days
- email: offer
  unless: appointment.booked
- await: appointment.booked
  within: 5 days
  otherwise: [{tag: late}]
- wait: 1 day
- tag: vip
- wait: 1 day
"""


def booking() -> Stage:
    anna = stage(BOOKING)
    anna.submits()
    return anna


def test_an_answer_leads_on_and_the_wait_after_it_counts_from_the_answer() -> None:
    anna = booking()
    anna.passes("3 days")
    anna.books()
    assert anna.stands() == "wait_1_day"
    assert anna.place().due_at == MONDAY + timedelta(days=4)


def test_an_await_is_met_by_an_event_that_came_before_its_step() -> None:
    anna = booking()
    anna.passes("36 hours")
    anna.books()
    assert anna.stands() == "wait_2_days"
    anna.passes("12 hours")
    assert anna.skipped() == {}
    assert "offer" not in [row.name for row in anna.rows.values()]
    assert anna.stands() == "wait_1_day"
    assert anna.place().due_at == MONDAY + timedelta(hours=36 + 24)  # from the booking, not from the step


def test_a_wait_that_is_over_by_the_event_it_counts_from_is_passed_at_once() -> None:
    anna = booking()
    anna.passes("1 hour")
    anna.books()
    anna.passes("2 days")
    assert anna.stands() == "wait_1_day_2"
    assert anna.done() == {"vip"}
    assert anna.place().due_at == MONDAY + timedelta(days=3)  # the second wait counts from the planned instant


def test_a_wait_with_a_mail_between_counts_from_the_step() -> None:
    anna = stage(
        "[{wait: 2 days}, {await: appointment.booked, within: 5 days, otherwise: []},"
        " {email: confirmation, unless: appointment.cancelled}, {wait: 1 day}]"
    )
    anna.submits()
    anna.passes("1 day")
    anna.books()
    anna.passes("1 day")
    assert anna.place().due_at == MONDAY + timedelta(days=3)


def test_without_an_answer_the_await_runs_out_into_otherwise_and_goes_on_after_its_block() -> None:
    anna = booking()
    anna.passes("7 days")
    assert anna.done() == {"late"}
    assert anna.stands() == "wait_1_day"
    assert anna.place().due_at == MONDAY + timedelta(days=8)
    anna.passes("1 day")
    assert anna.done() == {"late", "vip"}


def test_an_answer_at_the_instant_of_the_time_out_wins() -> None:
    anna = booking()
    anna.passes("6 days")
    waiting = anna.place()
    assert waiting.due_at is not None
    anna.now = waiting.due_at
    anna.books()
    anna.strikes(waiting)
    assert anna.done() == set()
    assert anna.stands() == "wait_1_day"


def test_within_counts_from_when_the_mail_before_it_left() -> None:
    anna = stage("[{email: offer}, {await: appointment.booked, within: 1 day, otherwise: [{tag: late}]}]", at=SATURDAY)
    anna.submits()
    anna.comes("2026-06-08 07:59")  # the mail leaves on Monday at eight: it cannot run out before
    assert anna.stands() == "await_appointment_booked"
    anna.comes("2026-06-08 08:00")
    assert anna.place().due_at == paris("2026-06-09 08:00")
    anna.comes("2026-06-09 08:00")
    assert anna.done() == {"late"}


def test_within_counts_from_when_the_mail_before_it_was_skipped() -> None:
    anna = stage("[{email: offer}, {await: appointment.booked, within: 1 day, otherwise: [{tag: late}]}]", at=SATURDAY)
    anna.submits()
    anna.passes("12 hours")
    anna.is_handed_over()
    anna.works()
    assert anna.skipped() == {"offer": "handed over"}
    assert anna.place().due_at == SATURDAY + timedelta(hours=36)


def test_within_counts_from_the_step_when_the_mail_was_never_queued() -> None:
    anna = stage("[{email: offer}, {await: appointment.booked, within: 1 day, otherwise: [{tag: late}]}]", at=SATURDAY)
    anna.submits(consents={})
    assert anna.skipped() == {"offer": "no consent"}
    anna.passes("1 day")
    assert anna.done() == {"late"}


def test_the_end_of_an_older_mail_moves_nothing() -> None:
    anna = stage("[{email: offer}, {wait: 1 day}, {await: appointment.booked, within: 1 day, otherwise: []}]")
    anna.submits()
    anna.passes("1 day")
    before = anna.lead
    anna.record(
        on.EmailLeft(
            lead_id=1,
            occurred_at=anna.now + timedelta(hours=1),
            cause="tunnel/email_offer/1",
            scenario="tunnel",
            pass_number=1,
            outcome="sent",
        )
    )
    assert anna.lead == before


def test_an_await_uses_an_event_once() -> None:
    twice = """
    - await: appointment.booked
      within: 9 days
      otherwise: []
    - tag: vip
    - await: appointment.booked
      within: 9 days
      otherwise: []
    - tag: plan
    """
    anna = stage(twice)
    anna.submits()
    anna.books()
    assert anna.done() == {"vip"}
    anna.cancels()
    anna.books()
    assert anna.done() == {"vip", "plan"}


def test_two_events_before_two_awaits_meet_one_each() -> None:
    anna = stage(
        "[{wait: 1 day}, {await: questionnaire.completed, within: 9 days, otherwise: []}, {tag: vip},"
        " {await: questionnaire.completed, within: 9 days, otherwise: []}, {tag: plan}, {wait: 1 day}]"
    )
    anna.submits()
    anna.answers()
    anna.answers()
    anna.passes("1 day")
    assert anna.done() == {"vip", "plan"}


def test_since_here_asks_for_a_new_one() -> None:
    anna = stage(
        "[{wait: 1 day}, {await: questionnaire.completed, since: here, within: 9 days, otherwise: []}, {tag: vip}]"
    )
    anna.submits()
    anna.answers()
    anna.passes("1 day")
    assert anna.stands() == "await_questionnaire_completed"
    anna.books()  # something else does not make the old answer new
    assert anna.done() == set()
    anna.answers()
    assert anna.done() == {"vip"}


def test_since_here_does_not_take_what_came_at_the_instant_of_entering() -> None:
    anna = stage("[{await: questionnaire.completed, since: here, within: 9 days, otherwise: []}, {tag: vip}]")
    anna.evaluates_herself()
    assert anna.stands() == "await_questionnaire_completed"
    anna.answers()  # a new one, at the same instant
    assert anna.done() == {"vip"}


def test_an_await_takes_only_its_own_questionnaire_and_type_of_appointment() -> None:
    anna = stage("[{await: appointment.booked, appointment: call, within: 9 days, otherwise: []}, {tag: vip}]")
    anna.submits()
    anna.books("visit")
    assert anna.done() == set()
    anna.books("call")
    assert anna.done() == {"vip"}


def test_an_answer_for_another_enrolment_meets_nothing() -> None:
    other = program("[{await: questionnaire.completed, within: 9 days, otherwise: []}, {tag: plan}]", "other")
    anna = stage("[{await: questionnaire.completed, within: 9 days, otherwise: []}, {tag: vip}]", other)
    anna.submits()
    anna.submits("other")
    anna.answers("other", 1)
    assert anna.done() == {"plan"}
    anna.answers("tunnel", 7)
    assert anna.done() == {"plan"}


def test_an_answer_outside_any_enrolment_counts_for_all_that_run() -> None:
    other = program("[{await: questionnaire.completed, within: 9 days, otherwise: []}, {tag: plan}]", "other")
    anna = stage("[{await: questionnaire.completed, within: 9 days, otherwise: []}, {tag: vip}]", other)
    anna.submits()
    anna.submits("other")
    anna.answers(None, None)
    assert anna.done() == {"vip", "plan"}


def test_a_booking_at_the_desk_counts_for_every_enrolment_that_proposes_its_type() -> None:
    proposing = (
        "[{email: offer, propose: {appointment: call}}, {await: appointment.booked, within: 9 days, otherwise: []},"
        " {tag: vip}]"
    )
    silent = program("[{await: appointment.booked, within: 9 days, otherwise: []}, {tag: plan}]", "other")
    anna = stage(proposing, silent)
    anna.submits()
    anna.submits("other")
    anna.books(by="idris")
    assert anna.done() == {"vip"}


def test_the_form_that_began_it_meets_no_await_but_one_sent_again_does() -> None:
    anna = stage("[{await: form.submitted, within: 9 days, otherwise: []}, {tag: vip}]")
    anna.submits()
    assert anna.done() == set()
    anna.submits()
    assert anna.done() == {"vip"}


@pytest.mark.parametrize("verb", ["tag: vip", "score: 5", "task: Call her", "webhook: crm", "status: warm"])
def test_unless_skips_any_step_when_that_has_happened(verb: str) -> None:
    steps = f"[{{wait: 1 day}}, {{{verb}, unless: appointment.booked}}, {{wait: 1 day}}]"
    anna, ben = stage(steps), stage(steps)
    for one in (anna, ben):
        one.submits()
        if one is anna:
            one.books()
        one.effects.clear()
        one.passes("1 day")
        assert one.stands() == "wait_1_day_2"
    assert {type(effect) for effect in anna.effects} == {do.PutEnrolment}
    assert {type(effect) for effect in ben.effects} > {do.PutEnrolment}


def test_unless_skips_a_whole_choice() -> None:
    anna = stage(
        "[{wait: 1 day}, {choose: [{when: score >= 0, do: [{tag: vip}]}], otherwise: [{tag: late}],"
        " unless: appointment.booked}, {tag: plan}]"
    )
    anna.submits()
    anna.books()
    anna.passes("1 day")
    assert anna.done() == {"plan"}


def test_what_came_while_she_was_parked_is_not_lost() -> None:
    anna = stage("[{await: questionnaire.completed, within: 2 days, otherwise: [{tag: late}]}, {tag: vip}]")
    anna.submits()
    anna.record_place(state="parked", due_at=None, reason="the database was away")
    anna.answers()
    assert anna.done() == set()
    anna.is_tried_again()
    assert anna.done() == {"vip"}


def test_another_scenario_s_form_starts_one_and_is_awaited_by_its_name() -> None:
    waits = "{await: form.submitted, form: other, within: 5 days, otherwise: [{end: silent}]}"
    asks = f"[{waits}, {{tag: asked}}, {{wait: 9 days}}]"
    nurture = program("[{wait: 9 days}]", "nurture", on={"form.submitted": "other"}, form=None)
    anna = on_stage(program(asks), program("[{wait: 1 day}]", "other"), nurture)
    anna.submits()
    assert [one.scenario for one in anna.lead.enrolments] == ["tunnel"]
    anna.submits("other")
    assert [one.scenario for one in anna.lead.enrolments] == ["tunnel", "other", "nurture"]
    assert set(anna.lead.tags) == {"asked"}


def test_who_came_in_without_a_form_waits_for_any() -> None:
    asks = "[{await: form.submitted, within: 5 days, otherwise: [{end: silent}]}, {tag: asked}, {wait: 9 days}]"
    follows = program(asks, "follows", on={"questionnaire.completed": "cx"}, form=None)
    anna = on_stage(program("[{wait: 30 days}]"), follows, program("[{wait: 1 day}]", "other"))
    anna.submits()
    anna.answers()
    assert anna.place("follows").state == "awaiting"
    anna.submits("other")
    assert set(anna.lead.tags) == {"asked"}
