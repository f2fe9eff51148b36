"""The staff sets, moves and cancels appointments for leads, for itself or a colleague (S82)."""

import html
import re
from datetime import datetime, timedelta

import pytest

from funnel.domain import events as on
from funnel.domain.lead import Appointment
from funnel.domain.timing import zone_info
from funnel.usecases.record_events import record_events
from tests.support.databases import counted
from tests.support.invitations import event_of
from tests.web.conftest import Town
from tests.web.prospect.test_booking import NEVER, in_paris
from tests.web.prospect.visitor import answered, invited
from tests.web.staff import CAMILLE, HUGO, IDRIS, SOLENE, Staff, booked, employed, hidden, lead_of, submitted

ANA = "ana@ostrel.example"
PHONE = "+33 6 12 34 56 78"


def times(staff: Staff) -> list[str]:
    """The times that the open page offers."""
    return re.findall(r'name="slot" value="([^"]+)"', staff.page)


def sets(town: Town, staff: Staff, lead_id: int, question: str = "", phone: str = PHONE) -> Appointment:
    """Somebody of the staff sets the first time that the page offers."""
    staff.get(f"/diary/new?lead={lead_id}{question}")
    action = f"/diary/new/{lead_id}"
    answer = staff.post(action, **hidden(staff, action), slot=times(staff)[0], phone=phone)
    assert answer.status_code == 303, answer.text
    staff.get(answer.location)
    return lead_of(town, lead_id).appointments[-1]


def handed_over(town: Town) -> tuple[int, Staff, str]:
    """A lead whom a manager has handed over; the rep who got her, and that rep's colleague."""
    lead_id = submitted(town)
    manager = employed(town, HUGO)
    manager.get(f"/desk/leads/{lead_id}")
    manager.post(f"/desk/leads/{lead_id}/hand-over", because="Met at the fair")
    rep = lead_of(town, lead_id).handoffs[-1].rep
    colleague = {"camille": "idris", "idris": "camille"}[rep]
    return lead_id, employed(town, f"{rep}@verdanne.example"), colleague


def test_a_rep_sets_an_appointment_for_her_lead_and_both_are_invited(town: Town) -> None:
    lead_id, staff, _colleague = handed_over(town)
    town.mails()
    assert f'href="/diary/new?lead={lead_id}"' in staff.get(f"/desk/leads/{lead_id}").text
    made = sets(town, staff, lead_id)
    assert (made.rep, made.state) == (lead_of(town, lead_id).handoffs[-1].rep, "booked")
    assert "It is in the diary" in staff.page
    assert "Léa Martin" in staff.page, "the diary of that week"
    assert lead_of(town, lead_id).phone == PHONE
    [hers] = [mail for mail in town.mails("lea@ostrel.example") if "text/calendar" in mail.raw.decode()]
    assert "has set it for you" in hers.text
    for mail in (hers, town.mails(f"{made.rep}@verdanne.example")[-1]):
        event = event_of(mail)
        assert (str(event["x-method"]), event.decoded("sequence")) == ("REQUEST", 0)
        assert event.decoded("dtstart") == made.starts_at
    page = staff.get(f"/desk/leads/{lead_id}").text
    assert re.search(r"Set by \w+ \w+: Your results by telephone", page)


def test_s82_a_rep_sets_an_appointment_in_a_colleagues_diary(town: Town) -> None:
    lead_id, staff, colleague = handed_over(town)
    made = sets(town, staff, lead_id, f"&who={colleague}")
    assert made.rep == colleague
    assert f"who={colleague}" in staff.client.get("/diary").text
    said = town.mails(f"{colleague}@verdanne.example")[-1]
    assert "has set an appointment with Léa Martin for you" in said.text
    assert event_of(said).decoded("dtstart") == made.starts_at


def test_without_a_telephone_the_form_comes_again_and_the_time_is_kept(town: Town) -> None:
    lead_id, staff, _colleague = handed_over(town)
    staff.get(f"/diary/new?lead={lead_id}&who=anybody")
    action = f"/diary/new/{lead_id}"
    carried, wanted = hidden(staff, action), times(staff)[0]
    for phone, why in (("", "Tell us the number"), ("12", "Write a telephone number")):
        answer = staff.post(action, **carried, slot=wanted, phone=phone)
        assert answer.status_code == 422
        assert why in answer.text
        assert re.search(rf'value="{re.escape(wanted)}" checked', answer.text)
    answer = staff.post(action, **carried, phone=PHONE)
    assert answer.status_code == 422
    assert "Choose a time." in answer.text
    assert f'value="{PHONE}"' in answer.text
    assert lead_of(town, lead_id).appointments == ()


