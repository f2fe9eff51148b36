"""The report on missed appointments: from the facts of a real house, for managers, as a page and as a file."""

import csv
import io
import re
from datetime import timedelta

import pytest

from funnel.domain.timing import zone_info
from funnel.usecases import addresses
from funnel.usecases.book_appointment import book_appointment, open_diary
from tests.web.conftest import Town
from tests.web.staff import CAMILLE, HUGO, booked, employed, lead_of, submitted, wait_until

PATH = "/desk/no-shows"


def test_an_empty_report_says_what_is_missing_and_is_for_managers(town: Town) -> None:
    assert employed(town).get(PATH).status_code == 403
    page = employed(town, HUGO).get(PATH).text
    assert "No appointment of this period is marked yet." in page
    assert "Download" not in page


@pytest.mark.parametrize(
    "asked, said",
    [
        ("from=2026-02-31&to=2026-03-01", "Write a day like 2027-03-16."),
        ("from=0001-01-01", "Write a day like 2027-03-16."),
        ("from=2026-03-02&to=soon", "Write a day like 2027-03-16."),
        ("from=2026-03-02&to=2026-03-01", "The last day lies before the first one."),
        ("to=2026-03-01", "Choose the first day too."),
        ("from=2199-01-01&to=2199-12-31", "This day is still to come."),
    ],
)
def test_days_that_make_no_period_are_told_beside_what_was_typed(town: Town, asked: str, said: str) -> None:
    manager = employed(town, HUGO)
    answer = manager.get(f"{PATH}?{asked}")
    assert answer.status_code == 422
    assert said in answer.text
    for typed in asked.split("&"):
        assert f'value="{typed.partition("=")[2]}"' in answer.text
    loaded = manager.get(f"{PATH}.csv?{asked}")
    assert (loaded.status_code, loaded.location) == (303, f"{PATH}?{asked}")


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
    due = sorted(one.starts_at.astimezone(zone_info("Europe/Paris")).date() for one in meetings)
    chosen = manager.get(f"{PATH}?from={due[0]}&to={due[0]}").text
    assert f"from {due[0]:%-d %B}" in chosen
    assert f"of {due.count(due[0])}<" in chosen, "only what was due on that day"
    assert f"{PATH}.csv?from={due[0]}&amp;to={due[0]}" in chosen
    assert (
        f"no-shows-{due[0]}-{due[0]}.csv"
        in manager.get(f"{PATH}.csv?from={due[0]}&to={due[0]}").headers["Content-Disposition"]
    )
    before = manager.get(f"{PATH}?from=2020-01-01&to=2020-12-31").text
    assert "No appointment of this period is marked yet." in before
    raw = manager.get(f"{PATH}.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(raw, newline="")))
    assert sum(int(row["Missed"]) for row in rows) == 2
    assert sum(int(row["Put back by the mail"]) for row in rows) == 1
    assert employed(town, CAMILLE).get(f"{PATH}.csv").status_code == 403
