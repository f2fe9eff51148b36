"""The times that a mail names: at hours when she is awake, and the city whose clock shows them."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import RowMapping, select

from funnel.delivery.ledger import Entry
from funnel.domain import events as on
from funnel.domain.timing import local_time
from funnel.storage import appointments, events, holds
from funnel.usecases.book_appointment import book_appointment, open_diary
from funnel.usecases.errors import DatabaseAway, Invalid
from funnel.usecases.open_proposal import open_proposal
from funnel.usecases.record_events import record_events
from funnel.usecases.take_slot import keep
from tests.support.home import COMPANY, TUNNEL, tunnel_of
from tests.support.place import MONDAY, Place
from tests.usecases.test_fifty_at_once import ONE_REP, links_of

THREE = TUNNEL.replace("propose: {appointment: call}", "propose: {appointment: call, slots: 3}")
TIMES = '{% for one in slots %}<a href="{{ one.url }}">{{ one.when }}</a> {% endfor %}{{ slots[0].city }} time'


def proposes(place: Place, tunnel: str = THREE) -> None:
    """Its tunnel proposes times, three unless told otherwise, and the mail names them."""
    (place.home / "scenarios/tunnel.yaml").write_text(tunnel)
    body = place.home / "email_templates/tunnel/offer/body.en.mjml"
    body.write_text(body.read_text().replace("Hello", f"{{% if slots %}}{TIMES}{{% endif %}} Hello"))
    place.publish()


def named(mail: Entry) -> list[datetime]:
    """The times that a mail names, in its order."""
    return [datetime.strptime(one, "%Y%m%dT%H%MZ").replace(tzinfo=UTC) for one in re.findall(r"slot=(\w+)", mail.html)]


def proposed(place: Place, zone: str) -> tuple[list[datetime], str]:
    """The times of the mail that proposes three, and its text."""
    proposes(place)
    lead_id = place.submits(zone=zone).lead_id
    place.drain()
    for hours in range(48, 67, 2):  # until it is day in every zone
        place.set(MONDAY + timedelta(hours=hours))
        place.drain()
    assert place.load(lead_id).zone == zone
    mail = place.sent()[-1]
    return named(mail), mail.text


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
    (place.home / "scenarios/company.yaml").write_text(COMPANY + f"cap: {{mails: 1, per: 6 days, hold: {hold}}}\n")
    proposes(place)
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


def all_kept(place: Place) -> Sequence[RowMapping]:
    """What is kept for anybody."""
    with place.house.database.read() as connection:
        return connection.execute(select(holds.holds)).mappings().all()


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
    assert (list(mail.to), named(mail), kept_for(place, lead_id)) == (["ana@example.org"], kept, kept)


def test_a_mail_that_the_cap_will_skip_keeps_no_time(place: Place) -> None:
    lead_id = capped(place, "1 day")
    assert kept_for(place, lead_id) == []


def test_times_whose_hold_is_over_are_proposed_to_the_next(place: Place) -> None:
    proposes(place, THREE.replace("slots: 3", "slots: 3, hold: 5 minutes"))
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


def daily(place: Place, most: int) -> None:
    """A rep takes so many calls a day."""
    limited = COMPANY.replace("minutes: 30, team: consulting", f"minutes: 30, team: consulting, daily_maximum: {most}")
    assert limited != COMPANY
    (place.home / "scenarios/company.yaml").write_text(limited)
    place.publish()


def test_what_is_kept_for_somebody_counts_for_the_days_most(place: Place) -> None:
    proposes(place)
    daily(place, 2)
    people = [place.submits(f"lead{number}@example.org").lead_id for number in range(8)]
    place.drain()
    place.set(WEDNESDAY)
    place.drain()
    kept = {lead_id: kept_for(place, lead_id) for lead_id in people}
    assert sum(map(len, kept.values())) > 4
    days = Counter((row["rep"], local_time(row["starts_at"], "Europe/Paris").date()) for row in all_kept(place))
    assert max(days.values()) <= 2, "each of them can be booked"


def test_who_is_proposed_times_can_book_them_though_a_day_takes_fewer_by_now(place: Place) -> None:
    proposes(place)
    daily(place, 4)
    people = [place.submits(f"lead{number}@example.org").lead_id for number in range(6)]
    place.drain()
    place.set(WEDNESDAY)
    place.drain()
    daily(place, 1)
    links = links_of(place, people)
    others = place.submits("other@example.org").lead_id
    for lead_id, link in zip(people, links, strict=True):
        wanted = kept_for(place, lead_id)[0]
        assert open_proposal(open_diary(place.house, link), wanted).wanted
        booked = book_appointment(place.house, link, wanted, "+33 6 12 34 56 78")
        assert booked is not None
        assert booked[0].starts_at == wanted
    [link] = links_of(place, [others])
    with place.house.database.read() as connection:
        rows = appointments.between(connection, ["camille", "idris"], place.now, place.now + timedelta(days=30))
    full = {(row["rep"], row["starts_at"].date()) for row in rows}
    assert len(full) < len(rows) == len(people)
    offered = {(rep, slot.starts_at.date()) for slot in open_diary(place.house, link).slots for rep in slot.reps}
    assert not offered & full, "nobody else is offered a day that is full"


def test_what_is_kept_while_a_form_is_mended_never_fills_a_day_beyond_its_most(place: Place) -> None:
    daily(place, 1)
    ana, bea = place.leads(2)
    place.starts([ana, bea])
    one, two = (open_diary(place.house, link) for link in links_of(place, [ana, bea]))
    for diary, slot in ((one, one.slots[0]), (two, two.slots[8])):  # both pages saw the day empty
        keep(place.house, diary.lead, diary.kind, replace(slot, reps=("camille",)), diary.now)
    assert [row["lead_id"] for row in all_kept(place)] == [ana]


def test_a_time_that_a_mail_keeps_stays_kept_while_a_form_is_mended(place: Place) -> None:
    proposes(place)
    ana = place.submits().lead_id
    place.drain()
    place.set(WEDNESDAY)
    place.drain()
    before = kept_for(place, ana)
    [link] = links_of(place, [ana])
    with pytest.raises(Invalid):
        book_appointment(place.house, link, before[0], "")
    place.set(WEDNESDAY + timedelta(hours=1))
    assert kept_for(place, ana) == before


def test_two_who_are_proposed_times_at_the_same_moment_never_fill_a_day_beyond_its_most(
    build_place: Callable[..., Place], database_url: str
) -> None:
    asks = tunnel_of("""
