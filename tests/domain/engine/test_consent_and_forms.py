"""Forms: who enters, what is sent again, what a browser may change, what each of the two consents allows (S128)."""

import itertools
from datetime import timedelta

import pytest

from funnel.domain import effects as do
from funnel.domain import events as on
from tests.domain.engine.kit import MONDAY, Stage, program, stage

TUNNEL = "[{email: results}, {wait: 2 days}, {email: offer}, {wait: 2 days}, {email: confirmation}, {end: done}]"


@pytest.mark.parametrize("mails, tracking", list(itertools.product([False, True], repeat=2)))
def test_the_two_consents_are_kept_apart(mails: bool, tracking: bool) -> None:
    anna = stage(TUNNEL)
    anna.submits(consents={"follow_up_email": mails, "visit_tracking": tracking})
    anna.passes("5 days")
    assert anna.lead.consents == {"follow_up_email": mails, "visit_tracking": tracking}
    assert anna.sent() == (["results", "offer", "confirmation"] if mails else ["results", "confirmation"])
    assert anna.skipped() == ({} if mails else {"offer": "no consent"})
    assert anna.stands() == "ended: done"


def test_a_consent_is_kept_with_its_wording_its_page_and_its_instant() -> None:
    anna = stage(TUNNEL)
    anna.submits()
    assert anna.of(do.RecordConsent) == [
        do.RecordConsent("follow_up_email", True, "I agree to follow_up_email", "/l/tunnel", MONDAY),
        do.RecordConsent("visit_tracking", False, "I agree to visit_tracking", "/l/tunnel", MONDAY),
    ]


def test_a_box_left_unticked_withdraws_nothing() -> None:
    anna = stage(TUNNEL)
    anna.submits(consents={"follow_up_email": True, "visit_tracking": True})
    anna.submits(consents={"follow_up_email": False, "visit_tracking": False})
    assert anna.lead.consents == {"follow_up_email": True, "visit_tracking": True}


def test_a_consent_withdrawn_on_her_page_skips_what_follows() -> None:
    anna = stage(TUNNEL)
    anna.submits()
    anna.decides("follow_up_email", False)
    anna.passes("5 days")
    assert anna.skipped() == {"offer": "no consent"}
    assert anna.stands() == "ended: done"


def test_unsubscribing_ends_her_scenarios_stops_what_is_queued_and_withdraws_each_marketing_purpose() -> None:
    anna = stage(
        "[{email: results}, {email: offer}, {wait: 2 days}, {email: reminder}]", at=MONDAY + timedelta(hours=12)
    )
    anna.submits(consents={"follow_up_email": True, "visit_tracking": True})
    anna.works()
    anna.unsubscribes()
    anna.passes("5 days")
    assert anna.stands() == "ended: unsubscribed"
    assert anna.sent() == ["results"]
    assert anna.skipped() == {"offer": "unsubscribed"}
    assert anna.lead.consents == {"follow_up_email": False, "visit_tracking": True}


def test_unsubscribing_twice_does_nothing_more() -> None:
    anna = stage(TUNNEL)
    anna.submits()
    anna.unsubscribes()
    seen = len(anna.effects)
    anna.unsubscribes()
    assert len(anna.effects) == seen


def test_a_scenario_that_does_not_leave_when_unsubscribed_goes_on_without_marketing() -> None:
    anna = stage(TUNNEL, leave_when=["disqualified"])
    anna.submits()
    anna.unsubscribes()
    anna.passes("5 days")
    assert anna.skipped() == {"offer": "unsubscribed"}
    assert anna.stands() == "ended: done"


def test_subscribing_again_takes_a_link_that_proves_the_address() -> None:
    anna = stage(TUNNEL)
    anna.submits()
    anna.unsubscribes()
    anna.submits()
    assert anna.lead.unsubscribed
    anna.submits(proven=True)
    assert not anna.lead.unsubscribed


def test_to_be_looked_at_on_the_web_is_no_wish_for_mail() -> None:
    anna = stage(TUNNEL)
    anna.submits()
    anna.unsubscribes()
    anna.decides("visit_tracking", True)
    anna.submits(proven=True, consents={"follow_up_email": False, "visit_tracking": True})
    assert anna.lead.unsubscribed
    anna.decides("follow_up_email", True)
    assert not anna.lead.unsubscribed


