"""The call list: who stands on it and for whom, what came of a call, a time agreed on, and the list as a file."""

import csv
import io
import re
from datetime import datetime, timedelta
from html import unescape

import pytest

from funnel.domain import events as on
from funnel.domain.lead import Appointment
from funnel.domain.timing import zone_info
from funnel.usecases.record_events import record_events
from tests.web.conftest import Town
from tests.web.staff import (
    CAMILLE,
    HUGO,
    IDRIS,
    SOLENE,
    Staff,
    booked,
    employed,
    hidden,
    lead_of,
    submitted,
    wait_until,
)
from tests.web.test_desk import gives_task

PATH = "/desk/call-list"


def to_be_called(town: Town, **fields: str) -> tuple[int, Appointment]:
    """She missed her appointment and took none of the times in the mails."""
    lead_id = submitted(town, **fields)
    meeting = booked(town, lead_id)
    wait_until(town, meeting.ends_at + timedelta(minutes=1))
    manager = employed(town, HUGO)
    manager.get("/desk?who=team")
    assert manager.post(f"/desk/appointments/{meeting.id}/missed").status_code == 303
    wait_until(town, meeting.ends_at + timedelta(days=8))
    return lead_id, meeting


def rep_of(meeting: Appointment) -> str:
    return {"camille": CAMILLE, "idris": IDRIS}[meeting.rep]


def the_call(staff: Staff) -> str:
    page = staff.get(PATH).text
    return page.partition('action="/desk/call-list/')[2].partition("/called")[0]


def agree(call: str) -> str:
    """Where a time is agreed on in a call."""
    return f"/diary/new?call={call}"


def test_an_empty_list_says_who_comes_onto_it(town: Town) -> None:
    page = employed(town).get(PATH).text
    assert "Nobody is to be called about a missed appointment." in page
    assert "Download" not in page


def test_an_empty_list_leads_to_those_who_asked_for_a_call(town: Town) -> None:
    lead_id = submitted(town)
    gives_task(town, lead_id, text="", call="results_call", rep="camille")
    page = employed(town).get(PATH).text
    assert '<a href="/desk">1 other call stands on the desk.</a>' in page
    gives_task(town, lead_id, id="x", text="", call="results_call", rep="idris")
    assert "1 other call stands" in employed(town).get(PATH).text, "a rep is told of her own"
    assert '<a href="/desk">2 other calls stand on the desk.</a>' in employed(town, HUGO).get(PATH).text


def test_s96_the_list_tells_whom_to_call_about_what_and_only_those_who_may_know(town: Town) -> None:
    lead_id, meeting = to_be_called(town, name="=cmd|' /C calc'!A0")
    town.work()
    staff = employed(town, rep_of(meeting))
    page = staff.get(PATH).text
    assert 'href="tel:+33612345678"' in page
    assert "Missed: Your results by telephone" in page
    assert "Sent since:" in page
    other = next(one for one in (CAMILLE, IDRIS) if one != rep_of(meeting))
    assert "Nobody is to be called about a missed appointment." in employed(town, other).get(PATH).text
    for email in (HUGO, SOLENE):
        assert f"/desk/leads/{lead_id}" in employed(town, email).get(PATH).text
    raw = staff.get(PATH + ".csv")
    assert raw.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in raw.headers["Content-Disposition"]
    assert raw.data.startswith(b"\xef\xbb\xbf")
    assert raw.data.endswith(b"\r\n")
    (row,) = csv.DictReader(io.StringIO(raw.data.decode("utf-8-sig"), newline=""))
    assert row["Name"].startswith("'="), "no spreadsheet works it out"
    assert row["Telephone"] == "+33 6 12 34 56 78", "a dialler reads it"
    assert row["Missed in a row"] == "1"
    assert row["Sent since"].count("(") == 2
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00", row["When"]), "as a program reads it"
    assert datetime.fromisoformat(row["When"]) == meeting.starts_at
    assert datetime.fromisoformat(row["Due"]).utcoffset()
    for sent in re.findall(r"\((.*?)\)", row["Sent since"]):
        assert datetime.fromisoformat(sent) > meeting.starts_at
    french = staff.get(PATH + ".csv?lang=fr").data.decode("utf-8-sig")
    assert french.startswith("Échéance;Nom;"), "as a French Excel expects it"


