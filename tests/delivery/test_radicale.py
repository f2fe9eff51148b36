"""A real calendar server (Radicale) takes our invitations and gives them back at the same instant."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import icalendar
import pytest
from caldav.davclient import DAVClient
from radicale import config
from radicale.app import Application

from funnel.delivery.calendar import feed, invitation
from funnel.delivery.feeds import FeedReader
from funnel.delivery.guarded import GuardedClient
from funnel.ports import Meeting

SUMMER = datetime(2026, 10, 23, 7, 30, tzinfo=UTC)
WINTER = SUMMER + timedelta(days=3)


def signed_in(url: str) -> Any:
    """A calendar client of Camille's."""
    return DAVClient(url=url, username="camille", password="x")


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[str]:
    """A server with an empty folder; its address."""
    wanted = {
        "storage": {"filesystem_folder": str(tmp_path)},
        "auth": {"type": "none"},
        "rights": {"type": "owner_only"},
    }
    settings = config.load()
    settings.update(wanted, "test", privileged=True)
    server = make_server("127.0.0.1", 0, Application(settings), handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def meeting(number: int, starts_at: datetime, sequence: int = 0) -> Meeting:
    return Meeting(
        uid=f"appointment-{number}@verdanne.example",
        sequence=sequence,
        stamp=datetime(2026, 10, 1, tzinfo=UTC),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        summary="A call: Léa Martin, Camille",
        organizer=("Verdanne", "hello@verdanne.example"),
        attendees=[("Léa Martin", "lea@ostrel.example"), ("Camille", "camille@verdanne.example")],
        language="fr",
    )


def stored(content: bytes) -> str:
    """As a client files an invitation: without its method (RFC 4791, 4.1)."""
    calendar = icalendar.Calendar.from_ical(content)
    assert str(calendar.pop("method")) in ("REQUEST", "PUBLISH")
    return str(calendar.to_ical().decode())


def test_invitations_are_taken_and_read_back_at_the_same_instant_over_the_change_of_clocks(radicale: str) -> None:
    with signed_in(radicale) as client:
        diary = client.principal().make_calendar(name="Diary", cal_id="diary")
        for number, at in enumerate((SUMMER, WINTER)):
            diary.save_event(stored(invitation(meeting(number, at))))
        moved = WINTER + timedelta(hours=2)
        [second] = [one for one in diary.events() if one.icalendar_component.decoded("dtstart") == WINTER]
        again = stored(invitation(meeting(1, moved, sequence=1)))
        client.put(str(second.url), again, {"Content-Type": "text/calendar"})
        found = {str(one.icalendar_component["uid"]): one.icalendar_component for one in diary.events()}
    assert {uid: one.decoded("dtstart") for uid, one in found.items()} == {
        "appointment-0@verdanne.example": SUMMER,
        "appointment-1@verdanne.example": moved,
    }
    assert str(found["appointment-1@verdanne.example"]["sequence"]) == "1"


def test_a_reps_calendar_on_the_server_is_read_without_our_own_invitations(radicale: str) -> None:
    theirs = feed("x", [meeting(7, WINTER)]).decode().replace("appointment-7@verdanne.example", "dentist")
    with signed_in(radicale) as client:
        diary = client.principal().make_calendar(name="Diary", cal_id="diary")
        diary.save_event(stored(invitation(meeting(1, SUMMER))))
        diary.save_event(stored(theirs.encode()))
    content = _export(f"{radicale}/camille/diary/")
    reader = FeedReader(GuardedClient(["127.0.0.1"]))
    last = WINTER + timedelta(days=3)
    found = reader.busy(
        content, SUMMER - timedelta(days=1), last, "Europe/Paris", "camille@verdanne.example", "verdanne.example"
    )
    assert found.busy == [(WINTER, WINTER + timedelta(minutes=30))]


def _export(url: str) -> bytes:
    with signed_in(url) as client:
        return bytes(client.request(url).raw.encode())
