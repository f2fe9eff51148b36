"""What a colleague keeps for her stays with that colleague, whatever she presses and whoever is back by then."""

from datetime import timedelta

import pytest

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.storage import holds
from funnel.usecases.book_appointment import book_appointment, open_diary
from funnel.usecases.change_appointment import cancel_by_hand, move_by_hand, open_change
from funnel.usecases.desk import read_desk
from funnel.usecases.errors import Conflict, Invalid
from funnel.usecases.mark_outcome import mark_appointment, read_outcome
from funnel.usecases.own_appointment import move_appointment, times_to_move_to
from funnel.usecases.read_diary import read_diaries
from funnel.usecases.reassign import Given, give_away
from funnel.usecases.set_appointment import set_appointment
from tests.support.home import COMPANY, HUGO, TUNNEL, write_home
from tests.support.place import MONDAY, Place
from tests.usecases.conftest import Builder
from tests.usecases.test_history import lines
from tests.usecases.test_other_times import ANA, asked_instead, away, booking_of, kept, link_of, page
from tests.usecases.test_publish_scenarios import saved, without
from tests.usecases.test_reassign import HALF_AN_HOUR, STARTS, books, left_behind, reminders

AWAY_FOR_LONG = away("2027-06-08", "2027-08-09")


def test_a_mistyped_telephone_loses_nothing_that_a_colleague_keeps_for_her(place: Place) -> None:
    lead_id = place.submits(ANA).lead_id
    place.books(lead_id, MONDAY + timedelta(hours=2), "camille")
    place.set(MONDAY + timedelta(hours=3))
    starts = [STARTS + timedelta(hours=hours) for hours in (0, 1, 24)]
    until = place.now + timedelta(hours=48)
    wanted = [do.HoldSlot("call", at, at + HALF_AN_HOUR, ("idris",), until, 0, 10) for at in starts]
    with place.house.database.write() as connection:
        holds.hold_all(connection, lead_id, "a mail while she was away", wanted, place.now)
    link = booking_of(place, lead_id)
    free = {one.starts_at: one.reps for one in open_diary(place.house, link).slots}
    assert free[STARTS] == ("camille", "idris"), "her own rep is free then too"
    with pytest.raises(Invalid):
        book_appointment(place.house, link, STARTS, "12")
    assert [(one.rep, one.starts_at, one.until) for one in kept(place)] == [("idris", at, until) for at in starts]
    found = book_appointment(place.house, link, STARTS, "+33612345678")
    assert found
    assert (found[0].rep, found[0].starts_at) == ("idris", STARTS)


def test_who_moves_to_a_time_that_a_colleague_keeps_for_her_meets_that_colleague(place: Place) -> None:
    made = asked_instead(place, without(COMPANY, "id: camille"))
    (first, *_others) = kept(place)
    saved(place, COMPANY)
    free = {one.starts_at: one.reps for one in times_to_move_to(place.house, page(place, made))}
    assert free[first.starts_at] == ("camille", "idris"), "both are free then"
    for _pressed_twice in range(2):
        moved = move_appointment(place.house, link_of(place, made), first.starts_at).appointment
        assert (moved.rep, moved.starts_at, moved.sequence) == ("idris", first.starts_at, 1)


def test_who_kept_hers_after_all_is_asked_anew_when_it_falls_through_on_the_same_day(place: Place) -> None:
    made = asked_instead(place, away("2027-06-09", "2027-06-09"))
    saved(place, COMPANY)
    move_appointment(place.house, link_of(place, made), STARTS)
    place.drain()
    saved(place, away("2027-06-09", "2027-06-09"))
    place.set(place.now + timedelta(hours=2))
    assert left_behind(place) == [made.id]
    for _pressed_twice in range(2):
        assert give_away(place.house, HUGO, [made.id]) == Given(given=0, asked=1)
    place.drain()
    asked = [row["state"] for row in place.rows(1) if row["message"] == "house/appointment_other_time"]
    assert asked == ["sent", "sent"], "one mail each time, however often the button is pressed"
    assert page(place, made).asked
    assert [one.rep for one in kept(place)] == ["camille"] * 3
    place.set(STARTS - HALF_AN_HOUR)
    place.drain()
    assert reminders(place)[1] == "skipped", "nobody is there then"


