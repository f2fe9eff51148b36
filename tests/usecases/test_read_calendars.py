"""A rep's own calendar in the diary: what is busy there is neither offered nor booked; the last good copy stays."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from funnel.delivery.busy_times import MOST_EVENTS
from funnel.delivery.feeds import FeedReader
from funnel.delivery.guarded import GuardedClient
from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.slots import cells
from funnel.ports import CalendarReply
from funnel.storage import calendars, holds
from funnel.storage.booking import taken_cells
from funnel.usecases.book_appointment import book_appointment, open_diary
from funnel.usecases.desk import read_desk
from funnel.usecases.diary import StoredDiary
from funnel.usecases.find_slots import find_slots
from funnel.usecases.move_clock import move_clock
from funnel.usecases.open_proposal import open_proposal
from funnel.usecases.read_calendars import Feed, read_calendars
from funnel.usecases.read_diary import read_diaries, set_calendar
from tests.delivery.servers import http_answers
from tests.delivery.test_feeds import calendar
from tests.support.at_work import at_work
from tests.support.home import CAMILLE, COMPANY, TUNNEL
from tests.support.place import MONDAY, Place
from tests.usecases.test_fifty_at_once import ONE_REP, links_of

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def feeds() -> Iterator[Callable[[bytes, int], None]]:
    """Camille's calendar, or another's, on a real server: what it answers from now on."""
    with http_answers() as server:

        def answer(content: bytes, status: int = 200, of: str = "camille") -> None:
            server.answers[f"/{of}.ics"] = (status, {}, content)

        answer.url = f"{server.url}/camille.ics"  # type: ignore[attr-defined]
        yield answer


@pytest.fixture
def shop(build_place: Callable[..., Place], database_url: str, feeds: Callable[[bytes, int], None]) -> Place:
    """A place whose Camille has a calendar of her own."""
    url = feeds.url  # type: ignore[attr-defined]
    company = COMPANY.replace("name: Camille,", f"name: Camille, calendar: '{url}',", 1)
    return build_place(database_url, company=company, allow_private_hosts=["localhost"])


def event(uid: str, begins: datetime, minutes: int = 60, more: str = "") -> str:
    return f"UID:{uid}\nDTSTART:{begins:%Y%m%dT%H%M%SZ}\nDURATION:PT{minutes}M\n{more}"


def offered(place: Place, rep: str = "camille") -> Sequence[datetime]:
    """When a call with a rep is offered."""
    company = place.published.company.company
    with place.house.database.read() as connection:
        slots = find_slots(StoredDiary(connection), company, company.appointment_types[0], None, place.now)
        return [one.starts_at for one in slots if rep in one.reps]


def row(place: Place) -> dict[str, object]:
    with place.house.database.read() as connection:
        return calendars.of_reps(connection, ["camille"])["camille"]


def test_what_is_busy_in_her_own_calendar_is_not_offered(shop: Place, feeds: Callable[..., None]) -> None:
    at = TUESDAY.replace(hour=9)
    assert at in offered(shop)
    feeds(calendar(event("theirs", at), event("appointment-3@verdanne.example", at + timedelta(hours=3))))
    read_calendars(shop.house)
    after = offered(shop)
    assert not [one for one in after if at - timedelta(minutes=30) < one < at + timedelta(hours=1)]
    assert at + timedelta(hours=1) in after
    assert at + timedelta(hours=3) in after, "our own invitation stands in our diary, not in hers"
    assert at in offered(shop, "idris")


def test_what_became_busy_after_it_was_shown_is_not_booked(shop: Place, feeds: Callable[..., None]) -> None:
    at = TUESDAY.replace(hour=9)
    [ana] = shop.leads(1)
    wanted = partial(
        on.SlotChosen, lead_id=ana, occurred_at=MONDAY, type="call", starts_at=at, ends_at=at + timedelta(minutes=30)
    )
    feeds(calendar(event("theirs", at)))
    read_calendars(shop.house)
    shop.happens(wanted(reps=("camille",)))
    assert shop.load(ana).appointments == ()
    shop.happens(wanted(reps=("camille", "idris")))
    [booked] = shop.load(ana).appointments
    assert booked.rep == "idris"
    with shop.house.database.read() as connection:
        assert not holds.held(connection, ["camille"], MONDAY, 0)


DAILY = f"UID:a\nDTSTART:{TUESDAY:%Y%m%dT%H%M%SZ}\nRRULE:FREQ="
ENDLESS = calendar(DAILY + "DAILY;INTERVAL=0")


@pytest.mark.parametrize(
    "answer",
    [(b"", 500), (b"<html>", 200), (b"x" * 3_000_000, 200), (b"", 404), (ENDLESS, 200)],
)
def test_a_calendar_that_fails_leaves_the_last_good_copy(
    shop: Place, feeds: Callable[..., None], answer: tuple[bytes, int]
) -> None:
    at = TUESDAY.replace(hour=9)
    feeds(calendar(event("theirs", at)))
    read_calendars(shop.house)
    feeds(*answer)
    shop.set(MONDAY + timedelta(hours=1))
    read_calendars(shop.house)
    assert at not in offered(shop)
    told = row(shop)
    assert told["fault"]
    read_at, since = told["read_at"], told["failing_since"]
    assert isinstance(read_at, datetime)
    assert isinstance(since, datetime)
    assert read_at < MONDAY + timedelta(hours=1) <= since
    shop.set(MONDAY + timedelta(hours=2))
    read_calendars(shop.house)
    assert row(shop)["failing_since"] == since
    feeds(calendar())
    read_calendars(shop.house)
    assert at in offered(shop)
    assert row(shop)["fault"] is row(shop)["failing_since"] is None


@pytest.fixture
def both(build_place: Callable[..., Place], database_url: str, feeds: Callable[[bytes, int], None]) -> Place:
    """A place whose Camille and Idris have calendars of their own; she is read before him."""
    url = feeds.url  # type: ignore[attr-defined]
    company = COMPANY.replace("name: Camille,", f"name: Camille, calendar: '{url}',", 1)
    company = company.replace("name: Idris,", f"name: Idris, calendar: '{url.replace('camille', 'idris')}',", 1)
    return build_place(database_url, company=company, allow_private_hosts=["localhost"])


def test_an_entry_that_cannot_be_understood_is_left_out_and_told_and_everything_else_counts(
    shop: Place, feeds: Callable[..., None]
) -> None:
    nine, noon = TUESDAY.replace(hour=9), TUESDAY.replace(hour=12)
    feeds(calendar(event("theirs", nine)))
    read_calendars(shop.house)
    bad = f"UID:a\nDTSTART:{noon:%Y%m%dT%H%M%SZ}\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES"
    for minutes in (10, 20):
        feeds(calendar(bad, event("theirs", nine + timedelta(days=1))))
        shop.set(MONDAY + timedelta(minutes=minutes))
        read_calendars(shop.house)
    free = offered(shop)
    assert nine in free, "what was read before does not stay"
    assert nine + timedelta(days=1) not in free
    assert noon not in free, "its time is known, its repetition is not"
    assert row(shop)["fault"] == f"left_out 1 {TUESDAY:%Y-%m-%d}"
    read_at = row(shop)["read_at"]
    assert isinstance(read_at, datetime)
    assert read_at >= MONDAY + timedelta(minutes=20)
    [mail] = told_by_mail(shop)
    assert "An entry of your calendar cannot be understood" in mail
    assert f"Look at the entry that begins on {TUESDAY:%-d %B %Y}." in mail
    told = on_her_desk(shop)
    assert told
    assert told.partial
    shop.set(MONDAY + timedelta(days=1))
    feeds(b"gone", 404)
    read_calendars(shop.house)
    assert "Nothing was found at this address" in told_by_mail(shop)[1], "that none of it is read any more is told too"
    assert nine + timedelta(days=1) not in offered(shop), "its copy counts"


def test_an_entry_whose_day_cannot_be_read_any_more_is_where_it_was_until_it_can_or_is_gone(
    shop: Place, feeds: Callable[..., None]
) -> None:
    nine, noon, next_day = TUESDAY.replace(hour=9), TUESDAY.replace(hour=12), TUESDAY.replace(hour=9) + timedelta(1)
    lost = "UID:theirs\nDTSTART:late\nDURATION:PT1H"
    feeds(calendar(event("theirs", nine), event("gone", noon)))
    read_calendars(shop.house)
    for minutes in (10, 20, 30):
        feeds(calendar(lost, event("other", next_day)))
        shop.set(MONDAY + timedelta(minutes=minutes))
        read_calendars(shop.house)
        free = offered(shop)
        assert (nine in free, noon in free, next_day in free) == (False, True, False)
        assert row(shop)["fault"] == "left_out 1"
    feeds(calendar(event("theirs", next_day)))
    read_calendars(shop.house)
    assert nine in offered(shop), "it was moved"
    feeds(calendar(lost))
    read_calendars(shop.house)
    assert next_day not in offered(shop)
    feeds(calendar())
    read_calendars(shop.house)
    assert next_day in offered(shop)


def test_a_series_that_began_long_ago_keeps_her_busy_through_one_bad_line_and_through_a_bad_start_after_it(
    shop: Place, feeds: Callable[..., None]
) -> None:
    at = TUESDAY.replace(hour=9)
    weekly = event("team", at - timedelta(weeks=120), more="RRULE:FREQ=WEEKLY")
    alarm = "\nBEGIN:VALARM\nTRIGGER:-P15M\nEND:VALARM"
    lost = "UID:team\nDTSTART:late\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"
    told = f"left_out 1 {at - timedelta(weeks=120):%Y-%m-%d}"
    unknown = weekly.replace("WEEKLY", "WEEKLY;BYDAY=TUE")
    states = [(weekly, None), (weekly + alarm, told), (lost, "left_out 1"), (unknown, told), (lost, "left_out 1")]
    for minutes, (entry, fault) in enumerate(states):
        feeds(calendar(entry))
        shop.set(MONDAY + timedelta(minutes=10 * minutes))
        read_calendars(shop.house)
        assert (at in offered(shop), at + timedelta(hours=1) in offered(shop)) == (False, True)
        assert row(shop)["fault"] == fault
    feeds(calendar())
    read_calendars(shop.house)
    assert at in offered(shop)


def test_a_start_that_has_lost_its_time_is_where_the_last_copy_had_it_and_else_that_whole_day(
    shop: Place, feeds: Callable[..., None]
) -> None:
    nine, noon = TUESDAY.replace(hour=9), TUESDAY.replace(hour=12)
    lost = f"UID:theirs\nDTSTART:{nine:%Y%m%dT%H%M}\nDURATION:PT1H"
    for entry, free in ((event("theirs", nine), True), (lost, True), (lost.replace("theirs", "new"), False)):
        feeds(calendar(entry))
        read_calendars(shop.house)
        assert nine not in offered(shop)
        assert (noon in offered(shop)) == free
    assert row(shop)["fault"] == f"left_out 1 {TUESDAY:%Y-%m-%d}"


def test_a_calendar_that_holds_too_much_with_what_the_copy_tells_is_read_without_it(
    shop: Place, feeds: Callable[..., None]
) -> None:
    nine, noon = TUESDAY.replace(hour=9), TUESDAY.replace(hour=12)
    many = "X-NOTE:" + "BEGIN:VEVENT" * (MOST_EVENTS - 2)
    feeds(calendar(event("theirs", nine)))
    read_calendars(shop.house)
    feeds(calendar("UID:theirs\nDTSTART:late", event("new", noon, more=many)))
    read_calendars(shop.house)
    assert (nine in offered(shop), noon in offered(shop)) == (True, False)
    assert row(shop)["fault"] == "left_out 1"


def test_a_broken_calendar_of_one_rep_keeps_nobody_elses_from_being_read(
    both: Place, feeds: Callable[..., None]
) -> None:
    at = TUESDAY.replace(hour=9)
    feeds(ENDLESS)
    feeds(calendar(event("his", at)), of="idris")
    read_calendars(both.house)
    assert at not in offered(both, "idris")
    assert row(both)["fault"] == f"too_many {TUESDAY:%Y-%m-%d}"
    [mail] = told_by_mail(both)
    assert "Your calendar holds more than can be read" in mail
    assert f"Look at the entry that begins on {TUESDAY:%-d %B %Y}." in mail


def visits(after: str) -> str:
    """A scenario that keeps the time of a visit so long after it began."""
    return f"""
