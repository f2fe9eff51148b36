"""What became of appointments, from a table: good lines count, bad ones are told, twice changes nothing (S92)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from funnel.domain import events as on
from funnel.usecases.erase_lead import erase_lead
from funnel.usecases.errors import Invalid
from funnel.usecases.import_outcomes import Imported, import_outcomes, judge_outcomes, mark_all
from funnel.usecases.merge_leads import merge_leads
from tests.support.databases import counted
from tests.support.home import HUGO
from tests.support.place import Place


def books(place: Place, lead_id: int, days: int = 1) -> int:
    """An appointment so many days from now, made on the desk; its number."""
    starts = (place.now + timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)
    return place.books(lead_id, starts, "camille", by="camille").id


def takes(place: Place, *lines: str) -> Imported:
    return import_outcomes(place.house, "\n".join(lines).encode(), "hugo")


def test_s92_by_number_or_by_address_and_time_and_twice_changes_nothing(place: Place) -> None:
    ana, ben = place.lead("ana@example.org"), place.lead("ben@example.org")
    first, second = books(place, ana), books(place, ben, 2)
    begins = place.load(ben).appointments[0].starts_at
    place.set(place.now + timedelta(days=3))
    lines = ("Appointment;E-mail;Outcome", f"{first};;held")
    assert takes(place, *lines) == Imported(1, 0, ())
    assert takes(place, "email,starts_at,outcome", f"BEN@example.org,{begins.isoformat()},missed").marked == 1
    assert [a.state for one in (ana, ben) for a in place.load(one).appointments] == ["held", "missed"]
    facts = place.sql("SELECT count(*) FROM facts")
    again = takes(place, "appointment,outcome", f"{first},held", "", f"{second},missed")
    assert again == Imported(0, 2, ())
    assert place.sql("SELECT count(*) FROM facts") == facts


def test_two_imports_of_one_file_at_the_same_moment_mark_once_and_say_so(place: Place) -> None:
    leads = [place.lead(f"{name}@example.org") for name in ("ana", "ben", "eve")]
    numbers = [books(place, lead, day) for day, lead in enumerate(leads, 1)]
    place.set(place.now + timedelta(days=4))
    content = "\n".join(["appointment,outcome", *(f"{number},held" for number in numbers)]).encode()
    judged = [judge_outcomes(place.house, content) for _twice in range(2)]
    assert [len(one.marks) for one in judged] == [3, 3], "neither has seen what the other marks"
    assert mark_all(place.house, judged[0], "hugo") == Imported(3, 0, ())
    assert mark_all(place.house, judged[1], "hugo") == Imported(0, 3, ())
    assert [place.load(lead).appointments[0].marks for lead in leads] == [1, 1, 1]


def test_what_is_cancelled_while_a_file_is_taken_is_told_by_its_line(lite: Place) -> None:
    ana = lite.lead("ana@example.org")
    number = books(lite, ana)
    lite.set(lite.now + timedelta(days=3))
    judged = judge_outcomes(lite.house, f"appointment,outcome\n{number},held".encode())
    lite.happens(on.AppointmentCancelled(lead_id=ana, occurred_at=lite.now, appointment=number))
    done = mark_all(lite.house, judged, "hugo")
    assert (done.marked, done.unchanged, [str(line) for line in done.bad]) == (
        0, 0, ["line 2: this appointment was cancelled"],
    )  # fmt: skip
    assert lite.load(ana).appointments[0].state == "cancelled"


def test_of_somebody_erased_nothing_is_marked_and_the_line_says_so_each_time(lite: Place) -> None:
    ana, ben = lite.lead("ana@example.org"), lite.lead("ben@example.org")
    open_one, known = books(lite, ana), books(lite, ben, 2)
    lite.set(lite.now + timedelta(days=3))
    lite.happens(on.AppointmentHeld(lead_id=ben, occurred_at=lite.now, appointment=known, by="camille"))
    file = f"appointment,outcome\n{open_one},held\n{known},held"
    judged = judge_outcomes(lite.house, file.encode())
    for lead in (ana, ben):
        erase_lead(lite.house, lead, "nadia")
    said = ["line 2: their details have been erased: nothing more is kept about this appointment"]
    for done in (mark_all(lite.house, judged, "hugo"), takes(lite, file), takes(lite, file)):
        assert (done.marked, done.unchanged, [str(line) for line in done.bad]) == (0, 1, said)
    assert [lite.load(lead).appointments[0].state for lead in (ana, ben)] == ["booked", "held"]


def test_each_bad_line_is_told_with_its_number_and_the_good_ones_are_taken(lite: Place) -> None:
    ana, ben, eve = (lite.lead(f"{name}@example.org") for name in ("ana", "ben", "eve"))
    past, cancelled = books(lite, ana), books(lite, ben, 2)
    ahead = books(lite, eve, 30)
    lite.happens(on.AppointmentCancelled(lead_id=ben, occurred_at=lite.now, appointment=cancelled))
    lite.set(lite.now + timedelta(days=3))
    done = takes(
        lite,
        "appointment,email,starts_at,outcome",
        "nine,,,held",
        "999999,,,held",
        f"{cancelled},,,held",
        f"{ahead},,,missed",
        f"{past},,,perhaps",
        ",nobody@example.org,2026-06-02 11:00,held",
        ",ana@example.org,yesterday,held",
        ",ana@example.org,2020-01-01 11:00,held",
        f"{past},,,missed",
        f"{past},,,held",
        "short",
    )
    assert [str(line) for line in done.bad] == [
        "line 2: nine is no number of an appointment",
        "line 3: there is no appointment 999999",
        "line 4: this appointment was cancelled",
        "line 5: this appointment has not begun yet",
        "line 6: the outcome is held or missed, not perhaps",
        "line 7: nobody has the address nobody@example.org",
        "line 8: yesterday is no time: write it like 2027-03-16 10:30, or 16/03/2027 10:30",
        "line 9: ana@example.org has no appointment then",
        "line 11: another line has marked this appointment",
        "line 12: short is no number of an appointment",
    ]
    assert (done.marked, lite.load(ana).appointments[0].state) == (1, "missed")


@pytest.mark.parametrize("booked", ["ana@work.example", "ana@home.example"])
@pytest.mark.parametrize("written", ["ana@work.example", "ana@home.example"])
def test_whoever_is_one_person_is_found_by_each_of_her_addresses(place: Place, booked: str, written: str) -> None:
    people = {address: place.lead(address) for address in ("ana@work.example", "ana@home.example")}
    books(place, people[booked])
    begins = place.load(people[booked]).appointments[0].starts_at
    merge_leads(place.house, HUGO, people["ana@work.example"], people["ana@home.example"], "hugo")
    place.set(place.now + timedelta(days=3))
    done = takes(place, "email,starts_at,outcome", f"{written},{begins.isoformat()},missed")
    assert done == Imported(1, 0, ())
    assert place.load(people[booked]).appointments[0].state == "missed"


@pytest.mark.parametrize(
    "written, state",
    [("Missed", "missed"), ("HELD", "held"), ("Tenu", "held"), ("a eu lieu", "held"), ("Manque\u0301", "missed")],
)
def test_an_outcome_is_read_as_the_pages_say_it_in_capitals_too(lite: Place, written: str, state: str) -> None:
    ana = lite.lead("ana@example.org")
    number = books(lite, ana)
    lite.set(lite.now + timedelta(days=3))
    assert takes(lite, "appointment;outcome", f"{number};{written}") == Imported(1, 0, ())
    assert lite.load(ana).appointments[0].state == state


@pytest.mark.parametrize("form", ["%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%-d/%-m/%Y %-H:%M"])
def test_a_time_is_read_as_a_french_spreadsheet_saves_it_the_day_first(lite: Place, form: str) -> None:
    ana = lite.lead("ana@example.org")
    books(lite, ana)
    begins = lite.load(ana).appointments[0].starts_at.astimezone(ZoneInfo("Europe/Paris"))
    lite.set(lite.now + timedelta(days=3))
    assert takes(lite, "email;starts_at;outcome", f"ana@example.org;{begins:{form}};held") == Imported(1, 0, ())
    (bad,) = takes(lite, "email;starts_at;outcome", f"ana@example.org;{begins:%m/%d/%Y %I:%M %p};held").bad
    assert "is no time" in str(bad), "not the month first"


def test_a_first_line_that_names_the_separator_is_no_heading_but_counts_as_a_line(lite: Place) -> None:
    number = books(lite, lite.lead("ana@example.org"))
    lite.set(lite.now + timedelta(days=3))
    done = takes(lite, "sep=;\r", "appointment;outcome;a,b,c", f"{number};held", "two;held")
    assert (done.marked, [str(line) for line in done.bad]) == (1, ["line 4: two is no number of an appointment"])


def test_a_quoted_cell_may_go_over_several_lines_and_numbers_are_those_of_the_file(lite: Place) -> None:
    done = takes(lite, '"outcome";"appointment";"note"', 'held;1;"came late', "", 'but came"', "", "perhaps;two;")
    assert [str(line) for line in done.bad] == [
        "line 2: there is no appointment 1",
        "line 6: two is no number of an appointment",
    ]


def test_many_lines_are_looked_up_at_once(place: Place) -> None:
    people = [place.lead(f"{name}@example.org") for name in "abc"]
    booked = [books(place, lead_id, day) for day, lead_id in enumerate(people, 1)]
    begins = place.load(people[2]).appointments[0].starts_at
    place.set(place.now + timedelta(days=5))
    lines = [f"{number},,,held" for number in booked[:2]] + [f",c@example.org,{begins.isoformat()},held"]

    def judged(*table: str) -> int:
        content = "\n".join(("appointment,email,starts_at,outcome", *table)).encode()
        with counted(place.house.database) as statements:
            assert len(judge_outcomes(place.house, content).marks) == len(table)
        return len(statements)

    assert judged(*lines) == judged(lines[2])


@pytest.mark.parametrize(
    "content, code",
    [
        (b"", "columns_missing"),
        (b"appointment\n3\n", "columns_missing"),
        (b"outcome,email\nheld,ana@example.org\n", "columns_missing"),
        ("appointment,outcome\n3,\u00e9".encode("latin-1"), "not_utf8"),
        (b"outcome,appointment\n" + b"x" * 2_000_001, "too_large"),
        (b"outcome,appointment\n" + b"held,1\n" * 10_001, "too_many_lines"),
        (b"outcome,appointment\nheld,\x00\n", "not_a_table"),
        (b"outcome,appointment\nheld," + b"1" * 200_000, "not_a_table"),
    ],
)
def test_what_is_no_such_table_is_refused_whole(lite: Place, content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        import_outcomes(lite.house, content, "hugo")
    assert refused.value.errors == {"file": code}
