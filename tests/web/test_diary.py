"""The diary: weeks and days, one's own and colleagues', marks, a calendar of one's own both ways, who has left."""

import re
from collections.abc import Callable
from datetime import timedelta

import icalendar
import pytest
from sqlalchemy import insert, text, update

from funnel.storage import calendars, installation
from funnel.storage.appointments import appointments
from funnel.storage.former_users import former_users
from tests.delivery.servers import http_answers
from tests.delivery.test_feeds import calendar
from tests.web.conftest import Town
from tests.web.staff import CAMILLE, HUGO, IDRIS, SOLENE, booked, employed, lead_of, submitted

ADDRESSES = {"camille": CAMILLE, "idris": IDRIS}


def feed_of(page: str) -> str:
    """The private address on the page, as a path."""
    found = re.search(r'value="http://127\.0\.0\.1:8000(/ics/[^"]+)"', page)
    assert found
    return found[1]


def test_a_rep_sees_her_week_and_marks_what_took_place(town: Town) -> None:
    lead_id = submitted(town)
    appointment = booked(town, lead_id)
    staff = employed(town, ADDRESSES.get(appointment.rep, f"{appointment.rep}@verdanne.example"))
    asked = f"/diary?from={appointment.starts_at:%Y-%m-%d}"
    assert staff.get(asked).status_code == 200
    assert "Léa Martin" in staff.page
    assert "Held: Léa Martin" not in staff.page, "it is still to come"
    town.move_clock(appointment.ends_at + timedelta(minutes=1))
    staff.get(asked)
    assert "Held: Léa Martin" in staff.page
    answer = staff.post(f"/desk/appointments/{appointment.id}/missed", came_from=asked)
    assert (answer.status_code, answer.location) == (303, asked)
    assert lead_of(town, lead_id).appointments[0].state == "missed"
    staff.get(asked + "&view=day")
    assert "missed" in staff.page


@pytest.mark.parametrize(
    "asked, title",
    [
        ("from=2099-06-17", "15 – 19 June 2099"),
        ("from=2099-06-17&lang=fr", "15 – 19 juin 2099"),
        ("from=2099-06-30", "29 June 2099 – 3 July 2099"),
        ("from=2099-12-01&lang=fr", "30 novembre 2099 – 4 décembre 2099"),
        ("from=2099-06-17&view=day&lang=fr", "Mercredi 17 juin 2099"),
    ],
)
def test_the_heading_names_the_days_that_are_shown(town: Town, asked: str, title: str) -> None:
    page = employed(town, HUGO).get(f"/diary?{asked}").text
    assert f"<h1>{title}</h1>" in page
    assert ("nothing booked" in page) == ("lang=fr" not in asked), "and a day without anything says so"


def test_s82_colleagues_diaries_are_visible_and_their_leads_are_not_opened(town: Town) -> None:
    appointment = booked(town, submitted(town))
    colleague = next(one for one in (CAMILLE, IDRIS) if not one.startswith(appointment.rep))
    staff = employed(town, colleague)
    asked = f"/diary?from={appointment.starts_at:%Y-%m-%d}&who="
    staff.get(asked + colleague.partition("@")[0])
    assert "Léa Martin" not in staff.page
    for who in (appointment.rep, "team"):
        staff.get(asked + who)
        assert "Léa Martin" in staff.page
        assert "/desk/leads/" not in staff.page


@pytest.mark.parametrize("question", ["from=2026-02-31", "from=0001-01-01", "from=9999-12-31", "who=nobody", "view=x"])
def test_a_question_that_makes_no_sense_shows_this_week(town: Town, question: str) -> None:
    staff = employed(town, CAMILLE)
    assert staff.get(f"/diary?{question}").status_code == 200


