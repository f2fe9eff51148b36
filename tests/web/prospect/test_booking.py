"""Booking and cancelling: real free slots in her zone, one appointment however often it is clicked, two steps out."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from funnel.domain import events as on
from funnel.domain.timing import zone_info
from funnel.storage import events
from funnel.usecases.record_events import record_events
from tests.web.conftest import Town
from tests.web.prospect.visitor import LEA, Visitor, in_the_tunnel, private_link


def slots(visitor: Visitor) -> list[str]:
    """The times shown."""
    return re.findall(r'name="slot" value="([^"]+)"', visitor.page.text)


def to_the_diary(town: Town) -> Visitor:
    """A visitor who has just had her results and chooses a time: unproven."""
    visitor = in_the_tunnel(town)
    found = re.search(r'href="(/book/[^"]+)"', visitor.page.text)
    assert found
    visitor.open(found[1])
    return visitor


def by_mail(town: Town) -> Visitor:
    """A visitor who opens the diary from her private link: proven by booking."""
    in_the_tunnel(town)
    visitor = Visitor(town.app)
    visitor.open(private_link(town))
    visitor.open(next(part for part in visitor.page.text.split('"') if part.startswith("/book/")))
    return visitor


def test_s98_days_and_times_are_those_of_the_reps_in_her_zone(town: Town) -> None:
    visitor = to_the_diary(town)
    assert "Times as in Paris" in visitor.text
    first = datetime.fromisoformat(slots(visitor)[0])
    shown = re.search(r'name="slot".*?<span>([^<]+)</span>', visitor.page.text)
    assert shown
    visitor.open(visitor.address + "?zone=Asia/Tokyo")
    assert "Times as in Tokyo" in visitor.text
    there = datetime.fromisoformat(slots(visitor)[0])
    assert abs(there - first) < timedelta(days=2)
    visitor.open(visitor.address)
    assert "Times as in Tokyo" in visitor.text, "the choice stays"


def test_a_zone_or_day_that_does_not_exist_changes_nothing(town: Town) -> None:
    visitor = to_the_diary(town)
    before = slots(visitor)
    for question in ("?zone=Nowhere/Else", "?zone=../../etc/passwd", "?day=2026-13-41", "?day=x"):
        visitor.open(visitor.address + question)
        assert slots(visitor) == before


def test_another_day_shows_its_own_times(town: Town) -> None:
    visitor = to_the_diary(town)
    days = re.findall(r'class="day" href="([^"]+)"', visitor.page.text)
    visitor.open(days[-1])
    assert slots(visitor)[0][:10] in days[-1]


def test_booking_asks_an_unproven_browser_for_the_telephone_and_keeps_the_time(town: Town) -> None:
    visitor = to_the_diary(town)
    time = slots(visitor)[3]
    visitor.send({"slot": time, "phone": ""})
    assert visitor.page.status_code == 422
    assert "Tell us the number that we may call." in visitor.text
    assert f'value="{time}" checked' in visitor.page.text
    visitor.send({"phone": "not a number"})
    assert visitor.page.status_code == 422
    assert 'value="not a number"' in visitor.page.text
    visitor.send({"phone": "06 12 34 56 78"})
    assert "You chose" in visitor.text
    assert f"We have written to {LEA['email']}" in visitor.text
    assert len(town.leads()[0].appointments) == 1


def test_no_time_chosen_is_said(town: Town) -> None:
    visitor = to_the_diary(town)
    visitor.send({"phone": ""})
    assert visitor.page.status_code == 422
    assert "Choose a time." in visitor.text
    assert "Tell us the number that we may call." in visitor.text, "all that is missing, at once"
    visitor.send({"phone": "0612345678", "slot": "yesterday"})
    assert visitor.page.status_code == 422


def test_a_booking_hands_her_over_and_invites_both(town: Town) -> None:
    visitor = to_the_diary(town)
    visitor.send({"slot": slots(visitor)[0], "phone": "0612345678"})
    [lead] = town.leads()
    assert lead.stage == "qualified"
    assert lead.phone == "+33 6 12 34 56 78"
    assert lead.handoff
    assert lead.handoff.rep == lead.appointments[0].rep
    assert "Booked" in town.mails(LEA["email"])[-1].as_json()["subject"]


def test_the_entry_for_her_calendar_is_the_appointment_of_the_invitation(town: Town) -> None:
    visitor = by_mail(town)
    visitor.send({"slot": slots(visitor)[0], "phone": "0612345678"})
    [link] = set(re.findall(r'href="(/book/[^"]+\.ics)"', visitor.page.text))
    [entry] = icalendar.Calendar.from_ical(visitor.client.get(link).data).walk("VEVENT")
    mail = next(one for one in town.mails(LEA["email"]) if one.subject.startswith("Booked"))
    [sent] = [one.content for one in mail.attachments if one.content_type.startswith("text/calendar")]
    [invited] = icalendar.Calendar.from_ical(sent).walk("VEVENT")
    same = ("UID", "SEQUENCE", "DTSTART", "DTEND", "LOCATION")
    assert [entry[name] for name in same] == [invited[name] for name in same]
    assert entry["LOCATION"] == "+33 6 12 34 56 78"


def test_a_double_click_books_once_and_shows_the_same_page(town: Town) -> None:
    visitor = to_the_diary(town)
    fields = {**visitor.form()["fields"], "slot": slots(visitor)[0], "phone": "0612345678"}
    first = visitor.client.post(visitor.address, data=fields)
    again = visitor.client.post(visitor.address, data=fields)
    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    assert len(town.leads()[0].appointments) == 1
    town.work()
    assert sum("Booked" in mail.subject for mail in town.mails(LEA["email"])) == 1, "nor is she written to twice"


def test_another_time_pressed_in_another_window_is_said_to_be_not_booked(town: Town) -> None:
    first = by_mail(town)
    diary = first.address
    same, another = Visitor(town.app), Visitor(town.app)
    for window in (same, another):
        window.open(diary)
    hers, other = slots(first)[0], slots(first)[5]
    first.send({"slot": hers, "phone": "06 12 34 56 78"})
    same.send({"slot": hers, "phone": "06 12 34 56 78"})
    for window in (first, same):
        assert "It is in the diary." in window.text, "what she has booked she has, wherever she presses it"
    another.send({"slot": other, "phone": "06 12 34 56 78"})
    for _ in ("pressed", "opened by the link of a mail"):
        assert "It is in the diary." not in another.text
        assert "You have an appointment already." in another.text
        time = f"{in_paris(other):%H:%M}"
        assert re.search(rf"{time} on [\w ]+ was not booked: the one below stays, and you can move it", another.text)
        assert f"{in_paris(hers):%H:%M}" in another.text
        another.open(diary, query_string={"slot": other})
    another.open(diary, query_string={"slot": hers})
    assert "It is in the diary." in another.text
    assert len(town.leads()[0].appointments) == 1


def test_s98_a_time_that_has_just_gone_shows_others_and_keeps_the_telephone(town: Town) -> None:
    slow = to_the_diary(town)
    time = slots(slow)[0]
    for number in range(3):  # as many as there are reps
        fast = in_the_tunnel(town, {"email": f"fast{number}@ostrel.example"})
        found = re.search(r'href="(/book/[^"]+)"', fast.page.text)
        assert found
        fast.open(found[1])
        if time not in slots(fast):
            break
        fast.send({"slot": time, "phone": "0612345678"})
    slow.send({"slot": time, "phone": "07 11 22 33 44"})
    assert slow.page.status_code == 409
    assert "fast0" not in slow.text, "what fills the diary is nobody's business (S98)"
    assert "That time has just gone" in slow.text
    assert time not in slots(slow)
    assert slots(slow)
    assert 'value="07 11 22 33 44"' in slow.page.text


def test_a_stranger_with_her_address_learns_nothing_of_her_appointment(town: Town) -> None:
    visitor = to_the_diary(town)
    visitor.send({"slot": slots(visitor)[0], "phone": "0612345678"})
    stranger = to_the_diary(town)
    assert stranger.page.status_code == 200
    assert "12 34 56 78" not in stranger.page.text
    stranger.send({"slot": slots(stranger)[2], "phone": "0799999999"})
    assert stranger.page.status_code == 200
    assert "Camille" not in stranger.page.text
    [lead] = town.leads()
    assert len(lead.appointments) == 1
    assert lead.phone == "+33 6 12 34 56 78"


def test_whether_an_address_has_an_appointment_makes_no_difference_to_a_stranger(town: Town) -> None:
    def asks(email: str) -> tuple[int, str, str]:
        stranger = in_the_tunnel(town, {"email": email})
        found = re.search(r'href="(/book/[^"]+)"', stranger.page.text)
        assert found
        stranger.open(found[1])
        times = slots(stranger)
        fields = {**stranger.form()["fields"], "slot": times[-1], "phone": "0799999999"}
        gone = stranger.client.post(found[1], data={**fields, "slot": "2031-01-01T03:00:00+00:00"})
        answer = stranger.client.post(found[1], data=fields)
        stranger.open(answer.location)
        same = re.sub(r"/book/[\w-]+|" + re.escape(email), "*", stranger.page.text)
        return gone.status_code, str(answer.status_code) + answer.location.rpartition("?")[2], same

    busy = to_the_diary(town)
    busy.send({"slot": slots(busy)[0], "phone": "0612345678"})
    assert asks(LEA["email"]) == asks("nobody@ostrel.example")
    assert [len(lead.appointments) for lead in town.leads()] == [1, 1]


def test_who_asks_again_without_proof_is_written_to_once_a_day(town: Town) -> None:
    visitor = to_the_diary(town)
    visitor.send({"slot": slots(visitor)[0], "phone": "0612345678"})
    before = len(town.mails(LEA["email"]))
    for place in (2, 3, 2):
        again = to_the_diary(town)
        again.send({"slot": slots(again)[place], "phone": "0612345678"})
        assert "or is there already if you chose a time earlier today" in again.text
    subjects = [mail.as_json()["subject"] for mail in town.mails(LEA["email"])[before:]]
    assert len([subject for subject in subjects if "It stays" in subject]) == 1
    visitor.open(private_link(town, purpose="/book/"))
    assert "It is in the diary." in visitor.text, "the mail leads to the appointment itself"


def test_who_chooses_beside_an_appointment_that_nobody_can_keep_reads_that_and_not_that_it_stays(town: Town) -> None:
    visitor = to_the_diary(town)
    first, other = slots(visitor)[0], slots(visitor)[3]
    visitor.send({"slot": first, "phone": "0612345678"})
    [made] = town.leads()[0].appointments
    key = f"other_time/{made.id}/{made.starts_at:%Y%m%dT%H%M}/{town.now:%Y%m%d}/{made.sequence}"
    asked = on.OtherTimeAsked(lead_id=1, occurred_at=town.now, key=key, appointment=made.id, by="hugo")
    record_events(town.house, [asked])
    town.work()
    before = len(town.mails(LEA["email"]))
    again = to_the_diary(town)
    again.send({"slot": other, "phone": "0612345678"})
    mail = [one.as_json() for one in town.mails(LEA["email"])[before:]][-1]
    assert mail["subject"].startswith("Another time, please")
    assert f"{as_she_reads(datetime.fromisoformat(other))} was chosen since, and was not booked." in mail["text"]
    assert "See all free times" in mail["text"]


def test_the_mail_says_which_other_time_was_not_booked_and_the_page_does_not(town: Town) -> None:
    visitor = to_the_diary(town)
    first, other = slots(visitor)[0], slots(visitor)[3]
    visitor.send({"slot": first, "phone": "0612345678"})
    again = to_the_diary(town)
    again.send({"slot": other, "phone": "0612345678"})
    assert "not booked" not in again.text
    [*_, mail] = [mail.as_json() for mail in town.mails(LEA["email"])]
    stays, wanted = ((as_she_reads(datetime.fromisoformat(one))) for one in (first, other))
    assert mail["subject"].startswith("It stays: ")
    assert stays in mail["subject"]
    assert f"{wanted} was chosen too, and was not booked" in mail["text"]
    assert "Choose another time" in mail["text"]


def test_the_same_time_chosen_again_is_confirmed_and_not_said_to_be_refused(town: Town) -> None:
    visitor = to_the_diary(town)
    fields = {**visitor.form()["fields"], "phone": "0612345678", "slot": slots(visitor)[0]}
    visitor.client.post(visitor.address, data=fields)
    visitor.client.post(visitor.address, data={**fields, "once": "another window"})
    told = [mail.as_json() for mail in town.mails(LEA["email"])]
    assert not [mail for mail in told if "not booked" in mail["text"]]


def as_she_reads(at: datetime) -> str:
    """`09:30`, on the clock of Paris."""
    return f"{at.astimezone(zone_info('Europe/Paris')):%H:%M}"


def test_another_time_chosen_after_going_back_is_judged_by_itself(town: Town) -> None:
    visitor = to_the_diary(town)
    fields = {**visitor.form()["fields"], "phone": "0612345678"}
    first, other = slots(visitor)[:2]
    assert visitor.client.post(visitor.address, data={**fields, "slot": first}).status_code == 303
    mailed = Visitor(town.app)
    mailed.open(private_link(town, purpose="/book/") + "/cancel")
    mailed.send()
    assert town.leads()[0].appointments[0].state == "cancelled"
    diary = to_the_diary(town)
    assert diary.page.status_code == 200
    again = visitor.client.post(diary.address, data={**fields, "slot": other})
    assert again.status_code == 303, "the page's own number has been used for another time only"


@pytest.mark.parametrize("number", ["+33612345678\x00", "06 12\u202e34 56 78"])
def test_a_number_with_hidden_characters_is_refused_and_nothing_is_kept(town: Town, number: str) -> None:
    in_the_tunnel(town, {"phone": "0612345678"})
    stranger = to_the_diary(town)
    stranger.send({"slot": slots(stranger)[0], "phone": number})
    assert stranger.page.status_code == 422
    assert town.leads()[0].appointments == ()


def test_only_the_number_itself_of_an_unproven_browser_reaches_the_history(town: Town) -> None:
    in_the_tunnel(town, {"phone": "0612345678"})
    stranger = to_the_diary(town)
    stranger.send({"slot": slots(stranger)[0], "phone": "07.99.99.99.99"})
    with town.house.database.read() as connection:
        told = [row["payload"] for row in events.of_lead(connection, town.leads()[0].id) if row["kind"] == "SlotChosen"]
    assert [one["phone"] for one in told] == ["+33 7 99 99 99 99"]


def test_a_time_at_the_calendars_edge_is_no_time(town: Town) -> None:
    visitor = to_the_diary(town)
    visitor.send({"slot": "0001-01-01T00:00:00+14:00", "phone": "0612345678"})
    assert visitor.page.status_code == 422
    assert "Choose a time." in visitor.text


def test_the_diary_says_until_when_she_may_cancel(town: Town) -> None:
    assert "You can cancel until 2 hours before it begins." in to_the_diary(town).text


def test_a_strangers_booking_page_does_not_show_her_stored_number(town: Town) -> None:
    in_the_tunnel(town, {"phone": "0612345678"})
    stranger = to_the_diary(town)
    assert 'name="phone"' in stranger.page.text, "asked, as if none were known"
    stranger.send({"slot": slots(stranger)[0], "phone": "0799999999"})
    assert "12 34 56 78" not in stranger.page.text
    assert town.leads()[0].phone == "+33 6 12 34 56 78"


def test_who_comes_by_her_own_link_is_known_and_proven_by_booking(town: Town) -> None:
    visitor = by_mail(town)
    visitor.send({"slot": slots(visitor)[0], "phone": "0612345678"})
    assert "We call you on +33 6 12 34 56 78" in visitor.text
    assert town.leads()[0].email_proven
    visitor.open(visitor.address.replace("/appointment", ""))
    assert visitor.page.status_code == 404, "an appointment's token books nothing"


def test_the_booking_link_of_who_has_booked_leads_to_her_appointment(town: Town) -> None:
    visitor = by_mail(town)
    diary = visitor.address
    visitor.send({"slot": slots(visitor)[0], "phone": "0612345678"})
    visitor.open(diary)
    assert visitor.address.endswith("/appointment")


def test_the_calendar_file_says_the_same_in_utc(town: Town) -> None:
    visitor = by_mail(town)
    time = slots(visitor)[0]
    visitor.send({"slot": time, "phone": "0612345678"})
    answer = visitor.client.get(visitor.address + ".ics")
    assert answer.content_type.startswith("text/calendar; method=PUBLISH")
    event = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")[0]
    assert event.decoded("dtstart") == datetime.fromisoformat(time)
    assert b"lea.martin" not in answer.data


def test_cancelling_takes_two_steps_and_only_the_post_does_it(town: Town) -> None:
    visitor = by_mail(town)
    visitor.send({"slot": slots(visitor)[0], "phone": "0612345678"})
    page = visitor.address
    visitor.open(page + "/cancel")
    assert town.leads()[0].appointments[0].state == "booked"
    visitor.send()
    assert visitor.address == page
    assert "Your appointment is cancelled." in visitor.text
    assert town.leads()[0].appointments[0].state == "cancelled"
    visitor.open(page + "/cancel")
    assert "Your appointment is cancelled." in visitor.text, "already cancelled, and it says so"
    again = re.search(r'<a class="button[^"]*" href="(/book/[^"]+)"', visitor.page.text)
    assert again
    visitor.open(again[1])
    assert slots(visitor)


@pytest.mark.parametrize("before", [timedelta(hours=1), timedelta(hours=-3)])
def test_cancelling_too_late_says_whom_to_call(town: Town, before: timedelta) -> None:
    visitor = by_mail(town)
    time = datetime.fromisoformat(slots(visitor)[0])
    visitor.send({"slot": time.isoformat(), "phone": "0612345678"})
    page = visitor.address
    visitor.open(page + "/cancel")
    town.move_clock(time - before)
    visitor.send()
    assert visitor.page.status_code == 409
    assert "too late to cancel" in visitor.text
    assert town.leads()[0].appointments[0].state == "booked"
    visitor.open(page)
    assert ("This appointment is over." in visitor.text) == (before < timedelta(0))


def test_without_the_database_the_choice_is_kept(town: Town) -> None:
    visitor = by_mail(town)
    time = slots(visitor)[0]
    with town.without_database():
        visitor.send({"slot": time, "phone": "0612345678"})
        assert visitor.page.status_code == 503
        assert "0612345678" in visitor.page.text
    visitor.send()
    assert "It is in the diary." in visitor.text


def test_a_second_click_on_a_time_that_somebody_else_got_is_not_said_to_be_written_about(town: Town) -> None:
    """Her first click came when the time was still shown and lost the race for it."""
    loser = to_the_diary(town)
    time = slots(loser)[-1]
    fields = {**loser.form()["fields"], "slot": time, "phone": "0612345678"}
    for number in range(9):
        other = in_the_tunnel(town, {"email": f"other{number}@ostrel.example"})
        offer = re.search(r'href="(/book/[^"]+)"', other.page.text)
        assert offer
        other.open(f"{offer[1]}?day={time[:10]}")
        if time not in slots(other):
            break
        other.send({"slot": time, "phone": "0612345678"})
    with town.house.database.write() as connection:
        key = f"book/{fields['once'][0]}/{datetime.fromisoformat(time).astimezone(UTC):%Y%m%dT%H%M%S}"
        connection.execute(events.intake_keys.insert().values(key=key, recorded_at=datetime.now(UTC)))
    assert loser.client.post(loser.address, data=fields).status_code == 409


def on_day(first: datetime, day: int, hour: int, minute: int) -> datetime:
    """An hour of the first free time's week, Monday being 0."""
    return (first + timedelta(days=day - first.weekday())).replace(hour=hour, minute=minute)