def test_a_time_that_has_gone_a_past_one_and_nonsense_set_nothing(town: Town) -> None:
    lead_id, staff, _colleague = handed_over(town)
    other = submitted(town, "Ana Costa", ANA)
    staff.get(f"/diary/new?lead={lead_id}&who=anybody")
    action = f"/diary/new/{lead_id}"
    carried = hidden(staff, action)
    free = times(staff)[0]
    manager = employed(town, HUGO)
    for who in ("camille", "idris"):
        sets(town, manager, other if who == "camille" else submitted(town, "Tom", "tom@ostrel.example"), f"&who={who}")
    answer = staff.post(action, **carried, slot=free, phone=PHONE)
    assert answer.status_code == 409
    assert "That time has just gone" in answer.text
    assert free not in re.findall(r'name="slot" value="([^"]+)"', answer.text)
    past = staff.post(action, **carried, slot="2020-01-06T09:00:00+00:00", phone=PHONE)
    assert past.status_code == 422
    assert "This time cannot be booked. Choose another one." in past.text
    assert staff.post(action, **carried, slot="soon", phone=PHONE).status_code == 422
    assert lead_of(town, lead_id).appointments == ()
    assert staff.get("/diary/new?lead=4711").status_code == 404


@pytest.mark.parametrize("when", NEVER)
def test_a_time_that_never_was_is_not_said_to_be_somebody_elses(town: Town, when: str) -> None:
    lead_id, staff, _colleague = handed_over(town)
    staff.get(f"/diary/new?lead={lead_id}&who=anybody")
    action, wanted = f"/diary/new/{lead_id}", NEVER[when](in_paris(times(staff)[0])).isoformat()
    refused = [staff.post(action, **hidden(staff, action), slot=wanted, phone=PHONE)]
    made = sets(town, staff, lead_id)
    action = f"/diary/appointments/{made.id}/move"
    staff.get(f"/diary/appointments/{made.id}")
    refused.append(staff.post(action, **hidden(staff, action), slot=wanted, reason="She is on the road"))
    for answer in refused:
        assert answer.status_code == 422
        assert "This time cannot be booked. Choose another one." in answer.text
        assert "has just gone" not in answer.text
    assert lead_of(town, lead_id).appointments == (made,)


def test_the_same_button_pressed_twice_sets_one_and_a_second_appointment_is_not_set(town: Town) -> None:
    lead_id, staff, _colleague = handed_over(town)
    staff.get(f"/diary/new?lead={lead_id}")
    action = f"/diary/new/{lead_id}"
    fields = {**hidden(staff, action), "slot": times(staff)[0], "phone": PHONE}
    assert [staff.post(action, **fields).status_code for _twice in range(2)] == [303, 303]
    assert len(lead_of(town, lead_id).appointments) == 1
    page = staff.get(f"/diary/new?lead={lead_id}").text
    assert "There is one already" in page
    staff.get(f"/desk/leads/{lead_id}")
    assert staff.post(action, **fields | {"once": "another"}).status_code == 409
    assert len(lead_of(town, lead_id).appointments) == 1


def test_a_search_finds_the_leads_that_one_may_see(town: Town) -> None:
    lead_id, staff, _colleague = handed_over(town)
    submitted(town, "Ana Costa", ANA)
    assert "Whom is it with?" in staff.get("/diary/new").text
    for words in ("martin", "LÉA", "OSTREL", "lea@"):
        page = staff.get("/diary/new", query_string={"q": words}).text
        assert f"/diary/new?lead={lead_id}" in page, words
        assert "Ana Costa" not in page, "nobody's lead yet"
    assert "Ana Costa" in employed(town, HUGO).get("/diary/new?q=ana").text
    submitted(town, "Élodie Roux", "elodie@ostrel.example")
    assert "Élodie Roux" in employed(town, HUGO).get("/diary/new", query_string={"q": "élodie r"}).text
    nobody = staff.get("/diary/new", query_string={"q": "<b>zzz"}).text
    assert "No lead is called “&lt;b&gt;zzz”." in nobody


