"""What comes next, as her own page tells it: what her answers have decided already, calls, a webinar, appointments."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from funnel.domain import events as on
from funnel.domain.timing import local_time
from funnel.storage.enrolments import enrolments
from funnel.usecases.addresses import own_page_link
from funnel.usecases.merge_leads import merge_leads
from funnel.usecases.publish_scenarios import set_paused
from funnel.usecases.record_events import record_events
from funnel.usecases.submit_form import Sent, submit_form
from tests.web.conftest import Town
from tests.web.prospect.visitor import LEA, Visitor, answered, in_the_tunnel, invited
from tests.web.staff import HUGO, booked, employed, submitted, wait_until

WEBINAR = datetime(2027, 5, 20, 12, tzinfo=UTC)
"""14:00 in Paris, in summer."""


def own_page(town: Town, begins: str = "What comes next", ends: str = "Our e-mails", address: str | None = None) -> str:
    """What her page says of what comes."""
    [lead] = [one for one in town.leads() if address in (None, one.email)]
    visitor = Visitor(town.app)
    visitor.open(own_page_link(town.house, lead).removeprefix(town.settings.base_url))
    assert visitor.page.status_code == 200
    return visitor.text.partition(begins)[2].partition(ends)[0]


def test_the_summary_that_her_answers_have_chosen_is_told_with_its_day(town: Town) -> None:
    visitor = answered(town, invited(town))
    visitor.send({"follow_up": "summary", "go": "send"})
    told = own_page(town)
    due = town.now + timedelta(days=2)
    assert "Your summary" in told
    assert f"{local_time(due, 'Europe/Paris'):%-d %B %Y}" in told
    assert "it may change" not in told, "her answers stand, and she has asked for it"
    assert "Nothing is planned" not in told
    town.move_clock(due + timedelta(days=1))
    assert any(one.as_json()["subject"].startswith("Your summary") for one in town.mails(LEA["email"]))


def test_who_asked_to_be_called_reads_by_when_at_once_and_still_when_it_has_passed(town: Town) -> None:
    visitor = answered(town, invited(town))
    visitor.send({"follow_up": "call", "phone": "06 12 34 56 78", "go": "send"})
    told = own_page(town)
    assert "Your results: when shall we talk" in told
    assert "it may change" in told, "not once she has booked"
    assert "We call you: Review of your results by " in told, "as the page of her results says"
    town.move_clock(town.now + timedelta(days=2, minutes=5))
    told = own_page(town)
    assert "We call you: Review of your results" in told, told


def test_who_asked_to_be_called_reads_before_she_is_erased_that_nobody_calls_her(town: Town) -> None:
    visitor = answered(town, invited(town))
    visitor.send({"follow_up": "call", "phone": "06 12 34 56 78", "go": "send"})
    for _ in range(2):
        assert "The call we promised you will not take place: Review of your results by " in _asked_to_erase(town)
        town.move_clock(town.now + timedelta(minutes=5))
    with town.house.database.write() as connection:
        connection.execute(update(enrolments).values(step="a_step_that_is_gone"))
    assert "The call we promised you" in _asked_to_erase(town), "she can be erased whatever a scenario does"


def _asked_to_erase(town: Town) -> str:
    [lead] = town.leads()
    visitor = Visitor(town.app)
    visitor.open(f"{own_page_link(town.house, lead).removeprefix(town.settings.base_url)}/erase")
    assert visitor.page.status_code == 200
    return visitor.text


def test_who_stands_on_the_call_list_reads_that_she_is_called(town: Town) -> None:
    lead_id = submitted(town)
    meeting = booked(town, lead_id)
    wait_until(town, meeting.ends_at + timedelta(minutes=1))
    manager = employed(town, HUGO)
    manager.get("/desk?who=team")
    assert manager.post(f"/desk/appointments/{meeting.id}/missed").status_code == 303
    assert "We call you" not in own_page(town)
    wait_until(town, meeting.ends_at + timedelta(days=8))
    told = own_page(town)
    assert "We call you" in told
    assert "Nothing is planned" not in told


def test_what_the_staff_are_to_agree_on_is_no_promise_to_her(town: Town) -> None:
    visitor = answered(town, invited(town))
    visitor.send({"follow_up": "call", "phone": "06 12 34 56 78", "go": "send"})
    town.move_clock(town.now + timedelta(days=2, minutes=5))
    [lead] = town.leads()
    no_time = on.SlotTaken(
        lead_id=lead.id, occurred_at=town.now, type="visit", starts_at=town.now, scenario="recurring_visits",
        pass_number=1,
    )  # fmt: skip
    record_events(town.house, [no_time])
    staff = employed(town, HUGO)
    assert "No free time was found" in staff.get(f"/desk/leads/{lead.id}").text
    told = own_page(town)
    assert "Consultant's visit" not in told, told
    assert told.count("We call you") == 1, "what she has asked for stays"


def test_a_webinar_is_told_with_its_title_day_and_hour_in_her_zone_until_it_is_over(town: Town) -> None:
    town.move_clock(WEBINAR - timedelta(days=14))
    fields = {"name": "Ida Roth", "email": "ida@example.org"}
    submit_form(town.house, Sent("webinar", fields, frozenset(), page="/l/webinar", zone="America/New_York"))
    told = own_page(town)
    for text in ("Fewer calls in ninety days", "Webinar: Thursday 20 May 2027, 8:00", "New York time", "45 minutes"):
        assert text in told.replace("\u202f", " ").replace("08:00", "8:00"), told
    assert "Tomorrow: Fewer calls in ninety days" in told
    town.move_clock(WEBINAR + timedelta(hours=1))
    assert "Webinar:" not in own_page(town)


def test_a_webinar_is_told_in_french_to_who_reads_french(town: Town) -> None:
    town.move_clock(WEBINAR - timedelta(days=14))
    fields = {"name": "Ida Roth", "email": "ida@example.org"}
    submit_form(town.house, Sent("webinar", fields, frozenset(), page="/l/webinar", language="fr"))
    told = own_page(town, "Ce qui vient ensuite", "Nos e-mails")
    assert "Webinaire : jeudi 20 mai 2027, 14:00 (heure locale : Paris), 45 minutes" in told, told
    assert "Demain : Moins d'appels en quatre-vingt-dix jours" in told


@pytest.mark.parametrize("state, said", [("booked", True), ("cancelled", True), ("missed", False)])
def test_only_appointments_ahead_stand_there_and_a_cancelled_one_is_called_so(
    town: Town, state: str, said: bool
) -> None:
    lead_id = submitted(town)
    meeting = booked(town, lead_id)
    if state == "cancelled":
        [lead] = town.leads()
        staff = employed(town, HUGO)
        staff.get(f"/desk/leads/{lead.id}")
        staff.get(f"/diary/appointments/{meeting.id}")
        assert staff.post(f"/diary/appointments/{meeting.id}/cancel", reason="ill").status_code in (302, 303)
    if state == "missed":
        wait_until(town, meeting.ends_at + timedelta(minutes=1))
    told = own_page(town)
    assert ("Appointments" in told) == said
    assert ("cancelled" in told) == (state == "cancelled")


def fills_in(town: Town, *scenarios: str) -> None:
    """She fills in the forms of scenarios, and agrees to mails in each."""
    for name in scenarios:
        form = Sent(name, LEA, frozenset({"follow_up_email"}), page=f"/l/{name}", zone="Europe/Paris")
        submit_form(town.house, form)
    town.work()


def subjects(town: Town) -> str:
    """What has left to her."""
    return " · ".join(str(one.as_json()["subject"]) for one in town.mails(LEA["email"]))


def over_the_cap(town: Town) -> str:
    """Two mails are planned for Monday and a third for Tuesday; what her page says of the third."""
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    fills_in(town, "ebook")
    town.move_clock(town.now + timedelta(days=1))
    fills_in(town, "conference")
    return third(town)


def third(town: Town) -> str:
    """What her page says of the third now."""
    return own_page(town).partition("How was the talk?")[2].partition("Results")[0].strip()


def test_what_is_over_the_cap_is_told_to_wait_and_leaves_on_the_day_told(town: Town) -> None:
    waits = "25 January 2027, 10:00 at the earliest, or not at all: you have had enough mails from us lately"
    assert over_the_cap(town) == waits
    assert own_page(town).count("18 January 2027, 10:00") == 2, "as many as the cap lets go"
    town.move_clock(town.now + timedelta(days=3))
    assert third(town).startswith(waits), "also once it is queued"
    assert "How was the talk" not in subjects(town)
    town.move_clock(town.now + timedelta(days=6, hours=1))
    assert "How was the talk" in subjects(town)
    assert "at the earliest" not in own_page(town)


def test_what_the_cap_will_leave_out_is_told_so_and_never_leaves(town: Town) -> None:
    over_the_cap(town)
    [lead] = town.leads()
    record_events(town.house, [on.PaceChosen(lead_id=lead.id, occurred_at=town.now, slow=True)])
    assert third(town) == "most likely not at all: by then you have had enough mails from us"
    town.move_clock(town.now + timedelta(days=5))
    assert "most likely not at all" in own_page(town), "its row waits until the cap gives it up"
    town.move_clock(town.now + timedelta(days=30))
    assert "How was the talk" not in subjects(town)


@pytest.mark.parametrize(
    "slow, told",
    [
        (False, "1 February 2027, 08:00, unless you have booked an appointment by then"),
        (True, "1 February 2027, 10:00 at the earliest, or not at all: you have had enough mails from us lately"),
    ],
    ids=["held", "skipped"],
)
def test_what_follows_a_mail_that_the_cap_holds_is_told_from_when_that_one_leaves_or_is_skipped(
    town: Town, slow: bool, told: str
) -> None:
    fills_in(town, "ebook", "conference")
    town.move_clock(town.now + timedelta(days=1))
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    [lead] = town.leads()
    record_events(town.house, [on.EmailProven(lead_id=lead.id, occurred_at=town.now)])
    record_events(town.house, [on.PaceChosen(lead_id=lead.id, occurred_at=town.now, slow=slow)])
    town.move_clock(town.now + timedelta(days=3))
    assert "what your answers say" not in subjects(town), "held"
    assert own_page(town).partition("Still worth half an hour?")[2].strip().startswith(told), own_page(town)
    leaves = datetime(2027, 2, 1, 9 if slow else 7, tzinfo=UTC)
    town.move_clock(leaves - timedelta(minutes=10))
    assert ("what your answers say" in subjects(town)) is not slow
    assert "Still worth half an hour" not in subjects(town)
    town.move_clock(leaves + timedelta(minutes=10))
    assert "Still worth half an hour" in subjects(town)


def test_a_paused_scenarios_mail_has_no_day(town: Town) -> None:
    fills_in(town, "ebook")
    assert "18 January 2027" in own_page(town)
    set_paused(town.house, ["ebook"], True)
    told = own_page(town)
    assert "once we go on with it: it is paused, and no day is set" in told
    assert " 2027, " not in told
    town.move_clock(town.now + timedelta(days=30))
    assert own_page(town) == told, "time that passes changes nothing"
    set_paused(town.house, ["ebook"], False)
    assert "paused" not in own_page(town)


def test_the_replay_is_no_matter_of_an_answer(town: Town) -> None:
    visitor = Visitor(town.app)
    visitor.open("/l/webinar")
    visitor.send({**LEA, "go": "send"}, ending="/details")
    town.move_clock(datetime(2027, 5, 20, 12, 5, tzinfo=UTC))
    page = own_page(town)
    assert "The replay" in page
    assert "23 May 2027, 14:00, as things stand today; it may change" in page
    assert "unless you have" not in page


@pytest.mark.parametrize("stops", ["unsubscribed", "withdrawn"])
def test_what_another_address_of_hers_refuses_is_not_announced_to_this_one(town: Town, stops: str) -> None:
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    in_the_tunnel(town, {"consent_follow_up_email": "yes", "email": "lea@home.example"})
    first, other = sorted(town.leads(), key=lambda lead: lead.id)
    said: dict[str, Any] = {"lead_id": other.id, "occurred_at": town.now, "page": "/u"}
    refuses = (
        on.Unsubscribed(**said)
        if stops == "unsubscribed"
        else on.ConsentChanged(**said, purpose="follow_up_email", given=False, wording="You may write to me.")
    )
    record_events(town.house, [refuses])
    told = own_page(town, address=LEA["email"])
    assert "What your answers say" in told, told
    merge_leads(town.house, None, first.id, other.id, "shell")
    assert "What your answers say" not in own_page(town, address=LEA["email"])
    town.move_clock(town.now + timedelta(days=7))
    assert "what your answers say" not in subjects(town), "and it does not leave"