def test_absences_and_public_holidays_stand_in_the_diary(town: Town) -> None:
    staff = employed(town, CAMILLE)
    staff.get("/diary?who=team&from=2026-12-21")
    assert staff.page.count("Public holiday") == 1, "Christmas is everybody's, in one line"
    assert "Public holiday · Camille Arnoux, Idris Benhaddou" in staff.page
    assert staff.page.count("Away · Idris Benhaddou") == 4, "from Monday to Thursday"
    staff.get("/diary?who=camille&from=2026-12-21")
    assert "Away" not in staff.page
    assert "Public holiday" in staff.page


def test_s93_times_that_a_mail_has_proposed_stand_in_the_diary_until_they_are_free_again(town: Town) -> None:
    lead_id = submitted(town)
    meeting = booked(town, lead_id)
    town.move_clock(meeting.ends_at + timedelta(minutes=1))
    staff = employed(town, HUGO)
    staff.get(f"/desk/leads/{lead_id}")
    assert staff.post(f"/desk/appointments/{meeting.id}/missed").status_code == 303

    def kept() -> int:
        weeks = (meeting.starts_at + timedelta(weeks=number) for number in range(4))
        return sum(staff.get(f"/diary?who={meeting.rep}&from={week:%Y-%m-%d}").text.count("Kept for") for week in weeks)

    assert kept() == 3
    town.move_clock(meeting.ends_at + timedelta(days=2, hours=1))
    assert kept() == 0


def test_only_reps_and_managers_have_diaries(town: Town) -> None:
    assert employed(town, SOLENE).get("/diary").status_code == 403
    assert employed(town, HUGO).get("/diary").status_code == 200
    assert town.app.test_client().get("/diary").status_code == 303


def test_a_reps_private_feed_says_when_but_not_whom_and_can_be_renewed(town: Town) -> None:
    appointment = booked(town, submitted(town))
    staff = employed(town, f"{appointment.rep}@verdanne.example")
    staff.get("/diary")
    address = feed_of(staff.page)
    stranger = town.app.test_client()
    answer = stranger.get(address)
    assert answer.status_code == 200
    [event] = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert event.decoded("dtstart") == appointment.starts_at
    assert str(event["uid"]) == f"appointment-{appointment.id}@verdanne.example"
    assert b"Martin" not in answer.data
    assert b"ATTENDEE" not in answer.data
    assert staff.post("/diary/feed").status_code == 303
    staff.get("/diary")
    assert feed_of(staff.page) != address
    assert stranger.get(address).status_code == 404
    assert stranger.get(feed_of(staff.page)).status_code == 200
    assert stranger.get(address.replace(".ics", "x.ics")).status_code == 404


def test_a_rep_sets_her_own_calendar_and_is_told_when_it_fails(town: Town) -> None:
    staff = employed(town, CAMILLE)
    staff.get("/diary")
    for wrong in ("ftp://calendars.example/me.ics", "nonsense", "https://me:secret@calendars.example/me.ics"):
        answer = staff.post("/diary/calendar", calendar=wrong)
        assert answer.status_code == 422
        assert wrong in answer.text
    with http_answers() as server:
        server.answers["/me.ics"] = (200, {}, calendar())
        answer = staff.post("/diary/calendar", calendar=f"{server.url}/me.ics")
        assert answer.status_code == 303
        assert server.asked == [], "an address of the inside is not called"
    staff.get("/diary")
    assert "own network" in staff.page
    assert "Failing since" in staff.page
    staff.post("/diary/calendar", calendar="")
    staff.get("/diary")
    assert "Failing since" not in staff.page


def test_a_rep_is_told_on_her_page_which_entry_of_her_calendar_is_broken(build_town: Callable[..., Town]) -> None:
    town = build_town(allow_private_hosts=["localhost"])
    staff = employed(town, CAMILLE)
    with http_answers() as server:
        event = "UID:x\nDTSTART;VALUE=DATE:19620301\nRRULE:FREQ=SOMETIMES\nSUMMARY:The dentist"
        server.answers["/me.ics"] = (200, {}, calendar(event))
        staff.get("/diary")
        assert staff.post("/diary/calendar", calendar=f"{server.url}/me.ics").status_code == 303
    staff.get("/diary")
    assert "An entry of your calendar cannot be understood" in staff.page
    assert "Failing since" not in staff.page, "the rest of it is read"
    assert "Look at the entry that begins on 1 March 1962." in staff.page
    assert "dentist" not in staff.page


