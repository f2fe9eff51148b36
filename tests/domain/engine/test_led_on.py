"""Whom a machine's click has led on: she waits again where nobody has seen anything, else she stays and is flagged."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnel.domain import events as on
from funnel.domain.engine.led_on import RECALLED, STAYS
from tests.domain.engine.kit import Stage, on_stage, program
from tests.domain.engine.test_properties import in_order, replays_agree
from tests.domain.engine.test_touches import AGREED, clicks, revised, tasks

AWAITS = "{await: link.clicked, link: prices, on_revision: %s, within: 10 days, otherwise: [{end: silent}]}"


def tunnel(branch: str, on_revision: str = "move_back") -> Stage:
    """Anna, who waits for a click on the prices before a branch."""
    sequence = f"[{{email: results}}, {AWAITS % on_revision}, {branch}, {{wait: 300 days, id: last}}]"
    anna = on_stage(program(sequence))
    anna.submits(consents=AGREED)
    anna.works()
    return anna


def test_she_waits_again_for_what_is_left_of_her_time() -> None:
    anna = tunnel("{tag: plan}, {wait: 1 day, id: soon}, {email: offer}")
    anna.passes("2 days")
    before = anna.place()
    key = clicks(anna)
    assert anna.stands() == "soon"
    revised(anna, key)
    assert anna.place() == before
    anna.passes("7 days")
    assert anna.stands() == "await_link_clicked"
    anna.passes("1 day")
    assert anna.stands() == "ended: silent"


def test_points_that_go_in_two_parts_bring_her_into_no_segment_on_their_way() -> None:
    """53 points of a machine, 40 of them by the step that she is taken back from: she is never one of those between."""
    sequence = f"[{{email: results}}, {AWAITS % 'move_back'}, {{score: 40, because: Read them}}, {{wait: 300 days}}]"
    begins = program("[{email: offer}, {wait: 300 days}]", "begins", on={"segment.entered": "warm"})
    anna = on_stage(
        program(sequence),
        begins,
        segments='warm: {title: Warm, when: "score >= 25 and score < 50", worked_by: scenario}',
        scoring="{rules: [{id: price, title: Prices, on: {link.clicked: prices}, points: 13, counts: always}]}",
    )
    anna.submits(consents=AGREED)
    key = clicks(anna)
    assert anna.lead.score == 53
    revised(anna, key)
    assert (anna.lead.score, dict(anna.lead.segments)) == (0, {})
    assert [one for one in anna.events if isinstance(one, on.SegmentEntered | on.SegmentLeft)] == []
    assert [one.scenario for one in anna.lead.enrolments] == ["tunnel"]
    replays_agree(anna)


def test_a_person_leads_her_on_after_a_machine_had() -> None:
    anna = tunnel("{wait: 1 day, id: soon}, {email: offer}")
    revised(anna, clicks(anna))
    clicks(anna)
    anna.passes("2 days")
    assert (anna.stands(), anna.sent()) == ("last", ["results", "offer"])


def test_a_mail_that_has_not_left_does_not_and_leaves_for_a_person() -> None:
    anna = tunnel("{email: offer}")
    anna.comes("2026-06-06 10:00")  # a Saturday: marketing mails leave on Monday
    key = clicks(anna)
    revised(anna, key)
    assert anna.stands() == "await_link_clicked"
    assert anna.skipped() == {"offer": RECALLED}
    clicks(anna)
    anna.passes("3 days")
    assert anna.sent() == ["results", "offer"]


def test_once_a_mail_has_left_she_stays_and_her_place_says_so() -> None:
    anna = tunnel("{email: offer}")
    key = clicks(anna)
    anna.works()
    revised(anna, key)
    assert (anna.stands(), anna.place().reason, tasks(anna)) == ("last", STAYS, [])
    assert anna.place().happened == ()


SEEN = ("{task: Call her}", "{webhook: crm}", "{start: other}", "{hand_off: {because: Fits}}")


@pytest.mark.parametrize("step", SEEN)
def test_what_others_have_seen_is_not_taken_back(step: str) -> None:
    sequence = f"[{AWAITS % 'move_back'}, {step}, {{wait: 300 days, id: last}}]"
    anna = on_stage(program(sequence), program("[{wait: 9 days}]", "other"))
    anna.submits(consents=AGREED)
    revised(anna, clicks(anna))
    assert (anna.stands(), anna.place().reason) == ("last", STAYS)


def test_what_she_has_done_herself_since_keeps_her() -> None:
    anna = tunnel("{await: questionnaire.completed, within: 9 days, otherwise: [{end: silent}]}")
    key = clicks(anna)
    anna.answers()
    revised(anna, key)
    assert (anna.stands(), anna.place().reason) == ("last", STAYS)


def test_she_stays_where_the_author_does_not_say_otherwise_and_her_rep_is_told() -> None:
    anna = tunnel("{wait: 1 day, id: soon}", "keep")
    anna.is_handed_over("met at the fair")
    revised(anna, clicks(anna))
    assert (anna.stands(), anna.place().reason) == ("soon", STAYS)
    assert [(one.rep, one.text) for one in tasks(anna)] == [(anna.handoff.rep, STAYS)]
    anna.passes("1 day")
    assert (anna.stands(), anna.place().reason) == ("last", None)


def test_a_click_that_came_since_takes_the_place_of_the_machines() -> None:
    anna = tunnel("{wait: 1 day, id: soon}, {email: offer}")
    first = clicks(anna)
    second = clicks(anna)
    revised(anna, first)
    assert (anna.stands(), anna.place().reason) == ("soon", None)
    revised(anna, second)
    assert anna.stands() == "await_link_clicked"


def test_who_was_led_on_twice_comes_back_all_the_way_the_newest_click_first() -> None:
    anna = tunnel(f"{AWAITS % 'move_back'}")
    waiting = anna.place()
    first, second = clicks(anna), clicks(anna)
    assert anna.stands() == "last"
    revised(anna, second)
    revised(anna, first)
    assert anna.place() == waiting


def test_who_stands_still_for_help_stays_and_keeps_her_reason() -> None:
    anna = tunnel("{wait: 1 day, id: soon}")
    key = clicks(anna)
    anna.record_place(state="parked", due_at=None, reason="it cannot be written")
    revised(anna, key)
    assert anna.stands() == "parked: it cannot be written"


def test_points_that_the_branch_gave_are_taken_back() -> None:
    anna = tunnel("{score: 20}, {wait: 1 day, id: soon}")
    revised(anna, clicks(anna))
    assert (anna.lead.score, [one.points for one in anna.lead.entries]) == (0, [20, -20])


def test_a_doubt_that_seemed_settled_leads_back_too() -> None:
    anna = tunnel("{wait: 1 day, id: soon}")
    key = clicks(anna, "unsure")
    anna.answers()
    assert anna.stands() == "soon"
    revised(anna, key)
    assert anna.stands() == "await_link_clicked"


def test_who_has_come_to_the_end_stays_there() -> None:
    anna = on_stage(program(f"[{AWAITS % 'move_back'}, {{end: done}}]"))
    anna.submits(consents=AGREED)
    revised(anna, clicks(anna))
    assert (anna.stands(), tasks(anna)) == ("ended: done", [])


WAIT = "{await: link.clicked, on_revision: move_back, within: %s, otherwise: [%s]}"
CHOICE = "{when: score >= 5, do: [%s]}"
PLAIN = st.sampled_from(["{wait: 2 hours}", "{wait: 3 days}", "{email: offer}", "{email: results}", "{score: 5}"])
BRANCHES = st.one_of(
    PLAIN,
    st.builds(lambda span, then: WAIT % (span, then), st.sampled_from(["5 hours", "4 days"]), PLAIN),
    st.builds(lambda then: CHOICE % then, PLAIN),
)
STEPS = st.lists(BRANCHES, min_size=1, max_size=5)
Deed = Callable[[Stage], object]


def _named(steps: list[str]) -> str:
    """The steps with ids of their own."""
    text, count = f"[{', '.join(steps)}]", 0
    while "{email" in text or "{wait" in text or "{await" in text or "{when" in text or "{score" in text:
        for verb in ("email", "wait", "await", "when", "score"):
            if f"{{{verb}:" in text:
                count += 1
                text = text.replace(f"{{{verb}:", f"{{id: s{count}, {verb}:", 1)
    return text


def _revise_any(anna: Stage) -> None:
    keys = [one.key for one in anna.events if isinstance(one, on.LinkClicked) and one.key]
    gone = {one.of for one in anna.events if isinstance(one, on.VerdictRevised)}
    if left := [key for key in keys if key not in gone]:
        revised(anna, left[-1])


DEEDS: st.SearchStrategy[Deed] = st.sampled_from(
    [clicks, clicks, _revise_any, _revise_any, lambda anna: clicks(anna, "unsure"), lambda anna: anna.answers(),
     lambda anna: anna.passes("1 hour"), lambda anna: anna.passes("2 days"), lambda anna: anna.works()]
)  # fmt: skip
ROUTINE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@ROUTINE
@given(STEPS, st.lists(DEEDS, min_size=1, max_size=12))
def test_whatever_is_revised_nobody_gets_a_mail_twice_and_replays_agree(steps: list[str], deeds: list[Deed]) -> None:
    anna = on_stage(program(_named(steps)))
    anna.submits(consents=AGREED)
    for deed in deeds:
        deed(anna)
        in_order(anna)
    anna.passes("1 year")
    in_order(anna)
    sent = Counter(row.effect.cause for row in anna.rows.values() if row.state == "sent")
    assert not sent or max(sent.values()) == 1
    assert {row.state for row in anna.rows.values()} <= {"sent", "skipped"}
    assert {one.state for one in anna.lead.enrolments} == {"ended"}
    replays_agree(anna)


@ROUTINE
@given(STEPS, st.lists(st.sampled_from(["1 hour", "1 day", "5 days"]), max_size=4))
def test_a_machine_whose_clicks_are_known_at_once_changes_nothing(steps: list[str], spans: list[str]) -> None:
    both = []
    for clicked in (True, False):
        anna = on_stage(program(_named([*steps, "{wait: 200 days}"])))
        anna.submits(consents=AGREED)
        for span in ["1 hour", *spans]:
            if clicked:
                revised(anna, clicks(anna))
            anna.passes(span)
        anna.passes("1 year")
        left = [(row.name, row.left_at) for row in anna.rows.values() if row.state == "sent"]
        both.append((anna.lead.score, anna.place().ended_because, sorted(left)))
    assert both[0] == both[1]