NEVER: dict[str, Callable[[datetime], datetime]] = {
    "far ahead": lambda first: first.replace(year=2099),
    "years ahead, at night": lambda first: first.replace(year=2031, hour=2),
    "in two years": lambda first: first + timedelta(weeks=104),
    "in the night from Saturday": lambda first: on_day(first, 6, 3, 0),
    "a minute late on Monday": lambda first: on_day(first, 7, 14, 1),
}
"""Times that stand in nobody's diary, as a form may name them all the same, by the first one that is free."""


def never(when: str, visitor: Visitor) -> str:
    """One of them, for the diary that she looks at."""
    return NEVER[when](in_paris(slots(visitor)[0])).isoformat()


def in_paris(slot: str) -> datetime:
    """A time of a page, as the company's clocks show it."""
    return datetime.fromisoformat(slot).astimezone(zone_info("Europe/Paris"))


def test_a_time_that_has_passed_is_said_to_have_passed(town: Town) -> None:
    visitor = to_the_diary(town)
    passed = datetime.fromisoformat(slots(visitor)[0]) - timedelta(weeks=2)
    answer = visitor.send({"slot": passed.isoformat(), "phone": "+33 6 12 34 56 78"}, ending=visitor.address)
    assert answer.status_code == 422
    assert "This time has passed. Choose another one." in visitor.text
    assert not town.leads()[0].appointments


@pytest.mark.parametrize("when", NEVER)
def test_a_time_that_never_was_is_not_said_to_be_somebody_elses(town: Town, when: str) -> None:
    visitor = to_the_diary(town)
    answer = visitor.send({"slot": never(when, visitor), "phone": "+33 6 12 34 56 78"}, ending=visitor.address)
    assert answer.status_code == 422
    assert "This time cannot be booked. Choose another one." in visitor.text
    assert "has just gone" not in visitor.text
    assert not town.leads()[0].appointments
