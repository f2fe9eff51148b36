"""The times that are proposed and kept in place of one that nobody can keep, and the page on which she chooses."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from funnel.domain import effects as do
from funnel.domain.lead import Appointment
from funnel.storage import holds
from funnel.storage.holds import Hold
from funnel.usecases.addresses import appointment_link, booking_link, own_page_link
from funnel.usecases.book_appointment import book_appointment, open_diary
from funnel.usecases.change_appointment import cancel_by_hand, move_by_hand
from funnel.usecases.desk import read_desk, read_lead
from funnel.usecases.errors import Conflict
from funnel.usecases.import_outcomes import judge_outcomes
from funnel.usecases.mark_outcome import mark_appointment, read_outcome
from funnel.usecases.own_appointment import OwnAppointment, move_appointment, open_appointment, times_to_move_to
from funnel.usecases.own_page import read_own_page
from funnel.usecases.read_diary import read_diaries
from funnel.usecases.reassign import Given, give_away
from funnel.usecases.set_appointment import set_appointment
from tests.support.home import COMPANY, HUGO, TUNNEL, write_home
from tests.support.invitations import event_of
from tests.support.place import MONDAY, Place
from tests.usecases.conftest import Builder
from tests.usecases.test_corrected_marks import MISSED
from tests.usecases.test_publish_scenarios import saved, without
from tests.usecases.test_reassign import HALF_AN_HOUR, STARTS, books, last_to, left_behind, reminders

ANA = "ana@example.org"
LINK = '<a href="{{ links.cancel }}/move">See all free times</a> '
TIMES = '{% for time in slots %}<a href="{{ time.url }}">{{ time.when }}</a> {% endfor %}'


def away(first: str, last: str) -> str:
    """The company's file, with Camille away for so long."""
    line = next(one for one in COMPANY.splitlines() if "id: camille" in one)
    return COMPANY.replace(line, line.replace("role: rep,", f"role: rep, absences: [{{from: {first}, to: {last}}}],"))


def proposing(place: Place) -> None:
    """The mail that asks for another time names the times, and leads to all of them."""
    body = place.home / "email_templates/house/appointment_other_time/body.en.mjml"
    body.write_text(body.read_text().replace("Hello", TIMES + LINK + "Hello"))
    place.publish()


def asked_instead(place: Place, company: str) -> Appointment:
    """Ana was to meet Camille, who cannot be there as the file says now, and Idris meets Bea then: Ana is asked."""
    made = books(place)
    books(place, "bea@example.org", "idris")
    saved(place, company)
    proposing(place)
    assert give_away(place.house, HUGO, [made.id]) == Given(given=0, asked=1)
    place.drain()
    return made


def kept(place: Place, *others: str) -> list[Hold]:
    """What is kept for Ana."""
    with place.house.database.read() as connection:
        return holds.kept_for(connection, 1, "call", ["camille", "idris", *others], place.now)


def named(place: Place) -> list[datetime]:
    """The times that her newest mail names."""
    found = re.findall(r"/appointment/move\?slot=(\w+)", last_to(place, ANA).html)
    return [datetime.strptime(one, "%Y%m%dT%H%MZ").replace(tzinfo=UTC) for one in found]


def link_of(place: Place, made: Appointment) -> str:
    """What stands in the address of her appointment."""
    return appointment_link(place.house, place.load(1), made.id).rpartition("/book/")[2].partition("/")[0]


def booking_of(place: Place, lead_id: int) -> str:
    """What stands in the address at which she books."""
    lead, program = place.load(lead_id), place.published.newest["tunnel"].program
    return booking_link(place.house, lead, lead.enrolments[0], program, "call").rpartition("/book/")[2]


def page(place: Place, made: Appointment) -> OwnAppointment:
    """Her appointment, as its own link opens it."""
    return open_appointment(place.house, link_of(place, made))