scenario: visits
title: {{en: Visits}}
on: start
sequence:
  - book: {{appointment: visit, after: {after}}}
  - end: done
"""


def publish_visits(place: Place, after: str) -> None:
    (place.home / "scenarios" / "visits.yaml").write_text(visits(after))
    place.publish()


def whole_days(uid: str, first: datetime, last: datetime) -> str:
    return f"UID:{uid}\nDTSTART;VALUE=DATE:{first:%Y%m%d}\nDTEND;VALUE=DATE:{last:%Y%m%d}\n"


@pytest.mark.parametrize("days", [30_000, 2_900_000])
def test_a_leave_of_years_takes_no_more_of_her_diary_than_is_looked_at(
    shop: Place, feeds: Callable[..., None], days: int
) -> None:
    feeds(calendar(whole_days("leave", TUESDAY, TUESDAY + timedelta(days=days))))
    read_calendars(shop.house)
    looked_at = cells(TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=2))
    with shop.house.database.read() as connection:
        taken = taken_cells(connection, ["camille"], looked_at.start, looked_at.stop)
    assert taken == {"camille": set(looked_at)}


def busy_on(place: Place, at: datetime) -> bool:
    """Whether Camille's own calendar keeps her busy then, as far as it was read."""
    with place.house.database.read() as connection:
        return bool(calendars.busy_between(connection, ["camille"], at, at + timedelta(minutes=1)))


