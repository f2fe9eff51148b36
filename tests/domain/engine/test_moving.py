"""A meeting is moved: the same key with the next sequence, and reminders and waits that follow (S98)."""

from dataclasses import replace
from datetime import timedelta

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.company import AppointmentType
from tests.domain.engine.kit import Stage, on_stage, program
from tests.domain.engine.world import book_of

CALL = AppointmentType(id="call", title="A call", minutes=30, team="consulting")
"""With the reminders that a type has unless its author says otherwise."""

BOOKED = """
- await: appointment.booked
  within: 9 days
  otherwise: []
- wait: {until: appointment, before: 2 hours}
- tag: vip
- await: appointment.held
  within: 60 days
  otherwise: [{end: not_held}]
"""


def booked() -> Stage:
    anna = on_stage(program(BOOKED), appointment_types=[CALL])
    anna.submits()
    anna.books()
    anna.works()
    return anna


def test_both_get_the_invitation_anew_with_the_next_sequence() -> None:
    anna = booked()
    before = anna.appointment.starts_at.isoformat()
    anna.moves()
    anna.works()
    assert (anna.appointment.state, anna.appointment.sequence) == ("moved", 1)
    said = {"appointment": anna.appointment.id, "sequence": 1, "moved_from": before}
    assert anna.row("appointment_moved").effect.data == said
    assert anna.sent("user:idris") == ["dossier", "appointment_moved_rep"]


def test_reminders_follow_the_move() -> None:
    anna = booked()
    first = anna.appointment.starts_at
    anna.moves(days=5)
    anna.passes(first - anna.now + timedelta(hours=1))
    assert "appointment_reminder" not in anna.sent()
    anna.passes(anna.appointment.starts_at - anna.now)
    assert anna.sent().count("appointment_reminder") == 2


def test_reminders_stop_on_a_cancellation() -> None:
    anna = booked()
    anna.cancels()
    anna.passes("6 days")
    assert "appointment_reminder" not in anna.sent()


def asked_for_another_time() -> Stage:
    """Her rep cannot be there, and nobody else is free then."""
    anna = booked()
    anna.record(on.OtherTimeAsked(lead_id=1, occurred_at=anna.now, appointment=anna.appointment.id, by="hugo"))
    return anna


def test_who_is_asked_for_another_time_is_not_reminded_of_the_one_that_nobody_keeps() -> None:
    anna = asked_for_another_time()
    anna.passes("6 days")
    assert "appointment_other_time" in anna.sent()
    assert "appointment_reminder" not in anna.sent()


def test_reminders_are_back_once_she_has_chosen_another_time() -> None:
    anna = asked_for_another_time()
    anna.moves(days=5)
    anna.passes("6 days")
    assert anna.sent().count("appointment_reminder") == 2


def test_reminders_are_back_once_somebody_takes_over_the_time_that_nobody_kept() -> None:
    anna = asked_for_another_time()
    anna.is_given_on(anna.appointment, 3, "camille")
    anna.passes("6 days")
    assert anna.sent().count("appointment_reminder") == 2


def test_who_books_an_hour_and_a_half_before_is_reminded_once() -> None:
    anna = on_stage(program(BOOKED), appointment_types=[CALL])
    anna.submits()
    anna.record(
        on.SlotChosen(
            lead_id=1,
            occurred_at=anna.now,
            type="call",
            starts_at=anna.now + timedelta(minutes=90),
            ends_at=anna.now + timedelta(minutes=120),
            reps=("idris",),
        )
    )
    anna.passes("1 day")
    assert anna.sent().count("appointment_reminder") == 1


def test_a_wait_for_the_appointment_follows_the_move() -> None:
    anna = booked()
    assert anna.place().due_at == anna.appointment.starts_at - timedelta(hours=2)
    anna.moves(days=5)
    assert anna.place().due_at == anna.appointment.starts_at - timedelta(hours=2)
    anna.passes("4 days")
    assert anna.done() == set()
    anna.passes("1 day")
    assert anna.done() == {"vip"}


