"""Parts that are away: a broken file, no Valkey from the start, a database that refuses; nothing typed is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.e2e.people import Colleague, Prospect
from tests.e2e.place import Place
from tests.support.homes import copy_home
from tests.support.postgres import Postgres
from tests.support.processes import wait_until


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped files, to be spoilt."""
    return copy_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def lone_place(home: Path, begun_folder: Path) -> Iterator[Place]:
    """The product without Redis from the start, on files of its own."""
    place = Place({"FUNNEL_HOME": str(home), "FUNNEL_REDIS_URL": "redis://127.0.0.1:1/0"}, begun_folder)
    yield place
    place.stop()


def test_without_redis_from_the_start_forms_still_lead_to_mails(lone_place: Place) -> None:
    ready = lone_place.get("/readyz")
    assert ready["queue"].startswith("away")
    assert (ready["database"], ready["tick"]) == ("ok", "ok")
    lone_place.to_next(0)
    lea = Prospect(lone_place)
    lea.walk_in()
    lea.mails(1)
    lone_place.move(advance="2 days")
    lea.mails(2)


def test_a_broken_file_keeps_the_last_good_version_running_and_says_so(lone_place: Place, home: Path) -> None:
    file = home / "scenarios" / "self_evaluation.yaml"
    good = file.read_text()
    lone_place.to_next(0)
    lea = Prospect(lone_place)
    lea.walk_in()
    version = lea.lead["enrolments"][0]["version"]

    file.write_text(good.replace("wait: 2 days", "wait: 2 fortnights"))
    overview = lone_place.browser()
    wait_until(lambda: "2 fortnights" in overview.open("/").text, 15, "the overview says what is wrong")
    line = good.split("wait: 2 days")[0].count("\n") + 1
    assert f"self_evaluation.yaml:{line}" in overview.page.text
    ana = Prospect(lone_place)
    ana.walk_in()
    assert ana.lead["enrolments"][0]["version"] == version
    lone_place.move(advance="2 days")
    lea.mails(2)

    file.write_text(good.replace("wait: 2 days", "wait: 3 days"))
    wait_until(lambda: "fortnights" not in overview.open("/").text, 15, "the overview is content again")
    eve = Prospect(lone_place)
    eve.walk_in()
    assert eve.lead["enrolments"][0]["version"] != version
    assert eve.lead["enrolments"][0]["step"] == "wait_3_days"
    assert lea.lead["enrolments"][0]["version"] == version, "who is inside stays in hers"

    file.write_text(good)
    wait_until(lambda: f"{version[:8]}" in overview.open("/").html, 15, "what was good before is published again")


@pytest.fixture
def refusable(postgres_server: Callable[[str], Postgres]) -> Iterator[tuple[Place, Callable[[bool], None]]]:
    """The product on a PostgreSQL database that can be made to refuse everybody."""
    server = postgres_server("18")
    url = server.create("template1")
    name = make_url(url).database
    place = Place({"FUNNEL_DATABASE_URL": url})

    def admit(admitted: bool) -> None:
        with psycopg.connect(server.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {str(admitted).lower()}".encode())
            if not admitted:
                connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

    yield place, admit
    admit(True)
    place.stop()
    server.drop(url)


def test_without_the_database_a_form_keeps_its_text_and_readyz_names_the_part(
    refusable: tuple[Place, Callable[[bool], None]],
) -> None:
    place, admit = refusable
    place.to_next(0)
    lea = Prospect(place)
    hugo = Colleague(place, "manager")
    lea.read_article()
    lea.answer_all()

    admit(False)
    ready = place.browser().request("GET", "/readyz")
    assert ready.status == 503
    assert ready.json["database"].startswith("away")
    assert place.browser().open("/healthz").status == 200
    refused = lea.leave_details({"company": "Ostrel & Sons", "phone": "06 12 34 56 78"})
    assert refused.status == 503
    assert refused.headers["Retry-After"]
    kept = refused.form(having="email").fields
    assert (kept["name"], kept["email"]) == ([lea.name], [lea.email])
    assert (kept["company"], kept["phone"]) == (["Ostrel & Sons"], ["06 12 34 56 78"])
    assert hugo.desk().status == 503
    again = lea.browser.send(having="email")
    assert again.status == 503, "the kept form may be tried as often as one likes"

    admit(True)
    wait_until(lambda: place.browser().request("GET", "/readyz").status == 200, 20, "ready again\n" + place.logs())
    sent = lea.browser.send(having="email")
    assert sent.status == 200, sent.text
    assert "Your profile by theme" in sent.text
    lea.mails(1)
    assert lea.lead["company"] == "Ostrel & Sons"
    assert lea.lead["consents"]["follow_up_email"] is True
    place.move(advance="2 days")
    lea.mails(2)
