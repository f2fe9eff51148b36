"""What is told of points that are missing or were held back: why visits bring none, and what a limit left room for."""

import pytest

from funnel.catalogue import Speech
from funnel.domain import events as on
from funnel.usecases.desk import read_lead
from funnel.usecases.score.read_score import read_score
from funnel.usecases.score.wording import ahead_in_words
from tests.support.home import HUGO
from tests.support.place import Place
from tests.usecases.score.test_scores import with_rules

PAGES = """
scoring:
  rules:
    - {id: prices, title: {en: Read the prices}, on: {page.visited: /pricing*}, points: 30}
    - {id: form, title: {en: Sent a form}, on: form.submitted, points: 10, counts: always}
"""
UNSEEN = "What is opened, followed or looked at gives no points: this lead does not agree to its being kept."


def lacks(place: Place, lead_id: int) -> str:
    """What is missing to a lead's next threshold, in words."""
    found = read_score(place.house, lead_id, "en").next
    assert found is not None
    return ahead_in_words(found, Speech("en"))


def consents(place: Place, lead_id: int, *, given: bool) -> None:
    """She says whether her visits may be kept."""
    known = {"purpose": "visit_tracking", "wording": "Visits", "page": "/me"}
    place.happens(on.ConsentChanged(lead_id=lead_id, occurred_at=place.now, given=given, **known))


def test_who_does_not_agree_to_visits_is_told_why_they_bring_nothing(lite: Place) -> None:
    with_rules(lite, PAGES)
    ben, eve = (lite.submits(f"{name}@example.org").lead_id for name in ("ben", "eve"))
    consents(lite, ben, given=True)
    assert UNSEEN not in lacks(lite, ben)
    assert lacks(lite, eve) == f"40 points short of 50. {UNSEEN} What would do: Sent a form, 4 times"
    consents(lite, ben, given=False)
    assert UNSEEN in lacks(lite, ben)
    with_rules(lite, PAGES.replace(", counts: always", ""))
    assert lacks(lite, eve) == f"40 points short of 50. {UNSEEN} Nothing else can bring them."
    with_rules(lite, f"{PAGES.replace(', counts: always', '')}tracking: {{visits: none}}\n")
    assert lacks(lite, eve) == "40 points short of 50. No rule can bring them any more."


@pytest.mark.parametrize(
    "before, points, told",
    [
        (0, 1, "+1 point: Met at the fair"),
        (0, -1, "-1 point: Met at the fair"),
        (40, 30, "+30 points: Met at the fair"),
        (60, 30, "+30 points: Met at the fair (a limit left room for +10)"),
        (70, 30, "+30 points: Met at the fair (a limit left no room)"),
        (70, -30, "-30 points: Met at the fair"),
    ],
)
def test_a_history_says_of_points_that_were_given_what_a_limit_held_back(
    place: Place, before: int, points: int, told: str
) -> None:
    with_rules(place)
    ana = place.submits("ana@example.org").lead_id
    if before:
        place.happens(on.PointsGiven(lead_id=ana, occurred_at=place.now, points=before, because="an import"))
    place.happens(on.PointsGiven(lead_id=ana, occurred_at=place.now, points=points, because="Met at the fair"))
    page = read_lead(place.house, HUGO, ana, "en")
    assert [one.what for one in page.history if "fair" in one.what] == [told]
