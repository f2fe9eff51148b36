"""Another time for an appointment: two steps, the same rep, the invitation anew, until a stated time before."""

import re
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import text

from funnel.domain import events as on
from funnel.domain.lead import Appointment
from funnel.usecases.addresses import own_page_link
from funnel.usecases.record_events import record_events
from funnel.usecases.wording import describe_time
from tests.support.invitations import event_of
from tests.web.conftest import Town
from tests.web.prospect.test_booking import NEVER, by_mail, never, slots
from tests.web.prospect.test_proposed import taken_by_the_rep
from tests.web.prospect.visitor import LEA, Visitor
from tests.web.staff import HUGO, employed


def with_an_appointment(town: Town) -> Visitor:
    """She has booked, and looks at her appointment's page."""
    visitor = by_mail(town)
    days = re.findall(r'class="day" href="([^"]+)"', visitor.page.text)
    visitor.open(days[1])
    visitor.send({"slot": slots(visitor)[0], "phone": "0612345678"})
    return visitor


def to_the_move(visitor: Visitor) -> Visitor:
    """She follows 'Choose another time'."""
    link = re.search(r'href="(/book/[^"]+/appointment/move)"', visitor.page.text)
    assert link
    visitor.open(link[1])
    return visitor


def test_moving_takes_two_steps_and_only_the_post_does_it(town: Town) -> None:
    visitor = to_the_move(with_an_appointment(town))
    [before] = town.leads()[0].appointments
    assert before.state == "booked"
    assert before.starts_at.isoformat() not in slots(visitor)
    offered = [datetime.fromisoformat(one) for one in slots(visitor)]
    assert not [one for one in offered if abs(one - before.starts_at) < before.ends_at - before.starts_at], "apart"
    wanted = offered[-1]
    visitor.send({"slot": wanted.isoformat()})
    assert visitor.address.endswith("/appointment")
    assert "Your appointment has moved." in visitor.text
    [after] = town.leads()[0].appointments
    assert (after.id, after.starts_at, after.rep, after.state) == (before.id, wanted, before.rep, "moved")


def asked_instead(town: Town) -> tuple[Visitor, Appointment]:
    """Whom she was to meet has left, and she was asked for another time. She is on the page of what she booked."""
    visitor = with_an_appointment(town)
    [before] = town.leads()[0].appointments
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE appointments SET rep = 'gone'"))
    key = f"other_time/{before.id}/{before.starts_at:%Y%m%dT%H%M}/{town.now:%Y%m%d}/{before.sequence}"
    asked = on.OtherTimeAsked(lead_id=1, occurred_at=town.now, key=key, appointment=before.id, by="hugo")
    record_events(town.house, [asked])
    return visitor, before


def asked_and_over(town: Town) -> tuple[Visitor, Appointment]:
    """The same once hers is over. She looks at its page."""
    visitor, before = asked_instead(town)
    page = visitor.address
    town.move_clock(before.ends_at + timedelta(hours=1))
    town.work()
    visitor.open(page)
    return visitor, before


def test_who_was_asked_for_another_time_has_her_links_when_hers_is_over_and_a_colleague_may_close_it(
    town: Town,
) -> None:
    visitor, before = asked_and_over(town)
    page = visitor.address.removesuffix("/move")
    link = f"/diary/appointments/{before.id}"
    staff = employed(town, HUGO)
    staff.get("/diary")
    assert "With somebody who has left" in staff.page
    assert link in staff.page
    staff.get("/desk/leads/1")
    assert link in staff.page
    assert visitor.address.endswith("/appointment/move"), "its own page leads to other times"
    for where in (
        "/desk/leads/1",
        f"/diary?view=day&from={before.starts_at:%Y-%m-%d}",
        f"/desk/appointments/{before.id}",
    ):
        staff.get(where)
        assert f"/desk/appointments/{before.id}/missed" not in staff.page, "which would be refused"
    assert link in staff.page
    assert "Nobody could be there" in staff.page
    wanted = slots(visitor)[-1]
    visitor.open(f"{page}/move", query_string={"slot": wanted})
    visitor.send({"slot": wanted})
    assert "Your appointment has moved." in visitor.text
    [after] = town.leads()[0].appointments
    assert (after.id, after.starts_at) == (before.id, datetime.fromisoformat(wanted))


def test_before_the_hour_her_pages_say_that_another_time_is_to_be_chosen(town: Town) -> None:
    visitor, before = asked_instead(town)
    page, lead = visitor.address, town.leads()[0]
    visitor.open("/me/" + own_page_link(town.house, lead).partition("/me/")[2])
    assert "another time is to be chosen" in visitor.text
    visitor.open(page)
    assert visitor.address.endswith("/appointment/move"), "nothing says that it is in the diary"
    assert "We could not keep the time that you had." in visitor.text
    assert "Keep it" not in visitor.text
    visitor.open(f"{page}/cancel")
    assert "Keep it" not in visitor.text
    assert "The time goes back into the diary" not in visitor.text
    visitor.open(f"{page}/move")
    visitor.send({"slot": slots(visitor)[-1]})
    assert "Your appointment has moved." in visitor.text
    visitor.open("/me/" + own_page_link(town.house, lead).partition("/me/")[2])
    assert "another time is to be chosen" not in visitor.text
    assert town.leads()[0].appointments[0].id == before.id


