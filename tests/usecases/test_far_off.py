"""An appointment months ahead, beyond what its type offers: it is moved within its own weeks."""

from datetime import datetime, timedelta

import pytest

from funnel.domain.lead import Appointment
from funnel.usecases.addresses import appointment_link
from funnel.usecases.change_appointment import move_by_hand, open_change
from funnel.usecases.own_appointment import move_appointment, open_appointment, times_to_move_to
from funnel.usecases.take_slot import NeverASlot, SlotGone
from tests.support.home import CAMILLE
from tests.support.place import MONDAY, Place

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
    offered = [slot.starts_at for slot in times_to_move_to(lite.house, open_appointment(lite.house, own_link(lite, made)))]
    assert max(offered) < MONDAY + 10 * WEEK