def test_what_a_colleague_keeps_over_the_time_that_she_has_stays_hers_once_her_own_rep_is_back(place: Place) -> None:
    made = books(place)
    place.books(place.submits("bea@example.org").lead_id, STARTS - timedelta(minutes=25), "idris")
    saved(place, away("2027-06-09", "2027-06-09"))
    assert give_away(place.house, HUGO, [made.id]) == Given(given=0, asked=1)
    quarter = STARTS + timedelta(minutes=15)
    wanted = do.HoldSlot("call", quarter, quarter + HALF_AN_HOUR, ("idris",), place.now + timedelta(hours=48), 0, 10)
    with place.house.database.write() as connection:
        holds.hold_all(connection, 1, "the mail that asked", [wanted], place.now)
    for company in (away("2027-06-09", "2027-06-09"), COMPANY):
        saved(place, company)
        free = {one.starts_at: one.reps for one in times_to_move_to(place.house, page(place, made))}
        assert free[quarter] == ("idris",), "with Camille it is no other time"
    moved = move_appointment(place.house, link_of(place, made), quarter).appointment
    assert (moved.rep, moved.starts_at) == ("idris", quarter)


def test_who_was_asked_keeps_hers_to_the_last_once_its_rep_is_back(place: Place) -> None:
    place.set(STARTS - timedelta(hours=6))
    made = asked_instead(place, away("2027-06-09", "2027-06-09"))
    place.set(STARTS - timedelta(hours=3))
    assert STARTS not in {one.starts_at for one in times_to_move_to(place.house, page(place, made))}, "nobody is there"
    saved(place, COMPANY)
    free = {one.starts_at: one.reps for one in times_to_move_to(place.house, page(place, made))}
    assert free[STARTS] == ("camille",), "she had booked it in time: the notice of four hours is about new ones"
    assert min(free) == STARTS, "nothing else within the notice"
    stays = move_appointment(place.house, link_of(place, made), STARTS).appointment
    assert (stays.rep, stays.starts_at, stays.sequence) == ("camille", STARTS, 1)


def test_where_her_own_rep_has_no_other_time_at_all_the_move_page_offers_those_of_the_team(lite: Place) -> None:
    lead_id = lite.submits(ANA).lead_id
    made = lite.books(lead_id, STARTS + timedelta(hours=5), "camille")
    saved(lite, away("2027-06-10", "2027-07-20"))
    lite.set(made.starts_at - timedelta(hours=3, minutes=30))
    free = times_to_move_to(lite.house, page(lite, made))
    assert {one.reps for one in free} == {("idris",)}
    moved = move_appointment(lite.house, link_of(lite, made), free[0].starts_at).appointment
    assert (moved.id, moved.rep, moved.starts_at) == (made.id, "idris", free[0].starts_at)


def absent(company: str, who: str, first: str, last: str) -> str:
    """The company's file, with somebody of it away for so long."""
    line = next(one for one in company.splitlines() if f"id: {who}," in one)
    return company.replace(line, line.replace("role: rep,", f"role: rep, absences: [{{from: {first}, to: {last}}}],"))


def test_where_who_kept_times_is_away_by_now_she_chooses_among_those_of_whoever_is_there(
    build_place: Builder, sqlite_url: str
) -> None:
    line = next(one for one in COMPANY.splitlines() if "id: idris," in one)
    three = COMPANY.replace(line, f"{line}\n{line.replace('idris', 'jo').replace('Idris', 'Jo')}")
    place = build_place(sqlite_url, None, three)
    made = books(place)
    books(place, "bea@example.org", "idris")
    books(place, "cem@example.org", "jo")
    without_camille = absent(three, "camille", "2027-06-09", "2027-07-20")
    saved(place, without_camille)
    assert give_away(place.house, HUGO, [made.id]) == Given(given=0, asked=1)
    (keeps,) = {one.rep for one in kept(place, "jo")}
    other = {"idris": "jo", "jo": "idris"}[keeps]
    saved(place, absent(without_camille, keeps, "2027-06-07", "2027-07-20"))
    free = times_to_move_to(place.house, page(place, made))
    assert {rep for one in free for rep in one.reps} == {other, "camille"}
    assert {one.reps for one in free if one.starts_at >= STARTS} == {(other,)}


