"""The no-show loop: a missed meeting begins a pass of its own, which ends when she books again or the mark was wrong
(S92-S96)."""

from datetime import timedelta
from typing import Any

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.tunnel.program import Program
from tests.domain.engine.kit import Stage, on_stage, program

TUNNEL = """
- await: appointment.booked
  within: 9 days
  otherwise: []
- await: appointment.held
  within: 60 days
  otherwise: [{end: not_held}]
- end: held
"""

NO_SHOW = """
- choose:
    - when: appointment.misses >= 3
      do: [{task: {list: call_list}, id: called_at_once}, {end: called}]
  otherwise: []
- email: results
  propose: {appointment: same, slots: 3}
- await: appointment.booked
  within: 3 days
  otherwise:
    - email: confirmation
      propose: {appointment: same}
    - await: appointment.booked
      within: 4 days
      otherwise: [{task: {list: call_list}}, {end: on_the_list}]
- end: put_back
"""


def no_show(**more: Any) -> Program:
    return program(NO_SHOW, "no_show", on="appointment.missed", offer=None, why=None, **more)


def missed(*others: Program) -> Stage:
    anna = on_stage(program(TUNNEL), no_show(), *others)
    anna.submits()
    anna.books()
    anna.passes("4 days")
    anna.missed()
    anna.works()
    return anna


def rebooks(anna: Stage, pass_number: int = 1) -> None:
    anna.books(scenario="no_show", pass_number=pass_number)
    anna.works()


def test_a_missed_meeting_begins_a_pass_and_proposes_times_of_the_same_rep() -> None:
    anna = missed()
    assert anna.stands("no_show") == "await_appointment_booked"
    (held,) = anna.of(do.HoldSlots)
    assert (held.type, held.rep, held.slots, held.share) == ("call", "idris", 3, 30)
    assert anna.row("results").effect.data == {"propose": "call", "rep": "idris", "slots": 3}
    assert (held.hold, held.leaves) == ("48 hours", anna.now)


def test_who_books_again_has_put_it_back_and_her_tunnel_goes_on_with_it() -> None:
    anna = missed()
    first = anna.appointment.id
    rebooks(anna)
    assert anna.appointment.replaces == first
    assert anna.stands("no_show") == "ended: put_back"
    anna.passes("4 days")
    anna.held()
    assert anna.stands() == "ended: held"


def test_who_never_answers_is_reminded_and_comes_on_the_call_list_after_seven_days() -> None:
    anna = missed()
    anna.passes("3 days")
    assert "confirmation" in anna.sent()
    assert anna.of(do.AddTask) == []
    anna.passes("4 days")
    (task,) = anna.of(do.AddTask)
    assert task.list == "call_list"
    assert anna.stands("no_show") == "ended: on_the_list"


def facts(anna: Stage) -> list[str]:
    return [fact.kind for fact in anna.of(do.RecordFact)]


def on_the_list() -> tuple[Stage, do.AddTask]:
    anna = missed()
    anna.passes("3 days")
    anna.passes("4 days")
    (task,) = anna.of(do.AddTask)
    return anna, task


def test_s96_the_call_is_about_the_missed_meeting_and_belongs_to_its_rep() -> None:
    anna, task = on_the_list()
    assert (task.appointment, task.rep) == (anna.appointment.id, "idris")
    assert facts(anna).count("to_be_called") == 1


def test_a_mark_corrected_to_missed_ticks_no_call_off_for_there_was_none() -> None:
    anna = on_stage(no_show())
    anna.books(scenario=None)
    anna.passes("4 days")
    anna.held()
    anna.missed()
    assert anna.of(do.FinishCalls) == []
    anna.held()
    assert [one.outcome for one in anna.of(do.FinishCalls)] == ["corrected"]


def test_a_new_time_from_an_older_mail_puts_the_missed_one_back_too() -> None:
    anna = missed()
    first = anna.appointment.id
    anna.books(scenario="tunnel", pass_number=1)
    assert anna.appointment.replaces == first
    assert "put_back_by_mail" in facts(anna)


def test_s95_a_time_taken_from_the_mail_and_one_agreed_on_by_telephone_are_told_apart() -> None:
    anna = missed()
    rebooks(anna)
    assert "put_back_by_mail" in facts(anna)
    called, _ = on_the_list()
    first = called.appointment.id
    called.books(by="idris")
    assert "put_back_by_call" in facts(called)
    assert [one.appointment for one in called.of(do.FinishCalls)] == [first]


