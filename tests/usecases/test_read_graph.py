"""Where a published scenario's people are, on each database."""

import pytest

from funnel.domain import events as on
from funnel.domain.tunnel.graph import Standing
from funnel.usecases.errors import NotFound
from funnel.usecases.read_graph import people_of, read_graph
from tests.support.place import Place


def test_people_are_counted_where_they_stand_and_by_how_they_ended(place: Place) -> None:
    ids = place.leads(5)
    place.starts(ids)
    place.happens(on.Unsubscribed(lead_id=ids[0], occurred_at=place.now, page="/u"))
    place.sql("UPDATE enrolments SET state = 'parked', reason = 'a fault' WHERE lead_id = :id", id=ids[1])
    place.sql("UPDATE enrolments SET step = 'gone' WHERE lead_id = :id", id=ids[2])
    graph, people = read_graph(place.house, "tunnel")
    assert graph.title == "A tunnel"
    assert people.at == {"wait_2_days": Standing(waiting=2, parked=1)}
    assert people.ended == {"unsubscribed": 1}
    assert people.elsewhere == 1


def test_a_scenario_that_is_not_published_is_named_with_those_that_are(lite: Place) -> None:
    with pytest.raises(NotFound, match="tunel is not published; there are: tunnel"):
        read_graph(lite.house, "tunel")


def test_nobody_stands_anywhere_in_a_new_scenario(lite: Place) -> None:
    graph, people = read_graph(lite.house, "tunnel")
    assert people == people_of(graph, [])
    assert (people.at, people.ended, people.elsewhere) == ({}, {}, 0)
