"""Invitations say the same instant to every calendar, and a cancellation finds its invitation."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from funnel.delivery.calendar import cancellation, invitation
from funnel.ports import Meeting

PARIS = ZoneInfo("Europe/Paris")
MEETING = Meeting(
    uid="appointment-7@example.org",
    sequence=0,
    stamp=datetime(2026, 7, 1, 9, 0, tzinfo=UTC),
    starts_at=datetime(2026, 7, 3, 14, 30, tzinfo=PARIS),
    ends_at=datetime(2026, 7, 3, 15, 0, tzinfo=PARIS),
    summary="Consultation, with Zoé",
    organizer=("Rita Rep", "rita@example.org"),
    attendees=[('Zoé "Z" Müller\r\nX', "zoe@example.net"), ("", "rita@example.org")],
    description="First line\nsecond; line, with all",
    location="+33 1 23 45 67 89",
)


def test_a_summer_meeting_is_written_in_utc() -> None:
    raw = invitation(MEETING)
    assert b"DTSTART:20260703T123000Z\r\n" in raw
    assert b"DTEND:20260703T130000Z\r\n" in raw
    assert b"DTSTAMP:20260701T090000Z\r\n" in raw
    assert b"VTIMEZONE" not in raw
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))


def test_an_invitation_says_all_of_the_appointment() -> None:
    calendar = Calendar.from_ical(invitation(MEETING))
    assert calendar["METHOD"] == "REQUEST"
    event: Any = calendar.walk("VEVENT")[0]
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("appointment-7@example.org", 0, "CONFIRMED")
    assert (event["SUMMARY"], event["LOCATION"]) == ("Consultation, with Zoé", "+33 1 23 45 67 89")
    assert event["DESCRIPTION"] == "First line\nsecond; line, with all"
    assert event["ORGANIZER"] == "mailto:rita@example.org"
    assert [str(attendee) for attendee in event["ATTENDEE"]] == ["mailto:zoe@example.net", "mailto:rita@example.org"]
    assert event["ATTENDEE"][0].params["CN"] == "Zoé Z MüllerX"


def test_a_cancellation_has_the_same_uid_and_a_higher_sequence() -> None:
    calendar = Calendar.from_ical(cancellation(replace(MEETING, sequence=1)))
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert (event["UID"], event["SEQUENCE"]) == ("appointment-7@example.org", 1)


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError):
        invitation(replace(MEETING, starts_at=datetime(2026, 7, 3, 14, 30)))  # noqa: DTZ001  # that is the point
