"""Calls to action are kept for good; visits add up by the day, however many write; people are counted once a link."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

from funnel.storage import calls_to_action, leads, submissions
from funnel.storage.database import Database
from tests.storage.conftest import NOW

Make = Callable[[str], int]
TODAY = date(2027, 6, 7)


def defined(code: str, **more: Any) -> dict[str, Any]:
    return {"id": code, "kind": "talk", "title": code, "scenario": "tunnel", "utm": {"source": None}, **more}


def test_one_that_leaves_the_file_is_retired_and_may_come_back(database: Database) -> None:
    later = NOW + timedelta(days=1)
    with database.write() as connection:
        calls_to_action.publish(connection, [defined("fair"), defined("letter")], NOW)
        calls_to_action.publish(connection, [defined("letter", title="Letter")], later)
        fair, letter = calls_to_action.every(connection)
        assert (fair["code"], fair["published_at"], fair["retired_at"]) == ("fair", NOW, later)
        assert (letter["definition"]["title"], letter["published_at"], letter["retired_at"]) == ("Letter", NOW, None)
        calls_to_action.publish(connection, [], later + timedelta(days=1))
        assert [one["retired_at"] for one in calls_to_action.every(connection)] == [later, later + timedelta(days=1)]
        calls_to_action.publish(connection, [defined("fair")], later)
        assert calls_to_action.every(connection)[0]["retired_at"] is None


def test_visits_add_up_by_code_and_day(database: Database) -> None:
    yesterday = TODAY - timedelta(days=1)
    with database.write() as connection:
        calls_to_action.add_visits(connection, {("fair", TODAY): 2, ("fair", yesterday): 1, ("letter", TODAY): 2**33})
        calls_to_action.add_visits(connection, {("fair", TODAY): 3})
        assert calls_to_action.visits_by_day(connection, "fair") == {yesterday: 1, TODAY: 5}
        assert calls_to_action.visits_by_day(connection, "fair", TODAY) == {TODAY: 5}
        assert calls_to_action.visits_by_day(connection, "none") == {}
        assert calls_to_action.count(connection, None, None) == {"fair": {"visits": 6}, "letter": {"visits": 2**33}}
        assert calls_to_action.count(connection, TODAY, None)["fair"] == {"visits": 5}


def test_no_visit_is_lost_when_several_count_at_once(database: Database) -> None:
    def count(_: int) -> None:
        with database.write() as connection:
            calls_to_action.add_visits(connection, {("fair", TODAY): 1, ("letter", TODAY): 1})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(24)))
    with database.read() as connection:
        assert calls_to_action.count(connection, None, None) == {"fair": {"visits": 24}, "letter": {"visits": 24}}


def test_a_person_is_one_lead_of_a_link_however_many_forms_she_sends(database: Database, make_lead: Make) -> None:
    ana, kai = make_lead("ana@example.org"), make_lead("kai@example.org")
    rows: list[dict[str, Any]] = [
        {"id": f"f{n}", "lead_id": lead, "scenario": "tunnel", "fields": {}, "page": "/l", "source": {}, "cta": code,
         "at": NOW + timedelta(days=n)}
        for n, (lead, code) in enumerate([(ana, "fair"), (ana, "fair"), (kai, "fair"), (kai, "letter"), (kai, None)])
    ]  # fmt: skip
    with database.write() as connection:
        submissions.add(connection, rows)
        connection.execute(leads.leads.update().where(leads.leads.c.id == kai).values(stage="customer"))
        assert calls_to_action.count(connection, None, None) == {
            "fair": {"leads": 2, "qualified": 1},
            "letter": {"leads": 1, "qualified": 1},
        }
        assert calls_to_action.count(connection, None, NOW + timedelta(days=2))["fair"] == {"leads": 1, "qualified": 1}