def test_a_form_sent_again_by_someone_inside_sends_again_what_was_asked_for_and_starts_nothing() -> None:
    anna = stage(TUNNEL)
    anna.submits()
    anna.passes("1 day")
    place = anna.place()
    anna.submits()
    anna.works()
    assert anna.sent() == ["results", "results"]
    assert len(anna.lead.enrolments) == 1
    assert anna.place().due_at == place.due_at


def test_a_form_sent_again_repeats_only_asked_mails_before_the_first_wait_with_their_proposal() -> None:
    anna = stage(
        "[{email: results, propose: {appointment: call}}, {email: offer}, {when: score > 1, do: [{tag: vip}]},"
        " {email: confirmation, unless: appointment.booked}, {wait: 1 day}, {email: results, id: later}]"
    )
    anna.submits()
    anna.books()
    anna.effects.clear()
    anna.submits()
    again = anna.of(do.SendEmail)
    assert [(mail.step, mail.data) for mail in again] == [("email_results", {"propose": "call"})]


def test_again_never_lets_nobody_in_twice_but_answers_kindly() -> None:
    anna = stage(TUNNEL, again="never")
    anna.submits()
    anna.passes("30 days")
    anna.submits()
    anna.works()
    assert [(e.pass_number, e.state) for e in anna.lead.enrolments] == [(1, "ended")]
    assert anna.sent()[-1] == "results"


def test_again_each_begins_the_next_pass_once_she_is_out() -> None:
    anna = stage(TUNNEL, again="each")
    anna.submits()
    anna.passes("30 days")
    anna.submits()
    anna.passes("30 days")
    assert [(e.pass_number, e.state) for e in anna.lead.enrolments] == [(1, "ended"), (2, "ended")]
    assert anna.sent() == ["results", "offer", "confirmation"] * 2


def test_again_after_90_days_counts_from_when_the_last_pass_began() -> None:
    anna = stage(TUNNEL, again="after 90 days")
    anna.submits()
    anna.passes("89 days")
    anna.submits()
    assert len(anna.lead.enrolments) == 1
    anna.passes("1 day")
    anna.submits()
    assert anna.place(pass_number=2).began_at == MONDAY + timedelta(days=90)


def test_a_self_evaluation_is_one_post_that_enters_with_its_answers() -> None:
    anna = stage(
        '[{email: results}, {choose: [{when: answers.cx.band == "high", do: [{tag: vip}]}], otherwise: [{tag: plan}]},'
        " {await: questionnaire.completed, within: 1 day, otherwise: [{tag: late}]}, {wait: 1 day}]"
    )
    anna.evaluates_herself(share=80)
    assert anna.done() == {"vip"}
    assert anna.stands() == "wait_1_day"
    assert (anna.lead.answers[0].scenario, anna.lead.answers[0].pass_number) == ("tunnel", 1)
    assert anna.lead.stage == "engaged"
    assert len(anna.lead.enrolments) == 1


def test_a_self_evaluation_sent_again_keeps_the_new_answers_with_the_pass_she_is_in() -> None:
    anna = stage(TUNNEL)
    anna.evaluates_herself(share=80)
    anna.evaluates_herself(share=20)
    assert [(sheet.share, sheet.pass_number) for sheet in anna.lead.answers] == [(80, 1), (20, 1)]
    anna.works()
    assert anna.sent() == ["results", "results"]


def test_answers_of_the_second_pass_decide_in_the_second_pass() -> None:
    choice = "[{choose: [{when: answers.cx.share >= 60, do: [{tag: vip}]}], otherwise: [{tag: plan}]}]"
    anna = stage(choice, again="each")
    anna.evaluates_herself(share=20)
    assert anna.done() == {"plan"}
    anna.evaluates_herself(share=80)
    assert anna.done() == {"plan", "vip"}
    assert [sheet.pass_number for sheet in anna.lead.answers] == [1, 2]


def test_answers_after_the_end_are_kept() -> None:
    anna = stage("[{end: done}]")
    anna.submits()
    anna.answers()
    assert len(anna.lead.answers) == 1
    assert anna.stands() == "ended: done"


def test_an_unproven_browser_fills_what_is_empty_and_overwrites_nothing() -> None:
    anna = stage(TUNNEL)
    anna.submits(name="Anna", company="Acme")
    anna.submits(name="Mallory", company="Evil", phone="+33145678910", zone="Asia/Tokyo")
    assert (anna.lead.name, anna.lead.company, anna.lead.phone) == ("Anna", "Acme", "+33145678910")
    assert anna.lead.zone == "Europe/Paris"
    assert len(anna.of(do.RecordSubmission)) == 2