def test_after_the_hour_too_her_own_page_leads_to_other_times(town: Town) -> None:
    visitor, _before = asked_and_over(town)
    own = "/me/" + own_page_link(town.house, town.leads()[0]).partition("/me/")[2]
    visitor.open(own)
    assert "another time is to be chosen" in visitor.text
    assert re.search(r'<a href="/book/[^"]+/appointment">', visitor.page.text)


def test_who_presses_another_time_on_the_booking_page_is_told_that_it_was_not_booked(town: Town) -> None:
    visitor, before = asked_instead(town)
    other = before.starts_at + timedelta(days=1)
    visitor.open(visitor.address, query_string={"wanted": other.isoformat()})
    assert visitor.address.partition("?")[0].endswith("/appointment/move")
    assert re.search(r"on [\w ]+ was not booked: what you choose here takes the place", visitor.text)


def test_where_no_other_time_can_be_chosen_her_page_says_that_one_is_to_be_found(town: Town) -> None:
    visitor, _ = asked_instead(town)
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE appointments SET type = 'no_more'"))
    visitor.open(visitor.address)
    assert "We have to find another time." in visitor.text
    assert "The invitation is sent" not in visitor.text
    assert "Add to my calendar" not in visitor.text


def test_what_nobody_could_keep_is_changed_where_it_stands_in_the_diary_once_its_rep_is_back(town: Town) -> None:
    _, before = asked_and_over(town)
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE appointments SET rep = :rep"), {"rep": before.rep})
    staff = employed(town, HUGO)
    staff.get(f"/diary?view=day&from={before.starts_at:%Y-%m-%d}")
    assert staff.page.count(f"/diary/appointments/{before.id}") == 2, "and in the list above"


def test_what_nobody_could_keep_is_moved_or_cancelled_and_nothing_leads_back_to_where_she_is(town: Town) -> None:
    visitor, before = asked_and_over(town)
    assert "We could not keep the time that you had." in visitor.text
    assert "before it begins" not in visitor.text
    assert "Keep it" not in visitor.text
    link = re.search(r'href="(/book/[^"]+/appointment/cancel)"', visitor.page.text)
    assert link
    visitor.open(link[1])
    assert "Keep it" not in visitor.text
    assert "The time goes back into the diary" not in visitor.text
    assert re.search(r'href="(/book/[^"]+/appointment)"', visitor.page.text)
    visitor.send()
    assert [(one.id, one.state) for one in town.leads()[0].appointments] == [(before.id, "cancelled")]


@pytest.mark.parametrize("to", [LEA["email"], None])
def test_the_invitation_moves_with_it_for_both_and_is_withdrawn_at_the_end(town: Town, to: str | None) -> None:
    visitor = with_an_appointment(town)
    page = visitor.address
    rep = town.leads()[0].appointments[0].rep
    address = to or f"{rep}@verdanne.example"
    town.work()
    visitor = to_the_move(visitor)
    wanted = datetime.fromisoformat(slots(visitor)[-1])
    visitor.send({"slot": wanted.isoformat()})
    town.work()
    visitor.open(page + "/cancel")
    visitor.send()
    told = [event_of(mail) for mail in town.mails(address) if b"text/calendar" in mail.raw]
    assert [str(one["x-method"]) for one in told] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [str(one["sequence"]) for one in told] == ["0", "1", "2"]
    assert len({str(one["uid"]) for one in told}) == 1
    assert told[1].decoded("dtstart") == told[2].decoded("dtstart") == wanted
    assert all(re.search(rb"^DTSTART:\d{8}T\d{6}Z\r$", one.to_ical(), re.M) for one in told)


@pytest.mark.parametrize("language, hers", [("en", "It was to be on"), ("fr", "Il était prévu le")])
def test_both_read_which_time_it_was_before(town: Town, language: str, hers: str) -> None:
    visitor = with_an_appointment(town)
    [lead] = town.leads()
    [made] = lead.appointments
    if language == "fr":
        record_events(town.house, [on.DetailsChanged(lead_id=lead.id, occurred_at=town.now, fields={"language": "fr"})])
    was = describe_time(made.starts_at, "Europe/Paris", language)["when"]
    visitor = to_the_move(visitor)
    visitor.send({"slot": slots(visitor)[-1]})
    assert f"{hers} {was}" in " ".join(town.mails(LEA["email"])[-1].text.split())
    told = " ".join(town.mails(f"{made.rep}@verdanne.example")[-1].text.split())
    assert f"Before: {describe_time(made.starts_at, 'Europe/Paris', 'en')['when']}." in told