def test_a_visit_that_is_kept_months_ahead_is_not_where_the_reps_are_busy_then(
    both: Place, feeds: Callable[..., None]
) -> None:
    publish_visits(both, "4 months")
    away, back = datetime(2027, 9, 20, tzinfo=UTC), datetime(2027, 10, 18, tzinfo=UTC)
    for rep in ("camille", "idris"):
        feeds(calendar(whole_days("leave", away, back)), of=rep)
    read_calendars(both.house)
    [ana] = both.leads(1)
    both.starts([ana], "visits")
    [visit] = both.load(ana).appointments
    assert visit.starts_at.date() == back.date(), "four months from now both are on leave"


def test_her_calendar_is_read_as_far_as_a_version_looks_in_which_somebody_still_is(
    shop: Place, feeds: Callable[..., None]
) -> None:
    (shop.home / "scenarios" / "visits.yaml").write_text(
        visits("1 year").replace("sequence:", "sequence:\n  - wait: 2 days")
    )
    shop.publish()
    shop.starts(shop.leads(1), "visits")
    publish_visits(shop, "1 day")
    at = MONDAY + timedelta(days=380)
    feeds(calendar(event("theirs", at)))
    read_calendars(shop.house)
    assert busy_on(shop, at)


def test_her_calendar_is_read_over_the_weeks_within_which_the_last_appointment_can_be_moved(
    shop: Place, feeds: Callable[..., None]
) -> None:
    publish_visits(shop, "4 months")
    [ana] = shop.leads(1)
    shop.starts([ana], "visits")
    [visit] = shop.load(ana).appointments
    publish_visits(shop, "1 day")
    inside, outside = (visit.starts_at + timedelta(days=days) for days in (13, 20))
    feeds(calendar(event("inside", inside), event("outside", outside)))
    read_calendars(shop.house)
    assert (busy_on(shop, inside), busy_on(shop, outside)) == (True, False)


