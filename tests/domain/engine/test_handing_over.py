"""Hand-overs: what causes one, at most one open, reasons added, qualified only with a telephone (S91, S125, S130)."""

from dataclasses import replace
from datetime import timedelta

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine import decide
from funnel.domain.lead import Lead
from tests.domain.engine.kit import MONDAY, stage
from tests.domain.engine.world import book_of, program

LATER = MONDAY + timedelta(hours=12)
"""In the evening: marketing mails queued now leave tomorrow."""
LONG = "[{wait: 60 days}]"
PHONE = "+33145678910"


def test_a_step_hands_over_to_the_least_busy_rep_of_its_team() -> None:
    anna = stage("[{hand_off: {because: Wants a plan}}, {wait: 1 day}]")
    anna.load = {"camille": 4, "idris": 1}
    anna.submits(phone=PHONE)
    assert (anna.handoff.rep, anna.handoff.because, anna.handoff.state) == ("idris", ("Wants a plan",), "offered")
    assert anna.lead.stage == "qualified"


def test_the_steps_own_team_comes_before_the_scenarios() -> None:
    anna = stage("[{hand_off: {team: service, because: Broken}}]")
    anna.submits()
    assert anna.handoff.rep == "maud"


def test_crossing_the_threshold_hands_over_once() -> None:
    anna = stage("[{score: 30}, {wait: 1 day}, {score: 30, id: more}, {wait: 9 days}]")
    anna.submits()
    assert not anna.of(do.PutHandoff)
    anna.passes("1 day")
    assert [h.because for h in anna.lead.handoffs] == [("Reached 50",)]
    anna.is_given(-20)
    anna.is_given(20)
    assert [h.because for h in anna.lead.handoffs] == [("Reached 50",)]


def test_reaching_the_threshold_exactly_crosses_it() -> None:
    anna = stage(LONG)
    anna.submits()
    anna.is_given(49)
    assert anna.lead.handoffs == ()
    anna.is_given(1)
    assert len(anna.lead.handoffs) == 1


def test_a_lead_has_one_open_handoff_and_later_reasons_are_added_to_it() -> None:
    anna = stage(LONG)
    anna.submits()
    anna.is_handed_over("Asked at the fair")
    anna.is_given(60)
    anna.books()
    anna.is_handed_over("Asked at the fair")  # an old reason
    assert [h.because for h in anna.lead.handoffs] == [("Asked at the fair", "Reached 50", "booked call")]
    anna.works()
    assert anna.sent("user:camille") == ["dossier"] * 3
    assert [mail.cause for mail in anna.of(do.SendEmail) if mail.message == "house/dossier"] == [
        "handoff/1-1/1",
        f"handoff/1-1/2/{anna.now.isoformat()}",
        f"handoff/1-1/3/{anna.now.isoformat()}",
    ]


def test_two_reasons_at_one_instant_are_one_handoff() -> None:
    anna = stage("[{score: 60}, {hand_off: {because: Wants a plan}}]")
    anna.submits()
    assert [h.because for h in anna.lead.handoffs] == [("Reached 50", "Wants a plan")]


def test_a_booking_hands_over_to_the_slots_rep_on_day_0() -> None:
    anna = stage("[{email: results}, {wait: 2 days}, {email: offer}, {wait: 1 day}]")
    anna.submits(phone=PHONE)
    anna.books(reps=("idris",))
    assert (anna.handoff.rep, anna.handoff.because) == ("idris", ("booked call",))
    assert anna.lead.stage == "qualified"
    anna.passes("2 days")
    assert anna.skipped() == {"offer": "handed over"}
    assert anna.sent() == ["results", "appointment_booked"]
    (dossier,) = [mail for mail in anna.of(do.SendEmail) if mail.message == "house/dossier"]
    assert dossier.data == {"handoff": "1-1", "appointment": anna.appointment.id}


def test_a_booking_hands_over_by_itself_also_after_the_end() -> None:
    anna = stage("[{end: done}]")
    anna.submits(phone=PHONE)
    anna.passes("30 days")
    anna.books()
    assert anna.handoff.state == "offered"
    assert anna.lead.stage == "qualified"
    assert anna.stands() == "ended: done"


def test_a_type_that_does_not_hand_over_invites_both_and_leaves_the_rest() -> None:
    anna = stage(LONG)
    anna.submits()
    anna.books("visit", reps=("idris",))
    anna.works()
    assert anna.lead.handoffs == ()
    assert anna.sent() == ["appointment_booked"]
    assert anna.sent("user:idris") == ["appointment_booked_rep"]


def test_a_booking_with_another_rep_adds_the_reason_and_tells_that_rep() -> None:
    anna = stage(LONG)
    anna.submits()
    anna.is_handed_over()
    assert anna.handoff.rep == "camille"
    anna.books(reps=("idris",))
    anna.works()
    assert (anna.handoff.rep, anna.handoff.because) == ("camille", ("by hand", "booked call"))
    assert anna.sent("user:camille") == ["dossier", "dossier"]
    assert anna.sent("user:idris") == ["appointment_booked_rep"]


def test_without_a_telephone_the_handoff_says_so_and_she_is_not_qualified_until_it_is_known() -> None:
    anna = stage(LONG)
    anna.submits()
    anna.books()
    assert (anna.handoff.missing, anna.lead.stage) == (("phone",), "engaged")
    assert "1/qualified" not in anna.facts
    anna.changes(phone=PHONE)
    assert (anna.handoff.missing, anna.lead.stage) == ((), "qualified")
    assert anna.facts["1/qualified"].kind == "qualified"


