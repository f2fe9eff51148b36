"""Outcomes from a table: looked at before they are taken, good lines marked, bad ones told with their number (S92)."""

import io
from datetime import timedelta

from tests.web.conftest import Town
from tests.web.staff import HUGO, booked, employed, lead_of, submitted, wait_until

PATH = "/desk/outcomes"


def test_s92_a_table_is_looked_at_first_and_then_taken(town: Town) -> None:
    lead_id = submitted(town)
    meeting = booked(town, lead_id)
    wait_until(town, meeting.ends_at + timedelta(minutes=1))
    assert employed(town).get(PATH).status_code == 403
    manager = employed(town, HUGO)
    manager.get(PATH)
    table = f"email;starts_at;outcome\nlea@ostrel.example;{meeting.starts_at.isoformat()};missed\nx@example.org;;held\n"
    looked = manager.post_file(PATH, file=(io.BytesIO(table.encode("utf-8-sig")), "march.csv"), do="look")
    assert looked.status_code == 200
    assert "nobody has the address x@example.org" in looked.text
    assert "line 3" in looked.text
    assert lead_of(town, lead_id).appointments[0].state == "booked", "looking changes nothing"
    manager.page = looked.text
    taken = manager.post(PATH, table=table, do="take")
    assert taken.status_code == 303
    assert "1 marked, 0 known already, 1 not taken." in manager.get(PATH).text
    assert lead_of(town, lead_id).appointments[0].state == "missed"
    again = manager.post(PATH, table=table, do="look")
    assert "This table marks nothing new." in again.text


def test_what_is_no_table_is_told_and_what_was_typed_stays(town: Town) -> None:
    manager = employed(town, HUGO)
    manager.get(PATH)
    assert "Choose a file" in manager.post(PATH).text
    refused = manager.post(PATH, table="Léa came, Tom did not", do="look")
    assert refused.status_code == 422
    assert "its first line must name" in refused.text
    assert "Léa came, Tom did not" in refused.text
    french = manager.client.post(
        f"{PATH}?lang=fr", data={"csrf_token": manager.token(), "table": "appointment,outcome\nneuf,held", "do": "look"}
    )
    assert "neuf n&#39;est pas un numéro de rendez-vous" in french.text
