"""Mails opened and links followed: a person's count, a machine's do nothing, a doubt waits, a revision takes back."""

from typing import Any

import pytest

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine.doubts import MACHINE
from funnel.domain.engine.led_on import STAYS
from funnel.domain.engine.touches import MOST_LINKS
from funnel.domain.verdicts import Says
from tests.domain.engine.kit import Stage, on_stage, program

RULES = """[{id: price, title: Read the prices, on: {link.clicked: prices}, points: 30, counts: always},
            {id: opened, title: Opened it, on: {email.opened: results}, points: 2}]"""
SEQUENCE = """[{email: results}, {await: link.clicked, link: prices, within: 10 days, otherwise: [{end: silent}]},
               {tag: plan}, {wait: 300 days}]"""
AGREED = {"follow_up_email": True, "visit_tracking": True}


def stage(*, consents: dict[str, bool] = AGREED, thresholds: str = "[]", tracking: str = "{}") -> Stage:
    """Anna in a tunnel that waits for a click on the prices."""
    anna = on_stage(program(SEQUENCE), scoring=f"{{rules: {RULES}}}", thresholds=thresholds, tracking=tracking)
    anna.submits(consents=consents)
    return anna


def clicks(anna: Stage, verdict: Says = "human", link: str = "prices", message: str = "tunnel/results") -> str:
    """A link of her mail is followed; the event's key."""
    key = f"click-{anna.number()}"
    anna.record(
        on.LinkClicked(
            lead_id=1, occurred_at=anna.now, key=key, mail=1, message=message, link=link, number=1, pass_number=1,
            verdict=verdict,
        )
    )  # fmt: skip
    return key


def opens(anna: Stage, verdict: Says = "human") -> None:
    """Her mail is opened."""
    key = f"open-{anna.number()}"
    anna.record(
        on.EmailOpened(
            lead_id=1, occurred_at=anna.now, key=key, mail=1, message="tunnel/results", pass_number=1, verdict=verdict
        )
    )


def tasks(anna: Stage) -> list[do.AddTask]:
    """What was put on a desk."""
    return [one for one in anna.effects if isinstance(one, do.AddTask)]


def revised(anna: Stage, key: str, verdict: Says = "machine", link: str = "prices") -> None:
    """More is known of a click by now."""
    anna.record(
        on.VerdictRevised(
            lead_id=1, occurred_at=anna.now, key=f"{key}/{verdict}", of=key, touched="link.clicked", subject=link,
            message="tunnel/results", pass_number=1, verdict=verdict,
        )
    )  # fmt: skip


def test_a_persons_click_earns_moves_and_engages() -> None:
    anna = stage()
    assert (anna.lead.stage, anna.place().state) == ("new", "awaiting")
    clicks(anna)
    assert (anna.lead.score, anna.lead.stage, set(anna.lead.tags)) == (30, "engaged", {"plan"})


def test_a_persons_opening_earns_and_does_not_engage() -> None:
    anna = stage()
    opens(anna)
    opens(anna)
    assert (anna.lead.score, anna.lead.stage) == (2, "new")
    assert anna.place().happened == (), "nothing in this scenario waits for it"


def test_another_link_is_not_what_she_awaits() -> None:
    anna = stage()
    clicks(anna, link="blog")
    assert (anna.lead.score, anna.lead.stage, anna.place().state) == (0, "engaged", "awaiting")


@pytest.mark.parametrize("verdict", ["machine", "unsure"])
def test_a_machine_and_a_doubt_do_nothing(verdict: Says) -> None:
    anna = stage()
    clicks(anna, verdict)
    opens(anna, verdict)
    assert (anna.lead.score, anna.lead.stage, anna.place().state, anna.place().happened) == (0, "new", "awaiting", ())
    assert len(anna.lead.unsure) == (2 if verdict == "unsure" else 0)


def test_a_doubt_is_settled_by_what_only_a_person_does() -> None:
    anna = stage()
    clicks(anna, "unsure")
    anna.passes("23 hours")
    anna.answers()
    assert (anna.lead.score, set(anna.lead.tags), dict(anna.lead.unsure)) == (30, {"plan"}, {})


def test_a_doubt_is_settled_by_a_reply_that_somebody_has_read() -> None:
    anna = stage()
    clicks(anna, "unsure")
    anna.record(on.ReplyNoted(lead_id=1, occurred_at=anna.now, by="camille", said="Yes, please call"))
    assert (anna.lead.score, anna.lead.stage, dict(anna.lead.unsure)) == (30, "engaged", {})


