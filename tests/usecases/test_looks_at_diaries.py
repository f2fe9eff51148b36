"""However often it is looked for times to propose, what is kept and booked in the diaries is read once."""

import re
from collections.abc import Callable
from datetime import timedelta

from funnel.domain import events as on
from funnel.storage import events
from tests.support.databases import counted
from tests.support.home import COMPANY
from tests.support.place import MONDAY, Place

ONE_A_WEEK = re.sub(r"availability: {.*?}", 'availability: {mon: ["08:00-08:30"]}', COMPANY).replace(
    "buffer_after: 10}", "buffer_after: 10, daily_maximum: 3}"
)
"""Of one meeting a week nothing is kept for anybody: 30 per cent of it are none."""


def test_four_looks_in_vain_read_what_is_kept_and_what_the_days_have_once(
    build_place: Callable[..., Place], sqlite_url: str
) -> None:
    place = build_place(sqlite_url, company=ONE_A_WEEK)
    ana = place.lead()
    lost = place.books(ana, MONDAY + timedelta(days=7), "camille")
    (given,) = place.load(ana).handoffs
    now = place.now
    place.happens(on.HandoffReturned(lead_id=ana, occurred_at=now, handoff=given.id, by="camille", reason="later"))
    with counted(place.house.database) as statements:
        place.happens(on.OtherTimeAsked(lead_id=ana, occurred_at=now, appointment=lost.id, by="hugo"))
    with place.house.database.read() as connection:
        [held] = events.newest_of(connection, ana, on.SlotsHeld, 1)
    assert isinstance(held, on.SlotsHeld)
    assert held.starts == (), "each look was in vain"
    of_reps = [one for one in statements if "rep IN (?" in one]
    of_both, of_one = (sum(f"rep IN ({those})" in one for one in of_reps) for those in ("?, ?", "?"))
    assert of_both == 1 + 1 + 2, "their order, what is kept, what their days have: appointments and what is kept"
    assert of_one == 2 * 2 * 4, "the free times of each rep, from the day of the lost one on and from now on"
    assert len(of_reps) == of_both + of_one
