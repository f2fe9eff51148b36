"""Segments: who is in which, coming into one and leaving it, what that gives and starts; numbers of points told of."""

from funnel.domain import events as on
from tests.domain.engine.kit import Stage, on_stage, program
from tests.domain.engine.world import MONDAY

SEGMENTS = """
warm: {title: Warm, when: score >= 20, worked_by: scenario}
known: {title: Known, when: 'lead.company is known and stage != "disqualified"', worked_by: rep}
"""


def stage(sequence: str = "[{email: results}, {wait: 300 days}]", rules: str = "[]", **more: str) -> Stage:
    """Anna, a tunnel, the segments, and scenarios that start on something else."""
    others = []
    for name, text in more.items():
        starts, _, steps = text.partition(" | ")
        event, _, subject = starts.partition(": ")
        others.append(program(steps, name, on={event: subject} if subject else event))
    return on_stage(program(sequence, again="each"), *others, segments=SEGMENTS, scoring=f"{{rules: {rules}}}")


def told(anna: Stage) -> list[str]:
    """What was told of segments and points, in order."""
    kinds = (on.SegmentEntered, on.SegmentLeft, on.ScoreReached)
    return [
        f"{type(one).__name__} {one.score if isinstance(one, on.ScoreReached) else one.segment}"
        for one in anna.events
        if isinstance(one, kinds)
    ]


def test_she_comes_into_a_segment_and_leaves_it() -> None:
    anna = stage()
    anna.submits(company="Verdier")
    anna.is_given(25)
    assert told(anna) == ["SegmentEntered known", "SegmentEntered warm"]
    assert anna.lead.segments == {"known": f"{MONDAY:%Y-%m-%dT%H:%M:%SZ}", "warm": f"{MONDAY:%Y-%m-%dT%H:%M:%SZ}"}
    anna.passes("1 day")
    anna.is_given(-10)
    assert told(anna)[2:] == ["SegmentLeft warm"]
    assert set(anna.lead.segments) == {"known"}


def test_coming_into_a_segment_starts_a_scenario_each_time_and_leaving_it_another() -> None:
    anna = stage(
        comes="segment.entered: warm | [{tag: vip}, {wait: 1 day}]", goes="segment.left | [{tag: late}, {wait: 1 day}]"
    )
    anna.submits()
    anna.is_given(25)
    assert (anna.done(), anna.stands("comes")) == ({"vip"}, "wait_1_day")
    anna.passes("2 days")
    anna.is_given(-10)
    assert (anna.done(), anna.stands("goes")) == ({"vip", "late"}, "wait_1_day")
    anna.passes("2 days")
    anna.is_given(10)
    assert anna.place("comes", 2).runs


def test_another_segment_starts_nothing() -> None:
    anna = stage(comes="segment.entered: known | [{tag: vip}]")
    anna.submits()
    anna.is_given(25)
    assert anna.done() == set()


def test_an_await_is_met_by_a_segment_or_by_points() -> None:
    steps = """
- await: segment.entered
  segment: warm
  within: 30 days
  otherwise: [{end: cold}]
- tag: vip
- await: score.reached
  score: 40
  within: 30 days
  otherwise: [{end: lukewarm}]
- tag: plan
- end: hot
"""
    anna = stage(steps)
    anna.submits(company="Verdier")
    assert anna.stands() == "await_segment_entered", "known is another segment"
    anna.is_given(25)
    assert (anna.done(), anna.stands()) == ({"vip"}, "await_score_reached")
    anna.is_given(15)
    assert (told(anna)[-1], anna.stands()) == ("ScoreReached 40", "ended: hot")


def test_a_number_of_points_starts_a_scenario_once() -> None:
    anna = stage(hot="score.reached: 30 | [{tag: vip}, {wait: 1 day}]")
    anna.submits()
    anna.is_given(29)
    assert anna.done() == set()
    anna.is_given(1)
    assert (anna.done(), told(anna)) == ({"vip"}, ["SegmentEntered warm", "ScoreReached 30"])
    anna.is_given(-10)
    anna.is_given(20)
    assert told(anna).count("ScoreReached 30") == 1


def test_a_rule_gives_points_for_a_segment_and_a_choice_looks_at_it() -> None:
    anna = stage(
        """[{wait: 1 day}, {choose: [{when: '"warm" in segments', do: [{tag: vip}]}], otherwise: [{tag: late}]}]""",
        "[{id: in_it, title: Warm, on: {segment.entered: warm}, points: 7}]",
    )
    anna.submits()
    anna.is_given(25)
    assert anna.lead.score == 32
    anna.passes("2 days")
    assert anna.done() == {"vip"}


def test_other_segments_are_judged_when_her_score_is_looked_at_anew() -> None:
    named = "{named: {title: Named, when: lead.name is known, worked_by: rep}}"
    anna = on_stage(program("[{wait: 300 days}]"), segments=named)
    anna.submits()
    assert set(anna.lead.segments) == {"named"}
    anna.book = on_stage(
        program("[{wait: 300 days}]"), segments="{other: {title: Other, when: lead.zone is known, worked_by: rep}}"
    ).book
    anna.is_reviewed()
    assert set(anna.lead.segments) == {"other"}
    assert told(anna) == ["SegmentEntered named", "SegmentLeft named", "SegmentEntered other"]