sequence:
  - email: offer
    propose: {appointment: call, slots: 3, share: 100}
  - end: done
""")
    company = ONE_REP.replace("minutes: 30, team: consulting", "minutes: 30, team: consulting, daily_maximum: 1")
    place = build_place(database_url, {"tunnel": asks}, company)
    zones = ("Europe/Paris", "America/New_York", "Asia/Tokyo", "Pacific/Honolulu")
    people = [place.lead(f"lead{n}@example.org", zone=zones[n % 4]) for n in range(8)]
    houses = [place.other(f"worker{n}") for n in range(len(people))]
    ready = Barrier(len(people))

    def start(number: int) -> None:
        begins = on.ScenarioStarted(
            lead_id=people[number], occurred_at=MONDAY, scenario="tunnel", by="test", key=f"start/{number}"
        )
        ready.wait()
        while True:
            try:
                record_events(houses[number], [begins])
            except DatabaseAway:
                continue
            return

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(start, range(len(people))))
    rows = all_kept(place)
    days = Counter(local_time(row["starts_at"], "Europe/Paris").date() for row in rows)
    assert len(rows) >= 10
    assert max(days.values()) == 1


def test_what_is_kept_for_her_already_leaves_her_the_same_times_once_more(
    build_place: Callable[..., Place], database_url: str
) -> None:
    asks = tunnel_of("""
sequence:
  - email: one
    propose: {appointment: call, slots: 3, share: 5}
  - email: two
    propose: {appointment: call, slots: 3, share: 5}
  - end: done
