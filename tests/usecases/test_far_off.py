"""An appointment months ahead, beyond what its type offers: it is moved within its own weeks, and what takes its place
lies there too."""

from datetime import datetime, timedelta

import pytest

from funnel.domain.lead import Appointment
from funnel.storage import holds
from funnel.usecases.addresses import appointment_link
from funnel.usecases.change_appointment import move_by_hand, open_change
from funnel.usecases.own_appointment import move_appointment, open_appointment, times_to_move_to
from funnel.usecases.reassign import Given, give_away
from funnel.usecases.take_slot import NeverASlot, SlotGone
from tests.support.home import CAMILLE, COMPANY, HUGO
from tests.support.place import MONDAY, Place
from tests.usecases.test_publish_scenarios import saved, without

THURSDAY = MONDAY + timedelta(weeks=16, days=3)
FRIDAY = THURSDAY + timedelta(days=1)
WEEK = timedelta(weeks=1)


def far_off(place: Place) -> Appointment:
    """A call that was agreed on for a Thursday four months ahead."""
    made = place.books(place.submits().lead_id, THURSDAY, "camille")
    place.drain()
    return made


def own_link(place: Place, made: Appointment) -> str:
    """What her mail's link says of it."""
    return appointment_link(place.house, place.load(1), made.id).partition("/book/")[2].partition("/")[0]


def test_she_moves_it_to_the_next_day_and_the_next_weeks_from_now_are_offered_as_ever(lite: Place) -> None:
    link = own_link(lite, far_off(lite))
    offered = [slot.starts_at for slot in times_to_move_to(lite.house, open_appointment(lite.house, link))]
    assert offered == sorted(set(offered))
    assert {FRIDAY, THURSDAY - timedelta(days=1)} <= set(offered)
    assert THURSDAY not in offered
    assert min(offered) < MONDAY + WEEK
    assert max(offered) < THURSDAY + 3 * WEEK
    assert not [at for at in offered if MONDAY + 10 * WEEK < at < THURSDAY - 3 * WEEK], "not the months between"
    assert move_appointment(lite.house, link, FRIDAY).appointment.starts_at == FRIDAY


def test_her_rep_moves_it_to_the_next_day(lite: Place) -> None:
    made = far_off(lite)
    offered = [slot.starts_at for slot in open_change(lite.house, CAMILLE, made.id).slots]
    assert FRIDAY in offered
    moved = move_by_hand(lite.house, CAMILLE, made.id, "camille", FRIDAY, "A strike")
    assert (moved.starts_at, moved.rep) == (FRIDAY, "camille")


@pytest.mark.parametrize(
    "at, said",
    [
        (FRIDAY, SlotGone),
        (FRIDAY.replace(hour=2), NeverASlot),
        (THURSDAY - 6 * WEEK, NeverASlot),
        (THURSDAY + 6 * WEEK, NeverASlot),
    ],
)
def test_a_time_that_has_gone_there_is_told_apart_from_one_that_never_was(
    lite: Place, at: datetime, said: type[Exception]
) -> None:
    made = far_off(lite)
    lite.books(lite.submits("bea@example.org").lead_id, FRIDAY, "camille")
    for moves in (
        lambda: move_appointment(lite.house, own_link(lite, made), at),
        lambda: move_by_hand(lite.house, CAMILLE, made.id, "camille", at, "A strike"),
    ):
        with pytest.raises(SlotGone) as told:
            moves()
        assert type(told.value) is said


def test_what_lies_within_the_horizon_is_moved_as_ever(lite: Place) -> None:
    made = lite.books(lite.submits().lead_id, MONDAY + timedelta(days=2), "camille")
    lite.drain()
    slots = times_to_move_to(lite.house, open_appointment(lite.house, own_link(lite, made)))
    offered = [slot.starts_at for slot in slots]
    assert max(offered) < MONDAY + 10 * WEEK


def proposed(place: Place) -> list[datetime]:
    """What is kept for her after her rep has gone, and nobody is free at her time."""
    [made] = place.load(1).appointments
    at, other = made.starts_at, place.submits("bea@example.org").lead_id
    place.books(other, at, "idris")
    saved(place, without(COMPANY, "id: camille"))
    assert give_away(place.house, HUGO, None) == Given(given=0, asked=1)
    place.drain()
    with place.house.database.read() as connection:
        kept = holds.kept_for(connection, 1, "call", ["camille", "idris"], place.now)
    link = own_link(place, made)
    offered = [slot.starts_at for slot in times_to_move_to(place.house, open_appointment(place.house, link))]
    assert {one.starts_at for one in kept} <= set(offered), "she can choose each of them"
    return [one.starts_at for one in kept]


def test_who_loses_a_time_months_ahead_is_proposed_others_from_that_day_on(lite: Place) -> None:
    far_off(lite)
    found = proposed(lite)
    assert [at.date() for at in found] == [(THURSDAY + timedelta(days=ahead)).date() for ahead in (0, 1, 4)]


def test_who_loses_a_time_of_today_is_proposed_nothing_before_the_notice(lite: Place) -> None:
    lite.books(lite.submits().lead_id, MONDAY + timedelta(hours=3), "camille")
    lite.drain()
    found = proposed(lite)
    assert len(found) == 3
    assert MONDAY + timedelta(hours=4) <= min(found) < MONDAY + timedelta(hours=10), "the same day, if it can be"
    assert max(found) < MONDAY + WEEK
