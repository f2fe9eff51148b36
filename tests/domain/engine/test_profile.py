"""The profile that a persona asks for: who is outside it is marked, sent another way, never handed over as valid."""

from dataclasses import replace

from funnel.authoring.conditions import parse_condition
from funnel.domain import events as on
from funnel.domain.tunnel.program import Program
from tests.domain.engine.kit import Stage, on_stage, program
from tests.domain.engine.world import WORDS

SEQUENCE = """
- hand_off: {because: Wants a plan}
  otherwise: [{tag: late}, {end: not_for_us}]
- tag: vip
- wait: 60 days
"""


def asking(condition: str, sequence: str = SEQUENCE) -> Program:
    """A tunnel whose persona asks for a profile."""
    return replace(program(sequence, persona="director"), valid_when=parse_condition(condition, WORDS))


def stage(condition: str = 'lead.position == "Director"', sequence: str = SEQUENCE) -> Stage:
    """Anna, before that tunnel."""
    return on_stage(asking(condition, sequence))


def test_who_fits_is_handed_off_and_goes_on() -> None:
    anna = stage()
    anna.submits(position="Director", phone="+33 6 12 34 56 78")
    assert anna.lead.profiles == {"director": True}
    assert (anna.lead.handoff is not None, anna.lead.stage) == (True, "qualified")
    assert anna.lead.tags == {"vip"}


def test_who_does_not_fit_is_marked_and_goes_the_other_way() -> None:
    anna = stage()
    anna.submits(position="Student", phone="+33 6 12 34 56 78")
    assert anna.lead.profiles == {"director": False}
    assert (anna.lead.handoff, anna.done()) == (None, {"late"})
    assert anna.lead.enrolments[0].ended_because == "not_for_us"


def test_without_another_way_she_goes_on_unhanded() -> None:
    anna = stage(sequence="[{hand_off: {because: Wants a plan}}, {tag: vip}, {end: done}]")
    anna.submits(position="Student")
    assert (anna.lead.handoff, anna.done()) == (None, {"vip"})


def test_a_threshold_hands_over_who_fits_and_marks_who_does_not() -> None:
    anna = stage(sequence="[{score: 60}, {wait: 60 days}]")
    anna.submits(position="Student", phone="+33 6 12 34 56 78")
    assert (anna.lead.score, anna.lead.handoff, anna.lead.profiles) == (60, None, {"director": False})


def test_what_is_learned_later_hands_her_over_after_all() -> None:
    anna = stage(sequence="[{score: 60}, {wait: 60 days}]")
    anna.submits(phone="+33 6 12 34 56 78")
    assert anna.lead.handoffs == ()
    anna.submits(position="Director")
    assert anna.lead.profiles == {"director": True}
    assert anna.handoff.because == ("Reached 50",)
    assert anna.lead.stage == "qualified"


def test_what_is_learned_of_who_is_joined_with_another_lead_hands_over_neither_until_they_are_parted() -> None:
    anna = stage(sequence="[{score: 60}, {wait: 60 days}]")
    anna.submits(position="Student", phone="+33 6 12 34 56 78")
    anna.record(on.LeadsMerged(lead_id=1, occurred_at=anna.now, other=2, stays=False, by="nadia"))
    anna.changes(position="Director")
    assert anna.lead.handoffs == ()
    assert not any(isinstance(one, on.RepAssigned) for one in anna.events)
    anna.record(on.LeadsParted(lead_id=1, occurred_at=anna.now, other=2, stays=False, by="nadia"))
    assert anna.handoff.because == ("Reached 50",)


def test_a_booking_is_kept_for_the_rep_and_says_that_she_is_outside() -> None:
    anna = stage(sequence="[{wait: 60 days}]")
    anna.submits(position="Student", phone="+33 6 12 34 56 78")
    anna.books()
    before = anna.lead
    assert (anna.handoff.missing, before.stage) == (("profile",), "engaged")
    anna.changes(position="Director")
    assert (anna.handoff.missing, anna.lead.stage) == ((), "qualified")


def test_one_tunnel_that_she_fits_is_enough() -> None:
    other = replace(
        program("[{score: 60}, {wait: 60 days}]", "other", persona="student"),
        valid_when=parse_condition('lead.position == "Student"', WORDS),
    )
    anna = on_stage(asking('lead.position == "Director"', "[{wait: 60 days}]"), other)
    anna.submits(position="Student", phone="+33 6 12 34 56 78")
    anna.submits("other")
    assert anna.lead.handoff is not None
    assert anna.lead.stage == "qualified"
