"""Who asked to be called and has booked a time since need not be called any more (S134, S141)."""

from datetime import timedelta

import pytest

from funnel.domain import events as on
from funnel.usecases.desk import read_desk, read_lead
from funnel.usecases.merge_leads import merge_leads
from tests.support.home import HUGO, IDRIS, tunnel_of
from tests.support.place import MONDAY, Place

STEPS = """
sequence:
  - task: {call: call, within: 1 working day, text: {en: Asked to be called}}
  - task: {call: visit}
  - task: {call: call, list: call_list, text: {en: Was not there}}
    id: put_on_the_list
  - task: Send the brochure
"""


@pytest.fixture
def asked(place: Place) -> int:
    """The lead who asked to be called; other tasks about her stand on the desk too."""
    (place.home / "scenarios/tunnel.yaml").write_text(tunnel_of(STEPS))
    place.publish()
    lead_id = place.submits().lead_id
    place.drain()
    assert next(row["text"] for row in read_desk(place.house, IDRIS).tasks) == "Asked to be called"
    return lead_id


def test_her_booking_with_another_rep_closes_the_call_and_no_other_task(place: Place, asked: int) -> None:
    place.books(asked, MONDAY + timedelta(days=1), "camille")
    for user in (IDRIS, HUGO):
        desk = read_desk(place.house, user)
        assert sorted(row["text"] for row in desk.tasks) == ["A visit", "Send the brochure"]
        assert desk.to_call == 1, "the call list is about a missed appointment"


def test_her_history_says_that_the_booking_has_done_it(place: Place, asked: int) -> None:
    place.books(asked, MONDAY + timedelta(days=1), "camille")
    told = [(one.by, one.what) for one in read_lead(place.house, HUGO, asked, "en").history]
    assert ("lead", "Done by the booking: Asked to be called") in told


@pytest.mark.parametrize("way", ["asker goes", "asker stays", "both go"])
def test_her_booking_by_another_address_of_hers_closes_the_call_too(place: Place, asked: int, way: str) -> None:
    other, third, stranger = (place.submits(f"{one}@lund.example").lead_id for one in ("ana", "office", "eva"))
    stays = {"asker goes": other, "asker stays": asked, "both go": third}[way]
    for goes in {asked, other} - {stays}:
        merge_leads(place.house, HUGO, stays, goes, "hugo")
    place.drain()
    place.books(other, MONDAY + timedelta(days=1), "camille")
    ask = "SELECT lead_id FROM tasks WHERE call = 'call' AND list IS NULL AND done_at IS NULL"
    still = {lead_id for (lead_id,) in place.sql(ask)}
    assert not still & {asked, other, stays}
    assert stranger in still


def test_an_appointment_of_another_type_leaves_the_call_open(place: Place, asked: int) -> None:
    starts = MONDAY + timedelta(days=1)
    place.happens(
        on.SlotChosen(
            lead_id=asked, occurred_at=MONDAY, type="visit", starts_at=starts, ends_at=starts + timedelta(minutes=45),
            reps=("camille",),
        )
    )  # fmt: skip
    assert place.load(asked).appointments[-1].type == "visit"
    texts = sorted(row["text"] for row in read_desk(place.house, HUGO).tasks)
    assert texts == ["Asked to be called", "Send the brochure"]