def test_moving_by_hand_tells_both_with_the_same_uid_and_the_next_sequence(town: Town) -> None:
    appointment = booked(town, lead_id := submitted(town))
    staff = employed(town, f"{appointment.rep}@verdanne.example")
    path = f"/diary/appointments/{appointment.id}"
    assert f'href="{path}"' in staff.get(f"/desk/leads/{lead_id}").text
    assert f'href="{path}"' in staff.get(f"/diary?from={appointment.starts_at:%Y-%m-%d}").text
    staff.get(path)
    assert appointment.starts_at.isoformat() not in times(staff)
    wanted, carried = times(staff)[-1], hidden(staff, f"{path}/move")
    refused = staff.post(f"{path}/move", **carried, slot=wanted, reason=" ")
    assert refused.status_code == 422
    assert "Write why" in refused.text
    assert re.search(rf'value="{re.escape(wanted)}" checked', refused.text)
    refused = staff.post(f"{path}/move", **carried, reason="A train & a strike")
    assert refused.status_code == 422
    assert "A train &amp; a strike" in refused.text, "what was typed stays"
    assert staff.post(f"{path}/move", **carried, slot=wanted, reason="A train & a strike").status_code == 303
    moved = lead_of(town, lead_id).appointments[-1]
    assert (moved.id, moved.starts_at, moved.state) == (appointment.id, datetime.fromisoformat(wanted), "moved")
    for address in ("lea@ostrel.example", f"{appointment.rep}@verdanne.example"):
        last = town.mails(address)[-1]
        event = event_of(last)
        assert (str(event["x-method"]), event.decoded("sequence")) == ("REQUEST", 1)
        assert str(event["uid"]) == f"appointment-{appointment.id}@verdanne.example"
        assert event.decoded("dtstart") == moved.starts_at
        assert "A train & a strike" in last.text


def test_an_appointment_goes_to_a_colleague_and_the_former_reps_calendar_is_freed(town: Town) -> None:
    appointment = booked(town, lead_id := submitted(town))
    staff = employed(town, f"{appointment.rep}@verdanne.example")
    colleague = {"camille": "idris", "idris": "camille"}[appointment.rep]
    path = f"/diary/appointments/{appointment.id}"
    staff.get(f"{path}?who={colleague}")
    wanted = times(staff)[0]
    fields = {**hidden(staff, f"{path}/move"), "slot": wanted, "reason": "I am ill"}
    assert staff.post(f"{path}/move", **fields).status_code == 303
    moved = lead_of(town, lead_id).appointments[-1]
    assert (moved.rep, moved.starts_at.isoformat()) == (colleague, wanted)
    former = event_of(town.mails(f"{appointment.rep}@verdanne.example")[-1])
    new = event_of(town.mails(f"{colleague}@verdanne.example")[-1])
    hers = event_of(town.mails("lea@ostrel.example")[-1])
    assert [str(one["x-method"]) for one in (former, new, hers)] == ["CANCEL", "REQUEST", "REQUEST"]
    assert {str(one["uid"]) for one in (former, new, hers)} == {f"appointment-{appointment.id}@verdanne.example"}
    assert {one.decoded("sequence") for one in (former, new, hers)} == {1}


def test_cancelling_by_hand_needs_a_reason_and_withdraws_both_invitations(town: Town) -> None:
    appointment = booked(town, lead_id := submitted(town))
    staff = employed(town, HUGO)
    path = f"/diary/appointments/{appointment.id}"
    staff.get(path)
    refused = staff.post(f"{path}/cancel", reason="")
    assert refused.status_code == 422
    assert '<details class="menu" open>' in refused.text
    assert staff.post(f"{path}/cancel", reason="The office is closed").status_code == 303
    assert lead_of(town, lead_id).appointments[-1].state == "cancelled"
    for address in ("lea@ostrel.example", f"{appointment.rep}@verdanne.example"):
        last = town.mails(address)[-1]
        event = event_of(last)
        assert (str(event["x-method"]), event.decoded("sequence")) == ("CANCEL", 1)
        assert "The office is closed" in last.text
    assert "It cannot be changed any more." in staff.get(path).text
    staff.get(f"/desk/leads/{lead_id}")
    late = staff.post(f"{path}/move", slot=appointment.starts_at.isoformat(), reason="Too late", who="anybody")
    assert late.status_code in (303, 409)
    assert lead_of(town, lead_id).appointments[-1].state == "cancelled"


