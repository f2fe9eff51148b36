"""Invitations and cancellations as iCalendar objects (RFC 5545, RFC 5546 iTIP), every time in UTC.

UTC because a generated VTIMEZONE put a summer meeting an hour off in some clients. The same appointment keeps its
UID; each move or cancellation raises its SEQUENCE.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from icalendar import Calendar, Event, vCalAddress, vText

from funnel.ports import Meeting

_PRODUCT = "-//funnel//appointments//EN"


def invitation(meeting: Meeting) -> bytes:
    """METHOD:REQUEST: a new appointment, or its new time. Goes as `Letter.invitation = ("REQUEST", ...)`."""
    return _object(meeting, "REQUEST", "CONFIRMED")


def cancellation(meeting: Meeting) -> bytes:
    """METHOD:CANCEL: it will not take place. Goes as `Letter.invitation = ("CANCEL", ...)`."""
    return _object(meeting, "CANCEL", "CANCELLED")


def publication(meeting: Meeting, *, cancelled: bool = False) -> bytes:
    """METHOD:PUBLISH: the appointment as a file to download, as it is now (a `cancelled` one has that status, RFC 5546,
    3.2.1); it asks nobody for an answer and names no attendee."""
    return _object(meeting, "PUBLISH", "CANCELLED" if cancelled else "CONFIRMED")


def feed(name: str, meetings: Sequence[Meeting]) -> bytes:
    """A diary to subscribe to: every appointment with the UID of its invitation, and nobody's name but its own."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    for meeting in meetings:
        calendar.add_component(_event(meeting, "PUBLISH", "CONFIRMED"))
    return bytes(calendar.to_ical())


def _object(meeting: Meeting, method: Literal["REQUEST", "CANCEL", "PUBLISH"], status: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(meeting, method, status))
    return bytes(calendar.to_ical())


def _event(meeting: Meeting, method: Literal["REQUEST", "CANCEL", "PUBLISH"], status: str) -> Event:
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", _utc(meeting.stamp))
    event.add("dtstart", _utc(meeting.starts_at))
    event.add("dtend", _utc(meeting.ends_at))
    language = {"LANGUAGE": meeting.language} if meeting.language else {}
    event.add("summary", meeting.summary, parameters=language)
    if meeting.description:
        event.add("description", meeting.description, parameters=language)
    if meeting.location:
        event.add("location", meeting.location)
    event.add("status", status)
    event.add("transp", "OPAQUE")
    event.add("organizer", _person(meeting.organizer), encode=False)
    for attendee in meeting.attendees if method != "PUBLISH" else ():
        address = _person(attendee)
        address.params["ROLE"] = vText("REQ-PARTICIPANT")
        address.params["PARTSTAT"] = vText("NEEDS-ACTION" if method == "REQUEST" else "DECLINED")
        address.params["RSVP"] = vText("TRUE" if method == "REQUEST" else "FALSE")
        event.add("attendee", address, encode=False)
    return event


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an appointment's times need a zone")
    return at.astimezone(UTC).replace(microsecond=0)


def _person(person: tuple[str, str]) -> vCalAddress:
    name, address = person
    found = vCalAddress(f"mailto:{address}")
    if name:
        # A parameter value cannot hold quotes or control characters (RFC 5545, 3.2).
        found.params["CN"] = vText("".join(letter for letter in name if letter.isprintable() and letter != '"'))
    return found