def test_the_telephone_may_come_with_another_form() -> None:
    anna = stage(LONG)
    anna.submits()
    anna.books()
    anna.submits(phone=PHONE)
    assert anna.lead.stage == "qualified"
    assert anna.handoff.missing == ()


def test_she_counts_as_qualified_also_when_the_telephone_is_known_after_a_rep_accepted() -> None:
    anna = stage(LONG)
    anna.submits()
    anna.books()
    anna.accepts("idris")
    anna.changes(phone=PHONE, by="idris")
    assert anna.lead.stage == "accepted"
    assert anna.facts["1/qualified"].at == anna.now


def test_a_telephone_alone_qualifies_nobody() -> None:
    anna = stage(LONG)
    anna.submits(phone=PHONE)
    assert anna.lead.stage == "new"


def test_the_first_acceptance_wins() -> None:
    anna = stage(LONG)
    anna.submits(phone=PHONE)
    anna.is_handed_over()
    anna.accepts("idris")
    anna.accepts("camille")
    assert (anna.handoff.state, anna.handoff.rep) == ("accepted", "idris")
    assert anna.lead.stage == "accepted"
    assert [fact.rep for fact in anna.facts.values() if fact.kind == "accepted"] == ["idris"]


def test_a_return_takes_a_reason() -> None:
    anna = stage(LONG)
    anna.submits()
    anna.is_handed_over()
    anna.returns("camille", "  ")
    assert anna.handoff.state == "offered"
    anna.returns("camille", "No budget")
    assert (anna.handoff.state, anna.handoff.return_reason) == ("returned", "No budget")


def test_handed_over_skips_marketing_of_all_her_scenarios_and_a_return_lifts_it() -> None:
    anna = stage(
        "[{email: results}, {email: offer}, {wait: 2 days}, {email: reminder}, {wait: 2 days}, {email: news},"
        " {email: confirmation}, {wait: 1 day}]",
        at=LATER,
    )
    anna.submits()
    anna.is_handed_over()
    anna.passes("3 days")
    anna.returns("camille")
    anna.passes("5 days")
    assert anna.skipped() == {"offer": "handed over", "reminder": "handed over"}
    assert sorted(anna.sent()) == ["confirmation", "news", "results"]


def test_a_marketing_mail_queued_in_the_very_decision_that_hands_over_is_skipped() -> None:
    anna = stage("[{email: offer}, {hand_off: {because: Wants a plan}}, {email: reminder}, {wait: 1 day}]")
    anna.submits()
    anna.works()
    assert anna.skipped() == {"offer": "handed over", "reminder": "handed over"}


def test_asked_mails_waits_and_awaits_go_on_after_a_hand_over() -> None:
    anna = stage(
        "[{wait: 1 day}, {email: results}, {await: appointment.held, within: 9 days, otherwise: []}, {tag: vip}]"
    )
    anna.submits()
    anna.is_handed_over()
    anna.books()
    anna.passes("4 days")
    anna.held()
    assert anna.sent() == ["appointment_booked", "results"]
    assert anna.done() == {"vip"}


def test_after_a_return_she_can_be_handed_over_anew() -> None:
    anna = stage(LONG)
    anna.submits(phone=PHONE)
    anna.is_handed_over()
    anna.returns("camille")
    stages = [anna.lead.stage]
    anna.books(reps=("idris",))
    assert [(h.id, h.state, h.rep) for h in anna.lead.handoffs] == [
        ("1-1", "returned", "camille"),
        ("1-2", "offered", "idris"),
    ]
    assert [*stages, anna.lead.stage] == ["engaged", "qualified"]


def test_a_return_as_no_prospect_disqualifies_her_and_ends_her_scenarios() -> None:
    anna = stage(LONG)
    anna.submits()
    anna.is_handed_over()
    anna.returns("camille", "A student", disqualified=True)
    assert anna.lead.stage == "disqualified"
    assert anna.stands() == "ended: disqualified"


def test_an_answer_to_a_handoff_that_is_none_changes_nothing() -> None:
    anna = stage(LONG)
    anna.submits()
    before = anna.lead
    anna.accepts("idris", "1-9")
    assert anna.lead == before


def test_a_team_without_reps_leaves_her_where_she_is() -> None:
    anna = stage(LONG)
    anna.submits()
    anna.is_handed_over(team="nobody")
    assert anna.lead.handoffs == ()
    anna.is_handed_over()
    assert len(anna.lead.handoffs) == 1


def test_a_lead_whom_no_rep_can_take_becomes_a_task_for_everybody() -> None:
    program_ = program("[{hand_off: {team: service, because: Wants a plan}}, {wait: 60 days}]")
    company = book_of(program_).company
    without = company.model_copy(update={"users": [user for user in company.users if user.team != "service"]})
    lead = Lead(7, "anna@example.org", MONDAY)
    asked = on.RepAssigned(lead_id=7, occurred_at=MONDAY, rep=None, because="Wants a plan", handoff="7-1")
    effects = decide(replace(book_of(program_), company=without), lead, asked, MONDAY)
    assert [(e.text, e.rep, e.team) for e in effects if isinstance(e, do.AddTask)] == [
        ("No rep could take this lead: Wants a plan", None, None)
    ]
