"""A mark that is corrected ends what the wrong one had begun, and nothing of what the right one begins (S92, S93)."""

from datetime import timedelta

from funnel.domain import events as on
from funnel.storage import holds
from tests.support.home import TUNNEL
from tests.support.place import MONDAY, Place
from tests.usecases.conftest import Builder

AFTER_HELD = """
scenario: after_held
title: {en: After a call}
on: appointment.held
sequence:
  - wait: 9 days
  - end: done
"""

MISSED = """
scenario: missed
title: {en: Missed}
on: appointment.missed
sequence:
  - email: results
    propose: {appointment: same, slots: 3}
  - await: appointment.booked
    within: 3 days
    otherwise: []
"""


def kept(place: Place, lead_id: int) -> int:
    """How many times are kept for her."""
    with place.house.database.read() as connection:
        return len(holds.kept_for(connection, lead_id, "call", ["camille", "idris"], place.now))


def test_s93_held_corrected_to_missed_keeps_the_times_of_the_new_mail(sqlite_url: str, build_place: Builder) -> None:
    place = build_place(sqlite_url, {"tunnel": TUNNEL, "after_held": AFTER_HELD, "missed": MISSED})
    lead_id = place.submits().lead_id
    starts = MONDAY + timedelta(hours=1)
    made = place.books(lead_id, starts, "camille")
    place.set(MONDAY + timedelta(hours=3))
    place.happens(on.AppointmentHeld(lead_id=lead_id, occurred_at=place.now, appointment=made.id, by="camille"))
    assert kept(place, lead_id) == 0
    place.happens(on.AppointmentMissed(lead_id=lead_id, occurred_at=place.now, appointment=made.id, by="camille"))
    ended = {one.scenario: one.ended_because for one in place.load(lead_id).enrolments}
    assert ended["after_held"] == "mark_corrected"
    assert kept(place, lead_id) == 3
    place.happens(on.AppointmentHeld(lead_id=lead_id, occurred_at=place.now, appointment=made.id, by="camille"))
    assert kept(place, lead_id) == 0, "held after all: nobody waits for them"