def test_s95_s96_called_again_given_up_or_put_back_and_nobody_calls_twice(town: Town) -> None:
    lead_id, meeting = to_be_called(town)
    staff = employed(town, rep_of(meeting))
    call = the_call(staff)
    refused = staff.post(f"{PATH}/{call}/called", outcome="perhaps", note="Sounded busy")
    assert refused.status_code == 422
    assert "Sounded busy" in refused.text
    for _double_click in range(2):
        noted = staff.post(f"{PATH}/{call}/called", outcome="not_reached", note="Voice mail", tries="0")
        assert noted.status_code == 303
    page = staff.get(PATH).text
    assert "Called 1 time, last" in page
    assert "Voice mail" in page
    assert f'href="{agree(call)}"' in page
    assert f'href="{agree(call)}"' in staff.get(f"/desk/leads/{lead_id}").text
    times = staff.get(agree(call))
    assert times.status_code == 200, times.text
    assert "Missed: Your results by telephone" in times.text
    assert "“Voice mail”" in times.text
    action = f"/diary/new/{lead_id}"
    carried = hidden(staff, action)
    assert (carried["who"], carried["type"]) == (meeting.rep, meeting.type)
    lacking = staff.post(action, **carried)
    assert lacking.status_code == 422
    assert "“Voice mail”" in lacking.text, "it is still about the call"
    slot = times.text.partition('name="slot" value="')[2].partition('"')[0]
    for _double_click in range(2):
        done = staff.post(action, **carried, slot=slot)
        assert (done.status_code, done.headers["Location"]) == (303, PATH)
    assert "Nobody is to be called about a missed appointment." in staff.get(PATH).text
    again = lead_of(town, lead_id).appointments[-1]
    assert (again.replaces, again.rep, again.state) == (meeting.id, meeting.rep, "booked")
    staff.get("/desk")
    staff.post(f"{PATH}/{call}/called", outcome="gave_up")
    assert "Somebody has ticked off this call already." in staff.get(PATH).text
    assert staff.get(agree(call)).headers["Location"] == PATH
    assert "Somebody has ticked off this call already." in staff.get(PATH).text
    history = staff.get(f"/desk/leads/{lead_id}").text
    assert "nobody answered: “Voice mail”" in history


def test_a_time_for_something_else_ends_the_call_too(town: Town) -> None:
    lead_id, meeting = to_be_called(town)
    staff = employed(town, rep_of(meeting))
    other = next(url for url in re.findall(r'href="(/diary/new\?[^"]+)"', staff.get(agree(the_call(staff))).text)
                 if "type=improvement_plan" in url)  # fmt: skip
    times = staff.get(unescape(other)).text
    slot = times.partition('name="slot" value="')[2].partition('"')[0]
    action = f"/diary/new/{lead_id}"
    assert staff.post(action, **hidden(staff, action), slot=slot).headers["Location"] == PATH
    made = lead_of(town, lead_id).appointments[-1]
    assert (made.type, made.replaces, made.state) == ("improvement_plan", None, "booked")
    assert "Nobody is to be called about a missed appointment." in staff.get(PATH).text


def test_a_colleagues_call_is_not_for_a_rep_and_an_unknown_one_is_not_there(town: Town) -> None:
    _, meeting = to_be_called(town)
    call = the_call(employed(town, rep_of(meeting)))
    other = employed(town, next(one for one in (CAMILLE, IDRIS) if one != rep_of(meeting)))
    assert other.post(f"{PATH}/{call}/called", outcome="gave_up").status_code == 403
    assert other.get(agree(call)).status_code == 403
    assert other.get(agree("nobody")).status_code == 404


@pytest.mark.parametrize("who", [HUGO])
def test_giving_up_takes_her_off_the_list(town: Town, who: str) -> None:
    to_be_called(town)
    staff = employed(town, who)
    call = the_call(staff)
    staff.post(f"{PATH}/{call}/called", outcome="gave_up", note="Wants none")
    assert "is off the list." in staff.get(PATH).text
    assert "Nobody is to be called about a missed appointment." in staff.page


def test_the_list_tells_what_her_clock_shows_where_it_is_another(town: Town) -> None:
    lead_id, _meeting = to_be_called(town)
    manager = employed(town, HUGO)
    assert " there" not in manager.get(PATH).text
    moved = on.DetailsChanged(lead_id=lead_id, occurred_at=town.now, fields={"zone": "Asia/Tokyo"})
    record_events(town.house, [moved])
    assert f"{town.now.astimezone(zone_info('Asia/Tokyo')):%H:%M} there" in manager.get(PATH).text
