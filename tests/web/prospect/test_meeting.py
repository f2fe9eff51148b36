"""An appointment's own page and mails: they offer what can still be done, and no more."""

import re
from datetime import timedelta

import icalendar

from funnel.domain import events as on
from funnel.usecases.record_events import record_events
from tests.web.conftest import Town
from tests.web.prospect.test_moving import with_an_appointment
from tests.web.prospect.visitor import LEA, Visitor
from tests.web.staff import employed


def the_mail(town: Town, subject: str) -> str:
    """The text of the newest mail to her that begins so."""
    mails = (one.as_json() for one in town.mails(LEA["email"]))
    return [str(one["text"]) for one in mails if one["subject"].startswith(subject)][-1]


def cancelled(town: Town) -> Visitor:
    """She has booked and cancelled."""
    visitor = with_an_appointment(town)
    town.work()
    visitor.open(visitor.address + "/cancel")
    visitor.send()
    return visitor


def test_the_mail_of_a_cancellation_leads_to_other_times(town: Town) -> None:
    cancelled(town)
    found = re.search(r"http://127\.0\.0\.1:8000(/book/\S+)", the_mail(town, "Cancelled:"))
    assert found
    visitor = Visitor(town.app)
    visitor.open(found[1])
    assert 'name="slot"' in visitor.page.text


def entry(content: bytes) -> icalendar.cal.Component:
    """What a calendar program reads in a file."""
    [event] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return event


def test_the_calendar_file_of_a_cancelled_appointment_takes_it_out_of_her_calendar(town: Town) -> None:
    visitor = with_an_appointment(town)
    page = visitor.address
    before = entry(visitor.client.get(page + ".ics").data)
    assert (before["sequence"], before["status"]) == (0, "CONFIRMED")
    visitor.open(page + "/cancel")
    visitor.send()
    answer = visitor.client.get(page + ".ics")
    after = entry(answer.data)
    assert (after["uid"], after["sequence"], after["status"]) == (before["uid"], 1, "CANCELLED")
    assert answer.content_type.startswith("text/calendar; method=PUBLISH")


def test_reminders_of_a_cancelled_appointment_are_taken_back_at_once(town: Town) -> None:
    with_an_appointment(town)
    page = f"/desk/leads/{town.leads()[0].id}"
    assert "Nothing is queued" not in employed(town).get(page).text
    [appointment] = town.leads()[0].appointments
    record_events(
        town.house, [on.AppointmentCancelled(lead_id=1, occurred_at=appointment.starts_at, appointment=appointment.id)]
    )
    town.work()
    text = employed(town).get(page).text
    assert "Mail “Cancelled" in text
    assert "Nothing is queued" in text


def test_an_hour_before_the_mail_and_the_page_offer_a_word_with_the_rep_and_nothing_that_is_refused(town: Town) -> None:
    visitor = with_an_appointment(town)
    page = visitor.address
    visitor.open(page)
    assert f"The invitation is sent to {LEA['email']}." in visitor.text
    assert "Cancel this appointment" in visitor.text
    [appointment] = town.leads()[0].appointments
    town.move_clock(appointment.starts_at - timedelta(hours=23))
    assert "Choose another time, or cancel" in the_mail(town, "Reminder")
    town.move_clock(appointment.starts_at - timedelta(minutes=59))
    text = the_mail(town, "Reminder")
    assert "Choose another time" not in text
    assert "Simply reply, or call +33" in text
    visitor.open(page)
    assert "Something came up?" in visitor.text
    assert "Cancel this appointment" not in visitor.text
    assert 'href="tel:+33' in visitor.page.text


def test_a_link_that_wants_the_last_hour_of_the_calendar_opens_the_page_without_it(town: Town) -> None:
    visitor = with_an_appointment(town)
    page = visitor.address
    for wanted in ("9999-12-31T23:30:00+00:00", "0001-01-01T00:30:00+00:00"):
        visitor.open(page, query_string={"wanted": wanted})
        assert visitor.page.status_code == 200, wanted
        assert "9999" not in visitor.text