def test_who_may_not_see_a_lead_sets_and_changes_nothing(town: Town) -> None:
    appointment = booked(town, lead_id := submitted(town))
    handoff = lead_of(town, lead_id).handoffs[-1]
    mine = employed(town, f"{handoff.rep}@verdanne.example")
    mine.post(f"/desk/handoffs/{handoff.id}/accept")
    colleague = employed(town, next(one for one in (CAMILLE, IDRIS) if not one.startswith(appointment.rep)))
    colleague.get("/diary")
    path = f"/diary/appointments/{appointment.id}"
    assert colleague.get(path).status_code == 403
    colleague.get("/diary")
    assert colleague.post(f"{path}/cancel", reason="Mine").status_code == 403
    assert colleague.get(f"/diary/new?lead={lead_id}").status_code == 403
    assert employed(town, SOLENE).get("/diary/new").status_code == 403
    assert employed(town, HUGO).get("/diary/appointments/4711").status_code == 404
    assert town.app.test_client().get(path).status_code == 303
    assert lead_of(town, lead_id).appointments[-1].state == "booked"


def test_what_is_over_is_not_changed(town: Town) -> None:
    appointment = booked(town, lead_id := submitted(town))
    staff = employed(town, HUGO)
    town.move_clock(appointment.ends_at + timedelta(minutes=1))
    staff.get(f"/diary/appointments/{appointment.id}")
    assert "It cannot be changed any more." in staff.page
    staff.get(f"/desk/leads/{lead_id}")
    assert staff.post(f"/diary/appointments/{appointment.id}/cancel", reason="Late").status_code == 409
    assert lead_of(town, lead_id).appointments[-1].state == "booked"


def test_each_time_to_choose_is_told_by_her_clock_without_asking_the_database(town: Town) -> None:
    lead_id, staff, _colleague = handed_over(town)
    there = {"zone": "America/New_York"}
    record_events(town.house, [on.DetailsChanged(lead_id=lead_id, occurred_at=town.now, fields=there)])
    with counted(town.house.database) as sent:
        page = staff.get(f"/diary/new?lead={lead_id}").text
    assert page.count(" there") > len(times(staff)) > sum("FROM clock" in one for one in sent), "not once a time"


def test_a_search_finds_whoever_stands_on_ones_own_desk_to_be_called(town: Town) -> None:
    visitor = answered(town, invited(town))
    camille = employed(town, "camille@verdanne.example")
    assert "No lead is called" in camille.get("/diary/new?q=martin").text, "nobody's lead yet"
    visitor.send({"follow_up": "call", "phone": "06 12 34 56 78", "go": "send"})
    town.work()
    [lead] = town.leads()
    assert lead.name in camille.get("/desk").text
    assert f"/diary/new?lead={lead.id}" in camille.get("/diary/new?q=martin").text


def test_a_lead_elsewhere_has_her_own_clock_beside_her_number_and_at_each_time(town: Town) -> None:
    lead_id, staff, _colleague = handed_over(town)
    assert " there" not in staff.get("/desk").text, "she is where the rep is"
    moved = on.DetailsChanged(
        lead_id=lead_id, occurred_at=town.now, fields={"zone": "America/New_York", "phone": PHONE}
    )
    record_events(town.house, [moved])
    assert lead_of(town, lead_id).zone == "America/New_York"
    now = f"{town.now.astimezone(zone_info('America/New_York')):%H:%M}"
    assert f"{now} there" in staff.get("/desk").text
    page = staff.get(f"/diary/new?lead={lead_id}").text
    assert f"{now} there" in page
    assert "The lead's clock is that of New York." in html.unescape(page)
    first = datetime.fromisoformat(times(staff)[0]).astimezone(zone_info("America/New_York"))
    hers = re.findall(r'value="([^"]+)"[^>]*><span>[^<]+</span><small(?: class="(asleep)")?>([^<]+)<', page)
    assert len(hers) == len(times(staff))
    for at, asleep, said in hers:
        there = datetime.fromisoformat(at).astimezone(zone_info("America/New_York"))
        assert said.startswith(f"{there:%H:%M} there")
        assert bool(asleep) == ("night" in said) == (not 8 <= there.hour < 20)
    assert first.hour < 8, "nine in Paris is three in the morning for her"
    assert "heure locale" in staff.get(f"/diary/new?lead={lead_id}&lang=fr").text