def test_who_is_away_beyond_the_horizon_is_covered_by_the_team_and_its_times_are_kept(place: Place) -> None:
    made = asked_instead(place, away("2027-06-09", "2027-07-09"))
    assert {one.rep for one in kept(place)} == {"idris"}
    assert named(place) == [one.starts_at for one in kept(place)]
    assert len(named(place)) == 3
    assert min(named(place)) >= STARTS.replace(hour=0), "of that day or a later one, not one of hers before it"
    place.set(made.ends_at + timedelta(days=1))
    place.drain()
    assert left_behind(place) == [made.id]
    assert give_away(place.house, HUGO, None) == Given(given=0, asked=1)
    place.drain()
    again = last_to(place, ANA)
    assert '/appointment/move"' in again.html, "a link to all of them, though hers is over"
    assert len(named(place)) == 3
    assert set(named(place)) <= {one.starts_at for one in times_to_move_to(place.house, page(place, made))}


def test_where_her_own_rep_has_no_time_at_all_a_booking_page_offers_those_of_the_team(lite: Place) -> None:
    lead_id = lite.submits(ANA).lead_id
    lite.books(lead_id, MONDAY + timedelta(hours=2), "camille")
    lite.set(MONDAY + timedelta(days=1))
    link = booking_of(lite, lead_id)

    def offered() -> set[str]:
        return {rep for slot in open_diary(lite.house, link).slots for rep in slot.reps}

    assert offered() == {"camille"}
    saved(lite, away("2027-06-08", "2027-07-09"))
    assert offered() == {"idris"}
    saved(lite, away("2027-06-08", "2027-06-14"))
    assert offered() == {"camille"}, "she is back within the horizon"


def test_a_colleagues_time_that_overlaps_the_one_she_has_can_be_had_and_so_can_the_very_same(place: Place) -> None:
    made = books(place)
    bea = place.submits("bea@example.org").lead_id
    other = place.books(bea, STARTS - timedelta(minutes=25), "idris")
    quarter = STARTS + timedelta(minutes=15)
    offered = {one.starts_at for one in times_to_move_to(place.house, page(place, made))}
    assert not {STARTS - timedelta(minutes=15), STARTS, quarter} & offered, "with Camille it is no other time"
    saved(place, without(COMPANY, "id: camille"))
    proposing(place)
    assert give_away(place.house, HUGO, [made.id]) == Given(given=0, asked=1)
    place.drain()
    assert quarter in {one.starts_at for one in times_to_move_to(place.house, page(place, made))}
    moved = move_appointment(place.house, link_of(place, made), quarter).appointment
    assert (moved.id, moved.rep, moved.starts_at) == (made.id, "idris", quarter)
    assert place.load(bea).appointments == (other,)


def test_the_very_time_that_she_had_is_hers_with_a_colleague_who_is_free_by_now(lite: Place) -> None:
    made = asked_instead(lite, without(COMPANY, "id: camille"))
    cancel_by_hand(lite.house, HUGO, lite.load(2).appointments[0].id, "Idris has time for Ana")
    for _pressed_twice in range(2):
        taken = move_appointment(lite.house, link_of(lite, made), STARTS).appointment
        assert (taken.rep, taken.starts_at, taken.sequence) == ("idris", STARTS, 1)
    assert left_behind(lite) == []


def test_who_has_a_new_appointment_is_not_asked_again_for_the_old_one(place: Place) -> None:
    place.set(STARTS - timedelta(hours=3))
    made = asked_instead(place, away("2027-06-09", "2027-06-09"))
    place.set(made.ends_at + timedelta(minutes=1))
    place.drain()
    assert left_behind(place) == [made.id]
    assert page(place, made).ahead
    later = STARTS + timedelta(days=2)
    new = set_appointment(place.house, HUGO, 1, "call", "idris", later, "+33612345678")
    assert (left_behind(place), read_desk(place.house, HUGO).left_behind) == ([], 0)
    with pytest.raises(Conflict):
        give_away(place.house, HUGO, None)
    old = page(place, made)
    assert (old.asked, old.ahead, old.may_move) == (False, False, False), "what she has is the new one"
    assert page(place, new).may_move
    with pytest.raises(Conflict, match="was asked for"):
        mark_appointment(place.house, HUGO, made.id, held=False)
    judged = judge_outcomes(place.house, f"appointment,outcome\n{made.id},missed\n".encode())
    assert ["newer appointment" in str(line.why) for line in judged.bad] == [True]
    assert made.id not in [row["id"] for row in read_desk(place.house, HUGO).appointments], "nobody missed it"