def test_what_is_too_much_to_be_read_for_years_is_read_as_far_as_people_book(
    shop: Place, feeds: Callable[..., None]
) -> None:
    publish_visits(shop, "10 years")
    at = TUESDAY.replace(hour=9)
    feeds(calendar(f"UID:a\nDTSTART:{at:%Y%m%dT%H%M%SZ}\nDURATION:PT20M\nRRULE:FREQ=DAILY;BYHOUR=9,13"))
    read_calendars(shop.house)
    assert row(shop)["fault"] is None
    assert at not in offered(shop)


class Failing(FeedReader):
    """Reading Camille's calendar fails as nothing should."""

    def fetch(self, url: str) -> CalendarReply:
        if "camille" in url:
            raise RuntimeError("no more files")
        return super().fetch(url)


def test_what_fails_for_one_rep_as_nothing_should_is_told_after_the_others_were_read(
    both: Place, feeds: Callable[..., None]
) -> None:
    at = TUESDAY.replace(hour=9)
    feeds(calendar(event("his", at)), of="idris")
    house = replace(both.house, calendars=Failing(GuardedClient(["localhost"])))
    with pytest.raises(ExceptionGroup) as failed:
        read_calendars(house)
    assert [str(one) for one in failed.value.exceptions] == ["no more files"]
    assert at not in offered(both, "idris")


def test_who_has_no_calendar_any_more_is_free_again(shop: Place, feeds: Callable[..., None]) -> None:
    at = TUESDAY.replace(hour=9)
    feeds(calendar(event("theirs", at)))
    read_calendars(shop.house)
    file = shop.home / "scenarios" / "company.yaml"
    file.write_text(file.read_text().replace(f"calendar: '{feeds.url}',", ""))  # type: ignore[attr-defined]
    shop.publish()
    read_calendars(shop.house)
    assert at in offered(shop)


