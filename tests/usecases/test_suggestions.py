"""Suggestions through the real door: judged with everything else, answered once, listed where people look (S69)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from funnel.domain import events as on
from funnel.domain.company import User
from funnel.storage import events
from funnel.usecases.desk import read_desk, read_lead
from funnel.usecases.errors import Conflict, Forbidden, NotFound
from funnel.usecases.house import House
from funnel.usecases.score.overview import read_points
from funnel.usecases.score.replay import replay_leads
from funnel.usecases.suggestions import answer_suggestion, read_suggested
from tests.support.home import CAMILLE, COMPANY, IDRIS
from tests.support.place import MONDAY, Place

SUGGESTIONS = """
suggestions:
  - {id: silver, title: {en: "Reads everything: Silver?"}, when: score.engagement >= 20, status: warm, tag: vip}
  - {id: plan, title: {en: "A plan?"}, when: '"vip" in tags and lead.company is known', tag: plan}
"""
SOLENE = User(id="solene", name="Solène", email="solene@verdanne.example", role="marketer")


@pytest.fixture
def suggesting(build_place: Callable[..., Place], database_url: str) -> Place:
    """The ordinary place, whose company suggests something."""
    return build_place(database_url, company=COMPANY + SUGGESTIONS)


def gives(place: Place, lead_id: int, points: int = 25) -> None:
    """She gets points for something."""
    place.happens(on.PointsGiven(lead_id=lead_id, occurred_at=place.now, points=points, because="read all"))


def kinds(place: Place, lead_id: int) -> list[str]:
    """What happened about suggestions, in order."""
    with place.house.database.read() as connection:
        found = events.of_lead(connection, lead_id)
    return [row["kind"] + str(row["payload"].get("because", "")) for row in found if "Suggestion" in row["kind"]]


def test_it_is_kept_with_her_listed_and_answered(suggesting: Place) -> None:
    place = suggesting
    ana, ben = place.leads(2)
    gives(place, ana)
    place.set(MONDAY + timedelta(hours=1))
    gives(place, ben)
    use, found, _ = read_suggested(place.house, "silver", 10)
    assert (use.leads, [(one.lead.id, one.since) for one in found]) == (
        2, [(ana, MONDAY), (ben, MONDAY + timedelta(hours=1))],
    )  # fmt: skip
    assert found[0].looked_at == [("score.engagement", 25)]
    assert [one.leads for one in read_points(place.house).suggestions] == [2, 0]
    answer_suggestion(place.house, SOLENE, ana, "silver", accepted=True)
    answer_suggestion(place.house, SOLENE, ben, "silver", accepted=False)
    one, other = place.load(ana), place.load(ben)
    assert (one.status, sorted(one.tags), len(one.suggestions)) == ("warm", ["vip"], 0)
    assert (other.status, other.tags, set(other.declined)) == (None, frozenset(), {"silver"})
    assert read_suggested(place.house, "silver", 10)[0].leads == 0
    told = [happening.what for happening in read_lead(place.house, SOLENE, ana, "en").history]
    assert told[-2:] == ["Suggested: “Reads everything: Silver?”", "“Reads everything: Silver?” accepted by solene"]
    with pytest.raises(Conflict):
        answer_suggestion(place.house, SOLENE, ana, "silver", accepted=True)
    with pytest.raises(NotFound):
        answer_suggestion(place.house, SOLENE, ana, "gold", accepted=True)


def test_whoever_presses_at_the_same_time_it_is_done_once(suggesting: Place) -> None:
    place = suggesting
    (ana,) = place.leads(1)
    gives(place, ana)
    houses = [place.other(f"web{number}") for number in range(4)]
    ready = Barrier(len(houses))

    def press(house: House) -> bool:
        ready.wait()
        try:
            answer_suggestion(house, SOLENE, ana, "silver", accepted=house is not houses[0])
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(len(houses)) as pool:
        done = list(pool.map(press, houses))
    assert done.count(True) == 1
    assert kinds(place, ana).count("SuggestionEndedaccepted") + kinds(place, ana).count("SuggestionEndeddeclined") == 1
    assert (place.load(ana).status == "warm") == (not done[0])


def test_a_rep_decides_about_hers_and_sees_it_on_her_desk(suggesting: Place) -> None:
    place = suggesting
    ana, ben = place.leads(2)
    gives(place, ben)
    gives(place, ana, 60)
    place.drain()
    rep = place.load(ana).handoffs[-1].rep
    hers, colleague = (CAMILLE, IDRIS) if rep == "camille" else (IDRIS, CAMILLE)
    assert [(one.lead.id, one.suggestion.id) for one in read_desk(place.house, hers).suggested] == [(ana, "silver")]
    assert read_desk(place.house, colleague).suggested == []
    with pytest.raises(Forbidden):
        answer_suggestion(place.house, hers, ben, "silver", accepted=True)
    _, found, _ = read_suggested(place.house, "silver", 10)
    assert [one.lead.id for one in found] == [ben, ana], "whom nobody works stands first"
    answer_suggestion(place.house, hers, ana, "silver", accepted=True)
    assert read_desk(place.house, hers).suggested == []


def test_another_file_is_judged_of_everybody_and_a_replay_agrees(suggesting: Place) -> None:
    place = suggesting
    (ana,) = place.leads(1)
    place.happens(on.DetailsChanged(lead_id=ana, occurred_at=place.now, fields={"company": "Ostrel"}, by="solene"))
    gives(place, ana)
    answer_suggestion(place.house, SOLENE, ana, "silver", accepted=True)
    assert set(place.load(ana).suggestions) == {"plan"}
    company = place.home / "scenarios" / "company.yaml"
    company.write_text(company.read_text().replace("and lead.company is known", "and lead.phone is known"))
    place.publish()
    place.drain()
    lead = place.load(ana)
    assert dict(lead.suggestions) == {}
    assert kinds(place, ana)[-1] == "SuggestionEndedno_longer"
    with place.house.database.read() as connection:
        published = place.house.shelf.last
        assert published
        ((_, again, _),) = replay_leads(connection, place.house, published, [ana], place.now)
    assert (again.status, again.tags, again.suggestions) == (lead.status, lead.tags, lead.suggestions)
