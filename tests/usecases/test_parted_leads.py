"""Two leads parted again: each is handed over for what is hers, and for nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from funnel.domain import events as on
from funnel.domain.lead import Lead
from funnel.usecases.merge_leads import merge_leads, part_leads
from tests.support.home import COMPANY, TUNNEL
from tests.support.place import Place

RULES = """
scoring:
  rules: [{id: got, title: {en: Loaded it}, on: asset.downloaded, points: 15, counts: always}]
"""
FIFTY = "{score: 50, because: {en: Reached 50}}"
WARM = "{score: 40, because: {en: Warm now}, tag: vip, status: warm, start: warm}"
SCENARIOS = {
    "tunnel": TUNNEL,
    "warm": """
scenario: warm
title: {en: For the warm}
offer: {en: An audit}
why: volume
team: consulting
again: each
sequence: [{wait: 30 days}, {end: over}]
""",
}


def two(place: Place) -> tuple[int, int]:
    work, home = (place.submits(f"ana@{one}.example").lead_id for one in ("work", "home"))
    place.drain()
    return work, home


def gives(place: Place, lead_id: int, points: int) -> None:
    place.happens(on.PointsGiven(lead_id=lead_id, occurred_at=place.now, points=points, because="an import"))


def loads(place: Place, lead_id: int) -> None:
    """A file that she loads by this address: its points stay with it."""
    passes(place)
    key = f"load/{lead_id}/{place.now.isoformat()}"
    place.happens(
        on.AssetDownloaded(
            lead_id=lead_id, occurred_at=place.now, key=key, asset="white", scenario="tunnel", pass_number=1
        )
    )


def joins(place: Place, stays: int, goes: int) -> None:
    passes(place)
    merge_leads(place.house, None, stays, goes, "shell")
    passes(place)


def parts(place: Place, goes: int) -> Lead:
    passes(place)
    part_leads(place.house, None, goes, "shell")
    return place.load(goes)


def passes(place: Place) -> None:
    place.set(place.now + timedelta(minutes=1))


def states(lead: Lead) -> list[tuple[tuple[str, ...], str]]:
    return [(one.because, one.state) for one in lead.handoffs]


@pytest.mark.parametrize("reached", ["together", "each"])
def test_who_came_to_a_threshold_while_another_stood_for_her_is_handed_over_when_they_are_parted(
    build_place: Callable[..., Place], database_url: str, reached: str
) -> None:
    place = build_place(database_url, company=COMPANY.replace(FIFTY, WARM) + RULES, scenarios=SCENARIOS)
    work, home = two(place)
    gives(place, home, 30)
    if reached == "each":
        gives(place, work, 45)
    joins(place, work, home)
    loads(place, home)
    assert states(place.load(home)) == []
    second = parts(place, home)
    first = place.load(work)
    assert (second.score, states(second)) == (45, [(("Warm now",), "offered")])
    assert (sorted(second.tags), second.status) == (["vip"], "warm")
    assert [one.scenario for one in second.enrolments if one.runs] == ["tunnel", "warm"]
    assert states(first) == [(("Warm now",), "offered" if reached == "each" else "withdrawn")]


@pytest.mark.parametrize("own", [39, 40])
def test_a_reason_that_came_with_the_other_one_stays_where_her_own_points_bring_it_too(
    build_place: Callable[..., Place], sqlite_url: str, own: int
) -> None:
    place = build_place(sqlite_url, company=COMPANY.replace(FIFTY, WARM) + RULES, scenarios=SCENARIOS)
    work, home = two(place)
    gives(place, home, 40)
    joins(place, work, home)
    gives(place, work, own)
    assert states(place.load(work)) == [(("Warm now",), "offered")]
    assert states(parts(place, home)) == [(("Warm now",), "offered")]
    assert states(place.load(work)) == [(("Warm now",), "offered" if own == 40 else "withdrawn")]


@pytest.mark.parametrize("rises", [False, True])
def test_whom_a_rep_had_given_back_comes_to_it_again_only_by_rising_again(
    build_place: Callable[..., Place], sqlite_url: str, *, rises: bool
) -> None:
    place = build_place(sqlite_url, company=COMPANY + RULES)
    work, home = two(place)
    gives(place, home, 60)
    handoff = place.load(home).handoffs[0]
    place.happens(
        on.HandoffReturned(lead_id=home, occurred_at=place.now, handoff=handoff.id, by=handoff.rep, reason="later")
    )
    if rises:
        gives(place, home, -20)
    joins(place, work, home)
    loads(place, home)
    again = [(("Reached 50",), "offered")] if rises else []
    assert states(parts(place, home)) == [(("Reached 50",), "returned"), *again]


def test_what_she_had_come_to_before_they_were_joined_does_not_happen_again(
    build_place: Callable[..., Place], sqlite_url: str
) -> None:
    place = build_place(sqlite_url, company=COMPANY.replace(FIFTY, WARM) + RULES, scenarios=SCENARIOS)
    work, home = two(place)
    gives(place, home, 40)
    place.happens(on.TagTaken(lead_id=home, occurred_at=place.now, tag="vip", by="hugo"))
    before = len(place.load(home).enrolments)
    joins(place, work, home)
    loads(place, home)
    second = parts(place, home)
    assert not second.tags
    assert (len(second.enrolments), states(second)) == (before, [(("Warm now",), "offered")])


def test_each_withdrawal_of_a_hand_over_corrects_the_fact_of_its_being_offered_that_was_told_last(
    build_place: Callable[..., Place], database_url: str
) -> None:
    place = build_place(database_url, company=COMPANY + RULES)
    work, home = two(place)
    gives(place, home, 60)
    for _ in range(2):
        joins(place, work, home)
        parts(place, home)
    joins(place, work, home)
    (handoff,) = place.load(home).handoffs
    facts = place.sql(
        "SELECT kind, key, corrects FROM facts WHERE key LIKE :these ORDER BY id", these=f"handoff/{handoff.id}/%"
    )
    offered = [key for kind, key, _ in facts if kind == "handed_over"]
    assert len(set(offered)) == 3
    assert [corrects for kind, _, corrects in facts if kind == "withdrawn"] == offered
