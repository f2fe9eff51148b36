"""Fifty people press the same button at the same moment: one has the time, forty-nine are offered others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from funnel.storage import appointments
from funnel.usecases.addresses import booking_link
from funnel.usecases.book_appointment import book_appointment, open_diary
from funnel.usecases.errors import DatabaseAway
from funnel.usecases.house import House
from funnel.usecases.take_slot import SlotGone
from tests.support.home import COMPANY
from tests.support.place import Place

PEOPLE = 50
PROCESSES = 5
ONE_REP = COMPANY.replace("role: rep, team: consulting", "role: manager").replace(
    "role: manager", "role: rep, team: consulting", 1
)


def links_of(place: Place, ids: list[int]) -> list[str]:
    """Each one's own booking link, as her mail has it."""
    found = []
    with place.house.database.read() as connection:
        for lead_id in ids:
            lead = place.load(lead_id)
            enrolment = lead.enrolments[0]
            program = place.house.shelf.bundle(connection, enrolment.version).program
            link = booking_link(place.house, lead, enrolment, program, "call")
            found.append(link.rpartition("/")[2])
    return found


def test_fifty_bookings_of_one_time_give_one_appointment_and_forty_nine_other_offers(
    build_place: Callable[..., Place], database_url: str
) -> None:
    place = build_place(database_url, company=ONE_REP)
    ids = place.leads(PEOPLE)
    place.starts(ids)
    links = links_of(place, ids)
    houses = [place.other(f"web{n}") for n in range(PROCESSES)]
    wanted = open_diary(place.house, links[0]).slots[5].starts_at
    ready = Barrier(PEOPLE)

    def press(number: int) -> datetime | None:
        """Her button; pressed again where the page said that nothing could be saved just then. Her time, or none."""
        house = houses[number % PROCESSES]
        ready.wait()
        while True:
            try:
                done = book_appointment(house, links[number], wanted, "+33 6 12 34 56 78", once=f"page{number}")
            except DatabaseAway:
                continue
            except SlotGone:
                return None
            assert done is not None
            return done[0].starts_at

    with ThreadPoolExecutor(PEOPLE) as pool:
        answers = list(pool.map(press, range(PEOPLE)))
    assert sorted(answers, key=str) == [wanted, *[None] * (PEOPLE - 1)]
    with place.house.database.read() as connection:
        [row] = appointments.between(connection, ["camille"], wanted, wanted.replace(hour=23))
    winner = answers.index(wanted)
    assert row["lead_id"] == ids[winner]
    for number in range(PEOPLE):
        if number != winner:
            _is_offered_others(houses[number % PROCESSES], links[number], wanted)


def _is_offered_others(house: House, link: str, wanted: datetime) -> None:
    diary = open_diary(house, link)
    assert diary.booked is None
    assert diary.slots
    assert all(slot.starts_at >= wanted or slot.ends_at <= wanted for slot in diary.slots)
    assert wanted not in {slot.starts_at for slot in diary.slots}
