"""The desk: what waits, who accepts first, what goes back, how a call went, and everything about one lead."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from funnel.domain import events as on
from funnel.domain.engine.doubts import MACHINE
from funnel.domain.lead import Appointment
from funnel.domain.timing import local_time
from funnel.storage import handoffs, installation, outbox, users
from funnel.usecases.addresses import outcome_link
from funnel.usecases.answer_handoff import accept_handoff
from funnel.usecases.erase_lead import erase_lead
from funnel.usecases.errors import Forbidden
from funnel.usecases.mark_tags import put_tag
from funnel.usecases.people import set_password
from funnel.usecases.publish_scenarios import publish_scenarios
from funnel.usecases.read_published import read_published
from funnel.usecases.record_events import record_events
from tests.support.home import agrees
from tests.support.homes import copy_home
from tests.web.conftest import Town
from tests.web.prospect.visitor import answered, invited
from tests.web.staff import CAMILLE, HUGO, IDRIS, SOLENE, Staff, booked, employed, lead_of, submitted, wait_until


def _rep_of(town: Town, lead_id: int) -> tuple[str, str]:
    """The addresses of the rep who got the lead, and of a colleague of the same team."""
    rep = lead_of(town, lead_id).handoffs[-1].rep
    mails = {"camille": CAMILLE, "idris": IDRIS}
    return mails[rep], next(mail for name, mail in mails.items() if name != rep)


def gives_task(town: Town, lead_id: int, **columns: Any) -> None:
    """A task about her stands on the desk, as a step would put it there."""
    task = {
        "id": f"{lead_id}/a/b/1", "lead_id": lead_id, "at": town.now, "due_at": None, "text": "Send the plan",
        "call": None, "rep": None, "team": None, "scenario": None, "done_at": None, "done_by": None, **columns,
    }  # fmt: skip
    with town.house.database.write() as connection:
        handoffs.add_tasks(connection, [task])


def _handoff(town: Town, lead_id: int) -> str:
    return lead_of(town, lead_id).handoffs[-1].id


def test_an_empty_desk_says_what_will_appear(town: Town) -> None:
    assert "No lead is waiting for you." in employed(town).page


def test_whoever_books_appears_on_the_desk_with_the_reason(town: Town) -> None:
    lead_id = submitted(town)
    booked(town, lead_id)
    rep, _colleague = _rep_of(town, lead_id)
    page = employed(town, rep).page
    assert "Léa Martin" in page
    assert "Booked: Your results by telephone" in page
    assert 'href="tel:+33612345678"' in page


def test_a_row_of_the_desk_says_when_she_is_met_and_how_many_points_she_has(town: Town) -> None:
    lead_id = submitted(town)
    meeting = booked(town, lead_id)
    local = local_time(meeting.starts_at, "Europe/Paris")
    staff = employed(town, HUGO)
    row = staff.get("/desk").text.partition('class="handed"')[2].partition("</li>")[0]
    assert f"<b>{local:%a} {local.day} {local:%B, %H:%M}</b> · {lead_of(town, lead_id).score} points" in row
    wait_until(town, meeting.starts_at + timedelta(minutes=1))
    page = staff.get("/desk").text
    assert "<b>" not in page.partition('class="handed"')[2].partition("</li>")[0], "nothing is ahead any more"
    assert page.index("How did it go?") < page.index("Leads handed over"), "on a phone too"


def test_the_first_acceptance_wins_and_the_other_is_told_who_was_first(town: Town) -> None:
    lead_id = submitted(town)
    booked(town, lead_id)
    rep, colleague = _rep_of(town, lead_id)
    first, second = employed(town, rep), employed(town, colleague)
    path = f"/desk/handoffs/{_handoff(town, lead_id)}/accept"
    assert first.post(path).headers["Location"] == "/desk"
    assert "Accepted: this lead is yours." in first.get("/desk").text
    assert second.post(path).status_code == 303
    name = lead_of(town, lead_id).handoffs[-1].rep.capitalize()
    assert f"{name} " in second.get("/desk").text
    assert "has accepted Léa Martin already." in second.page
    assert second.post(path, f"/desk/leads/{lead_id}").headers["Location"] == "/desk", "her page is a colleague's now"
    assert lead_of(town, lead_id).stage == "accepted"


def accepted(staff: Staff, lead_id: int) -> int:
    """How often her history says that somebody has accepted her."""
    text = staff.get(f"/desk/leads/{lead_id}").text
    return text[text.index("What happened") :].count("Accepted by")


def test_who_was_offered_a_lead_hears_that_a_colleague_has_accepted_it_and_the_history_says_it_once(town: Town) -> None:
    lead_id = submitted(town)
    booked(town, lead_id)
    rep, colleague = _rep_of(town, lead_id)
    slower, faster = employed(town, rep), employed(town, colleague)
    path = f"/desk/handoffs/{_handoff(town, lead_id)}/accept"
    for _ in range(2):
        faster.post(path)
    slower.post(path)
    assert "A colleague has accepted this lead, who was offered to you" in slower.get("/desk").text
    assert "who was offered to you" not in faster.get("/desk").text
    assert accepted(faster, lead_id) == 1


def test_what_is_offered_to_reps_is_no_managers_own(town: Town) -> None:
    booked(town, submitted(town))
    manager = employed(town, HUGO)
    assert "Léa Martin" not in manager.get("/desk?who=mine").text
    assert "Léa Martin" in manager.get("/desk?who=team").text


def test_two_who_accept_at_the_same_moment_are_told_apart_in_the_history(town: Town) -> None:
    lead_id = submitted(town)
    booked(town, lead_id)
    handoff = _handoff(town, lead_id)
    now = lead_of(town, lead_id).handoffs[-1].offered_at
    for who in ("camille", "idris", "camille"):
        record_events(town.house, [on.HandoffAccepted(lead_id=lead_id, occurred_at=now, handoff=handoff, by=who)])
    assert accepted(employed(town), lead_id) == 1
    assert "Accepted by Idris" not in employed(town).get(f"/desk/leads/{lead_id}").text


def test_the_desk_says_what_became_of_the_appointment_that_led_to_a_lead(town: Town) -> None:
    lead_id = submitted(town)
    made = booked(town, lead_id)
    staff = employed(town, _rep_of(town, lead_id)[0])
    assert "appointment cancelled" not in staff.get("/desk").text
    cancelled = on.AppointmentCancelled(lead_id=lead_id, occurred_at=made.starts_at, appointment=made.id)
    record_events(town.house, [cancelled])
    assert "appointment cancelled" in staff.get("/desk").text


def test_a_lead_goes_back_with_a_reason_and_not_without(town: Town) -> None:
    lead_id = submitted(town)
    booked(town, lead_id)
    staff = employed(town, _rep_of(town, lead_id)[0])
    path = f"/desk/handoffs/{_handoff(town, lead_id)}/return"
    answer = staff.post(path, reason="  ")
    assert answer.status_code == 422
    assert "Write a reason" in answer.text
    on_her_page = staff.post(path, f"/desk/leads/{lead_id}", reason="", lead=str(lead_id))
    assert on_her_page.status_code == 422
    assert "What happened" in on_her_page.text
    assert lead_of(town, lead_id).handoffs[-1].state == "offered"
    assert (
        staff.post(path, f"/desk/leads/{lead_id}", reason="No budget").headers["Location"] == f"/desk/leads/{lead_id}"
    )
    returned = lead_of(town, lead_id).handoffs[-1]
    assert (returned.state, returned.return_reason) == ("returned", "No budget")


def test_a_hand_over_that_rested_on_a_machine_says_so_on_her_page(town: Town) -> None:
    lead_id = submitted(town)
    booked(town, lead_id)
    with town.house.database.write() as connection:
        connection.execute(handoffs.handoffs.update().values(state="withdrawn", return_reason=MACHINE.because))
    staff = employed(town, HUGO)
    page = staff.get(f"/desk/leads/{lead_id}").text
    assert "Withdrawn; it was offered to" in page
    assert "<p>A machine had clicked, not a person</p>" in page
    assert "Returned" not in page
    assert "<p>Un automate avait cliqué, pas une personne</p>" in staff.get(f"/desk/leads/{lead_id}?lang=fr").text


def test_an_appointment_is_marked_after_it_began_and_the_mark_can_be_corrected(town: Town) -> None:
    lead_id = submitted(town, "Léa <Martin>")
    meeting = booked(town, lead_id)
    staff = employed(town, _rep_of(town, lead_id)[0])
    assert staff.post(f"/desk/appointments/{meeting.id}/held").status_code == 303
    assert "has not begun yet" in staff.get("/desk").text
    wait_until(town, meeting.ends_at + timedelta(minutes=5))
    assert "How did it go?" in staff.get("/desk").text
    assert "no outcome yet" in staff.get(f"/desk/leads/{lead_id}").text
    staff.post(f"/desk/appointments/{meeting.id}/missed")
    notice = re.findall(r'role="status">(.*?)</div>', staff.get("/desk").text, re.S)[0]
    assert "Marked as missed. Léa &lt;Martin&gt; gets by mail: “Shall we try another time?”." in notice
    assert f'<a href="/desk/appointments/{meeting.id}">Was that wrong?</a>' in notice
    assert "no outcome yet" not in staff.get(f"/desk/leads/{lead_id}").text
    assert lead_of(town, lead_id).appointments[0].state == "missed"
    staff.post(f"/desk/appointments/{meeting.id}/held")
    assert lead_of(town, lead_id).appointments[0].state == "held"


def test_a_task_is_ticked_off_once_and_for_all(town: Town) -> None:
    lead_id = submitted(town)
    gives_task(town, lead_id, rep="camille", due_at=town.now - timedelta(hours=1))
    staff = employed(town, HUGO)
    assert "Send the plan" in staff.page
    assert "late" in staff.page
    for _twice in range(2):
        assert staff.post(f"/desk/tasks/{lead_id}/a/b/1/done").status_code == 303
    assert "Send the plan" not in staff.get("/desk").text.replace("Ticked off.", "")
    assert staff.post("/desk/tasks/none/of/these/done").status_code == 404


def test_a_promised_call_stands_with_its_day_and_hour(town: Town) -> None:
    lead_id = submitted(town)
    due = datetime(2099, 6, 16, 7, 30, tzinfo=UTC)
    gives_task(town, lead_id, text="", call="results_call", rep="camille", due_at=due)
    assert "Tuesday 16 June 2099, 09:30" in employed(town, HUGO).page.partition(">due ")[2].partition("</li>")[0]


def test_a_leads_page_says_everything_about_her(town: Town) -> None:
    lead_id = submitted(town)
    meeting = booked(town, lead_id)
    wait_until(town, meeting.starts_at + timedelta(minutes=1))
    page = employed(town, _rep_of(town, lead_id)[0]).get(f"/desk/leads/{lead_id}").text
    for text in (
        "Léa Martin",
        "Sent the form of “Customer experience self-evaluation”",
        "Booked: Your results by telephone",
        "steps by the machine",
        "Profile by theme",
        "not given",
        "Offered to",
        "waits",
        f'action="/desk/appointments/{meeting.id}/held"',
    ):
        assert text in page, text


def test_what_is_booked_and_the_points_with_their_reasons_come_before_history_and_answers(town: Town) -> None:
    lead_id = submitted(town)
    page = employed(town, HUGO).get(f"/desk/leads/{lead_id}").text
    places = [page.index(f'<h2 id="{name}"') for name in ("h-app", "h-points", "h-line", "h-ans", "h-next", "h-con")]
    assert places == sorted(places)


def test_a_leads_words_never_become_markup(town: Town) -> None:
    lead_id = submitted(town, name="<script>alert(1)</script>", company='"><img src=x>')
    page = employed(town, HUGO).get(f"/desk/leads/{lead_id}").text
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "&lt;script&gt;" in page


def test_a_rep_sees_her_own_leads_only(town: Town) -> None:
    lead_id = submitted(town)
    assert employed(town).get(f"/desk/leads/{lead_id}").status_code == 403
    assert employed(town, HUGO).get(f"/desk/leads/{lead_id}").status_code == 200
    assert employed(town, HUGO).get("/desk/leads/4711").status_code == 404


def test_a_manager_hands_a_lead_over_by_hand_with_a_reason(town: Town) -> None:
    lead_id = submitted(town)
    manager = employed(town, HUGO)
    path = f"/desk/leads/{lead_id}"
    assert "Hand over" in manager.get(path).text
    manager.post(f"{path}/hand-over", path, because=" ")
    assert "Write why now" in manager.get(path).text
    manager.post(f"{path}/hand-over", path, because="Met at the fair")
    assert "Met at the fair" in manager.get(path).text
    assert lead_of(town, lead_id).handoffs[-1].because == ("Met at the fair",)
    assert employed(town).post(f"{path}/hand-over", because="Mine").status_code == 403


def test_a_webhook_that_failed_is_listed_and_tried_again(town: Town) -> None:
    lead_id = submitted(town)
    _webhook(town, lead_id, "failed")
    staff = employed(town, HUGO)
    page = staff.get("/desk/webhooks").text
    assert "the other side answered 500" in page
    call = page.split("/desk/webhooks/")[1].split("/again")[0]
    assert staff.post(f"/desk/webhooks/{call}/again", "/desk/webhooks").headers["Location"] == "/desk/webhooks"
    assert "It is being called again." in staff.get("/desk/webhooks").text
    staff.post(f"/desk/webhooks/{call}/again")
    assert "not waiting for anybody" in staff.get("/desk/webhooks").text


def _webhook(town: Town, lead_id: int, state: str) -> None:
    with town.house.database.write() as connection:
        now = installation.moment(connection).now
        row = {
            "key": "1/x:crm:crm:webhook", "lead_id": lead_id, "channel": "webhook", "kind": "webhook",
            "message": "crm", "version": None, "recipient": "crm", "purpose": None, "scenario": None,
            "pass_number": None, "step": None, "cause": "x", "data": {}, "planned_at": now, "not_before": now,
            "state": state, "reason": "the other side answered 500", "tells": False, "told": False, "attempts": 3,
        }  # fmt: skip
        outbox.add(connection, [row])


def test_a_form_of_another_site_does_nothing(town: Town) -> None:
    lead_id = submitted(town)
    booked(town, lead_id)
    staff = employed(town, _rep_of(town, lead_id)[0])
    assert staff.client.post(f"/desk/handoffs/{_handoff(town, lead_id)}/accept").status_code == 400
    assert Staff(town.app).client.get("/desk").status_code == 303
    assert lead_of(town, lead_id).handoffs[-1].state == "offered"


@pytest.mark.parametrize("who", [HUGO, SOLENE])
def test_only_reps_accept_so_that_no_lead_leaves_every_desk(town: Town, who: str) -> None:
    lead_id = submitted(town)
    booked(town, lead_id)
    path = f"/desk/handoffs/{_handoff(town, lead_id)}/accept"
    staff = employed(town, who)
    assert path not in staff.page
    assert path not in staff.get(f"/desk/leads/{lead_id}").text
    staff.post(path)
    assert "Only a rep can accept a lead" in staff.get("/desk").text
    assert lead_of(town, lead_id).handoffs[-1].state == "offered"
    user = next(one for one in read_published(town.house).company.company.users if one.email == who)
    with pytest.raises(Forbidden, match="Only a rep"):
        accept_handoff(town.house, user, _handoff(town, lead_id))


def _rests_on_a_click(town: Town) -> on.LinkClicked:
    """She comes to the threshold by a click, which a machine may have made."""
    lead_id, now = submitted(town, phone="+33 6 12 34 56 78"), town.now
    missing = 49 - lead_of(town, lead_id).score
    clicked = on.LinkClicked(
        lead_id=lead_id, occurred_at=now, key="hers", mail=1, message="self_evaluation/offer", link="prices", number=1
    )
    given = on.PointsGiven(lead_id=lead_id, occurred_at=now, points=missing, because="Met at the fair")
    record_events(town.house, [agrees(lead_id, now), given, clicked]).insist()
    return clicked


@pytest.mark.parametrize("returned", [False, True])
def test_a_colleague_whose_page_is_old_is_told_what_became_of_the_hand_over(town: Town, *, returned: bool) -> None:
    clicked = _rests_on_a_click(town)
    lead_id, page = clicked.lead_id, f"/desk/leads/{clicked.lead_id}"
    rep, colleague = _rep_of(town, lead_id)
    path, first, second = f"/desk/handoffs/{_handoff(town, lead_id)}", employed(town, rep), employed(town, colleague)
    assert "Accept" in second.get(page).text
    if returned:
        first.post(f"{path}/return", reason="No budget")
        became = "This lead has gone back to marketing already."
    else:
        known = {"subject": "prices", "message": clicked.message, "touched": "link.clicked", "verdict": "machine"}
        revised = on.VerdictRevised(lead_id=lead_id, occurred_at=town.now, of="hers", **known)  # type: ignore[arg-type]
        record_events(town.house, [revised]).insist()
        became = "The hand-over of this lead was withdrawn: it is offered to nobody any more."
    assert lead_of(town, lead_id).handoffs[-1].state == ("returned" if returned else "withdrawn")
    assert second.post(f"{path}/accept", page).headers["Location"] == "/desk"
    assert became in second.get("/desk").text
    for answer in (second.post(f"{page}/tags", page, tag="gold"), second.get(page)):
        assert answer.status_code == 403
        assert became in answer.text
        assert "belongs to a colleague" not in answer.text
        assert "Log in with the account that may" not in answer.text


def test_a_colleague_gives_no_lead_of_another_rep_back(town: Town) -> None:
    lead_id = submitted(town)
    booked(town, lead_id)
    rep, colleague = _rep_of(town, lead_id)
    path = f"/desk/handoffs/{_handoff(town, lead_id)}/return"
    other = employed(town, colleague)
    assert other.post(path, reason="No budget", disqualified="yes").status_code == 403
    lead = lead_of(town, lead_id)
    assert (lead.handoffs[-1].state, lead.stage) == ("offered", "qualified")
    assert employed(town, rep).post(path, reason="No budget").status_code == 303
    assert lead_of(town, lead_id).handoffs[-1].state == "returned"


def test_a_reason_that_is_missing_is_asked_for_whatever_lead_the_form_names(town: Town) -> None:
    lead_id = submitted(town)
    booked(town, lead_id)
    staff = employed(town, _rep_of(town, lead_id)[0])
    path = f"/desk/handoffs/{_handoff(town, lead_id)}/return"
    answer = staff.post(path, f"/desk/leads/{lead_id}", lead="9" * 25)
    assert answer.status_code == 422
    assert "Write a reason, so that marketing can do better." in answer.text


def test_a_lead_goes_back_once(town: Town) -> None:
    lead_id = submitted(town)
    booked(town, lead_id)
    staff = employed(town, _rep_of(town, lead_id)[0])
    path = f"/desk/handoffs/{_handoff(town, lead_id)}/return"
    staff.post(path, reason="No budget")
    staff.get("/desk")
    staff.get(f"/desk/leads/{lead_id}")
    staff.post(path, reason="Something else", disqualified="yes")
    assert "This lead has gone back to marketing already." in staff.get("/desk").text
    lead = lead_of(town, lead_id)
    assert (lead.handoffs[-1].return_reason, lead.stage) == ("No budget", "engaged")


def test_who_gave_a_lead_back_reads_what_happened_and_changes_nothing(town: Town) -> None:
    lead_id = submitted(town)
    page, manager = f"/desk/leads/{lead_id}", employed(town, HUGO)
    manager.get(page)
    manager.post(f"{page}/hand-over", because="Met at the fair")
    staff = employed(town, _rep_of(town, lead_id)[0])
    assert "Add a tag" in staff.get(page).text
    staff.post(f"{page}/tags", tag="gold")
    assert "Take off the tag" in staff.get(page).text
    staff.post(f"/desk/handoffs/{_handoff(town, lead_id)}/return", reason="No budget")
    assert "What happened" in staff.get(page).text
    for button in ("Add a tag", "Take off the tag", "Set one"):
        assert button not in staff.page
    for answer in (
        staff.post(f"{page}/tags", tag="improvement_plan"),
        staff.post(f"{page}/tags/off", tag="gold"),
        staff.get(f"/diary/new?lead={lead_id}"),
    ):
        assert answer.status_code == 403
        assert "You gave this lead back: you can read what happened, and change nothing any more." in answer.text
    assert "Vous avez rendu ce prospect" in staff.get(f"/diary/new?lead={lead_id}&lang=fr").text
    assert f"lead={lead_id}" not in staff.get("/diary/new?q=martin").text, "a search for whom to meet"


def test_a_text_with_hidden_characters_is_refused_with_its_reason(town: Town) -> None:
    lead_id = submitted(town)
    manager = employed(town, HUGO)
    page = f"/desk/leads/{lead_id}"
    manager.get(page)
    manager.post(f"{page}/hand-over", page, because="Met at the\x00fair")
    assert "holds characters that we cannot read" in manager.get(page).text
    assert not lead_of(town, lead_id).handoffs
    manager.post(f"{page}/hand-over", page, because="Met at the fair,\r\nwants a call")
    assert lead_of(town, lead_id).handoffs[-1].because == ("Met at the fair,\nwants a call",)
    manager.get(page)
    answer = manager.post(f"/desk/handoffs/{_handoff(town, lead_id)}/return", reason="No\x00budget")
    assert answer.status_code == 422
    assert "holds characters that we cannot read" in answer.text


def test_a_reply_that_a_rep_has_read_is_noted_on_her_lead_with_what_it_said_or_without(town: Town) -> None:
    lead_id = submitted(town)
    manager = employed(town, HUGO)
    page = f"/desk/leads/{lead_id}"
    manager.get(page)
    manager.post(f"{page}/reply", page, said="Call me <b>after</b> Easter")
    assert "Wrote back, says Hugo Castellan: Call me &lt;b&gt;after&lt;/b&gt; Easter" in manager.get(page).text
    assert lead_of(town, lead_id).stage == "engaged"
    manager.post(f"{page}/reply", page, said="No\x00budget")
    assert "holds characters that we cannot read" in manager.get(page).text
    manager.post(f"{page}/reply", page, said=" ")
    assert manager.get(page).text.count("Wrote back, says Hugo Castellan") == 2


def test_a_reply_is_noted_by_whoever_may_change_her_alone(town: Town) -> None:
    lead_id = submitted(town)
    stranger = employed(town, CAMILLE)
    stranger.get("/desk")
    assert stranger.post(f"/desk/leads/{lead_id}/reply", said="Hers?").status_code == 403
    assert stranger.post("/desk/leads/4711/reply", said="Whose?").status_code == 404


def test_a_lead_who_is_none_is_not_handed_over(town: Town) -> None:
    submitted(town)
    manager = employed(town, HUGO)
    manager.get("/desk/leads/1")
    assert manager.post("/desk/leads/4711/hand-over", because="Met at the fair").status_code == 404


@pytest.mark.parametrize("rep, team", [("camille", None), (None, "consulting"), (None, None)])
def test_every_task_on_a_desk_leads_to_its_lead(town: Town, rep: str | None, team: str | None) -> None:
    lead_id = submitted(town)
    gives_task(town, lead_id, rep=rep, team=team)
    staff = employed(town)
    assert "Send the plan" in staff.get("/desk").text
    assert staff.get(f"/desk/leads/{lead_id}").status_code == 200
    assert staff.post(f"/desk/tasks/{lead_id}/a/b/1/done").status_code == 303
    assert "Send the plan" not in staff.get("/desk").text
    page = staff.get(f"/desk/leads/{lead_id}")
    assert page.status_code == 200, "she has spoken with her, and sets the appointment that came of it"
    assert f"/diary/new?lead={lead_id}" in page.text
    colleague = employed(town, IDRIS)
    assert colleague.get(f"/desk/leads/{lead_id}").status_code == 403


def test_gold_by_a_click_acts_at_the_next_meeting_and_is_taken_off_again(town: Town) -> None:
    lead_id = submitted(town)
    meeting = booked(town, lead_id)
    town.move_clock(meeting.starts_at + timedelta(minutes=1))
    staff = employed(town, f"{meeting.rep}@verdanne.example")
    path = f"/desk/leads/{lead_id}"
    for tag in ("gold", "improvement_plan", "gold"):
        staff.get(path)
        assert staff.post(f"{path}/tags", path, tag=tag).location == path
    staff.get(path)
    staff.post(f"{path}/tags/off", path, tag="improvement_plan")
    for unknown in ("", "platinum"):
        staff.post(f"{path}/tags", path, tag=unknown)
        assert "Choose one of the tags." in staff.get(path).text
    assert lead_of(town, lead_id).tags == {"gold"}
    assert "Marked gold by" in staff.page
    assert "No longer marked improvement plan" in staff.page
    staff.post(f"/desk/appointments/{meeting.id}/held", path)
    town.work()
    lead = lead_of(town, lead_id)
    assert "recurring_visits" in {one.scenario for one in lead.enrolments if one.runs}
    assert lead.appointments[-1].type == "visit"
    assert staff.post("/desk/leads/4711/tags", path, tag="gold").status_code == 404


def test_s89_a_client_who_is_gold_already_is_given_regular_visits_by_hand(town: Town) -> None:
    lead_id = submitted(town)
    path = f"/desk/leads/{lead_id}"
    staff = employed(town, HUGO)
    put_tag(town.house, next(one for one in town.published.company.company.users if one.id == "hugo"), lead_id, "gold")
    assert "Start one…" in staff.get(path).text
    for unknown in ("", "self_evaluation/1", "recurring_visits/2", "recurring_visits"):
        staff.post(f"{path}/scenarios", path, scenario=unknown)
        assert "Choose one of the scenarios" in staff.get(path).text
    staff.post(f"{path}/scenarios", path, scenario="recurring_visits/1")
    page = staff.get(path).text
    assert "Started." in page
    assert "Started by Hugo Castellan: “Regular visits”" in page
    assert "Start one…" not in page, "it is the only one, and she is in it"
    town.work()
    [visit] = lead_of(town, lead_id).appointments
    assert visit.type == "visit"
    staff.post(f"{path}/scenarios", path, scenario="recurring_visits/1")
    assert [one.scenario for one in lead_of(town, lead_id).enrolments].count("recurring_visits") == 1


def test_what_has_ended_at_once_is_started_once_by_two_presses_and_for_nobody_who_would_leave_it(
    town: Town, tmp_path: Path
) -> None:
    home = copy_home(tmp_path / "home")
    (home / "scenarios/plan.yaml").write_text(
        "scenario: plan\ntitle: {en: A plan, fr: Un plan}\non: start\nsequence:\n"
        "  - task: {text: {en: Write a plan, fr: Écrire un plan}, within: 2 working days}\n"
    )
    assert publish_scenarios(town.house, home).changed
    lead_id = submitted(town)
    path = f"/desk/leads/{lead_id}"
    staff = employed(town, HUGO)
    for _press in range(2):
        staff.get(path)
        staff.post(f"{path}/scenarios", path, scenario="plan/1")
    town.work()
    page = staff.get(path).text
    assert page.count("Write a plan") == page.count("Tick off: Write a plan") + 1
    assert 'value="plan/2"' in page
    gone = on.Unsubscribed(lead_id=lead_id, occurred_at=town.now, page="/u")
    record_events(town.house, [gone])
    assert 'value="plan/2"' not in staff.get(path).text


def test_of_somebody_erased_a_manager_sees_a_page_without_a_story(town: Town) -> None:
    lead_id = submitted(town)
    hugo = next(user for user in read_published(town.house).company.company.users if user.id == "hugo")
    put_tag(town.house, hugo, lead_id, "gold")
    erase_lead(town.house, lead_id, hugo.id)
    page = employed(town, HUGO).get(f"/desk/leads/{lead_id}")
    assert page.status_code == 200
    assert "Léa" not in page.text
    assert "out of 100" not in page.text, "her answers are gone, and what they said with them"
    for offered in ("Wrote back", "Hand over", "Add a tag", "Set one", "Start one"):
        assert offered not in page.text


def test_an_erased_lead_is_nobody_to_be_asked_about_and_offers_nothing_that_is_refused(town: Town) -> None:
    lead_id = submitted(town)
    meeting = booked(town, lead_id)
    wait_until(town, meeting.ends_at + timedelta(minutes=1))
    manager = employed(town, HUGO)
    assert f"/desk/appointments/{meeting.id}/missed" in manager.get("/desk?who=team").text
    erase_lead(town.house, lead_id, "hugo")
    desk = manager.get("/desk?who=team").text
    diary = manager.get(f"/diary?who=team&from={meeting.starts_at:%Y-%m-%d}").text
    assert "Erased person" in diary
    page = manager.get(f"/desk/leads/{lead_id}").text
    for shown in (desk, diary):
        assert "erased.invalid" not in shown
    for shown in (desk, diary, page):
        assert f"/desk/appointments/{meeting.id}/missed" not in shown
    assert not re.findall(rf"/desk/leads/{lead_id}/(?:tags|hand-over|reply)", page)


def test_only_who_asked_to_be_called_is_said_to_have_asked_whatever_the_call_is_named_since(
    town: Town, tmp_path: Path
) -> None:
    answered(town, invited(town)).send({"follow_up": "call", "phone": "06 12 34 56 78", "go": "send"})
    town.work()
    [lead] = town.leads()
    staff = employed(town, HUGO)
    assert "They asked to be called" in staff.page
    assert "promised" in staff.page
    named_anew = copy_home(tmp_path / "home")
    company = named_anew / "scenarios/company.yaml"
    company.write_text(company.read_text().replace("en: Review of your results", "en: What your answers say"))
    assert publish_scenarios(town.house, named_anew).changed
    page = staff.get("/desk?who=team").text
    assert "They asked to be called" in page
    assert "promised" in page
    due = town.now + timedelta(days=5)
    gives_task(town, lead.id, id=f"{lead.id}/a/d/1", call="interview", text="Agree on one", due_at=due)
    page = staff.get("/desk?who=team").text
    assert "They asked to be called" not in page
    assert "To be called" in page
    assert page.count("promised") == page.count(">due ") == 1


def test_s92_the_page_of_the_daily_mail_takes_the_outcome_by_a_button_and_looking_changes_nothing(town: Town) -> None:
    lead_id = submitted(town)
    meeting = booked(town, lead_id)
    path = f"/desk/appointments/{meeting.id}"
    manager = employed(town, HUGO)
    assert "This appointment has not begun yet." in manager.get(path).text
    wait_until(town, meeting.ends_at + timedelta(days=1))
    guest = Staff(town.app)
    assert guest.get(path).headers["Location"] == f"/login?next={path}"
    page = manager.get(path).text
    assert "How did it go?" in page
    assert lead_of(town, lead_id).appointments[-1].state == "booked"
    assert manager.post(f"{path}/missed", came_from=path).headers["Location"] == path
    assert "It was missed" in manager.get(path).text
    assert manager.post(f"{path}/held", came_from=path).status_code == 303
    assert "It took place." in manager.get(path).text
    assert lead_of(town, lead_id).appointments[-1].state == "held"
    assert manager.get("/desk/appointments/99999").status_code == 404


def test_how_it_went_with_somebody_erased_is_asked_no_more_and_a_mark_is_refused_and_said(town: Town) -> None:
    lead_id = submitted(town)
    meeting = booked(town, lead_id)
    path = f"/desk/appointments/{meeting.id}"
    manager = employed(town, HUGO)
    wait_until(town, meeting.ends_at + timedelta(days=1))
    assert f'action="{path}/held"' in manager.get(path).text
    assert erase_lead(town.house, lead_id, "lead")
    page = manager.get(path).text
    assert "Their details have been erased: nothing more is kept about this appointment." in page
    assert f'action="{path}' not in page
    assert manager.post(f"{path}/held", came_from=path).status_code == 303
    assert "Marked as held" not in (after := manager.get(path).text)
    assert after.count("Their details have been erased") == 2
    assert lead_of(town, lead_id).appointments[-1].state == "booked"


def outcome_path(town: Town, appointment: Appointment, rep: str) -> str:
    """The link of the rep's daily mail for one appointment, without its host."""
    with town.house.database.write() as connection:
        users.ensure(connection, rep)
        account = users.by_id(connection, rep)
    assert account
    place = (account["number"], account["generation"])
    link = outcome_link(town.house, place, appointment.id, appointment.ends_at, appointment.ends_at)
    return link.removeprefix(town.house.settings.base_url)