def test_s96_a_provider_s_webhook_is_told_whom_to_call_about_what() -> None:
    anna = on_stage(program("[{webhook: crm}]", "told", on="appointment.missed", offer=None, why=None))
    anna.books(scenario=None)
    anna.passes("4 days")
    anna.missed()
    (call,) = anna.of(do.CallWebhook)
    assert call.data["appointment"] == {
        "id": anna.appointment.id,
        "type": "call",
        "title": "A call",
        "starts_at": f"{anna.appointment.starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "state": "missed",
        "misses": 1,
        "rep": {"id": "idris", "name": "Idris", "phone": None},
    }
    assert (call.data["lead"]["language"], call.data["lead"]["zone"]) == ("en", "Europe/Paris")


def test_s96_a_call_that_nobody_answered_is_due_again_and_one_given_up_is_over() -> None:
    anna, task = on_the_list()
    due = anna.now + timedelta(hours=2)
    anna.calls(task.task, "not_reached", due)
    assert [one.due_at for one in anna.of(do.CallAgain)] == [due]
    anna.calls(task.task, "gave_up", note="moved away")
    assert [(one.outcome, one.note) for one in anna.of(do.FinishTask)] == [("gave_up", "moved away")]
    assert facts(anna)[-2:] == ["call_unanswered", "call_given_up"]


def test_s96_a_mark_corrected_to_held_takes_her_off_the_list() -> None:
    anna, _ = on_the_list()
    anna.held()
    assert [one.outcome for one in anna.of(do.FinishCalls)] == ["corrected"]


def test_from_the_third_miss_she_comes_on_the_call_list_at_once() -> None:
    anna = missed()
    for number in (1, 2):
        rebooks(anna, number)
        anna.passes("4 days")
        anna.missed()
        anna.works()
    assert [e.pass_number for e in anna.lead.enrolments if e.scenario == "no_show"] == [1, 2, 3]
    assert anna.stands("no_show", 3) == "ended: called"
    assert anna.sent().count("results") == 2


def test_a_mark_corrected_to_held_ends_the_pass_and_gives_the_times_back() -> None:
    anna = missed()
    anna.held()
    anna.works()
    assert anna.stands("no_show") == "ended: mark_corrected"
    assert anna.of(do.ReleaseHolds) == [do.ReleaseHolds("call")]
    assert anna.stands() == "ended: held"
    anna.passes("10 days")
    assert "confirmation" not in anna.sent()


def test_a_mail_of_the_pass_that_has_not_left_does_not_leave_after_the_correction() -> None:
    anna = on_stage(program(TUNNEL), no_show())
    anna.submits()
    anna.books()
    anna.passes("4 days")
    anna.missed()
    anna.held()
    anna.works()
    assert anna.skipped() == {"results": "the mark was corrected"}


def test_nothing_begins_for_a_meeting_that_was_replaced_already() -> None:
    anna = on_stage(program(TUNNEL), no_show())
    anna.submits()
    anna.books()
    anna.passes("4 days")
    first = anna.appointment.id
    anna.missed()
    rebooks(anna)
    anna.record(on.AppointmentHeld(lead_id=1, occurred_at=anna.now, appointment=first, by="idris"))
    anna.record(on.AppointmentMissed(lead_id=1, occurred_at=anna.now, appointment=first, by="idris"))
    assert [e.pass_number for e in anna.lead.enrolments if e.scenario == "no_show"] == [1]


def test_one_made_on_the_desk_replaces_the_missed_one_of_its_type() -> None:
    anna = missed()
    first = anna.appointment.id
    anna.books(by="idris")
    anna.works()
    assert anna.appointment.replaces == first
    assert anna.stands("no_show") == "ended: put_back"


def test_one_made_on_the_desk_replaces_the_missed_one_also_after_another_was_called_off() -> None:
    anna, task = on_the_list()
    first = anna.appointment.id
    for _again in range(2):
        anna.books(by="idris")
        assert anna.appointment.replaces == first
        anna.cancels()
    assert [(one.appointment, one.outcome) for one in anna.of(do.FinishCalls)] == [(task.appointment, "put_back")] * 2


def test_each_missed_meeting_begins_its_own_pass_also_while_another_runs() -> None:
    anna = missed()
    anna.books("visit", by="idris")
    anna.passes("4 days")
    anna.missed()
    passes = [e for e in anna.lead.enrolments if e.scenario == "no_show"]
    assert [e.appointment for e in passes] == [a.id for a in anna.lead.appointments]


def test_what_follows_is_counted_for_the_offer_that_led_to_the_meeting() -> None:
    anna = missed()
    assert anna.facts["1/no_show/1/enrolled"].offer == "audit"