BLOCKS = """
scenario: blocks
title: {en: Regular calls}
on: start
sequence:
  - book: {appointment: call, after: 7 days}
  - end: done
"""


@pytest.mark.parametrize("before", [True, False])
def test_a_later_one_that_stood_when_she_was_asked_or_that_a_scenario_has_blocked_is_none_that_she_has_chosen(
    build_place: Builder, sqlite_url: str, *, before: bool
) -> None:
    place = build_place(sqlite_url, {"tunnel": TUNNEL, "blocks": BLOCKS})
    place.set(STARTS - timedelta(hours=3))
    made = books(place)
    books(place, "bea@example.org", "idris")
    if before:
        place.starts([1], "blocks")
    write_home(place.home, {"tunnel": TUNNEL, "blocks": BLOCKS}, away("2027-06-09", "2027-06-09"))
    proposing(place)
    assert give_away(place.house, HUGO, [made.id]) == Given(given=0, asked=1)
    if not before:
        place.starts([1], "blocks")
    place.drain()
    assert [one.id > made.id for one in place.load(1).appointments] == [False, True]
    for at in (made.starts_at - timedelta(hours=1), made.ends_at + timedelta(minutes=1)):
        place.set(at)
        place.drain()
        assert left_behind(place) == [made.id]
        assert read_desk(place.house, HUGO).left_behind == 1
        own = page(place, made)
        assert (own.asked, own.ahead, own.may_move, own.may_cancel) == (True, True, True, True)
        assert read_lead(place.house, HUGO, 1, "en").to_choose == {made.id}
        hers = own_page_link(place.house, place.load(1)).rpartition("/")[2]
        assert read_own_page(place.house, hers, str).unchosen == {made.id}
    assert read_outcome(place.house, HUGO, made.id).to_choose
    week = read_diaries(place.house, HUGO, None, MONDAY, MONDAY + timedelta(days=7)).meetings
    assert {row["id"]: row["changeable"] for row in week}[made.id]
    other = times_to_move_to(place.house, page(place, made))[0]
    move_appointment(place.house, link_of(place, made), other.starts_at)
    assert left_behind(place) == []


def test_what_a_colleague_keeps_for_her_stays_hers_once_her_own_rep_is_back(place: Place) -> None:
    made = asked_instead(place, without(COMPANY, "id: camille"))
    times = kept(place)
    assert {one.rep for one in times} == {"idris"}
    saved(place, COMPANY)
    free = {one.starts_at: one.reps for one in times_to_move_to(place.house, page(place, made))}
    assert [free[one.starts_at] for one in times] == [("camille", "idris")] * 3
    place.books(place.submits("cem@example.org").lead_id, times[0].starts_at, "camille")
    free = {one.starts_at: one.reps for one in times_to_move_to(place.house, page(place, made))}
    assert free[times[0].starts_at] == ("idris",), "Camille meets somebody else then, and Idris keeps it"
    moved = move_appointment(place.house, link_of(place, made), times[0].starts_at).appointment
    assert (moved.rep, moved.starts_at) == ("idris", times[0].starts_at)


def test_what_a_colleague_keeps_for_her_can_be_booked_though_her_own_rep_has_times(place: Place) -> None:
    lead_id = place.submits(ANA).lead_id
    place.books(lead_id, MONDAY + timedelta(hours=2), "camille")
    place.set(MONDAY + timedelta(hours=3))
    wanted = do.HoldSlot("call", STARTS, STARTS + HALF_AN_HOUR, ("idris",), place.now + timedelta(hours=48), 0, 10)
    with place.house.database.write() as connection:
        holds.hold_all(connection, lead_id, "a mail while she was away", [wanted], place.now)
    place.books(place.submits("cem@example.org").lead_id, STARTS, "camille")
    link = booking_of(place, lead_id)
    free = {one.starts_at: one.reps for one in open_diary(place.house, link).slots}
    assert (free[STARTS], free[STARTS + timedelta(hours=1)]) == (("idris",), ("camille",))
    found = book_appointment(place.house, link, STARTS, "+33612345678")
    assert found
    assert (found[0].rep, found[0].starts_at) == ("idris", STARTS)


