"""Suggestions: made as the condition comes true, gone as it is no longer, accepted once, declined until anew (S69)."""

from funnel.domain import effects as do
from funnel.domain import events as on
from tests.domain.engine.kit import Stage, on_stage, program
from tests.domain.engine.world import MONDAY

SEGMENTS = "{reads: {title: Reads, when: score.engagement >= 20, worked_by: scenario}}"
SUGGESTIONS = """
- id: silver
  title: "Reads everything: Silver?"
  when: '"reads" in segments and stage != "disqualified"'
  status: warm
  tag: vip
  untag: late
- {id: fits, title: Fits?, when: score.fit >= 10, tag: plan}
"""
RULES = "{rules: [{id: phone, title: Can be called, when: lead.phone is known, points: 12}]}"
NOW = f"{MONDAY:%Y-%m-%dT%H:%M:%SZ}"


def stage(suggestions: str = SUGGESTIONS) -> Stage:
    """Anna in a long tunnel, with what may be suggested of her."""
    tunnel = program("[{email: results}, {wait: 300 days}]")
    anna = on_stage(tunnel, segments=SEGMENTS, scoring=RULES, suggestions=suggestions, thresholds="[]")
    anna.submits()
    return anna


def told(anna: Stage) -> list[str]:
    """What was told of suggestions, in order."""
    found = []
    for one in anna.events:
        if isinstance(one, on.SuggestionMade):
            found.append(f"{one.suggestion} made")
        if isinstance(one, on.SuggestionEnded):
            found.append(f"{one.suggestion} {one.because}" + (f" by {one.by}" if one.by else ""))
    return found


def test_it_is_made_when_its_condition_comes_true_and_goes_when_it_is_no_longer() -> None:
    anna = stage()
    assert told(anna) == []
    anna.is_given(25)
    assert (anna.lead.suggestions, told(anna)) == ({"silver": NOW}, ["silver made"])
    anna.passes("1 day")
    anna.is_given(5)
    assert anna.lead.suggestions == {"silver": NOW}, "it says since when"
    anna.is_given(-20)
    assert (anna.lead.suggestions, told(anna)[1:]) == ({}, ["silver no_longer"])


def test_accepting_does_what_it_says_once_and_it_is_not_asked_again() -> None:
    anna = stage()
    anna.record(on.TagGiven(lead_id=1, occurred_at=anna.now, tag="late", by="idris"))
    anna.is_given(25)
    anna.suggested("silver", accepted=True)
    assert (anna.lead.status, anna.done(), dict(anna.lead.suggestions)) == ("warm", {"vip"}, {})
    before = len(anna.effects)
    anna.suggested("silver", accepted=True, by="camille")
    anna.suggested("silver", accepted=False, by="camille")
    assert anna.effects[before:] == []
    anna.is_given(5)
    assert told(anna) == ["silver made", "silver accepted by idris"]


def test_what_accepting_would_change_nothing_of_is_not_suggested() -> None:
    anna = stage("[{id: known, title: Known?, when: score >= 20, tag: vip}]")
    anna.record(on.TagGiven(lead_id=1, occurred_at=anna.now, tag="vip", by="idris"))
    anna.is_given(25)
    assert told(anna) == []
    anna.record(on.TagTaken(lead_id=1, occurred_at=anna.now, tag="vip", by="idris"))
    assert told(anna) == ["known made"]
    anna.record(on.TagGiven(lead_id=1, occurred_at=anna.now, tag="vip", by="idris"))
    assert told(anna)[1:] == ["known no_longer"], "somebody did by hand what it suggests"


def test_what_was_declined_stays_away_until_it_is_true_anew() -> None:
    anna = stage()
    anna.is_given(25)
    anna.suggested("silver", accepted=False)
    assert (anna.lead.suggestions, anna.lead.declined, anna.lead.status) == ({}, {"silver": NOW}, None)
    anna.is_given(5)
    anna.is_reviewed()
    assert told(anna) == ["silver made", "silver declined by idris"]
    anna.is_given(-20)
    assert anna.lead.declined == {}
    anna.is_given(20)
    assert told(anna)[2:] == ["silver made"]


def test_points_of_a_group_are_told_apart() -> None:
    anna = stage()
    anna.is_given(15)
    anna.changes(phone="+33145678910")
    assert anna.lead.score == 27
    assert told(anna) == ["fits made"]


def test_suggestions_of_another_file_are_judged_when_she_is_looked_at_anew() -> None:
    anna = stage()
    anna.is_given(25)
    anna.book = stage("[{id: other, title: Other?, when: lead.name is known, tag: plan}]").book
    anna.suggested("silver", accepted=True)
    assert anna.lead.status is None, "what nobody suggests any more cannot be accepted"
    anna.is_reviewed()
    assert told(anna) == ["silver made", "silver no_longer", "other made"]


def test_nothing_is_suggested_of_who_was_erased() -> None:
    anna = stage()
    anna.is_given(25)
    anna.record(on.ErasureAsked(lead_id=1, occurred_at=anna.now, pseudonym="x@erased.invalid", by="nadia"))
    anna.suggested("silver", accepted=True)
    assert (anna.lead.suggestions, anna.lead.declined, anna.lead.tags) == ({}, {}, frozenset())
    assert not [one for one in anna.of(do.TellSuggestion) if one.ended]
