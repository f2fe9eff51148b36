"""`/studio/-/points`: rules and thresholds with their figures, segments with who is in them, another threshold."""

import re

import pytest

from funnel.domain import events as on
from funnel.usecases.record_events import record_events
from tests.web.conftest import Town
from tests.web.staff import CAMILLE, SOLENE, employed, lead_of, submitted

WHERE = "/studio/-/points"


@pytest.fixture
def scored(town: Town) -> int:
    """A lead with points from her self-evaluation."""
    lead_id = submitted(town, phone="+33 6 12 34 56 78")
    town.work()
    return lead_id


def test_a_marketer_may_see_it_and_a_rep_not(town: Town) -> None:
    solene = employed(town, SOLENE)
    for path in (WHERE, "/studio/-/segments/gold"):
        assert solene.client.get(path).status_code == 200, path
        assert employed(town, CAMILLE).get(path).status_code == 403, path
    assert f'href="{WHERE}"' in solene.get("/studio").text
    assert solene.client.get("/studio/-/segments/silver").status_code == 404


def test_another_threshold_is_tried_on_everybody(town: Town, scored: int) -> None:
    solene = employed(town, SOLENE)
    score = lead_of(town, scored).score
    assert score > 0
    page = solene.get(f"{WHERE}?threshold={score}&days=30").text
    assert f"With a threshold of {score} points" in page
    assert re.findall(r'<td class="n num">(\d+)</td>', page)[:4] == ["0", "0", "1", "0"]
    assert f'href="/desk/leads/{scored}"' in page
    assert "The same people would have come to it." in solene.get(f"{WHERE}?threshold=5000").text


def test_one_lead_is_one_lead(town: Town, scored: int) -> None:
    solene = employed(town, SOLENE)
    missing = 50 - lead_of(town, scored).score
    record_events(
        town.house,
        [on.PointsGiven(lead_id=scored, occurred_at=lead_of(town, scored).created_at, points=missing, because="Read")],
    )
    page = solene.get(f"{WHERE}?threshold=20").text
    assert "1 lead there now" in page
    assert "1 lead replayed" in page


def test_what_is_no_number_of_points_comes_back_with_what_to_write(town: Town) -> None:
    answer = employed(town, SOLENE).client.get(f"{WHERE}?threshold=many")
    assert answer.status_code == 422
    assert "Write a number of points from 1 on, like 40." in answer.text
    assert 'value="many"' in answer.text


def test_a_segment_lists_who_is_in_it(town: Town, scored: int) -> None:
    solene = employed(town, SOLENE)
    assert "Nobody is in it now." in solene.get("/studio/-/segments/gold").text
    at = lead_of(town, scored).created_at
    record_events(town.house, [on.TagGiven(lead_id=scored, occurred_at=at, tag="gold", by="solene")])
    page = solene.get("/studio/-/segments/gold").text
    assert "1 lead" in page
    assert f'href="/desk/leads/{scored}"' in page
    assert re.search(r"Gold clients</a>.*?<b class=\"num\">1</b>", solene.get(WHERE).text, re.DOTALL)