@pytest.mark.parametrize("chosen_by", ["lead", "staff"])
def test_a_rep_who_is_there_again_keeps_the_time_when_it_is_chosen_anew(place: Place, chosen_by: str) -> None:
    made = asked_instead(place, away("2027-06-09", "2027-06-09"))
    assert STARTS not in {one.starts_at for one in times_to_move_to(place.house, page(place, made))}
    saved(place, COMPANY)
    assert page(place, made).asked, "she was told that Camille cannot be there: nobody but she, or we, can take it back"
    for _pressed_twice in range(2):
        if chosen_by == "lead":
            stays = move_appointment(place.house, link_of(place, made), STARTS).appointment
        else:
            stays = move_by_hand(place.house, HUGO, made.id, "camille", STARTS, "Camille is well again")
        assert (stays.id, stays.rep, stays.starts_at, stays.state) == (made.id, "camille", STARTS, "booked")
        assert stays.sequence == 1
    assert not page(place, made).asked
    place.drain()
    for whose in (ANA, "camille@verdanne.example"):
        event = event_of(last_to(place, whose))
        assert (str(event["x-method"]), event.decoded("dtstart"), event.decoded("sequence")) == ("REQUEST", STARTS, 1)
    assert [row["data"]["kept"] for row in place.rows(1) if "appointment_moved" in row["message"]] == ["yes", "yes"]
    place.set(STARTS - HALF_AN_HOUR)
    place.drain()
    assert reminders(place)[1] == "sent", "she is reminded of it again"
    place.set(made.ends_at + timedelta(minutes=1))
    place.drain()
    assert left_behind(place) == []
    mark_appointment(place.house, HUGO, made.id, held=False)
    assert place.load(1).appointments[0].state == "missed"


def test_a_time_that_nobody_was_asked_to_change_is_no_other_one(lite: Place) -> None:
    made = books(lite)
    assert STARTS not in {one.starts_at for one in times_to_move_to(lite.house, page(lite, made))}
    assert move_appointment(lite.house, link_of(lite, made), STARTS).appointment == made
    assert move_by_hand(lite.house, HUGO, made.id, "camille", STARTS, "No reason") == made


def test_nobody_is_asked_how_it_went_where_nobody_could_be_there(place: Place) -> None:
    made = asked_instead(place, away("2027-06-09", "2027-06-09"))
    other = place.books(place.submits("cem@example.org").lead_id, STARTS - timedelta(days=1), "camille")
    place.set(made.ends_at + timedelta(minutes=1))
    place.drain()
    found = read_outcome(place.house, HUGO, other.id)
    assert ([row["id"] for row in found.others], found.asked) == ([], False), "Camille has no other without an outcome"
    own = read_outcome(place.house, HUGO, made.id)
    assert ([row["id"] for row in own.others], own.asked) == ([other.id], True)


def test_the_mail_after_a_no_show_keeps_times_of_the_team_where_her_own_rep_is_away_for_long(
    build_place: Builder, sqlite_url: str
) -> None:
    place = build_place(sqlite_url, {"tunnel": TUNNEL, "missed": MISSED})
    lead_id = place.submits(ANA).lead_id
    made = place.books(lead_id, MONDAY + timedelta(hours=1), "camille")
    write_home(place.home, {"tunnel": TUNNEL, "missed": MISSED}, away("2027-06-08", "2027-07-09"))
    [body] = (place.home / "email_templates/missed").glob("*/body.en.mjml")
    body.write_text(body.read_text().replace("Hello", "{% if slots %}Kept by {{ slots[0].rep }}.{% endif %} Hello"))
    place.publish()
    place.set(MONDAY + timedelta(days=1))
    mark_appointment(place.house, HUGO, made.id, held=False)
    assert place.load(lead_id).handoff
    assert [one.rep for one in kept(place)] == ["idris"] * 3
    assert {one.starts_at for one in kept(place)} <= {
        one.starts_at for one in open_diary(place.house, booking_of(place, lead_id)).slots
    }
    place.drain()
    assert "Kept by Idris." in place.sent()[-1].text, "the mail says whose times they are"