def test_what_a_machine_s_click_had_vouched_for_is_taken_back_with_it() -> None:
    anna = stage(thresholds="[{score: 30, because: Reads the prices}]")
    anna.changes(phone="+33145678910")
    clicks(anna, "unsure")
    other = clicks(anna, link="blog")
    assert (anna.lead.score, anna.lead.stage, set(anna.lead.tags)) == (30, "qualified", {"plan"})
    revised(anna, other)
    assert (anna.lead.score, anna.lead.stage) == (0, "new"), "nothing else had engaged her"
    assert [(one.state, one.return_reason) for one in anna.lead.handoffs] == [("withdrawn", MACHINE.because)]
    assert anna.place().reason == STAYS
    anna.answers()
    assert anna.lead.score == 30, "nobody could say whose the first was, and it was hers after all"


def test_a_click_that_is_a_person_s_after_all_vouches_as_well() -> None:
    anna = stage()
    clicks(anna, "unsure")
    other = clicks(anna, "machine", link="blog")
    assert anna.lead.score == 0
    revised(anna, other, "human", link="blog")
    assert anna.lead.score == 30, "of the first nobody had known whose it was"


def test_one_of_two_clicks_that_vouch_for_it_is_enough() -> None:
    anna = stage()
    clicks(anna, "unsure")
    first, second = clicks(anna, link="blog"), clicks(anna, link="team")
    revised(anna, first)
    assert anna.lead.score == 30
    revised(anna, second)
    assert anna.lead.score == 0


def test_what_an_answer_has_vouched_for_stays_hers_whatever_a_click_was() -> None:
    anna = stage(tracking="{unsure_earns: points}")
    clicks(anna, "unsure")
    other = clicks(anna, link="blog")
    anna.answers()
    revised(anna, other)
    anna.passes("2 days")
    assert (anna.lead.score, dict(anna.lead.unsure)) == (30, {})


def test_what_was_vouched_for_earns_once_when_its_day_is_over() -> None:
    anna = stage(tracking="{unsure_earns: points}")
    clicks(anna, "unsure")
    clicks(anna, link="blog")
    anna.passes("2 days")
    anna.is_reviewed()
    assert (anna.lead.score, dict(anna.lead.unsure)) == (30, {})


def on_a_saturday() -> Stage:
    """Anna, to whom a marketing mail leaves on Monday, and whom a click on the prices hands over."""
    news = program("[{email: offer}, {wait: 300 days}]", "news", on="start")
    thresholds = "[{score: 30, because: Reads the prices}]"
    anna = on_stage(program(SEQUENCE), news, scoring=f"{{rules: {RULES}}}", thresholds=thresholds)
    anna.submits(consents=AGREED)
    anna.passes(f"{(5 - anna.now.weekday()) % 7} days")
    anna.record(on.ScenarioStarted(lead_id=1, occurred_at=anna.now, scenario="news", by="hugo"))
    assert anna.row("offer").state == "ready"
    return anna


def test_mails_that_a_wrong_hand_over_has_stopped_leave_after_all() -> None:
    anna = on_a_saturday()
    key = clicks(anna)
    assert (anna.row("offer").state, anna.row("offer").reason) == ("skipped", "handed over")
    revised(anna, key)
    assert anna.row("offer").state == "ready"
    anna.passes("2 days")
    assert anna.row("offer").state == "sent"


def test_what_should_have_left_long_ago_does_not_leave_late() -> None:
    anna = on_a_saturday()
    key = clicks(anna)
    anna.passes("9 days")
    revised(anna, key)
    assert (anna.lead.handoffs[-1].state, anna.row("offer").state) == ("withdrawn", "skipped")


@pytest.mark.parametrize("agrees", [True, False])
def test_a_file_that_nobody_can_call_counts_once_she_does_what_only_a_person_does(*, agrees: bool) -> None:
    sequence = "[{await: asset.downloaded, within: 5 days, otherwise: [{end: silent}]}, {tag: plan}, {wait: 9 days}]"
    anna = on_stage(program(sequence))
    anna.submits(consents={"follow_up_email": True, "visit_tracking": agrees})
    loaded: dict[str, Any] = {"asset": "guide.pdf", "scenario": "tunnel", "pass_number": 1}
    verdicts: tuple[Says, ...] = ("machine", "unsure")
    for number, verdict in enumerate(verdicts):
        anna.record(on.AssetDownloaded(lead_id=1, occurred_at=anna.now, key=f"a/{number}", verdict=verdict, **loaded))
    assert (anna.place().state, len(anna.lead.unsure)) == ("awaiting", 1)
    anna.answers()
    assert (set(anna.lead.tags), dict(anna.lead.unsure)) == ({"plan"}, {})