def test_a_time_that_is_taken_moves_nothing() -> None:
    anna = booked()
    before = anna.appointment
    anna.diary.add(("idris", anna.now + timedelta(days=5)))
    anna.moves(days=5)
    assert isinstance(anna.events[-1], on.SlotTaken)
    assert anna.appointment == before


def test_what_is_cancelled_or_over_is_not_moved() -> None:
    anna = booked()
    anna.cancels()
    anna.moves()
    assert anna.appointment.state == "cancelled"
    assert anna.of(do.MoveSlot) == []


def test_moving_to_the_same_time_changes_nothing() -> None:
    anna = booked()
    anna.moves(days=3)
    assert anna.appointment.sequence == 0


def test_a_move_has_a_fact_of_its_own_each_time() -> None:
    anna = booked()
    anna.moves(days=5)
    anna.moves(days=6)
    moved = [key for key, fact in anna.facts.items() if fact.kind == "appointment_moved"]
    assert moved == [f"appointment/{anna.appointment.id}/moved/1", f"appointment/{anna.appointment.id}/moved/2"]


def without(anna: Stage, gone: str) -> None:
    """This rep has left; whoever had left before is back."""
    company = book_of().company
    left = [user for user in company.users if user.id != gone]
    anna.book = replace(anna.book, company=anna.book.company.model_copy(update={"users": left}))


def facts(anna: Stage, kind: str) -> list[str | None]:
    return [fact.rep for fact in anna.facts.values() if fact.kind == kind]


def test_a_lead_given_on_and_accepted_anew_leaves_a_fact_each_time_and_each_rep_gets_the_dossier() -> None:
    anna = booked()
    anna.accepts("idris")
    without(anna, "idris")
    anna.is_given_on(anna.appointment, 6, "camille")
    assert (anna.handoff.rep, anna.handoff.state) == ("camille", "offered")
    for _pressed_twice in range(2):
        anna.accepts("camille")
    anna.works()
    assert anna.sent("user:camille").count("dossier") == 1
    without(anna, "camille")
    anna.is_given_on(anna.appointment, 7, "idris")
    anna.works()
    assert anna.sent("user:idris").count("dossier") == 2, "she may have thrown the first away"
    assert facts(anna, "accepted") == ["idris", "camille"]
    assert facts(anna, "lead_given") == ["camille", "idris"]


def test_each_appointment_that_takes_the_lead_along_is_counted() -> None:
    anna = on_stage(program(BOOKED))
    anna.submits()
    anna.books()
    anna.books("visit", by="camille", reps=("camille",))
    call, visit = anna.lead.appointments
    without(anna, "idris")
    anna.is_given_on(call, 6, "camille")
    without(anna, "camille")
    anna.is_given_on(visit, 7, "idris")
    anna.works()
    assert facts(anna, "lead_given") == ["camille", "idris"]
    assert anna.sent("user:idris").count("dossier") == 2


def test_another_rep_at_the_same_time_is_no_move_for_her() -> None:
    anna = booked()
    starts_at = anna.appointment.starts_at
    anna.is_given_on(anna.appointment, 3, "camille")
    anna.works()
    assert (anna.appointment.rep, anna.appointment.starts_at, anna.appointment.state) == (
        "camille",
        starts_at,
        "booked",
    )
    assert anna.row("appointment_moved").effect.data["stays"] == "yes"
    assert anna.appointment.sequence == 1, "the invitation names the other rep"


def test_only_another_time_counts_as_a_move_and_sets_off_what_waits_for_one() -> None:
    moved = """
    - await: appointment.moved
      within: 60 days
      otherwise: []
    - tag: vip
    """
    anna = on_stage(program(moved), program("[{tag: gold}]", "after", on="appointment.moved", offer=None, why=None))
    anna.submits()
    anna.books()
    anna.is_given_on(anna.appointment, 3, "camille")
    anna.works()
    assert facts(anna, "appointment_moved") == []
    assert anna.done() == set()
    anna.moves(days=5)
    anna.works()
    assert facts(anna, "appointment_moved") == ["camille"]
    assert anna.done() == {"gold", "vip"}
