"""The points that the shipped company gives: what its files promise of them, told of people who come by its forms."""

from dataclasses import replace
from typing import Any

from funnel.authoring.load import Loaded
from funnel.domain.lead import Lead
from funnel.domain.tunnel.expectation import Expectation
from funnel.usecases.rehearsal import Rehearsal, rehearse

PHONE = "+33 6 12 34 56 78"
BUILDING = {
    "feedback": "moments", "sources": ["reviews"], "mapped": "once", "effort": 3, "history": "orders", "personal": 3,
    "shared": ["sales"], "authority": 3, "training": "start", "leaders": 2, "metric": "nps", "decisions": "year",
    "value": 2, "metric_seen": "management",
}  # fmt: skip
"""Answers where our help brings most."""
REACHED = "Much to gain, and interested enough for a call"


def coming(shipped: Loaded, scenario: str, **expected: Any) -> tuple[Lead, Rehearsal]:
    """Somebody who sends a shipped scenario's form and does nothing more within a day."""
    assert shipped.company is not None
    bundle = shipped.bundles[scenario]
    ana = Expectation.model_validate({"lead": "ana", "behaves": "ignores", **expected})
    changed = replace(bundle, scenario=bundle.scenario.model_copy(update={"expect": [ana]}))
    done = rehearse({**shipped.bundles, scenario: changed}, shipped.company, scenario, people=0, days=1)
    return done.leads["ana"], done


def points(lead: Lead) -> dict[str, int]:
    """What each rule, and each step by its words, has given her."""
    return {entry.rule or entry.because: entry.points for entry in lead.entries}


def test_nobody_is_handed_over_by_the_form_alone_who_left_no_number(shipped: Loaded) -> None:
    answers = BUILDING | {"horizon": "this_quarter"}
    lead, done = coming(shipped, "self_evaluation", answers=answers, position="Directrice", company="Ostrel")
    assert lead.answers[0].band == "building"
    assert (lead.score, lead.handoffs) == (45, ())
    assert points(lead)["room"] == points(lead)["decides"] == 5
    assert not [entry for entry in done.entries if entry.kind == "handed_over"]
    lead, _ = coming(shipped, "self_evaluation", answers=answers, position="Clerk", phone=PHONE)
    assert lead.score == 55
    assert lead.handoffs[0].because == (REACHED,)


def test_s125_in_a_whole_crowd_nobody_is_handed_over_by_the_form_alone_who_left_no_number(shipped: Loaded) -> None:
    assert shipped.company is not None
    done = rehearse(shipped.bundles, shipped.company, "self_evaluation", people=200, days=40)
    by_points = {one.person for one in done.entries if one.kind == "handed_over" and one.detail["because"] == [REACHED]}
    assert len(by_points) > 10
    assert all(person.fields.get("phone") for person in done.people if person.id in by_points)


def test_s118_a_small_contact_centre_is_not_for_us_and_a_large_one_is_worked_by_reps(shipped: Loaded) -> None:
    quick = {"horizon": "this_quarter"}
    small, _ = coming(shipped, "service_centre_check", answers=quick | {"agents_number": 6}, phone=PHONE)
    assert points(small)["small"] == -20
    assert not small.handoffs
    large, _ = coming(shipped, "service_centre_check", answers=quick | {"agents_number": 80}, phone=PHONE)
    assert "large_centres" in large.segments
    assert points(large)["large"] == 5
    silent, _ = coming(shipped, "ebook")
    assert not {"small", "large"} & points(silent).keys(), "who was not asked is neither"