def test_a_doubt_is_forgotten_after_a_day() -> None:
    anna = stage()
    clicks(anna, "unsure")
    anna.passes("25 hours")
    anna.answers()
    assert (anna.lead.score, anna.lead.tags, anna.lead.unsure) == (0, frozenset(), {})


def test_a_doubt_earns_its_points_after_a_day_where_the_company_has_it_so() -> None:
    anna = stage(tracking="{unsure_earns: points}")
    clicks(anna, "unsure")
    assert anna.lead.review_at is not None
    anna.passes("24 hours")
    anna.is_reviewed()
    assert (anna.lead.score, anna.lead.unsure, anna.place().state) == (30, {}, "awaiting")


def test_a_doubt_that_came_when_it_earned_nothing_earns_nothing_later_either() -> None:
    anna = stage()
    clicks(anna, "unsure")
    anna.book = stage(tracking="{unsure_earns: points}").book
    anna.passes("4 days")
    anna.is_reviewed()
    assert (anna.lead.score, anna.lead.unsure) == (0, {})


def test_without_her_consent_nothing_counts() -> None:
    anna = stage(consents={"follow_up_email": True, "visit_tracking": False})
    clicks(anna)
    assert (anna.lead.score, anna.lead.stage) == (0, "new")


def test_withdrawing_her_consent_ends_a_doubt() -> None:
    anna = stage()
    clicks(anna, "unsure")
    anna.decides("visit_tracking", False)
    assert anna.lead.unsure == {}


def test_a_revised_click_takes_its_points_back_by_a_counter_entry() -> None:
    anna = stage()
    key = clicks(anna)
    revised(anna, key)
    assert [(one.kind, one.points) for one in anna.lead.entries] == [("earned", 30), ("reversed", -30)]
    assert (anna.lead.score, set(anna.lead.tags)) == (0, {"plan"})  # where it has led her, she stays


def test_whom_nothing_but_a_machine_has_engaged_is_new_again() -> None:
    anna = stage()
    keys = [clicks(anna), clicks(anna, link="blog")]
    revised(anna, keys[0])
    assert (anna.lead.stage, anna.lead.engaged_by) == ("engaged", keys[1])
    revised(anna, keys[1])
    assert (anna.lead.stage, anna.lead.engaged_by) == ("new", None)


@pytest.mark.parametrize("hers", [0, 1])
def test_who_followed_one_of_two_links_herself_is_engaged_whichever_a_machine_followed(hers: int) -> None:
    anna = stage()
    keys = [clicks(anna), clicks(anna, link="blog")]
    revised(anna, keys[1 - hers])
    assert (anna.lead.stage, anna.lead.engaged_by) == ("engaged", keys[hers])


def test_whom_very_many_links_have_engaged_is_so_for_good() -> None:
    anna = stage()
    keys = [clicks(anna) for _each in range(MOST_LINKS + 5)]
    for key in keys:
        revised(anna, key)
    assert (anna.lead.stage, anna.lead.engaged_by) == ("engaged", None)


def test_what_she_did_herself_engages_her_whatever_becomes_of_a_click() -> None:
    anna = stage()
    key = clicks(anna)
    anna.answers()
    revised(anna, key)
    assert (anna.lead.stage, anna.lead.engaged_by) == ("engaged", None)


def test_a_click_that_turns_out_to_be_hers_counts() -> None:
    anna = stage()
    key = clicks(anna, "unsure")
    revised(anna, key, "human")
    assert (anna.lead.score, set(anna.lead.tags), dict(anna.lead.unsure)) == (30, {"plan"}, {})


def test_a_hand_over_that_rests_on_a_machine_is_withdrawn_and_made_again_by_a_person() -> None:
    anna = stage(thresholds="[{score: 30, because: Reads the prices}]")
    key = clicks(anna)
    rep = anna.handoff.rep
    revised(anna, key)
    assert anna.lead.handoffs[-1].state == "withdrawn"
    assert [(task.rep, task.text) for task in tasks(anna)] == [(rep, MACHINE.withdrawn)]
    clicks(anna)
    assert [one.state for one in anna.lead.handoffs] == ["withdrawn", "offered"]


def test_an_accepted_hand_over_is_flagged() -> None:
    anna = stage(thresholds="[{score: 30, because: Reads the prices}]")
    key = clicks(anna)
    anna.accepts(anna.handoff.rep)
    revised(anna, key)
    assert anna.handoff.state == "accepted"
    assert [task.text for task in tasks(anna)] == [MACHINE.flagged, STAYS]


def test_a_hand_over_with_another_reason_stands() -> None:
    anna = stage(thresholds="[{score: 30, because: Reads the prices}]")
    key = clicks(anna)
    anna.is_handed_over("met at the fair")
    revised(anna, key)
    assert anna.handoff.state == "offered"