def test_her_own_link_may_overwrite_but_an_empty_field_empties_nothing() -> None:
    anna = stage(TUNNEL)
    anna.submits(name="Anna", company="Acme", phone="+33145678910")
    anna.submits(name="Anna Berg", company="", proven=True)
    assert (anna.lead.name, anna.lead.company, anna.lead.phone) == ("Anna Berg", "Acme", "+33145678910")


def test_the_source_is_that_of_the_first_form_that_had_one() -> None:
    anna = stage(TUNNEL)
    anna.submits()
    anna.submits(source={"cta": "article"})
    anna.submits(source={"cta": "other"})
    assert anna.lead.source == {"cta": "article"}


def test_a_corrected_address_gets_what_was_asked_for_and_begins_nothing() -> None:
    anna = stage("[{email: results}, {end: done}]", again="each")
    anna.submits()
    anna.works()
    anna.record(
        on.EmailCorrected(lead_id=1, occurred_at=anna.now, email="anna@gmail.com", scenario="tunnel", pass_number=1)
    )
    anna.works()
    assert anna.lead.email == "anna@gmail.com"
    assert anna.sent() == ["results", "results"]
    assert len(anna.lead.enrolments) == 1


def test_a_proven_address_is_not_corrected() -> None:
    anna = stage(TUNNEL)
    anna.submits()
    anna.record(on.EmailProven(lead_id=1, occurred_at=anna.now))
    anna.record(
        on.EmailCorrected(lead_id=1, occurred_at=anna.now, email="eve@example.com", scenario="tunnel", pass_number=1)
    )
    assert anna.lead.email == "anna@example.com"


def test_a_form_of_a_scenario_that_is_not_published_is_kept_and_starts_nothing() -> None:
    anna = stage(TUNNEL)
    anna.submits("gone")
    assert len(anna.of(do.RecordSubmission)) == 1
    assert anna.lead.enrolments == ()


def test_people_inside_keep_their_version_and_new_passes_get_the_new_one() -> None:
    anna = stage("[{wait: 1 day}, {tag: vip}, {end: old}]", again="each")
    anna.submits()
    newer = program("[{tag: plan}, {end: new}]", version="v2", again="each")
    old = anna.book
    anna.book = type(old)(old.company, {**old.programs, ("tunnel", "v2"): newer}, {"tunnel": "v2"})
    anna.passes("1 day")
    assert anna.stands() == "ended: old"
    assert anna.done() == {"vip"}
    anna.submits()
    assert anna.stands(pass_number=2) == "ended: new"


def test_a_lead_is_created_once_in_the_facts() -> None:
    anna: Stage = stage(TUNNEL)
    anna.submits()
    anna.submits()
    assert [fact.kind for fact in anna.facts.values()].count("lead_created") == 1


def test_an_unproven_browser_changes_no_consent_that_was_answered_and_her_own_proof_does() -> None:
    anna = stage(TUNNEL)
    anna.submits(consents={"follow_up_email": False})
    anna.submits(consents={"follow_up_email": True, "visit_tracking": True})
    assert anna.lead.consents == {"follow_up_email": False, "visit_tracking": True}
    proven = on.EmailProven(lead_id=1, occurred_at=anna.now, ticked={"follow_up_email": "Yes"}, page="/l/tunnel")
    anna.record(proven)
    assert anna.lead.consents["follow_up_email"] is True
    anna.unsubscribes()
    anna.record(proven)
    assert anna.lead.consents["follow_up_email"] is False


def test_a_tick_for_what_nobody_had_asked_before_she_stopped_lets_no_mail_come_by_itself() -> None:
    anna = stage(TUNNEL)
    anna.submits(consents={"visit_tracking": False})
    anna.unsubscribes()
    anna.submits(consents={"follow_up_email": True})
    assert anna.lead.consents == {"visit_tracking": False}


def test_a_tick_for_visits_counts_by_her_proof_also_after_she_stopped_the_mails() -> None:
    anna = stage(TUNNEL)
    anna.submits()
    anna.unsubscribes()
    ticked = {"follow_up_email": "Yes", "visit_tracking": "Yes"}
    anna.record(on.EmailProven(lead_id=1, occurred_at=anna.now, ticked=ticked))
    assert anna.lead.consents == {"follow_up_email": False, "visit_tracking": True}
