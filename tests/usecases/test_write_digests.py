"""The daily digest: what it asks, whom, once a day, and nothing where there is nothing to ask (S92)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from funnel.bootstrap import Runner
from funnel.domain import events as on
from funnel.domain.lead import Appointment
from funnel.usecases.erase_lead import erase_lead
from funnel.usecases.move_clock import read_clock
from tests.support.home import COMPANY
from tests.support.meanwhile import Meanwhile
from tests.support.place import MONDAY, Place
from tests.usecases.conftest import Builder

ASKING = COMPANY.replace("digest: never", 'digest: "08:00"')
DAY = timedelta(days=1)


@pytest.fixture
def asking(database_url: str, build_place: Builder) -> Place:
    """A company whose reps are asked at eight, on each of the three databases."""
    return build_place(database_url, company=ASKING)


@pytest.fixture
def asking_lite(sqlite_url: str, build_place: Builder) -> Place:
    """The same on SQLite alone."""
    return build_place(sqlite_url, company=ASKING)


def met(place: Place, address: str = "ana@example.org", rep: str = "camille", hours: int = 1) -> Appointment:
    """An appointment with a rep that begins in so many hours."""
    lead = place.lead(address)
    return place.books(lead, place.now + timedelta(hours=hours), rep, by="idris")


def causes(place: Place) -> list[tuple[str, str]]:
    """The digests by cause and state, after everything is carried out."""
    place.drain()
    return [(row["cause"], row["state"]) for row in place.rows() if row["message"] == "house/digest"]


def test_s92_a_rep_is_asked_the_next_morning_once_and_about_hers_alone(asking: Place) -> None:
    met(asking)
    met(asking, "bo@example.org", "idris", 2)
    asking.set(MONDAY + DAY - timedelta(hours=2, minutes=1))
    assert causes(asking) == []
    asking.set(MONDAY + DAY - timedelta(hours=2))
    assert causes(asking) == [("digest/camille/2027-06-08", "sent"), ("digest/idris/2027-06-08", "sent")]
    (mail,) = [one.as_json() for one in asking.sent() if one.as_json()["to"] == ["camille@verdanne.example"]][-1:]
    assert mail["subject"] == "digest of 1"
    assert "Ana Lund: http://127.0.0.1:8000/outcome/" in " ".join(mail["text"].split())
    asking.set(MONDAY + DAY)
    assert len(causes(asking)) == 2


def test_s92_nothing_is_sent_when_there_is_nothing_to_ask(asking_lite: Place) -> None:
    meeting = met(asking_lite)
    asking_lite.set(meeting.ends_at)
    lead = asking_lite.load(1)
    asking_lite.happens(
        on.AppointmentHeld(lead_id=lead.id, occurred_at=asking_lite.now, appointment=meeting.id, by="camille")
    )
    asking_lite.set(MONDAY + 3 * DAY)
    assert causes(asking_lite) == []


def test_s92_a_leap_of_weeks_is_no_flood_and_unanswered_ones_are_asked_three_times(asking: Place) -> None:
    met(asking)
    asking.set(MONDAY + 2 * DAY)
    assert causes(asking) == [("digest/camille/2027-06-09", "sent")]
    asking.set(MONDAY + 3 * DAY)
    asking.set(MONDAY + 30 * DAY)
    assert len(causes(asking)) == 1, "it is on her desk; three mornings have passed"


def test_s92_the_clock_of_the_demonstration_knows_the_digest_that_comes(asking_lite: Place) -> None:
    met(asking_lite)
    state = read_clock(asking_lite.house)
    assert state.next_due is not None
    asking_lite.set(MONDAY + DAY - timedelta(hours=2))
    assert read_clock(asking_lite.house).pending > 0
    causes(asking_lite)
    assert read_clock(asking_lite.house).pending == 0


def test_s92_what_could_not_leave_is_left_to_the_next_day(asking_lite: Place) -> None:
    met(asking_lite)
    asking_lite.set(MONDAY + DAY)
    assert asking_lite.runner.run("due")
    asking_lite.set(MONDAY + 2 * DAY)
    assert causes(asking_lite) == [("digest/camille/2027-06-08", "skipped"), ("digest/camille/2027-06-09", "sent")]


def test_a_company_or_a_rep_that_wants_none_gets_none(sqlite_url: str, build_place: Builder) -> None:
    company = ASKING.replace("name: Camille,", "name: Camille, digest: never,")
    place = build_place(sqlite_url, company=company)
    met(place)
    met(place, "bo@example.org", "idris", 2)
    place.set(MONDAY + DAY)
    assert [cause for cause, _ in causes(place)] == ["digest/idris/2027-06-08"]


def test_who_is_erased_stands_in_no_digest_any_more(asking_lite: Place) -> None:
    place = asking_lite
    meeting = met(place)
    place.set(MONDAY + DAY)
    assert len(causes(place)) == 1
    (row,) = [row for row in place.rows() if row["message"] == "house/digest"]
    assert "Ana Lund" in str(row["frozen"])
    erase_lead(place.house, 1, "hugo")
    (row,) = [row for row in place.rows() if row["message"] == "house/digest"]
    assert row["frozen"] is None
    assert not [one for one in place.sent() if "Ana Lund" in str(one.as_json())]
    place.set(meeting.ends_at + 2 * DAY)
    assert len(causes(place)) == 1


def test_who_is_erased_while_the_digest_is_written_stands_in_none(asking: Place) -> None:
    met(asking)
    met(asking, "bo@example.org", "camille", 2)
    asking.drain()
    asking.set(MONDAY + DAY)
    other = asking.other()
    writer = Meanwhile(asking.house.writer, lambda: erase_lead(other, 1, "hugo"))
    asking.runner = Runner(replace(asking.house, writer=writer))
    assert causes(asking) == [("digest/camille/2027-06-08", "sent")]
    (row,) = [row for row in asking.rows() if row["message"] == "house/digest"]
    assert row["frozen"]["about"] == [2]
    (mail,) = [said for one in asking.sent() if (said := one.as_json())["subject"].startswith("digest")]
    assert mail["subject"] == "digest of 1"
    assert mail["text"].count("/outcome/") == 1