def test_what_is_busy_by_her_own_calendar_stands_in_her_diary(build_town: object) -> None:
    assert callable(build_town)
    town: Town = build_town(allow_private_hosts=["localhost"])
    staff = employed(town, CAMILLE)
    appointment = booked(town, submitted(town))
    day = appointment.starts_at + timedelta(days=7)
    event = f"UID:x\nDTSTART:{day:%Y%m%dT%H%M%SZ}\nDURATION:PT1H\nSUMMARY:The dentist"
    with http_answers() as server:
        server.answers["/me.ics"] = (200, {}, calendar(event))
        staff.get("/diary")
        staff.post("/diary/calendar", calendar=f"{server.url}/me.ics")
    staff.get(f"/diary?from={day:%Y-%m-%d}&who=camille")
    assert "Busy" in staff.page
    assert "dentist" not in staff.page


def test_appointments_of_a_rep_who_has_left_are_listed_for_the_manager(town: Town) -> None:
    booked(town, submitted(town))
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE appointments SET rep = 'gone'"))
    staff = employed(town, HUGO)
    staff.get("/diary")
    assert "With somebody who has left" in staff.page
    assert "Léa Martin" in staff.page
    assert "asked by mail on" not in staff.page


def test_past_weeks_of_a_rep_who_has_left_stay_in_everybodys_diary(town: Town) -> None:
    appointment = booked(town, submitted(town))
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE appointments SET rep = 'gone'"))
        connection.execute(insert(former_users).values(id="gone", name="Paul Roux", left_at=town.now))
        installation.bump(connection)
    staff = employed(town, HUGO)
    for asked, whose in (("team", "Paul Roux"), ("nobody", "Paul Roux"), ("camille", "")):
        staff.get(f"/diary?from={appointment.starts_at:%Y-%m-%d}&who={asked}")
        (day,) = re.findall(r'<li class="entry shade.*?</li>', staff.page, re.DOTALL) or [""]
        assert whose in day
        assert bool(whose) == ("Léa Martin" in day)


def test_who_was_asked_for_another_time_is_told_beside_her_appointment(town: Town) -> None:
    appointment = booked(town, submitted(town))
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE appointments SET rep = 'gone'"))
        for rep in town.published.company.company.reps:
            calendars.replace_busy(connection, rep.id, [(appointment.starts_at, appointment.ends_at)])
    staff = employed(town, HUGO)
    staff.get("/diary")
    assert staff.post("/diary/left-behind", to="anybody").status_code == 303
    staff.get("/diary")
    assert "For 1 nobody is free" in staff.page
    assert "Nobody is free: asked by mail on" in staff.page
    with town.house.database.write() as connection:
        connection.execute(update(appointments).values(starts_at=appointment.starts_at + timedelta(minutes=15)))
    staff.get("/diary")
    assert "Léa Martin" in staff.page
    assert "Nobody is free: asked by mail on" not in staff.page, "of that time nobody has asked her"


@pytest.mark.parametrize("number", ["x1", "9" * 25])
def test_an_appointment_that_is_none_is_not_taken_for_all_of_them(town: Town, number: str) -> None:
    lead_id = submitted(town)
    booked(town, lead_id)
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE appointments SET rep = 'gone'"))
    staff = employed(town, HUGO)
    staff.get("/diary")
    assert staff.post("/diary/left-behind", to="anybody", appointment=number).status_code == 404
    assert lead_of(town, lead_id).appointments[0].rep == "gone"
