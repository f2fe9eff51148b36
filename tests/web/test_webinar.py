"""The webinar from the registration to the list of who was there (S147)."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from funnel.delivery.ledger import Entry
from funnel.storage import leads
from funnel.usecases.errors import Conflict, NotFound
from funnel.usecases.merge_leads import merge_leads
from funnel.usecases.open_form import open_form
from funnel.usecases.publish_scenarios import publish_scenarios
from funnel.usecases.read_table import NoTable
from funnel.usecases.record_webinar import record_webinar
from funnel.usecases.submit_form import Sent, submit_form
from tests.support.processes import ROOT
from tests.web.conftest import Town
from tests.web.prospect.visitor import Visitor

BEGINS = datetime(2027, 5, 20, 12, tzinfo=UTC)
"""14:00 in Paris, in summer."""


@pytest.fixture
def town(town: Town) -> Town:
    """The house a fortnight before the webinar."""
    town.move_clock(BEGINS - timedelta(days=14))
    return town


def registers(town: Town, email: str, *, language: str = "en", zone: str | None = None, consent: bool = True) -> None:
    """Somebody sends the form."""
    consents = frozenset(["follow_up_email"]) if consent else frozenset[str]()
    fields = {"name": "Ida Roth", "email": email}
    submit_form(town.house, Sent("webinar", fields, consents, page="/l/webinar", language=language, zone=zone))


def subjects(town: Town, to: str) -> list[str]:
    """What has left to an address."""
    return [one.as_json()["subject"] for one in town.mails(to)]


def takes_a_seat(town: Town, email: str = "ida@example.org") -> Visitor:
    """Somebody sends the form in a browser: the page that thanks."""
    visitor = Visitor(town.app)
    visitor.open("/l/webinar")
    visitor.send({"name": "Ida Roth", "email": email, "go": "send"}, ending="/details")
    return visitor


def test_the_page_that_thanks_says_what_for_and_when_and_has_it_for_a_calendar(town: Town) -> None:
    visitor = takes_a_seat(town)
    for said in ("Fewer calls in ninety days", "Thursday 20 May 2027, 14:00", "Paris time", "45 minutes"):
        assert said in visitor.text, visitor.text
    answer = visitor.client.get("/l/webinar/webinar.ics")
    assert answer.content_type.startswith("text/calendar; method=PUBLISH")
    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
    assert event.decoded("DTSTART") == BEGINS
    assert event.decoded("DTEND") == BEGINS + timedelta(minutes=45)
    assert "meet.verdanne.example" not in answer.text, "where to join is in the mail: this page proves no address"
    (mail,) = town.mails("ida@example.org")
    (invited,) = invitation(mail).walk("VEVENT")
    assert event["UID"] == invited["UID"], "so that her calendar has it once"
    assert event.decoded("DTSTAMP") < invited.decoded("DTSTAMP"), "and the mail's, which says where to join, wins"
    other = takes_a_seat(town, "ira@example.org").client.get("/l/webinar/webinar.ics")
    assert str(event["UID"]) not in other.text, "a seat is somebody's"


def test_a_webinar_that_is_over_is_for_no_calendar(town: Town) -> None:
    assert town.app.test_client().get("/l/self-evaluation/webinar.ics").status_code == 404
    town.move_clock(BEGINS + timedelta(hours=2))
    visitor = takes_a_seat(town)
    assert "Add to my calendar" not in visitor.text
    assert visitor.client.get("/l/webinar/webinar.ics").status_code == 404


@pytest.mark.parametrize("language, day", [("en", "Thursday 20 May"), ("fr", "jeudi 20 mai")])
def test_its_day_is_told_with_its_year_where_that_is_another(town: Town, language: str, day: str) -> None:
    form = open_form(town.house, "webinar")
    this, other = (
        replace(form, opened_at=now).describe_webinar(language)
        for now in (BEGINS - timedelta(days=100), BEGINS - timedelta(days=180))
    )
    assert this
    assert other
    assert (this["day"], other["day"]) == (day, f"{day} 2027")
    assert f"{day} 2027" in other["when"]


def invitation(mail: Entry) -> Calendar:
    """The calendar object of a mail."""
    (part,) = [one for one in mail.attachments if one.content_type.startswith("text/calendar")]
    return Calendar.from_ical(part.content.decode())


def test_registering_by_the_page_brings_the_invitation_in_utc(town: Town) -> None:
    visitor = Visitor(town.app)
    visitor.open("/l/webinar")
    assert "Fewer calls in ninety days" in visitor.text
    registers(town, "ida@example.org", zone="America/New_York")
    (mail,) = town.mails("ida@example.org")
    said = mail.as_json()
    assert "8:00" in said["text"]
    assert "New York" in said["text"]
    assert "https://meet.verdanne.example/fewer-calls" in said["text"]
    calendar = invitation(mail)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert event.decoded("DTSTART") == BEGINS
    assert event.decoded("DTEND") == BEGINS + timedelta(minutes=45)
    assert b"TZID" not in calendar.to_ical()
    registers(town, "ida@example.org")
    again = town.mails("ida@example.org")
    assert {invitation(one).walk("VEVENT")[0]["UID"] for one in again} == {event["UID"]}, "sent again, the same entry"


def test_only_who_registers_in_time_for_a_reminder_is_promised_one(town: Town) -> None:
    registers(town, "early@example.org")
    town.move_clock(BEGINS - timedelta(minutes=30))
    registers(town, "late@example.org")
    early, late = (
        " ".join(town.mails(to)[0].as_json()["text"].split()) for to in ("early@example.org", "late@example.org")
    )
    assert "We remind you before it begins." in early
    assert "puts it into your calendar" in late
    assert "remind" not in late


def test_reminders_leave_the_day_and_the_hour_before_also_to_who_agreed_to_no_marketing(town: Town) -> None:
    registers(town, "ida@example.org", consent=False)
    registers(town, "léo@example.org".replace("é", "e"), language="fr")
    town.move_clock(BEGINS - timedelta(days=1, minutes=1))
    assert len(subjects(town, "ida@example.org")) == 1
    town.move_clock(BEGINS - timedelta(hours=23))
    assert subjects(town, "ida@example.org")[1:] == ["Tomorrow: Fewer calls in ninety days"]
    town.move_clock(BEGINS - timedelta(minutes=59))
    assert subjects(town, "ida@example.org")[2:] == ["In an hour: Fewer calls in ninety days"]
    assert subjects(town, "leo@example.org")[2].startswith("Dans une heure")


def test_who_registers_an_hour_before_is_reminded_of_nothing_that_has_passed(town: Town) -> None:
    town.move_clock(BEGINS - timedelta(minutes=30))
    registers(town, "late@example.org")
    town.move_clock(BEGINS + timedelta(hours=1))
    assert len(subjects(town, "late@example.org")) == 1


def test_a_webinar_that_is_over_and_has_no_replay_takes_nobody_more(town: Town, tmp_path: Path) -> None:
    for part in ("scenarios", "landing_pages", "email_templates", "assets"):
        shutil.copytree(ROOT / part, tmp_path / part)
    file = tmp_path / "scenarios/webinar.yaml"
    file.write_text(re.sub(r"\n +replay:.*", "", file.read_text()))
    assert publish_scenarios(town.house, tmp_path).changed
    visitor = Visitor(town.app)
    visitor.open("/l/webinar")
    typed = {"name": "Ida Roth", "email": "ida@example.org", "go": "send"}
    town.move_clock(BEGINS + timedelta(minutes=45))
    visitor.send(typed)
    assert visitor.page.status_code == 409, "she had the page open for long"
    assert "This webinar is over" in visitor.text
    for path in ("/l/webinar", "/l/webinar/details"):
        visitor.open(path)
        assert visitor.page.status_code == 200
        assert "It took place on Thursday 20 May 2027, and there is no recording of it." in visitor.text
        assert "<form" not in visitor.page.text
    assert town.leads() == []


def test_the_list_tells_who_was_there_and_twice_changes_nothing(town: Town) -> None:
    for name in ("there", "away", "unsaid"):
        registers(town, f"{name}@example.org")
    town.move_clock(BEGINS + timedelta(hours=2))
    content = b"\xef\xbb\xbfName;E-mail;Attended\n".replace(b"E-mail", b"email")
    content += b"T;There@Example.org;yes\nA;away@example.org;no\nX;nobody@example.org;yes\nY;no address;yes\n"
    content += b"Z;unsaid@example.org;maybe\n"
    told = record_webinar(town.house, "webinar", content, "test")
    assert (told.attended, told.missed, told.known) == (1, 1, 0)
    assert [str(line) for line in told.unused] == [
        "line 4: nobody with this address has registered: nobody@example.org",
        "line 5: no e-mail address",
        "line 6: attended is yes or no, not maybe",
    ]
    before = town.leads()
    again = record_webinar(town.house, "webinar", content, "test")
    assert (again.attended, again.missed, again.known) == (0, 0, 2)
    assert town.leads() == before
    assert subjects(town, "there@example.org")[-1].startswith("Thank you for coming")
    assert subjects(town, "away@example.org")[-1].startswith("The replay"), "at once"
    assert not any(one.startswith("The replay") for one in subjects(town, "unsaid@example.org"))
    town.move_clock(BEGINS + timedelta(days=5))
    assert len([one for one in subjects(town, "away@example.org") if one.startswith("The replay")]) == 1
    assert subjects(town, "unsaid@example.org")[-1].startswith("The replay")
    assert not any(one.startswith("The replay") for one in subjects(town, "there@example.org"))


@pytest.mark.parametrize("minutes", [-1, 20, 44])
def test_a_list_is_refused_until_the_webinar_is_over_and_taken_then(town: Town, minutes: int) -> None:
    registers(town, "ida@example.org")
    town.move_clock(BEGINS + timedelta(minutes=minutes))
    before = town.leads()
    with pytest.raises(Conflict, match=r"ends only on 2027-05-20 14:45 \(Europe/Paris\): give its list afterwards"):
        record_webinar(town.house, "webinar", b"email;attended\nida@example.org;0\n", "test")
    assert town.leads() == before
    town.move_clock(BEGINS + timedelta(minutes=45))
    assert record_webinar(town.house, "webinar", b"email;attended\nida@example.org;1\n", "test").attended == 1


@pytest.mark.parametrize("days", [0, 6], ids=["while she is inside", "when her tunnel has ended"])
def test_a_line_that_contradicts_what_was_told_is_named_and_changes_nothing(town: Town, days: int) -> None:
    registers(town, "ida@example.org")
    registers(town, "ben@example.org")
    town.move_clock(BEGINS + timedelta(days=days, hours=2))
    record_webinar(town.house, "webinar", b"email;attended\nida@example.org;0\nben@example.org;1\n", "test")
    before = town.leads()
    later = record_webinar(town.house, "webinar", b"email;attended\nida@example.org;1\nben@example.org;0\n", "test")
    assert (later.attended, later.missed, later.known) == (0, 0, 0)
    assert [str(line) for line in later.unused] == [
        "line 2: an earlier list said that ida@example.org was not there, and that stays: write to her yourself",
        "line 3: an earlier list said that ben@example.org was there, and that stays: write to her yourself",
    ]
    assert town.leads() == before


@pytest.mark.parametrize("answers", ["yes no", "no yes", "no yes no"])
def test_a_list_with_a_line_for_each_time_that_somebody_came_in_says_that_she_was_there(
    town: Town, answers: str
) -> None:
    registers(town, "ida@example.org")
    registers(town, "ben@example.org")
    fields = {"name": "Ida Roth", "email": "ida@work.example"}
    submit_form(town.house, Sent("ebook", fields, frozenset(), page="/l/ebook", language="en"))
    ida, _, work = (lead.id for lead in town.leads())
    merge_leads(town.house, None, ida, work, "shell")
    town.move_clock(BEGINS + timedelta(hours=2))
    addresses = ("ida@example.org", "ida@work.example", "IDA@example.org")
    for again in (False, True):
        lines = [f"{address},{answer}\n" for address, answer in zip(addresses, answers.split(), strict=False)]
        lines += ["ben@example.org,no\n", "ben@example.org,no\n"]
        told = record_webinar(town.house, "webinar", f"email,attended\n{''.join(lines)}".encode(), "test")
        assert (told.attended, told.missed, told.known) == ((0, 0, 2) if again else (1, 1, 0))
        assert told.unused == []
    assert [mail for mail in subjects(town, "ida@example.org") if "Thank you for coming" in mail]


def test_a_list_may_name_either_address_of_who_is_joined(town: Town) -> None:
    registers(town, "ida@home.example")
    fields = {"name": "Ida Roth", "email": "ida@work.example"}
    submit_form(town.house, Sent("ebook", fields, frozenset(["follow_up_email"]), page="/l/ebook", language="en"))
    with town.house.database.read() as connection:
        ids = leads.find_all(connection, ["ida@home.example", "ida@work.example"])
    merge_leads(town.house, None, ids["ida@work.example"], ids["ida@home.example"], "shell")
    town.move_clock(BEGINS + timedelta(hours=1))
    told = record_webinar(town.house, "webinar", b"email,attended\nida@work.example,yes\n", "test")
    assert (told.attended, told.unused) == (1, [])


@pytest.mark.parametrize("yes, no", [("VRAI", "FAUX"), ("Y", "N"), ("TRUE", "FALSE"), ("oui", "non")])
def test_yes_and_no_are_read_as_spreadsheets_and_webinar_tools_write_them(town: Town, yes: str, no: str) -> None:
    registers(town, "there@example.org")
    registers(town, "away@example.org")
    town.move_clock(BEGINS + timedelta(hours=1))
    content = f"email;attended\nthere@example.org;{yes}\naway@example.org;{no}\n".encode()
    told = record_webinar(town.house, "webinar", content, "test")
    assert (told.attended, told.missed, list(told.unused)) == (1, 1, [])


@pytest.mark.parametrize(
    "content, why",
    [
        (b"email,attended\n\xff\xfe,yes\n", "line 2: its letters are not UTF-8"),
        (b"mail,there\na@example.org,yes\n", "must name 'email' and 'attended'"),
        (b"email\na@example.org\n", "must name 'email' and 'attended'"),
        (b"", "must name 'email' and 'attended'"),
        (b"email,attended\x00\n", "no CSV"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_what_is_no_such_list_is_refused_before_anything_is_recorded(town: Town, content: bytes, why: str) -> None:
    with pytest.raises(NoTable) as refused:
        record_webinar(town.house, "webinar", content, "test")
    assert why in refused.value.why


def test_a_scenario_without_a_webinar_takes_no_list(town: Town) -> None:
    with pytest.raises(NotFound, match="with a webinar"):
        record_webinar(town.house, "conference", b"email,attended\n", "test")


def test_the_command_says_how_many_and_which_lines_were_of_no_use(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "funnel", "webinar", str(tmp_path / "no.csv"), "--scenario", "webinar"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no.csv" in done.stderr