""")
    place = build_place(database_url, {"tunnel": asks}, ONE_REP)
    ana = place.lead()
    place.starts([ana])
    with place.house.database.read() as connection:
        [first, again] = events.newest_of(connection, ana, on.SlotsHeld, 2)[::-1]
    assert isinstance(first, on.SlotsHeld)
    assert isinstance(again, on.SlotsHeld)
    assert len(first.starts) == 3
    assert again.starts == first.starts == tuple(kept_for(place, ana))


BEHIND_ANOTHER = tunnel_of("sequence:\n  - email: one\n  - email: two\n  - end: done\n")
PROPOSES = tunnel_of(
    "sequence:\n  - email: offer\n    propose: {appointment: call, slots: 3}\n  - end: done\n", "other"
)


def test_a_mail_that_the_same_decision_has_skipped_puts_off_no_times(
    build_place: Callable[..., Place], database_url: str
) -> None:
    company = COMPANY + "cap: {mails: 1, per: 6 days, hold: 30 days}\n"
    place = build_place(database_url, {"tunnel": BEHIND_ANOTHER, "other": PROPOSES}, company)
    place.set(MONDAY + timedelta(hours=1))
    ana, bea = place.leads(2)
    place.starts([ana, bea])
    place.drain()
    place.starts([bea], "other")
    assert min(kept_for(place, bea)) > place.now + timedelta(days=12), "behind the one that waits"
    agrees = on.ConsentChanged(
        lead_id=ana, occurred_at=place.now, purpose="follow_up_email", given=True, wording="Yes", page="/me"
    )
    place.happens(
        on.Unsubscribed(lead_id=ana, occurred_at=place.now, page="/me"),
        agrees,
        on.ScenarioStarted(lead_id=ana, occurred_at=place.now, scenario="other", by="test"),
    )
    assert (place.row("two", ana)["state"], place.row("offer", ana)["state"]) == ("skipped", "ready")
    kept = kept_for(place, ana)
    assert place.now + timedelta(days=6) < min(kept) < place.now + timedelta(days=9)


THREE_AT_ONCE = tunnel_of("""
sequence:
  - email: one
  - email: two
  - email: offer
    propose: {appointment: call, slots: 3}
  - end: done
""")


def test_a_mail_behind_others_of_the_same_turn_leaves_with_times_that_are_kept_for_when_it_does(
    build_place: Callable[..., Place], sqlite_url: str
) -> None:
    place = build_place(sqlite_url, {"tunnel": THREE_AT_ONCE})
    proposes(place, THREE_AT_ONCE)
    place.set(MONDAY + timedelta(hours=1))
    ana, bea = place.leads(2)
    place.starts([ana, bea])
    place.drain()
    assert sorted(row["state"] for row in place.rows(ana)) == ["ready", "sent", "sent"]
    leaves = place.row("offer", ana)["not_before"]
    kept = kept_for(place, ana)
    assert len(kept) == 3
    assert min(kept) > leaves > place.now + timedelta(days=6)
    place.set(leaves)
    place.drain()
    place.set(leaves + timedelta(minutes=1))
    place.drain()
    for lead_id in (ana, bea):
        assert [row["state"] for row in place.rows(lead_id)] == ["sent"] * 3, "nobody by a moment's chance"
    mail = next(one for one in place.sent() if one.subject.startswith("offer") and "lead0@" in one.to[0])
    assert named(mail) == kept


AT_ONCE = PROPOSES.replace("email: offer", "email: results")
"""With a mail that she has asked for: it leaves at any hour."""


def asked_in_the_evening(
    build_place: Callable[..., Place], url: str, company: str, tunnel: str = AT_ONCE
) -> list[tuple[datetime, datetime]]:
    """What a mail of Monday, 21:17 in Paris, proposes: when it begins, and until when she can choose it."""
    place = build_place(url, {"other": tunnel}, company)
    place.set(MONDAY.replace(hour=19, minute=17))
    place.starts([place.lead()], "other")
    return sorted((row["starts_at"], row["until"]) for row in all_kept(place))


def test_a_mail_of_the_evening_proposes_what_she_can_still_choose_when_she_has_slept(
    build_place: Callable[..., Place], sqlite_url: str
) -> None:
    found = asked_in_the_evening(build_place, sqlite_url, COMPANY)
    assert len(found) == 3
    assert found[0][0].date() == MONDAY.date() + timedelta(days=1), "the next day already, but not its morning"
    assert min(until for _, until in found) >= datetime(2027, 6, 8, 9, tzinfo=UTC), "three hours of her day"


def test_where_a_rep_has_no_others_a_mail_of_the_evening_proposes_the_morning_all_the_same(
    build_place: Callable[..., Place], sqlite_url: str
) -> None:
    mornings = ONE_REP.replace('"08:00-18:00"', '"09:00-12:00"').replace("minutes: 30,", "minutes: 30, horizon: 1 day,")
    found = asked_in_the_evening(build_place, sqlite_url, mornings)
    assert [begins for begins, _ in found] == [datetime(2027, 6, 8, 7, tzinfo=UTC)]


def test_where_too_few_can_be_chosen_in_peace_the_morning_is_proposed_beside_them(
    build_place: Callable[..., Place], sqlite_url: str
) -> None:
    one_day = ONE_REP.replace('"08:00-18:00"', '"09:00-15:45"').replace("minutes: 30,", "minutes: 30, horizon: 1 day,")
    company, all_of_it = one_day.replace(", buffer_after: 10", ""), AT_ONCE.replace("slots: 3", "slots: 3, share: 100")
    assert len(asked_in_the_evening(build_place, sqlite_url, company, all_of_it)) == 3
