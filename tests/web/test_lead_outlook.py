"""What lies ahead of a lead, on her page: a mail that will propose a time, times that a mail keeps."""

import re
from datetime import timedelta

from sqlalchemy import select

from funnel.domain import events as on
from funnel.domain.timing import local_time
from funnel.storage import holds
from funnel.usecases.record_events import record_events
from tests.web.conftest import Town
from tests.web.staff import HUGO, booked, employed, submitted, wait_until


def test_her_page_names_the_mail_that_will_propose_an_appointment_and_promises_none_where_none_will(town: Town) -> None:
    lead_id = submitted(town)
    staff = employed(town, HUGO)
    page = staff.get(f"/desk/leads/{lead_id}").text
    (mail,) = re.findall("The mail “(.+?)” proposes one, in 2 days", page)
    assert mail in page.partition('id="h-next"')[2].partition("</section>")[0], "and stands under what is sent next"
    record_events(town.house, [on.Unsubscribed(lead_id=lead_id, occurred_at=town.now, page="/u")]).insist()
    assert "proposes one" not in staff.get(f"/desk/leads/{lead_id}").text


def test_times_that_a_mail_keeps_for_her_stand_on_her_page_until_when(town: Town) -> None:
    lead_id = submitted(town)
    meeting = booked(town, lead_id)
    staff = employed(town, HUGO)
    wait_until(town, meeting.ends_at + timedelta(minutes=5))
    assert "kept until" not in staff.get(f"/desk/leads/{lead_id}").text
    staff.post(f"/desk/appointments/{meeting.id}/missed")
    wait_until(town, meeting.ends_at + timedelta(minutes=10))
    page = staff.get(f"/desk/leads/{lead_id}").text
    assert "3 times are proposed by mail and kept until an answer comes." in page
    with town.house.database.read() as connection:
        kept = [row.starts_at for row in connection.execute(select(holds.holds.c.starts_at))]
    assert len(kept) == 3
    for at in kept:
        local = local_time(at, "Europe/Paris")
        assert f"<b>{local:%a} {local.day} {local:%B, %H:%M}</b>" in page
