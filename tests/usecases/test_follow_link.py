"""A short link works for ever and counts who follows it; forms and facts keep by which somebody came, to the end."""

from datetime import UTC, date, datetime, timedelta

import pytest

from funnel.storage import calls_to_action
from funnel.storage.events import facts
from funnel.usecases import resting
from funnel.usecases.calls_to_action import TrackedLink, list_links, read_link
from funnel.usecases.erase_lead import erase_lead
from funnel.usecases.errors import DatabaseAway, NotFound
from funnel.usecases.follow_link import follow_link
from funnel.usecases.publish_scenarios import publish_scenarios
from tests.support.databases import sqlite_away
from tests.support.home import COMPANY, TUNNEL, write_home
from tests.support.place import MONDAY, Place
from tests.usecases.conftest import Builder

FAIR = "{id: fair, kind: talk, title: {en: At the fair}, scenario: tunnel, utm: {source: spring_fair}}"
CALLING = COMPANY + f"calls_to_action:\n  - {FAIR}\n"
FORMLESS = "scenario: tunnel\ntitle: A tunnel\noffer: An audit\nwhy: volume\nsequence: [{tag: plan}]\n"
TOLD = {"cta": "fair", "utm_source": "spring_fair", "utm_medium": "talk", "utm_campaign": "tunnel"}


@pytest.fixture
def fair(database_url: str, build_place: Builder) -> Place:
    """A place with one call to action, on each of the three databases."""
    return build_place(database_url, company=CALLING)


@pytest.fixture
def lite_fair(sqlite_url: str, build_place: Builder) -> Place:
    """The same on SQLite alone."""
    return build_place(sqlite_url, company=CALLING)


def link_of(place: Place, code: str = "fair", days: int | None = None) -> TrackedLink:
    return read_link(place.house, code, days=days).link


def test_s119_who_follows_is_counted_and_sent_on_with_the_links_source(fair: Place) -> None:
    followed = follow_link(fair.house, "Fair.", counts=True)
    assert (followed.scenario, followed.source) == ("tunnel", TOLD)
    follow_link(fair.house, "fair", counts=False)
    assert link_of(fair).visits == 1


def test_the_days_are_those_of_the_company(lite_fair: Place) -> None:
    lite_fair.set(MONDAY.replace(hour=21, minute=59))
    follow_link(lite_fair.house, "fair", counts=True)
    lite_fair.set(MONDAY.replace(hour=22, minute=1))
    follow_link(lite_fair.house, "fair", counts=True)
    days = {day: visits for day, visits in read_link(lite_fair.house, "fair").by_day.items() if visits}
    assert days == {date(2027, 6, 7): 1, date(2027, 6, 8): 1}
    assert link_of(lite_fair, days=1).visits == 1


def test_a_day_begins_at_its_own_midnight_also_when_the_clocks_change_in_its_night(lite_fair: Place) -> None:
    for minute in ("2027-10-30T21:59", "2027-10-30T22:01"):  # the clocks go back at three o'clock on the 31st
        lite_fair.set(datetime.fromisoformat(minute).replace(tzinfo=UTC))
        lite_fair.submits(f"at{minute[-2:]}@example.org", source=TOLD)
    lite_fair.set(datetime(2027, 10, 31, 12, tzinfo=UTC))
    assert (link_of(lite_fair, days=1).leads, link_of(lite_fair, days=2).leads) == (1, 2)


def test_an_unknown_code_is_not_found(lite_fair: Place) -> None:
    for code in ("nothing", "", "//evil.example", "fair/../x", "é"):
        with pytest.raises(NotFound):
            follow_link(lite_fair.house, code, counts=True)
    with pytest.raises(NotFound):
        read_link(lite_fair.house, "nothing")


def test_a_code_taken_out_of_the_file_works_on_and_may_be_given_another_scenario(fair: Place) -> None:
    write_home(fair.home, company=COMPANY)
    fair.publish()
    assert follow_link(fair.house, "fair", counts=True).scenario == "tunnel"
    assert (link_of(fair).retired, link_of(fair).visits) == (True, 1)
    second = TUNNEL.replace("scenario: tunnel", "scenario: second")
    moved = CALLING.replace("scenario: tunnel, utm", "scenario: second, utm")
    write_home(fair.home, {"tunnel": TUNNEL, "second": second}, moved)
    fair.publish()
    assert follow_link(fair.house, "fair", counts=True).scenario == "second"
    assert (link_of(fair).retired, link_of(fair).visits) == (False, 2)