def test_s92_the_link_of_the_daily_mail_takes_an_outcome_without_a_log_in_and_nothing_else(town: Town) -> None:
    lead_id = submitted(town)
    meeting = booked(town, lead_id)
    wait_until(town, meeting.ends_at + timedelta(days=1))
    path, guest = outcome_path(town, meeting, meeting.rep), Staff(town.app)
    assert guest.client.head(path).status_code == 200
    page = guest.get(path).text
    assert lead_of(town, lead_id).appointments[-1].state == "booked", "looking changes nothing"
    assert "/desk/leads/" not in page
    assert "lea@ostrel.example" not in page
    assert guest.post(f"{path}/missed").headers["Location"] == path
    assert "It was missed" in guest.get(path).text
    assert guest.post(f"{path}/held").status_code == 303, "a slip is mended by the same page"
    assert lead_of(town, lead_id).appointments[-1].state == "held"
    assert guest.get("/desk").status_code == 303, "it logs nobody in"


def test_s92_the_link_of_the_daily_mail_ends(town: Town) -> None:
    lead_id = submitted(town)
    meeting = booked(town, lead_id)
    wait_until(town, meeting.ends_at + timedelta(days=1))
    guest = Staff(town.app)
    path, others = outcome_path(town, meeting, meeting.rep), outcome_path(town, meeting, "hugo")
    colleague = next(rep for rep in ("camille", "idris", "maud") if rep != meeting.rep)
    for wrong in (others, outcome_path(town, meeting, colleague), path[:-1] + ("A" if path[-1] != "A" else "B")):
        assert guest.get(wrong).status_code == 404
    guest.get(path)
    set_password(town.house, f"{meeting.rep}@verdanne.example", "another sentence to keep")
    assert guest.post(f"{path}/missed").status_code == 404, "a new password ends every older link"
    fresh = outcome_path(town, meeting, meeting.rep)
    assert guest.get(fresh).status_code == 200
    wait_until(town, meeting.ends_at + timedelta(days=15))
    assert guest.get(fresh).status_code == 404
    assert lead_of(town, lead_id).appointments[-1].state == "booked"


def test_points_that_changed_on_one_day_only_have_a_curve_from_the_next_day_on(town: Town) -> None:
    lead_id = submitted(town)
    hugo = employed(town, HUGO)
    assert 'class="curve"' not in hugo.get(f"/desk/leads/{lead_id}").text, "one day is no curve"
    with town.house.database.write() as connection:
        installation.set_clock(connection, town.now + timedelta(days=3))
    score = lead_of(town, lead_id).score
    page = hugo.get(f"/desk/leads/{lead_id}").text
    assert f"Her points over time: {score} on " in page.partition('class="curve"')[2]
