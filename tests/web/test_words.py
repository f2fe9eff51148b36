"""What pages say in words instead of ids and silence: why a mail did not leave, what a step is, which file is gone."""

import re
import shutil
from pathlib import Path

import pytest

from funnel.usecases.addresses import preferences_link
from funnel.usecases.publish_scenarios import publish_scenarios
from tests.support.homes import copy_home
from tests.support.processes import ROOT
from tests.web.conftest import Town
from tests.web.prospect.visitor import LANDING, Visitor, in_the_tunnel
from tests.web.staff import CAMILLE, HUGO, a_worker, employed, submitted

HTML = {"Accept": "text/html"}


def test_a_deleted_scenario_is_noticed_and_said_with_what_to_do(town: Town, tmp_path: Path) -> None:
    files = copy_home(tmp_path / "home")
    (files / "scenarios/self_evaluation.yaml").unlink()
    publish_scenarios(town.house, files, sound_only=True)
    page = town.app.test_client().get("/").text
    assert "file deleted" in page
    assert "scenarios/self_evaluation.yaml is not there any more" in page
    assert "funnel pause self_evaluation" in page
    assert town.app.test_client().get(LANDING).status_code == 200, "what was published goes on"
    shutil.copy(ROOT / "scenarios/self_evaluation.yaml", files / "scenarios")
    publish_scenarios(town.house, files, sound_only=True)
    assert "file deleted" not in town.app.test_client().get("/").text


def test_the_overview_tells_when_a_scenario_was_published_and_its_hash_only_on_asking(town: Town) -> None:
    page = town.app.test_client().get("/").text
    assert re.search(r'title="Version [0-9a-f]{64}"><span>published <time', page)


def test_a_mail_that_was_not_sent_says_why_in_the_mailbox_and_after_the_clock(town: Town) -> None:
    in_the_tunnel(town)  # without any tick
    client = town.app.test_client()
    with a_worker(town):
        moved = client.post("/dev/clock", json={"advance": "5 days"}).get_json()
    assert [one["reason"] for one in moved["unsent"]] == ["no consent"]
    page = client.get("/dev/mail").text
    assert "What your answers say about" in page
    assert "no consent to such mails: that box of the form was not ticked. Call instead." in page
    staff = employed(town, HUGO)
    with a_worker(town):
        staff.get("/dev/clock", headers=HTML)
        staff.client.post("/dev/clock", data={"advance": "9 days", "csrf_token": _token(staff.page)}, headers=HTML)
    page = staff.get("/dev/clock", headers=HTML).text
    assert "Not sent" in page
    assert "Still worth half an hour?" in page


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_lead_without_consent_is_not_said_to_be_proposed_a_call(town: Town) -> None:
    in_the_tunnel(town)
    lead_id = town.leads()[0].id
    page = employed(town, HUGO).get(f"/desk/leads/{lead_id}").text
    assert "without consent no mail may propose one: call." in page
    agreed = submitted(town, "Ana Lund", "ana@lund.example")
    assert "proposes one, in 2 days" in employed(town, HUGO).get(f"/desk/leads/{agreed}").text


def test_steps_mails_and_states_are_said_in_words(town: Town) -> None:
    lead_id = submitted(town)
    town.work()
    client = town.app.test_client()
    with a_worker(town):
        client.post("/dev/clock", json={"advance": "6 days"})
    page = employed(town, HUGO).get(f"/desk/leads/{lead_id}").text
    assert "waits for a booking" in page
    assert "“Your customer experience profile” sent" in page
    assert "expecting" in page
    for raw in ("appointment booked", "await_", "summary and meeting", ">awaiting<"):
        assert raw not in page
    clock = client.get("/dev/clock", headers=HTML).text
    assert "waits for a booking, or goes on without" in clock


@pytest.mark.parametrize("path", ["/desk/leads/4711", "/desk/nothing", "/desk/webhooks", "/nothing"])
def test_staff_sees_errors_in_its_own_frame(town: Town, path: str) -> None:
    answer = employed(town, CAMILLE).get(path)
    assert answer.status_code in (403, 404)
    assert "Log out" in answer.text
    assert "/static/staff.css" in answer.text
    assert "To the desk" in answer.text


def test_a_prospect_sees_errors_in_the_companys_frame(town: Town) -> None:
    page = town.app.test_client().get("/r/AAAAAAAA").text
    assert "/static/prospect.css" in page
    assert "To the start" in page


def test_the_keys_named_are_those_of_the_page(town: Town) -> None:
    visitor = Visitor(town.app)
    visitor.open(LANDING)
    assert "<kbd>A</kbd>–<kbd>D</kbd> chooses" in visitor.page.text
    visitor.answer_page()
    assert "<kbd>1</kbd>–<kbd>5</kbd>" in visitor.page.text


@pytest.mark.parametrize("span", ["-1 day", "-P1D", " - 2 hours"])
def test_the_clock_says_that_it_never_goes_back_to_whoever_asks_for_less(town: Town, span: str) -> None:
    answer = town.app.test_client().post("/dev/clock", json={"advance": span})
    assert answer.status_code == 409
    assert "never goes back: ask for a later instant, or a span like '2 days'" in answer.get_json()["error"]


def test_who_has_stopped_the_mails_may_ask_for_them_again_purpose_by_purpose(town: Town) -> None:
    in_the_tunnel(town, {"consent_follow_up_email": "yes", "consent_visit_tracking": "yes"})
    lead_id = town.leads()[0].id
    link = preferences_link(town.house, lead_id).removeprefix(town.settings.base_url)
    visitor = Visitor(town.app)
    visitor.open(link)
    assert visitor.text.count("You agreed") == 2
    assert "Yes, Verdanne may write to me now and then" in visitor.text
    visitor.send(ending=link)
    assert "You are off our list." in visitor.text
    assert "you get a mail from us now and then" in visitor.text, "it says what would come"
    assert town.leads()[0].unsubscribed
    assert town.app.test_client().get(f"{link}/choose").status_code == 405, "a link alone changes nothing"
    assert town.app.test_client().post(f"{link}/choose", data={"purpose": "follow_up_email"}).status_code == 400
    visitor.send({"purpose": "follow_up_email", "given": "yes"}, ending="/choose")
    lead = town.leads()[0]
    assert not lead.unsubscribed
    assert lead.consents == {"follow_up_email": True, "visit_tracking": True}
    visitor.send({"purpose": "visit_tracking", "given": "no"}, ending="/choose")
    assert town.leads()[0].consents == {"follow_up_email": True, "visit_tracking": False}
    visitor.send({"purpose": "newsletter", "given": "yes"}, ending="/choose")
    assert visitor.page.status_code == 404
    page = employed(town, HUGO).get(f"/desk/leads/{lead_id}").text
    assert "Agreed to mails beyond what was asked for" in page