def test_a_scenario_without_a_page_leaves_its_link_dead_and_said_so(lite_fair: Place) -> None:
    write_home(lite_fair.home, {"tunnel": FORMLESS}, CALLING)
    assert [str(one) for one in publish_scenarios(lite_fair.house, lite_fair.home).findings if one.code == "dead-link"]
    write_home(lite_fair.home, {"tunnel": FORMLESS}, COMPANY)
    lite_fair.publish()
    with pytest.raises(NotFound):
        follow_link(lite_fair.house, "fair", counts=True)
    assert (link_of(lite_fair).dead, link_of(lite_fair).visits) == (True, 0)


@pytest.mark.parametrize("rest", [0.0, 3600.0])
def test_a_link_is_followed_while_the_database_is_away_and_its_visits_are_written_later(
    lite_fair: Place, rest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resting, "REST", rest)
    follow_link(lite_fair.house, "fair", counts=True)
    with sqlite_away(lite_fair.house.database, lite_fair.settings.database_url):
        for _ in range(3):
            assert follow_link(lite_fair.house, "fair", counts=True).source == TOLD
        assert lite_fair.house.visits.waiting == 3
        with pytest.raises(NotFound):
            follow_link(lite_fair.house, "nothing", counts=True)
    follow_link(lite_fair.house, "fair", counts=True)
    assert (link_of(lite_fair).visits, lite_fair.house.visits.waiting) == ((1, 4) if rest else (5, 0))


def test_visits_that_could_not_be_written_outlive_their_process_and_are_written_once(fair: Place) -> None:
    killed, other = fair.other("killed"), fair.other("other")
    follow_link(killed, "fair", counts=True)
    with pytest.raises(DatabaseAway), killed.resting.asking():
        raise DatabaseAway("it does not answer this process")
    for _ in range(3):
        follow_link(killed, "fair", counts=True)
    assert (link_of(fair).visits, other.visits.waiting) == (1, 3)
    follow_link(other, "fair", counts=True)
    assert (link_of(fair).visits, other.visits.waiting) == (5, 0)
    follow_link(other, "fair", counts=True)
    assert link_of(fair).visits == 6


def test_a_process_that_has_seen_nothing_yet_cannot_say_where_a_link_leads(lite_fair: Place) -> None:
    other = lite_fair.other()
    with sqlite_away(other.database, lite_fair.settings.database_url), pytest.raises(DatabaseAway):
        follow_link(other, "fair", counts=True)


def test_the_source_is_kept_with_her_her_form_and_every_fact_to_the_end(fair: Place) -> None:
    lead = fair.submits(source=TOLD, fields={"company": "Lund", "phone": "+33 6 98 76 54 32"}).lead_id
    fair.submits("kai@example.org", source={"utm_source": "letter"})
    fair.submits(source={"cta": "other"})
    fair.drain()
    in_three_days = fair.now + timedelta(days=3)
    fair.books(lead, in_three_days, "idris", scenario="tunnel", pass_number=1, phone="+33 6 98 76 54 32")
    assert fair.load(lead).source == TOLD
    with fair.house.database.read() as connection:
        rows = connection.execute(facts.select().where(facts.c.lead_id == lead)).mappings().all()
    assert {row["kind"] for row in rows} >= {"lead_created", "appointment_booked", "handed_over", "qualified"}
    assert {(row["source"], row["cta"]) for row in rows} == {("spring_fair", "fair")}
    assert (link_of(fair).leads, link_of(fair).qualified) == (1, 1)


def test_erasing_somebody_changes_no_figure_and_leaves_nothing_that_she_typed(fair: Place) -> None:
    ana = fair.submits(source=TOLD).lead_id
    kai = fair.submits("kai@example.org", source={"cta": "kai_was_here", "utm_source": "kai was here"}).lead_id
    follow_link(fair.house, "fair", counts=True)
    before = list_links(fair.house).links
    for lead in (ana, kai):
        erase_lead(fair.house, lead, by="test")
    assert list_links(fair.house).links == before
    with fair.house.database.read() as connection:
        rows = connection.execute(facts.select()).mappings().all()
        counted = calls_to_action.count(connection, None, None)
    assert {(row["source"], row["cta"]) for row in rows} == {("spring_fair", "fair"), (None, None)}
    assert set(counted) == {"fair"}
