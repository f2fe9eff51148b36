"""`/dev`: the mailbox, the clock and the leads, for people and for programs."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from funnel.cli import main
from funnel.usecases.publish_scenarios import publish_scenarios
from tests.web.conftest import BEGINS, Town
from tests.web.staff import Staff, a_worker, booked, lead_of, submitted

LEAD = ["id", "email", "name", "phone", "company", "language", "zone", "stage", "status", "score", "tags", "consents",
        "enrolments", "handoffs", "appointments", "answers"]  # fmt: skip
MAIL = ["id", "at", "from", "to", "subject", "text", "html", "headers", "attachments", "raw_url"]
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def _instant(text: str) -> datetime:
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


def test_an_empty_mailbox_says_what_to_do(town: Town) -> None:
    client = town.app.test_client()
    assert client.get("/dev/mail.json").get_json() == []
    page = client.get("/dev/mail").text
    assert "No mail yet." in page
    (way,) = re.findall(r'<a class="button" href="(/l/[^"]+)">', page)
    assert client.get(way).status_code == 200


def test_an_empty_mailbox_of_a_new_home_leads_to_the_form_that_is_there(
    build_town: Callable[..., Town], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    assert main(["new", str(home)]) == 0
    town = build_town(home=home)
    publish_scenarios(town.house, home)
    (name,) = [file.stem for file in (home / "scenarios").glob("*.yaml") if file.stem != "company"]
    client = town.app.test_client()
    ways = re.findall(r'<a class="button" href="(/l/[^"]*)">', client.get("/dev/mail").text)
    assert ways == [f"/l/{name.replace('_', '-')}"]
    assert client.get(ways[0]).status_code == 200


def test_every_mail_is_listed_oldest_first_with_its_parts(town: Town) -> None:
    lead_id = submitted(town)
    town.work()
    booked(town, lead_id)
    town.work()
    client = town.app.test_client()
    mails = client.get("/dev/mail.json").get_json()
    assert len(mails) >= 3
    assert all(set(mail) == set(MAIL) for mail in mails)
    assert [mail["id"] for mail in mails] == sorted(mail["id"] for mail in mails)
    assert mails[0]["to"] == ["lea@ostrel.example"]
    assert abs(_instant(mails[0]["at"]) - BEGINS) < timedelta(minutes=5)
    assert mails[0]["headers"]["Subject"] == mails[0]["subject"]
    invitation = next(mail for mail in mails if mail["attachments"])["attachments"][0]
    assert list(invitation) == ["name", "type", "size", "url"]
    file = client.get(invitation["url"])
    assert file.data.startswith(b"BEGIN:VCALENDAR")
    assert len(file.data) == invitation["size"]
    assert "attachment" in file.headers["Content-Disposition"]
    assert b"Message-ID:" in client.get(mails[0]["raw_url"]).data


def test_a_mail_is_shown_in_frames_that_cannot_run_anything(town: Town) -> None:
    submitted(town)
    town.work()
    client = town.app.test_client()
    page = client.get("/dev/mail/1").text
    sandbox = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
    assert page.count(f'<iframe sandbox="{sandbox}" src="/dev/mail/1/html"') == 2
    assert "/r/" in page  # its links are listed
    frame = client.get("/dev/mail/1/html")
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert '<base target="_top">' in frame.text
    assert "Léa" in client.get("/dev/mail/1?view=text").text
    assert "Message-ID" in client.get("/dev/mail/1?view=headers").text


@pytest.mark.parametrize("path", ["/dev/mail/99", "/dev/mail/99/html", "/dev/mail/99/raw", "/dev/mail/1/attachments/7"])
def test_a_mail_that_is_not_there_is_not_found(town: Town, path: str) -> None:
    assert town.app.test_client().get(path).status_code == 404


def test_the_clock_tells_programs_and_people_the_time(town: Town) -> None:
    client = town.app.test_client()
    told = client.get("/dev/clock").get_json()
    assert told["next_due"] is None
    assert abs(_instant(told["now"]) - BEGINS) < timedelta(minutes=1)
    submitted(town)
    town.work()
    assert _instant(client.get("/dev/clock").get_json()["next_due"]) > BEGINS
    page = client.get("/dev/clock", headers=HTML).text
    assert "Léa Martin" in page


@pytest.mark.parametrize("span", ["2 days", "P2D", "48 hours"])
def test_the_clock_moves_on_and_what_fell_due_is_done(town: Town, span: str) -> None:
    submitted(town)
    client = town.app.test_client()
    before = _instant(client.get("/dev/clock").get_json()["now"])
    with a_worker(town):
        answer = client.post("/dev/clock", json={"advance": span})
    moved = answer.get_json()
    assert (answer.status_code, list(moved)) == (200, ["now", "pending", "hops", "carried_out"])
    assert timedelta(days=2) <= _instant(moved["now"]) - before < timedelta(days=2, minutes=1)
    assert moved["pending"] == 0
    assert moved["hops"] >= 1


def test_the_mails_of_a_moved_clock_carry_its_time(town: Town) -> None:
    submitted(town)
    client = town.app.test_client()
    with a_worker(town):
        client.post("/dev/clock", data={"advance": "7 days"}, headers={"X-Funnel-Dev": "1"})
    first, second = (_instant(mail["at"]) for mail in client.get("/dev/mail.json").get_json()[:2])
    # Two days from the form: the first mail left a moment after it.
    assert second - first >= timedelta(days=2) - timedelta(minutes=1)


def test_the_clock_goes_to_an_instant_and_never_back(town: Town) -> None:
    client = town.app.test_client()
    there = BEGINS + timedelta(days=400)
    assert client.post("/dev/clock", json={"to": there.isoformat()}).status_code == 200
    for to in ("2020-01-01T00:00:00Z", (there - timedelta(hours=1)).isoformat()):
        answer = client.post("/dev/clock", json={"to": to})
        assert answer.status_code == 409
        assert "never goes back" in answer.get_json()["error"]


@pytest.mark.parametrize(
    "sent",
    [{}, {"advance": "soon"}, {"advance": 2}, {"to": "tomorrow"}, {"to": "2030-01-01T00:00:00"}, {"to": 5}, ["2 days"],
     {"advance": "99999999 years"}],
)  # fmt: skip
def test_what_is_no_span_and_no_instant_is_refused_in_words(town: Town, sent: object) -> None:
    answer = town.app.test_client().post("/dev/clock", json=sent)
    assert answer.status_code == 422
    assert answer.get_json()["error"]


def test_what_is_no_json_is_told_what_to_send(town: Town) -> None:
    answer = town.app.test_client().post("/dev/clock", data="2 days", content_type="application/json")
    assert answer.status_code == 422
    assert answer.get_json() == {"error": "send an object with 'advance' or 'to'"}


def test_the_clock_moves_for_a_token_json_or_the_header_and_for_nothing_else(town: Town) -> None:
    visitor = Staff(town.app)
    assert visitor.client.post("/dev/clock", data={"advance": "1 hour"}).status_code == 400
    assert (
        visitor.client.post("/dev/clock", data={"advance": "1 hour"}, headers={"X-Funnel-Dev": "1"}).get_json()[
            "pending"
        ]
        == 0
    )
    visitor.get("/dev/clock", headers=HTML)
    token = visitor.page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = visitor.client.post("/dev/clock", data={"advance": "1 hour", "csrf_token": token}, headers=HTML)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dev/clock")
    assert "carried out" in visitor.get("/dev/clock", headers=HTML).text
    assert "carried out" not in visitor.get("/dev/clock", headers=HTML).text


def test_the_leads_are_told_as_the_design_says(town: Town) -> None:
    lead_id = submitted(town, phone="+33 6 12 34 56 78")
    submitted(town, "Ana Lund", "ana@lund.example")
    meeting = booked(town, lead_id)
    leads = town.app.test_client().get("/dev/leads.json").get_json()
    assert [lead["id"] for lead in leads] == sorted(lead["id"] for lead in leads)
    lead = leads[0]
    assert list(lead) == LEAD
    assert lead["consents"] == {"follow_up_email": True, "visit_tracking": False}
    assert (lead["stage"], lead["zone"], lead["language"]) == ("qualified", "Europe/Paris", "en")
    assert list(lead["enrolments"][0]) == [
        "scenario", "version", "pass", "step", "due_at", "state", "ended_because", "reason",
    ]  # fmt: skip
    assert _instant(lead["enrolments"][0]["due_at"]) > BEGINS
    assert list(lead["handoffs"][0]) == ["rep", "because", "state", "at", "missing"]
    assert lead["handoffs"][0]["state"] == "offered"
    assert lead["appointments"] == [
        {
            "id": meeting.id,
            "type": meeting.type,
            "rep": lead_of(town, lead_id).handoffs[0].rep,
            "starts_at": meeting.starts_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "ends_at": meeting.ends_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "state": "booked",
        }
    ]
    assert "wish" in lead["answers"]["cx_maturity"]
    assert leads[1]["stage"] == "engaged"
