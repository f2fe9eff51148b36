"""The times that a mail names: at hours when she is awake, and the city whose clock shows them."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from funnel.domain.timing import local_time
from funnel.storage import holds
from tests.support.home import COMPANY, TUNNEL
from tests.support.place import MONDAY, Place

THREE = TUNNEL.replace("propose: {appointment: call}", "propose: {appointment: call, slots: 3}")
TIMES = '{% for one in slots %}<a href="{{ one.url }}">{{ one.when }}</a> {% endfor %}{{ slots[0].city }} time'


def proposed(place: Place, zone: str) -> tuple[list[datetime], str]:
    """The times of the mail that proposes three, and its text."""
    (place.home / "scenarios/tunnel.yaml").write_text(THREE)
    body = place.home / "email_templates/tunnel/offer/body.en.mjml"
    body.write_text(body.read_text().replace("Hello", f"{TIMES} Hello"))
    place.publish()
    lead_id = place.submits(zone=zone).lead_id
    place.drain()
    for hours in range(48, 67, 2):  # until it is day in every zone
        place.set(MONDAY + timedelta(hours=hours))
        place.drain()
    assert place.load(lead_id).zone == zone
    mail = place.sent()[-1]
    found = [datetime.strptime(one, "%Y%m%dT%H%MZ").replace(tzinfo=UTC) for one in re.findall(r"slot=(\w+)", mail.html)]
    return found, mail.text


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Paris", "Asia/Tokyo"])
def test_times_in_her_waking_hours_and_the_city_they_are_told_in(lite: Place, zone: str) -> None:
    found, text = proposed(lite, zone)
    local = [local_time(at, zone) for at in found]
    assert len({at.date() for at in local}) == 3
    assert all(8 <= at.hour < 20 for at in local), local
    assert zone.partition("/")[2].replace("_", " ") + " time" in text


def test_a_company_that_says_other_hours_is_believed(build_place: Callable[..., Place], sqlite_url: str) -> None:
    place = build_place(sqlite_url, company=COMPANY + 'proposing_hours: "14:00-16:00"\n')
    found, _ = proposed(place, "Europe/Paris")
    assert [14 <= local_time(at, "Europe/Paris").hour < 16 for at in found] == [True] * 3


def test_where_the_reps_work_only_while_she_sleeps_times_are_named_all_the_same(lite: Place) -> None:
    found, text = proposed(lite, "Pacific/Honolulu")
    assert len(found) == 3
    assert "Honolulu time" in text


WEDNESDAY = MONDAY + timedelta(days=2, hours=1)


def capped(place: Place, hold: str) -> int:
    """Whose first mail left on Tuesday, under a cap of one in six days; her proposing mail falls due on Wednesday."""
    (place.home / "scenarios/tunnel.yaml").write_text(THREE)
    body = place.home / "email_templates/tunnel/offer/body.en.mjml"
    body.write_text(body.read_text().replace("Hello", f"{{% if slots %}}{TIMES}{{% endif %}} Hello"))
    (place.home / "scenarios/company.yaml").write_text(COMPANY + f"cap: {{mails: 1, per: 6 days, hold: {hold}}}\n")
    place.publish()
    lead_id = place.submits().lead_id
    place.drain()
    place.sql("UPDATE outbox SET kind = 'marketing', left_at = :at WHERE state = 'sent'", at=MONDAY + timedelta(days=1))
    place.set(WEDNESDAY)
    place.drain()
    return lead_id


def kept_for(place: Place, lead_id: int) -> list[datetime]:
    """The times that are kept for her now."""
    with place.house.database.read() as connection:
        found = holds.kept_for(connection, lead_id, "call", ["camille", "idris"], place.now)
    return [one.starts_at for one in found]


def test_a_mail_that_the_cap_will_hold_keeps_times_for_when_it_leaves(place: Place) -> None:
    lead_id = capped(place, "7 days")
    [row] = [one for one in place.rows(lead_id) if one["message"] == "tunnel/offer"]
    assert (row["state"], row["reason"]) == ("ready", "cap")
    kept = kept_for(place, lead_id)
    assert len(kept) == 3
    assert min(kept) > row["not_before"], "by the time she reads of them they lie ahead"
    place.set(row["not_before"] + timedelta(minutes=1))
    place.drain()
    mail = place.sent()[-1]
    named = [datetime.strptime(one, "%Y%m%dT%H%MZ").replace(tzinfo=UTC) for one in re.findall(r"slot=(\w+)", mail.html)]
    assert (list(mail.to), named, kept_for(place, lead_id)) == (["ana@example.org"], kept, kept)


def test_a_mail_that_the_cap_will_skip_keeps_no_time(place: Place) -> None:
    lead_id = capped(place, "1 day")
    assert kept_for(place, lead_id) == []


def test_times_whose_hold_is_over_are_proposed_to_the_next(place: Place) -> None:
    (place.home / "scenarios/tunnel.yaml").write_text(THREE.replace("slots: 3", "slots: 3, hold: 5 minutes"))
    place.publish()
    ana = place.submits().lead_id
    place.drain()
    place.set(MONDAY + timedelta(minutes=70))
    bea = place.submits("bea@example.org").lead_id
    place.drain()
    place.set(WEDNESDAY)
    place.drain()
    before = kept_for(place, ana)
    place.set(WEDNESDAY + timedelta(minutes=15))
    place.drain()
    found = kept_for(place, bea)
    assert len(found) == 3
    assert found[0] - before[0] < timedelta(minutes=30), "what overlaps hers, which nobody keeps any more"


def test_what_is_kept_for_somebody_counts_for_the_days_most(place: Place) -> None:
    (place.home / "scenarios/tunnel.yaml").write_text(THREE)
    most = COMPANY.replace(
        "minutes: 30, team: consulting, buffer", "minutes: 30, team: consulting, daily_maximum: 2, buffer"
    )
    assert most != COMPANY
    (place.home / "scenarios/company.yaml").write_text(most)
    place.publish()
    people = [place.submits(f"lead{number}@example.org").lead_id for number in range(8)]
    place.drain()
    place.set(WEDNESDAY)
    place.drain()
    kept = {lead_id: kept_for(place, lead_id) for lead_id in people}
    assert sum(map(len, kept.values())) > 4
    zone = "Europe/Paris"
    with place.house.database.read() as connection:
        rows = connection.execute(select(holds.holds)).mappings().all()
    days = Counter((row["rep"], local_time(row["starts_at"], zone).date()) for row in rows)
    assert max(days.values()) <= 2, "each of them can be booked"