def test_a_time_that_is_kept_and_lost_to_her_own_calendar_is_replaced_when_its_page_opens(
    shop: Place, feeds: Callable[..., None]
) -> None:
    [ana] = shop.leads(1)
    shop.starts([ana])
    [link] = links_of(shop, [ana])
    until = MONDAY + timedelta(hours=48)
    diary = open_diary(shop.house, link)
    free = [slot for slot in diary.slots if "camille" in slot.reps]
    chosen = [next(slot for slot in free if slot.starts_at >= TUESDAY + timedelta(days=day)) for day in range(3)]
    with shop.house.database.write() as connection:
        buffers = diary.kind.buffer_before, diary.kind.buffer_after
        wanted = [do.HoldSlot("call", one.starts_at, one.ends_at, ("camille",), until, *buffers) for one in chosen]
        kept = holds.hold_all(connection, ana, "tunnel/offer/1", wanted, shop.now)
    feeds(calendar(event("theirs", kept[0])))
    read_calendars(shop.house)
    lost = open_proposal(open_diary(shop.house, link), kept[0])
    assert lost.wanted is None
    others = [slot.starts_at for slot in lost.others]
    assert len(others) == 3
    assert {*kept[1:]} < {*others}
    assert all(not (begins < kept[0] + timedelta(hours=1) and begins >= kept[0]) for begins in others)
    assert book_appointment(shop.house, link, others[0], "+33 6 12 34 56 78", once="page")


def test_a_visit_that_her_calendar_covers_later_stands_and_is_told_on_her_desk_and_in_her_diary(
    both: Place, feeds: Callable[..., None]
) -> None:
    publish_visits(both, "4 months")
    [ana] = both.leads(1)
    both.starts([ana], "visits")
    [visit] = both.load(ana).appointments
    [rep] = [user for user in both.published.company.company.reps if user.id == visit.rep]
    begins, half = visit.starts_at, timedelta(minutes=15)

    def told() -> tuple[list[int], list[bool]]:
        found = read_diaries(both.house, rep, [rep.id], begins, begins + timedelta(days=1))
        return [row["id"] for row in read_desk(both.house, rep).covered], [row["covered"] for row in found.meetings]

    for uid, at in (("before", begins - timedelta(hours=1)), (f"appointment-{visit.id}@verdanne.example", begins)):
        feeds(calendar(event(uid, at)), of=rep.id)
        read_calendars(both.house)
        assert told() == ([], [False]), "what touches it, and its own invitation, do not"
    feeds(calendar(event("leave", begins + half)), of=rep.id)
    read_calendars(both.house)
    assert told() == ([visit.id], [True])
    assert both.load(ana).appointments == (visit,), "nothing changes by itself"
    feeds(calendar(), of=rep.id)
    read_calendars(both.house)
    assert told() == ([], [False])
    feeds(calendar(event("leave", begins + half)), of=rep.id)
    read_calendars(both.house)
    both.set(begins - timedelta(minutes=5))
    assert told() == ([visit.id], [True])
    both.set(begins + timedelta(minutes=5))
    assert told() == ([], [False]), "whoever is in the meeting knows"


VISITS = """
scenario: visits
title: {en: Visits}
on: start
sequence:
  - book: {appointment: visit, after: 4 months}
  - end: done
"""


def test_a_long_move_of_the_clock_reads_calendars_as_far_as_is_looked_from_there(
    build_place: Callable[..., Place], sqlite_url: str, feeds: Callable[..., None]
) -> None:
    url = feeds.url  # type: ignore[attr-defined]
    company = ONE_REP.replace("name: Camille,", f"name: Camille, calendar: '{url}',", 1)
    place = build_place(sqlite_url, {"tunnel": TUNNEL, "visits": VISITS}, company, allow_private_hosts=["localhost"])
    leave = MONDAY + timedelta(days=365 + 4 * 30 - 14)
    feeds(calendar(event("leave", leave, 28 * 24 * 60), event("then", MONDAY + timedelta(days=365, hours=1))))
    read_calendars(place.house)
    [ana] = place.leads(1)
    with at_work(place.runner):
        move_clock(place.house, to=MONDAY + timedelta(days=363))
        assert row(place)["read_at"] >= MONDAY + timedelta(days=363)  # type: ignore[operator]
        assert MONDAY + timedelta(days=365, hours=1) not in offered(place)
        assert MONDAY + timedelta(days=365, hours=2) in offered(place)
        place.starts([ana], "visits")
        move_clock(place.house, advance="1 hour")
    [visit] = place.load(ana).appointments
    assert visit.starts_at >= leave + timedelta(days=28)


