"""The times that a mail names: at hours when she is awake, and the city whose clock shows them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from funnel.domain import events as on
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
NAMES_TIMES = f"{{% if slots %}}{TIMES}{{% endif %}}"


def capped(lite: Place) -> tuple[int, datetime]:
    """A lead whose proposing mail the cap holds back for a week; and until when."""
    (lite.home / "scenarios/tunnel.yaml").write_text(THREE)
    body = lite.home / "email_templates/tunnel/offer/body.en.mjml"
    body.write_text(body.read_text().replace("Hello", f"{NAMES_TIMES} Hello"))
    (lite.home / "scenarios/company.yaml").write_text(COMPANY + "cap: {mails: 1, per: 6 days, hold: 7 days}\n")
    lite.publish()
    ana, bea = lite.submits().lead_id, lite.submits("bea@example.org").lead_id
    lite.drain()
    lite.sql(
        "UPDATE outbox SET kind = 'marketing', left_at = :at WHERE lead_id = :id AND state = 'sent'",
        at=MONDAY + timedelta(days=1),
        id=ana,
    )
    lite.set(WEDNESDAY)
    lite.drain()
    assert kept_for(lite, bea), "hers has left, with times"
    row = next(one for one in lite.rows(ana) if one["message"] == "tunnel/offer")
    assert row["state"] == "ready"
    return ana, row["not_before"]


def kept_for(place: Place, lead_id: int) -> list[datetime]:
    """The times that are kept for her now."""
    with place.house.database.read() as connection:
        found = holds.kept_for(connection, lead_id, "call", ["camille", "idris"], place.now)
    return [one.starts_at for one in found]


def test_a_mail_that_the_cap_holds_keeps_no_times_and_names_three_when_it_leaves(lite: Place) -> None:
    ana, until = capped(lite)
    assert kept_for(lite, ana) == [], "nothing is blocked while it waits"
    lite.set(until + timedelta(minutes=1))
    lite.drain()
    found = kept_for(lite, ana)
    assert len(found) == 3
    assert min(found) > lite.now
    mail = lite.sent()[-1]
    named = [datetime.strptime(one, "%Y%m%dT%H%MZ").replace(tzinfo=UTC) for one in re.findall(r"slot=(\w+)", mail.html)]
    assert (list(mail.to), named) == (["ana@example.org"], found)


def test_who_has_taken_her_consent_back_meanwhile_keeps_none(lite: Place) -> None:
    ana, until = capped(lite)
    lite.happens(on.Unsubscribed(lead_id=ana, occurred_at=lite.now, page="/u"))
    lite.set(until + timedelta(minutes=1))
    lite.drain()
    assert kept_for(lite, ana) == []


def test_a_mail_that_leaves_behind_its_times_names_others(lite: Place) -> None:
    (lite.home / "scenarios/tunnel.yaml").write_text(THREE.replace("slots: 3", "slots: 3, hold: 2 hours"))
    body = lite.home / "email_templates/tunnel/offer/body.en.mjml"
    body.write_text(body.read_text().replace("Hello", f"{NAMES_TIMES} Hello"))
    lite.publish()
    lead_id = lite.submits().lead_id
    lite.drain()
    lite.set(WEDNESDAY)
    while lite.runner.run("due"):
        pass
    before = kept_for(lite, lead_id)
    lite.set(MONDAY + timedelta(days=3))
    assert kept_for(lite, lead_id) == []
    lite.drain()
    after = kept_for(lite, lead_id)
    assert (len(before), len(after), min(after) > lite.now) == (3, 3, True)
    assert f"{after[0]:%Y%m%dT%H%MZ}" in lite.sent()[-1].html