def test_what_two_keep_after_all_at_the_same_moment_is_kept_once(place: Place) -> None:
    made = asked_instead(place, away("2027-06-09", "2027-06-09"))
    saved(place, COMPANY)
    for by in ("hugo", "lead"):  # both have read it as it was
        chosen = on.SlotChosen(
            lead_id=1,
            occurred_at=place.now,
            type="call",
            starts_at=STARTS,
            ends_at=made.ends_at,
            reps=("camille",),
            by=by,
            moves=made.id,
            asked=True,
            seen=made.sequence,
        )
        place.happens(chosen)
    place.drain()
    (stays,) = place.load(1).appointments
    assert (stays.rep, stays.starts_at, stays.sequence) == ("camille", STARTS, 1)
    assert sum(row["message"] == "house/appointment_moved" for row in place.rows(1)) == 1


def test_in_place_of_what_nobody_could_keep_staff_give_her_one_new_appointment_and_not_two(lite: Place) -> None:
    lite.set(STARTS - timedelta(hours=3))
    made = asked_instead(lite, away("2027-06-09", "2027-06-09"))
    lite.set(made.ends_at + timedelta(minutes=1))
    lite.drain()
    assert open_change(lite.house, HUGO, made.id).open
    later = STARTS + timedelta(days=2)
    new = set_appointment(lite.house, HUGO, 1, "call", "idris", later, "+33612345678")
    old = open_change(lite.house, HUGO, made.id, "idris")
    assert (old.open, old.asked, old.slots) == (False, False, [])
    with pytest.raises(Conflict):
        move_by_hand(lite.house, HUGO, made.id, "idris", STARTS + timedelta(days=1), "no more")
    shown = read_outcome(lite.house, HUGO, made.id)
    assert (shown.asked, shown.to_choose) == (True, False), "nobody missed it, and there is nothing to move or cancel"
    with pytest.raises(Conflict, match="newer appointment"):
        mark_appointment(lite.house, HUGO, made.id, held=False)
    week = read_diaries(lite.house, HUGO, None, MONDAY, MONDAY + timedelta(days=7)).meetings
    assert {row["id"]: row["changeable"] for row in week}[made.id] is False
    cancel_by_hand(lite.house, HUGO, new.id, "Idris is ill")
    assert left_behind(lite) == [made.id], "she is to choose again, and is not forgotten"
    assert (page(lite, made).asked, page(lite, made).may_move) == (True, True)
    assert open_change(lite.house, HUGO, made.id).open
    assert read_outcome(lite.house, HUGO, made.id).to_choose


VISITS = """
scenario: visits
title: {en: Visits}
on: start
sequence:
  - book: {appointment: visit, after: 3 days}
  - end: done
"""


@pytest.mark.parametrize("company, whose, tasks", [(COMPANY, ["camille"], 0), (AWAY_FOR_LONG, [], 1)])
def test_a_scenario_that_asks_nobody_blocks_a_time_of_her_own_rep_or_none(
    build_place: Builder, sqlite_url: str, company: str, whose: list[str], tasks: int
) -> None:
    place = build_place(sqlite_url, {"tunnel": TUNNEL, "visits": VISITS})
    lead_id = place.submits(ANA).lead_id
    place.books(lead_id, MONDAY + timedelta(hours=2), "camille")
    write_home(place.home, {"tunnel": TUNNEL, "visits": VISITS}, company)
    place.publish()
    place.starts([lead_id], "visits")
    place.drain()
    assert [one.rep for one in place.load(lead_id).appointments if one.type == "visit"] == whose
    assert len(read_desk(place.house, HUGO).tasks) == tasks, "it says that there is no time"


def test_the_history_says_that_a_colleague_has_kept_it_after_all_and_not_that_it_was_given_away(lite: Place) -> None:
    made = asked_instead(lite, away("2027-06-09", "2027-06-09"))
    saved(lite, COMPANY)
    move_by_hand(lite.house, HUGO, made.id, "camille", STARTS, "well again")
    assert "Kept by hugo after all: Wed 9 June, 12:00, with Camille: well again" in lines(lite, 1)
    assert [one for one in lines(lite, 1) if one.startswith("Given to")] == []
