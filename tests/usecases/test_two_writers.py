"""Two writers on one lead, two hundred times: no score is lost, and she is handed over once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from funnel.domain import events as on
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events
from funnel.usecases.run_due_steps import run_due_steps
from tests.support.place import MONDAY, Place

TIMES = 200
POINTS = 40
"""Twice this crosses the threshold of 50; once does not."""


def give(house: House, lead_id: int) -> None:
    event = on.PointsGiven(lead_id=lead_id, occurred_at=MONDAY, points=POINTS, because="by hand")
    record_events(house, [event])


def test_two_writers_lose_no_score_and_hand_over_once(place: Place) -> None:
    ids = place.leads(TIMES)
    houses = [place.other("one"), place.other("two")]
    with ThreadPoolExecutor(2) as pool:
        for lead_id in ids:  # side by side on each lead, not one behind the other on many
            for done in [pool.submit(give, house, lead_id) for house in houses]:
                done.result(30)
    with place.house.database.read() as connection:
        from funnel.storage import snapshot

        leads = snapshot.load(connection, ids, lock=False)
    assert {lead.score for lead in leads.values()} == {2 * POINTS}
    assert {len(lead.handoffs) for lead in leads.values()} == {1}
    assert place.sql("SELECT count(*), sum(points) FROM score_entries") == [(2 * TIMES, 2 * TIMES * POINTS)]
    assert Counter(row["message"] for row in place.rows()) == {"house/dossier": TIMES}
    assert place.sql("SELECT count(*) FROM facts WHERE kind = 'handed_over'") == [(TIMES,)]


def test_due_steps_beside_forms_and_points_move_everyone_once(place: Place) -> None:
    """Three kinds of writers at once: the tick's claim passes over who is held, and comes back for her."""
    ids = place.leads(60)
    place.starts(ids)
    place.set(MONDAY + timedelta(days=2, minutes=1))
    houses = [place.other(name) for name in ("a", "b", "c", "d")]

    def due(house: House) -> None:
        for _ in range(20):
            run_due_steps(house)

    def written(house: House, order: Any) -> None:
        for lead_id in order:
            give(house, lead_id)

    with ThreadPoolExecutor(4) as pool:
        work = [
            pool.submit(due, houses[0]),
            pool.submit(due, houses[1]),
            pool.submit(written, houses[2], ids),
            pool.submit(written, houses[3], list(reversed(ids))),
        ]
        for one in work:
            one.result(60)
    place.drain()
    found = [place.load(one) for one in ids]
    assert {lead.score for lead in found} == {2 * POINTS}
    assert {len(lead.handoffs) for lead in found} == {1}
    assert {lead.enrolments[0].state for lead in found} == {"awaiting"}
    rows = Counter((row["lead_id"], row["message"]) for row in place.rows())
    assert set(rows.values()) == {1}
    assert place.sql("SELECT count(*) FROM events WHERE failed IS NOT NULL") == [(0,)]