def test_no_time_chosen_is_said(town: Town) -> None:
    visitor = to_the_move(with_an_appointment(town))
    visitor.send()
    assert visitor.page.status_code == 422
    assert "Choose a time." in visitor.text
    visitor.send({"slot": "tomorrow"})
    assert visitor.page.status_code == 422
    assert town.leads()[0].appointments[0].state == "booked"


def test_a_time_that_has_gone_meanwhile_changes_nothing_and_others_are_shown(town: Town) -> None:
    visitor = to_the_move(with_an_appointment(town))
    [before] = town.leads()[0].appointments
    wanted = datetime.fromisoformat(slots(visitor)[-1])
    taken_by_the_rep(town, before.rep, wanted)
    visitor.send({"slot": wanted.isoformat()})
    assert visitor.page.status_code == 409
    assert "Nothing has changed" in visitor.text
    assert slots(visitor)
    assert wanted.isoformat() not in slots(visitor)
    assert town.leads()[0].appointments == (before,)


@pytest.mark.parametrize("when", NEVER)
def test_a_foreign_time_is_refused_and_nobody_was_faster(town: Town, when: str) -> None:
    visitor = to_the_move(with_an_appointment(town))
    page, wanted = visitor.address, never(when, visitor)
    visitor.send({"slot": wanted})
    assert visitor.page.status_code == 422
    assert town.leads()[0].appointments[0].state == "booked"
    for _asked_by in ("the form", "a link"):
        assert "This time cannot be booked. Choose another one." in visitor.text
        assert "has just gone" not in visitor.text
        assert slots(visitor)
        visitor.open(f"{page}?slot={quote(wanted)}")


def test_a_time_of_a_mail_that_has_passed_meanwhile_is_said_to_have_passed(town: Town) -> None:
    visitor = to_the_move(with_an_appointment(town))
    page, [before] = visitor.address, town.leads()[0].appointments
    passed = (before.starts_at - timedelta(weeks=2)).isoformat()
    visitor.send({"slot": passed})
    assert visitor.page.status_code == 422
    assert town.leads()[0].appointments == (before,)
    for _asked_by in ("the form", "a link"):
        assert "This time has passed. Choose another one." in visitor.text
        assert slots(visitor)
        visitor.open(f"{page}?slot={quote(passed)}")


def test_a_double_click_moves_once(town: Town) -> None:
    visitor = to_the_move(with_an_appointment(town))
    fields = {**visitor.form()["fields"], "slot": slots(visitor)[-1]}
    answers = [visitor.client.post(visitor.address, data=fields) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert town.leads()[0].appointments[0].sequence == 1


@pytest.mark.parametrize("before", [timedelta(hours=1), timedelta(hours=-3)])
def test_too_late_it_says_whom_to_call(town: Town, before: timedelta) -> None:
    visitor = with_an_appointment(town)
    page = visitor.address
    [own] = town.leads()[0].appointments
    visitor = to_the_move(visitor)
    fields = {**visitor.form()["fields"], "slot": slots(visitor)[-1]}
    town.move_clock(own.starts_at - before)
    answer = visitor.client.post(page + "/move", data=fields)
    assert answer.status_code == 409
    assert "too late to move it here" in answer.text
    assert "tel:" in answer.text
    assert town.leads()[0].appointments[0].state == "booked"
    visitor.open(page + "/move")
    assert ("too late" in visitor.text) == (before > timedelta(0)), "what is over shows its own page"


def test_a_tampered_token_moves_nothing(town: Town) -> None:
    visitor = with_an_appointment(town)
    token = visitor.address.split("/")[2]
    for bad in (token[::-1], token[:-1] + ("A" if token[-1] != "A" else "B")):
        assert visitor.open(f"/book/{bad}/appointment/move").status_code == 404


def test_with_another_rep_at_the_same_time_page_and_mail_say_who_takes_over_and_that_the_time_stays(town: Town) -> None:
    visitor = with_an_appointment(town)
    page = visitor.address
    town.work()
    [lead] = town.leads()
    [made] = lead.appointments
    other = next(rep for rep in town.published.company.company.reps if rep.id != made.rep)
    given = on.AppointmentMoved(
        lead_id=lead.id, occurred_at=town.now, appointment=made.id, starts_at=made.starts_at, ends_at=made.ends_at,
        by="hugo", rep=other.id,
    )  # fmt: skip
    record_events(town.house, [given])
    town.work()
    name = other.name
    visitor.open(page)
    assert f"With {name}; the time stays." in visitor.text
    assert "has moved" not in visitor.text
    mail = town.mails(LEA["email"])[-1]
    assert mail.subject.startswith(f"{name} takes over: ")
    assert f"{name} takes over, Léa; the time stays:" in mail.text
    assert "Moved" not in mail.subject + mail.text
    assert "Now " not in mail.text
