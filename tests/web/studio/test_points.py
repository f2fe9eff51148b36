"""`/studio/-/points`: rules and thresholds with their figures, segments with who is in them, another threshold."""

import re
from datetime import timedelta
from importlib import import_module

import pytest

from funnel.domain import events as on
from funnel.usecases.record_events import record_events
from tests.support.home import agrees
from tests.web.conftest import BEGINS, Town
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


@pytest.mark.parametrize("typed", ["many", "12.5", "0", "100001", "99999999"])
def test_what_is_no_number_of_points_comes_back_with_what_to_write(town: Town, typed: str) -> None:
    solene = employed(town, SOLENE).client
    answer = solene.get(f"{WHERE}?threshold={typed}")
    assert answer.status_code == 422
    assert "Write a whole number of points from 1 to 100,000, like 40." in answer.text
    assert f'value="{typed}"' in answer.text
    french = solene.get(f"{WHERE}?threshold={typed}&lang=fr").text
    assert "Écrivez un nombre entier de points de 1 à 100\u202f000, par exemple 40." in french
    assert solene.get(f"{WHERE}?threshold=100000").status_code == 200


def test_a_segment_lists_who_is_in_it(town: Town, scored: int) -> None:
    solene = employed(town, SOLENE)
    assert "Nobody is in it now." in solene.get("/studio/-/segments/gold").text
    at = lead_of(town, scored).created_at
    record_events(town.house, [on.TagGiven(lead_id=scored, occurred_at=at, tag="gold", by="solene")])
    page = solene.get("/studio/-/segments/gold").text
    assert "1 lead" in page
    assert f'href="/desk/leads/{scored}"' in page
    assert re.search(r"Gold clients</a>.*?<b class=\"num\">1</b>", solene.get(WHERE).text, re.DOTALL)


def test_a_long_segment_goes_on_on_the_next_page(town: Town, scored: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("funnel.web.studio.points"), "_LISTED", 1)
    other = submitted(town, "Ana Costa", "ana@ostrel.example")
    for lead_id in (scored, other):
        at = lead_of(town, lead_id).created_at
        record_events(town.house, [on.TagGiven(lead_id=lead_id, occurred_at=at, tag="gold", by="solene")])
    solene = employed(town, SOLENE)
    first, second = (solene.get(f"/studio/-/segments/gold{page}").text for page in ("", "?page=2"))
    for page, who, shown, way in ((first, scored, "1 to 1", "?page=2"), (second, other, "2 to 2", "?page=1")):
        assert f'href="/desk/leads/{who}"' in page
        assert shown in page
        assert f'href="{way}"' in page
        assert "2 leads" in page
    assert "?page=3" not in second
    assert solene.client.get("/studio/-/segments/gold?page=3").status_code == 404
    assert solene.client.get("/studio/-/segments/gold?page=x").status_code == 200


def test_points_that_fade_day_by_day_are_one_line_of_hers(town: Town, scored: int) -> None:
    record_events(town.house, [agrees(scored, BEGINS)])
    for day in range(2):
        read = BEGINS + timedelta(days=day, hours=1)
        town.move_clock(read)
        page = on.PageVisited(
            lead_id=scored, occurred_at=read, key=f"read/{day}", visitor="v", page="www.verdanne.example/pricing"
        )
        record_events(town.house, [page])
    town.move_clock(BEGINS + timedelta(days=80))
    entries = lead_of(town, scored).entries
    assert sum(one.kind == "faded" for one in entries) > 5, entries
    shown = employed(town, SOLENE).get(f"/desk/leads/{scored}").text
    assert shown.count("Points fade with time") == 1
    assert re.search(r"since \d+ Jan", shown)
    assert '<line class="goal"' in shown
