"""Points by rules: what gives them and how often, what they are limited to, how they fade, what a threshold does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine import decide
from funnel.domain.scoring.ledger import peak, total
from tests.domain.engine.kit import Stage, on_stage, program

TUNNEL = "[{email: results}, {wait: 300 days}]"


def stage(rules: str, *, groups: str = "{}", most: str = "null", thresholds: str = "[]", **more: str) -> Stage:
    """Anna, a tunnel that gives no points by itself, and these rules."""
    others = [program(sequence, name, on="start") for name, sequence in more.items()]
    scoring = f"{{rules: {rules}, groups: {groups}, most: {most}}}"
    return on_stage(program(TUNNEL, again="each"), *others, scoring=scoring, thresholds=thresholds)


def written(anna: Stage) -> list[tuple[str, int]]:
    """The ledger: kinds and points."""
    return [(entry.kind, entry.points) for entry in anna.lead.entries]


def test_an_event_gives_the_points_of_each_rule_that_it_sets_off() -> None:
    anna = stage(
        """[{id: form, title: A form, on: form.submitted, points: 5},
            {id: this, title: This form, on: {form.submitted: tunnel}, points: 7},
            {id: other, title: Another form, on: {form.submitted: other}, points: 100}]"""
    )
    anna.submits()
    assert [(one.rule, one.points, one.because, one.number) for one in anna.lead.entries] == [
        ("form", 5, "A form", 1),
        ("this", 7, "This form", 2),
    ]
    assert anna.lead.score == 12


@pytest.mark.parametrize("counts, same_day, next_day", [("once", 5, 5), ("once a day", 5, 10), ("always", 10, 15)])
def test_a_rule_counts_once_or_once_a_day_or_always(counts: str, same_day: int, next_day: int) -> None:
    anna = stage(f"[{{id: a, title: Answers, on: questionnaire.completed, points: 5, counts: {counts}}}]")
    anna.submits()
    anna.answers()
    anna.answers()
    assert anna.lead.score == same_day
    anna.passes("14 hours")  # ten in the morning until midnight in Paris
    anna.answers()
    assert anna.lead.score == next_day


def test_a_condition_narrows_a_rule() -> None:
    anna = stage(
        """[{id: a, title: Good answers, on: questionnaire.completed, when: answers.cx.share >= 60,
             points: 5, counts: always}]"""
    )
    anna.submits()
    anna.answers(share=40)
    assert anna.lead.score == 0
    anna.answers(share=60)
    assert anna.lead.score == 5


def test_points_for_what_she_is_stand_as_long_as_it_is_true() -> None:
    anna = stage("""[{id: boss, title: Decides, when: 'lead.position in ["CEO", "COO"]', points: 15}]""")
    anna.submits(position="ceo")
    assert (anna.lead.score, anna.lead.entries[0].group) == (15, "fit")
    anna.changes(position="Intern")
    anna.changes(position="Trainee")
    assert written(anna) == [("earned", 15), ("reversed", -15)]
    anna.changes(position="COO")
    assert (anna.lead.score, len(anna.lead.entries)) == (15, 3)


def test_points_for_a_tag_come_in_the_turn_that_puts_it() -> None:
    anna = stage(
        """[{id: form, title: A form, on: form.submitted, points: 20},
            {id: vip, title: Important, when: '"vip" in tags', points: 10}]""",
        thresholds="[{score: 20, hand_over: false, tag: vip}]",
    )
    anna.submits()
    assert (anna.lead.score, anna.done()) == (30, {"vip"})


def test_a_group_and_the_whole_have_their_limits() -> None:
    anna = stage(
        """[{id: a, title: Answers, on: questionnaire.completed, points: 8, counts: always},
            {id: f, title: Known, when: lead.company is known, points: 30}]""",
        groups="{engagement: {most: 20}}",
        most="45",
    )
    anna.submits(company="Verdier")
    for _ in range(4):
        anna.answers()
    assert written(anna) == [("earned", 30), ("earned", 8), ("earned", 7)]
    anna.changes(company="")
    anna.answers()
    assert total(anna.lead.entries, "engagement") == 20
    assert anna.lead.score == 20


@pytest.mark.parametrize("vip_first_in_file", [True, False])
@pytest.mark.parametrize("vip_first", [True, False])
def test_points_that_a_limit_had_cut_come_when_there_is_room_again(*, vip_first: bool, vip_first_in_file: bool) -> None:
    rules = [
        """{id: vip, title: Important, when: '"vip" in tags', points: 8}""",
        "{id: phone, title: Can be called, when: lead.phone is known, points: 6}",
    ]
    order = rules if vip_first_in_file else rules[::-1]
    anna = stage(f"[{', '.join(order)}]", groups="{fit: {most: 10}}")
    anna.submits()
    for tagged in (vip_first, not vip_first):
        if tagged:
            anna.record(on.TagGiven(lead_id=1, occurred_at=anna.now, tag="vip", by="camille"))
        else:
            anna.changes(phone="+33145678910")
    assert anna.lead.score == 10
    anna.record(on.TagTaken(lead_id=1, occurred_at=anna.now, tag="vip", by="camille"))
    assert anna.lead.score == total(anna.lead.entries) == 6
    anna.changes(phone="")
    assert anna.lead.score == 0


@pytest.mark.parametrize("points", [4, 20])
def test_another_number_in_the_file_gives_and_takes_nothing_by_itself(points: int) -> None:
    rule = "{id: boss, title: Decides, when: lead.name is known, points: NUMBER}"
    anna = stage(f"[{rule.replace('NUMBER', '10')}]", thresholds="[{score: 15}]")
    anna.submits()
    anna.book = stage(f"[{rule.replace('NUMBER', str(points))}]", thresholds="[{score: 15}]").book
    anna.is_reviewed()
    anna.changes(company="Verdier")
    assert (written(anna), anna.lead.handoffs) == ([("earned", 10)], ())


def test_a_step_may_take_points_and_no_limit_holds_it() -> None:
    anna = stage("[]", most="10")
    anna.is_given(-30, "A competitor")
    assert anna.lead.score == -30


def test_points_are_halved_after_each_half_life_at_the_beginning_of_a_day() -> None:
    anna = stage("[{id: a, title: Answers, on: questionnaire.completed, points: 20, half_life: 10 days}]")
    anna.submits()
    anna.answers()
    assert anna.lead.review_at is not None
    seen = []
    for _ in range(40):
        anna.passes("1 day")
        seen.append(anna.lead.score)
    assert (seen[0], seen[9], seen[10], seen[20], seen[30]) == (19, 10, 10, 5, 2)
    assert seen == sorted(seen, reverse=True)
    assert anna.lead.score == total(anna.lead.entries)


def test_expired_points_are_forgotten_and_nothing_more_is_planned() -> None:
    anna = stage(
        "[{id: a, title: Answers, on: questionnaire.completed, points: 20}]", groups="{engagement: {expires: 30 days}}"
    )
    anna.submits()
    anna.answers()
    anna.passes("29 days")
    assert anna.lead.score == 20
    anna.passes("2 days")
    assert (anna.lead.score, anna.lead.review_at) == (0, None)
    anna.answers()
    assert anna.lead.score == 0, "once is once, even when it is forgotten"


def test_what_has_faded_stays_so_when_its_rule_is_taken_out_of_the_file() -> None:
    rules = """{id: promo, title: Promo, on: form.submitted, points: 30, expires: 30 days},
               {id: fair, title: Fair, on: questionnaire.completed, points: 30, half_life: 5 days}"""
    other = "{id: other, title: Other, on: webinar.attended, points: 3}"
    anna = stage(f"[{rules}, {other}]", thresholds="[{score: 50, because: Reached 50}]")
    anna.submits()
    anna.passes("40 days")
    anna.answers()
    anna.passes("10 days")
    assert anna.lead.score == 8, "30 two half-lives ago"
    anna.book = stage(f"[{other}]", thresholds="[{score: 50, because: Reached 50}]").book
    anna.is_reviewed()
    anna.passes("60 days")
    anna.is_given(2)
    assert (anna.lead.score, anna.lead.handoffs) == (10, ())
    assert anna.lead.score == total(anna.lead.entries)


def test_points_of_a_rule_that_is_gone_can_be_taken_back_with_what_has_faded_of_them() -> None:
    rules = "{id: held, title: Came, on: appointment.held, points: 30, half_life: 5 days}"
    anna = stage(f"[{rules}]")
    anna.submits()
    anna.books()
    anna.passes("4 days")
    anna.held()
    anna.passes("10 days")
    assert anna.lead.score == 8
    anna.book = stage("[]").book
    anna.missed()
    assert anna.lead.score == 0


def test_what_had_faded_before_its_rule_was_written_beside_it_is_told_once() -> None:
    anna = stage("[{id: a, title: Answers, on: questionnaire.completed, points: 20, half_life: 10 days}]")
    anna.submits()
    anna.answers()
    anna.passes("10 days")
    faded = [replace(one, rule=None) if one.kind == "faded" else one for one in anna.lead.entries]
    anna.lead = replace(anna.lead, entries=tuple(faded))
    anna.is_reviewed()
    assert (anna.lead.score, peak(anna.lead.entries)) == (10, 20)
    anna.is_reviewed()
    anna.passes("10 days")
    assert anna.lead.score == total(anna.lead.entries) == 5


def test_fading_does_not_take_the_qualification_back() -> None:
    anna = stage(
        "[{id: a, title: Answers, on: questionnaire.completed, points: 60, half_life: 1 day}]",
        thresholds="[{score: 50, because: Reached 50}]",
    )
    anna.submits(phone="+33 6 12 34 56 78")
    anna.answers()
    assert anna.lead.stage == "qualified"
    anna.passes("9 days")
    assert (anna.lead.score, anna.lead.stage, anna.handoff.state) == (0, "qualified", "offered")


def test_a_wrong_mark_takes_its_points_back() -> None:
    anna = stage(
        """[{id: held, title: Came, on: appointment.held, points: 30},
            {id: missed, title: Missed, on: {appointment.missed: call}, points: -10}]"""
    )
    anna.submits()
    anna.books()
    anna.passes("4 days")
    anna.missed()
    assert anna.lead.score == -10
    anna.held()
    assert written(anna) == [("earned", -10), ("reversed", 10), ("earned", 30)]
    assert anna.lead.entries[1].counters == 1


def test_taking_faded_points_back_leaves_nothing_of_them() -> None:
    anna = stage(
        """[{id: held, title: Came, on: appointment.held, points: 30},
            {id: a, title: Answers, on: questionnaire.completed, points: 8}]""",
        groups="{engagement: {half_life: 5 days}}",
    )
    anna.submits()
    anna.answers()
    anna.books()
    anna.passes("4 days")
    anna.held()
    anna.passes("10 days")
    assert 0 < anna.lead.score < 15
    anna.missed()
    assert anna.lead.score == total(anna.lead.entries) == 1, "8 points after two weeks"


def test_a_threshold_hands_over_tags_sets_a_status_and_starts_a_scenario() -> None:
    anna = stage(
        "[{id: form, title: A form, on: form.submitted, points: 30}]",
        thresholds="""[{score: 10, hand_over: false, status: warm, tag: plan},
                       {score: 30, because: Very interested, team: service, start: welcome}]""",
        welcome="[{tag: vip}, {wait: 1 day}]",
    )
    anna.submits()
    assert (anna.lead.status, anna.done()) == ("warm", {"plan", "vip"})
    assert (anna.handoff.because, anna.handoff.rep) == (("Very interested",), "maud")
    assert anna.stands("welcome") == "wait_1_day"


def test_a_threshold_is_come_to_once_until_a_rep_gives_her_back() -> None:
    anna = stage(
        "[{id: a, title: Answers, on: questionnaire.completed, points: 60, counts: always, expires: 1 day}]",
        thresholds="[{score: 50}]",
    )
    anna.submits()
    anna.answers()
    anna.passes("2 days")
    anna.answers()
    assert len(anna.of(do.AssignRep)) == 1, "she has been there before"
    anna.returns("idris")
    anna.answers()
    assert len(anna.of(do.AssignRep)) == 1, "she has not been below since"
    anna.passes("2 days")
    assert anna.lead.score == 0
    anna.answers()
    assert len(anna.of(do.AssignRep)) == 2


def test_a_scenario_that_a_threshold_starts_begins_when_all_else_is_decided() -> None:
    anna = stage(
        "[{id: form, title: A form, on: form.submitted, points: 30}]",
        thresholds="[{score: 10, start: again}]",
        again="[{score: 5}, {start: again}]",
    )
    anna.submits()
    assert anna.lead.enrolments[-1].state in ("ended", "parked")


def test_reviewing_twice_writes_nothing_twice() -> None:
    anna = stage("[{id: a, title: Answers, on: questionnaire.completed, points: 20, half_life: 10 days}]")
    anna.submits()
    anna.answers()
    anna.passes("10 days")
    anna.is_reviewed()
    before = anna.lead.entries
    anna.is_reviewed()
    assert anna.lead.entries == before
    assert anna.lead.review_at is not None
    assert anna.lead.review_at > anna.now + timedelta(hours=1)


def test_an_erased_lead_earns_nothing_more() -> None:
    anna = stage("""[{id: boss, title: Decides, when: lead.name is known, points: 15}]""")
    anna.submits()
    assert decide(anna.book, anna.lead, anna.events[-1], anna.now) is not None
    assert anna.lead.score == 15


def test_what_a_step_gives_is_held_by_the_limits_too() -> None:
    anna = stage("[]", groups="{engagement: {most: 30}}", most="45")
    anna.is_given(25)
    anna.is_given(25)
    anna.is_given(25)
    assert written(anna) == [("given", 25), ("given", 5)]


def _because(anna: Stage) -> list[tuple[str, ...]]:
    return [one.because for one in anna.lead.handoffs]


def test_a_lowered_threshold_hands_over_who_stands_above_it_with_her_next_points() -> None:
    anna = stage("[]")
    anna.submits()
    anna.is_given(45)
    anna.book = stage("[]", thresholds="[{score: 40, because: Warm}, {score: 60, because: Hot}]").book
    anna.is_reviewed()
    assert anna.lead.handoffs == (), "publishing another number hands nobody over"
    anna.is_given(2)
    assert _because(anna) == [("Warm",)]
    anna.is_given(2)
    assert _because(anna) == [("Warm",)]
    anna.is_given(20)
    assert _because(anna) == [("Warm", "Hot")]


def test_a_lowered_threshold_puts_no_tag_on_who_stands_there_already() -> None:
    anna = stage("[]", thresholds="[{score: 75, tag: vip}]")
    anna.submits()
    anna.is_given(60)
    anna.book = stage("[]", thresholds="[{score: 60, tag: vip, because: Warm}]").book
    anna.is_given(40)
    assert (_because(anna), anna.done()) == ([("Warm",)], set())


def test_a_tag_that_a_person_has_taken_off_does_not_come_back_with_the_next_points() -> None:
    anna = stage("[]", thresholds="[{score: 60, tag: vip}]")
    anna.submits()
    anna.is_given(60)
    assert anna.done() == {"vip"}
    anna.record(on.TagTaken(lead_id=1, occurred_at=anna.now, tag="vip", by="camille"))
    anna.is_given(40)
    assert anna.done() == set()


def test_s91_a_booking_that_brings_her_to_a_threshold_is_one_dossier_with_both_reasons() -> None:
    anna = stage(
        """[{id: a, title: Answers, on: questionnaire.completed, points: 40},
            {id: booked, title: Booked, on: appointment.booked, points: 15},
            {id: held, title: Came, on: appointment.held, points: 25}]""",
        thresholds="[{score: 50, because: Reached 50}, {score: 75, because: Reached 75}]",
    )
    anna.submits()
    anna.answers()
    anna.books()
    anna.works()
    assert anna.handoff.because == ("booked call", "Reached 50")
    assert anna.sent("user:idris") == ["dossier"]
    anna.passes("4 days")
    anna.held()
    anna.works()
    assert anna.sent("user:idris") == ["dossier", "dossier"], "a reason of another day brings it anew"