def test_what_falls_due_on_the_way_of_a_long_move_meets_the_calendar_as_it_is_there(
    build_place: Callable[..., Place], sqlite_url: str, feeds: Callable[..., None]
) -> None:
    url = feeds.url  # type: ignore[attr-defined]
    later = VISITS.replace("  - book", "  - wait: 8 months\n  - book", 1)
    company = ONE_REP.replace("name: Camille,", f"name: Camille, calendar: '{url}',", 1)
    place = build_place(sqlite_url, {"tunnel": TUNNEL, "visits": later}, company, allow_private_hosts=["localhost"])
    leave = MONDAY + timedelta(days=352)
    feeds(calendar(event("leave", leave, 28 * 24 * 60)))
    read_calendars(place.house)
    [ana] = place.leads(1)
    place.starts([ana], "visits")
    with at_work(place.runner):
        move_clock(place.house, advance="9 months")
    [visit] = place.load(ana).appointments
    assert visit.starts_at >= leave + timedelta(days=28)


def told_by_mail(place: Place) -> list[str]:
    """What Camille has read about her calendar, oldest first."""
    place.drain()
    return [" ".join(mail.text.split()) for mail in place.sent() if mail.subject.strip() == "calendar of Camille"]


def on_her_desk(place: Place) -> Feed | None:
    """What her desk says of her calendar."""
    return read_desk(place.house, CAMILLE).calendar


def test_an_outage_is_told_once_by_mail_and_stands_on_the_desk_until_it_is_back(
    shop: Place, feeds: Callable[..., None]
) -> None:
    feeds(calendar(event("theirs", TUESDAY.replace(hour=9))))
    read_calendars(shop.house)
    assert on_her_desk(shop) is None
    feeds(b"gone", 404)
    for minutes in (10, 20, 30):
        shop.set(MONDAY + timedelta(minutes=minutes))
        read_calendars(shop.house)
    [mail] = told_by_mail(shop)
    assert "Nothing was found at this address" in mail
    assert "Monday 7 June" in mail, "until when it was read"
    assert "/diary#own" in mail
    failing = on_her_desk(shop)
    assert failing
    assert failing.fault == "not_found"
    assert failing.failing_since
    assert failing.failing_since < MONDAY + timedelta(minutes=20), "since the first time"
    assert TUESDAY.replace(hour=9) not in offered(shop), "the last good copy still counts"
    feeds(calendar())
    shop.set(MONDAY + timedelta(hours=2))
    read_calendars(shop.house)
    back = on_her_desk(shop)
    assert back
    assert back.fault is None
    assert back.back_at
    assert back.back_at >= MONDAY + timedelta(hours=2)
    feeds(b"gone", 404)
    shop.set(MONDAY + timedelta(hours=3))
    read_calendars(shop.house)
    assert len(told_by_mail(shop)) == 1, "one a day, however often it comes and goes"
    feeds(calendar())
    shop.set(MONDAY + timedelta(hours=4))
    read_calendars(shop.house)
    shop.set(MONDAY + timedelta(days=2))
    assert on_her_desk(shop) is None, "that it is back is told for a day"
    feeds(b"BEGIN:NOTHING", 200)
    read_calendars(shop.house)
    assert len(told_by_mail(shop)) == 2


def test_a_calendar_that_is_lost_on_the_day_on_which_an_entry_was_left_out_is_told_too(
    shop: Place, feeds: Callable[..., None]
) -> None:
    bad = event("bad", TUESDAY.replace(hour=9), more="RRULE:FREQ=SOMETIMES")
    for hour, answer in enumerate([(calendar(bad), 200), (b"gone", 404), (calendar(bad), 200), (b"gone", 404)]):
        feeds(*answer)
        shop.set(MONDAY + timedelta(hours=hour))
        read_calendars(shop.house)
    first, second = told_by_mail(shop)
    assert "An entry of your calendar cannot be understood" in first
    assert "Nothing was found at this address" in second


def test_a_new_address_that_cannot_be_read_leaves_what_the_old_one_said(
    shop: Place, feeds: Callable[..., None]
) -> None:
    at = TUESDAY.replace(hour=9)
    feeds(calendar(event("theirs", at)))
    read_calendars(shop.house)
    camille = shop.published.company.company.users[0]
    right: str = feeds.url  # type: ignore[attr-defined]
    assert set_calendar(shop.house, camille, right.replace("camille", "camile")).fault
    read_calendars(shop.house)
    assert at not in offered(shop)
    feeds(calendar(), of="camile")
    read_calendars(shop.house)
    assert at in offered(shop), "the new one was read once"
