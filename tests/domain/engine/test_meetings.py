"""Appointments: booked once, cancelled with the same key, held or missed, marks corrected in the facts too (S92)."""

from datetime import timedelta

from funnel.domain import effects as do
from funnel.domain import events as on
from tests.domain.engine.kit import Stage, stage

WAITING = """
- await: appointment.booked
  within: 9 days
  otherwise: []
- await: appointment.held
  within: 60 days
  otherwise: [{tag: late}]
- tag: vip
- wait: 1 day
"""


def booked() -> Stage:
    anna = stage(WAITING)
    anna.submits()
    anna.books()
    anna.works()
    return anna


def test_a_booking_sends_her_an_invitation_and_the_rep_a_dossier_with_it() -> None:
    anna = booked()
    mail = anna.row("appointment_booked").effect
    assert (mail.cause, mail.kind, mail.data) == (
        f"appointment/{anna.appointment.id}/0",
        "asked",
        {"appointment": anna.appointment.id, "sequence": 0},
    )
    assert anna.sent("user:idris") == ["dossier"]


def test_a_second_click_books_nothing_more() -> None:
    anna = booked()
    anna.books()
    assert len(anna.lead.appointments) == 1


def test_another_type_may_be_booked_beside_it() -> None:
    anna = booked()
    anna.books("visit")
    assert [a.type for a in anna.lead.appointments] == ["call", "visit"]


def test_an_appointment_that_nobody_marked_does_not_stand_in_the_way_of_the_next() -> None:
    anna = booked()
    anna.passes("4 days")
    anna.books()
    assert len(anna.lead.appointments) == 2


def test_a_slot_that_has_gone_changes_nothing() -> None:
    anna = stage(WAITING)
    anna.submits()
    anna.diary = {("idris", anna.now + timedelta(days=3))}
    anna.books(reps=("idris",))
    assert isinstance(anna.events[-1], on.SlotTaken)
    assert anna.lead.appointments == ()
    assert anna.stands() == "await_appointment_booked"


def test_an_unknown_type_is_not_booked() -> None:
    anna = stage(WAITING)
    anna.submits()
    anna.books("dinner")
    assert anna.lead.appointments == ()


def test_a_cancelled_appointment_tells_both_with_the_next_sequence_once() -> None:
    anna = booked()
    anna.cancels()
    anna.cancels()
    anna.works()
    assert (anna.appointment.state, anna.appointment.sequence) == ("cancelled", 1)
    assert anna.row("appointment_cancelled").effect.cause == f"appointment/{anna.appointment.id}/1"
    assert anna.sent("user:idris") == ["dossier", "appointment_cancelled_rep"]


def test_after_a_cancellation_she_can_book_again_and_its_meeting_counts() -> None:
    anna = booked()
    anna.cancels()
    anna.books(reps=("idris",))
    anna.works()
    assert anna.sent("user:idris")[-1] == "appointment_booked_rep"  # the same reason makes no new dossier
    anna.passes("4 days")
    anna.held()
    assert anna.done() == {"vip"}


def test_a_cancelled_appointment_is_neither_held_nor_missed() -> None:
    anna = booked()
    anna.cancels()
    before = anna.lead
    anna.held()
    anna.missed()
    assert anna.lead == before


def test_a_meeting_held_leads_on() -> None:
    anna = booked()
    assert anna.stands() == "await_appointment_held"
    anna.passes("4 days")
    anna.held()
    assert anna.done() == {"vip"}
    assert anna.stands() == "wait_1_day"


def test_a_missed_meeting_leads_nobody_on_until_the_mark_is_corrected() -> None:
    anna = booked()
    anna.passes("4 days")
    anna.missed()
    assert anna.done() == set()
    anna.held()
    assert anna.appointment.state == "held"
    assert anna.done() == {"vip"}


def test_the_same_mark_twice_counts_once() -> None:
    anna = booked()
    anna.held()
    seen = len(anna.effects)
    anna.held()
    assert len(anna.effects) == seen


def test_each_correction_of_a_mark_corrects_the_fact_before_it() -> None:
    anna = booked()
    anna.held()
    anna.missed()
    anna.held()
    number = anna.appointment.id
    marks = [fact for fact in anna.facts.values() if fact.kind in ("appointment_held", "appointment_missed")]
    assert [(fact.key, fact.corrects) for fact in marks] == [
        (f"appointment/{number}/held", None),
        (f"appointment/{number}/missed/2", f"appointment/{number}/held"),
        (f"appointment/{number}/held/3", f"appointment/{number}/missed/2"),
    ]


def test_a_booking_of_another_pass_meets_no_await_of_this_one() -> None:
    anna = stage(WAITING)
    anna.submits()
    anna.books(pass_number=2)
    assert anna.stands() == "await_appointment_booked"


def test_a_condition_sees_the_appointment_of_its_own_enrolment() -> None:
    anna = stage(
        '[{wait: 1 day}, {when: appointment.type == "call" and appointment.state == "booked", do: [{tag: vip}]}]'
    )
    anna.submits()
    anna.books()
    anna.books("visit", scenario=None)
    anna.passes("1 day")
    assert anna.done() == {"vip"}


def test_the_facts_of_an_appointment_name_rep_team_and_scenario() -> None:
    anna = booked()
    (fact,) = [fact for fact in anna.of(do.RecordFact) if fact.kind == "appointment_booked"]
    assert (fact.rep, fact.team, fact.scenario) == ("idris", "consulting", "tunnel")


def test_her_own_time_pressed_first_keeps_no_mail_back_that_says_another_was_not_booked() -> None:
    anna = booked()
    before = anna.sent().count("appointment_booked")
    appointment = anna.appointment
    for wanted in (None, *(appointment.starts_at + timedelta(days=days) for days in (1, 2))):
        anna.record(on.AppointmentAsked(lead_id=1, occurred_at=anna.now, appointment=appointment.id, wanted=wanted))
    anna.works()
    assert anna.sent().count("appointment_booked") == before + 2, "one about hers, and about others one a day"


def test_a_browser_that_asks_for_her_appointment_makes_one_mail_a_day_to_her() -> None:
    anna = booked()
    asked = on.AppointmentAsked(lead_id=1, occurred_at=anna.now, appointment=anna.appointment.id)
    before = anna.sent().count("appointment_booked")
    anna.record(asked)
    anna.record(asked)
    anna.works()
    assert anna.sent().count("appointment_booked") == before + 1
    anna.cancels()
    anna.record(asked)
    anna.works()
    assert anna.sent().count("appointment_booked") == before + 1
