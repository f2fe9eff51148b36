"""The report on missed appointments: from the facts of a real house, for managers, as a page and as a file."""

import csv
import io
import re
from datetime import timedelta

from funnel.usecases import addresses
from funnel.usecases.book_appointment import book_appointment, open_diary
from tests.web.conftest import Town
from tests.web.staff import CAMILLE, HUGO, booked, employed, lead_of, submitted, wait_until

PATH = "/desk/no-shows"


def test_an_empty_report_says_what_is_missing_and_is_for_managers(town: Town) -> None:
    assert employed(town).get(PATH).status_code == 403
    page = employed(town, HUGO).get(PATH).text
    assert "No appointment of these weeks is marked yet." in page
    assert "Download" not in page


def by_the_mails_link(town: Town, lead_id: int) -> None:
    """She books one of the times behind the link of the mail about the missed appointment."""
    lead = lead_of(town, lead_id)
    (enrolment,) = [one for one in lead.enrolments if one.scenario == "no_show"]
    with town.house.database.read() as connection:
        program = town.house.shelf.bundle(connection, enrolment.version).program
    link = addresses.booking_link(town.house, lead, enrolment, program, "same").rpartition("/")[2]
    slot = open_diary(town.house, link).slots[0]
    assert book_appointment(town.house, link, slot.starts_at, "+33 6 12 34 56 78", "Europe/Paris", "again")


def test_s92_s95_s97_the_report_counts_what_was_marked_and_what_came_back(town: Town) -> None:
    people = [submitted(town, f"Lead {n}", f"lead{n}@ostrel.example") for n in range(3)]
    meetings = [booked(town, lead_id) for lead_id in people]
    wait_until(town, max(one.ends_at for one in meetings) + timedelta(minutes=1))
    manager = employed(town, HUGO)
    manager.get("/desk?who=team")
    for meeting, word in zip(meetings, ("missed", "missed", "held"), strict=True):
        assert manager.post(f"/desk/appointments/{meeting.id}/{word}").status_code == 303
    by_the_mails_link(town, people[0])
    assert lead_of(town, people[0]).appointments[-1].replaces == meetings[0].id
    page = manager.get(f"{PATH}?weeks=13").text
    assert "66%" in page or "67%" in page
    assert "the mail has put 50% of them back" in page
    assert "1 put back by the mail × 6 min" in page
    assert "0.1 hours × €45.00 = €4.50" in page, "the shipped company says what an hour costs"
    words = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "To contact again 2 a week" in words, "it is the first week of this house"
    raw = manager.get(f"{PATH}.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(raw, newline="")))
    assert sum(int(row["Missed"]) for row in rows) == 2
    assert sum(int(row["Put back by the mail"]) for row in rows) == 1
    assert employed(town, CAMILLE).get(f"{PATH}.csv").status_code == 403
