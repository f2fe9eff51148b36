"""A rep's own calendar: when she is busy, over clock changes and changed occurrences; what is hostile gives nothing."""

import json
import resource
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from funnel.delivery import busy_times, limits
from funnel.delivery.busy_times import MOST_EVENTS
from funnel.delivery.feeds import FeedReader
from funnel.delivery.guarded import GuardedClient
from funnel.delivery.limits import TooLong
from funnel.ports import Busy, CalendarFault, Reading
from tests.delivery.servers import http_answers

FIRST = datetime(2026, 10, 19, tzinfo=UTC)
LAST = FIRST + timedelta(days=21)
READER = FeedReader(GuardedClient())

PARIS = """BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def calendar(*events: str, zones: str = "") -> bytes:
    inside = "".join(f"BEGIN:VEVENT\nDTSTAMP:20261001T000000Z\n{one.strip()}\nEND:VEVENT\n" for one in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//them//EN\n{zones}{inside}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read(*events: str, zones: str = "", zone: str = "Europe/Paris") -> Reading:
    return read_file(calendar(*events, zones=zones), zone)


def read_file(content: bytes, zone: str = "Europe/Paris") -> Reading:
    return READER.busy(content, FIRST, LAST, zone, "anna@firm.example", "verdanne.example")


def busy(*events: str, zones: str = "", zone: str = "Europe/Paris") -> Sequence[Busy]:
    found = read(*events, zones=zones, zone=zone)
    assert not found.left_out
    return found.busy


def utc(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M").replace(tzinfo=UTC)


def test_a_weekly_meeting_keeps_its_local_hour_over_the_change_to_winter_time() -> None:
    found = busy(
        "UID:a\nDTSTART;TZID=Europe/Paris:20261020T093000\nDURATION:PT45M\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:Team",
        zones=PARIS,
    )
    assert [begins for begins, _ in found] == [utc("20261020T0730"), utc("20261027T0830"), utc("20261103T0830")]
    assert {ends - begins for begins, ends in found} == {timedelta(minutes=45)}


def test_an_occurrence_that_was_moved_or_taken_out_is_not_where_the_rule_says() -> None:
    found = busy(
        "UID:a\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261021T080000Z",
        "UID:a\nRECURRENCE-ID:20261022T080000Z\nDTSTART:20261022T140000Z\nDTEND:20261022T150000Z",
    )
    assert found == [
        (utc("20261020T0800"), utc("20261020T0900")),
        (utc("20261022T1400"), utc("20261022T1500")),
    ]


@pytest.mark.parametrize("more", ["", "\nSEQUENCE:1", "\nRRULE:FREQ=WEEKLY"])
def test_two_entries_that_share_a_uid_both_take_her_time(more: str) -> None:
    found = busy(
        "UID:a\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z",
        f"UID:a\nDTSTART:20261102T140000Z\nDTEND:20261102T150000Z{more}",
        "UID:a\nDTSTART:20261023T080000Z\nDTEND:20261023T090000Z",
    )
    assert found == [
        (utc("20261020T0800"), utc("20261020T0900")),
        (utc("20261023T0800"), utc("20261023T0900")),
        (utc("20261102T1400"), utc("20261102T1500")),
    ]


def test_a_moved_occurrence_of_two_series_that_share_a_uid_is_where_it_was_moved_to() -> None:
    found = busy(
        "UID:a\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nRRULE:FREQ=DAILY;COUNT=2",
        "UID:a\nDTSTART:20261027T080000Z\nDTEND:20261027T090000Z\nRRULE:FREQ=DAILY;COUNT=2",
        "UID:a\nRECURRENCE-ID:20261028T080000Z\nDTSTART:20261028T140000Z\nDTEND:20261028T150000Z",
    )
    assert [begins for begins, _ in found] == [
        utc("20261020T0800"), utc("20261021T0800"), utc("20261027T0800"), utc("20261028T1400"),
    ]  # fmt: skip


def test_a_whole_day_is_the_day_of_her_zone() -> None:
    event = "UID:a\nDTSTART;VALUE=DATE:20261025\nDTEND;VALUE=DATE:20261026"
    assert busy(event) == [(utc("20261024T2200"), utc("20261025T2300"))], "25 hours: the clock goes back"
    assert busy(event, zone="Asia/Tokyo") == [(utc("20261024T1500"), utc("20261025T1500"))]


@pytest.mark.parametrize("day", ["20261020", "20241020"])
@pytest.mark.parametrize("ends", ["DTEND;VALUE=DATE:{day}", "DURATION:PT0S"])
def test_a_whole_day_that_ends_when_it_begins_is_that_day(day: str, ends: str) -> None:
    entry = f"UID:a\nDTSTART;VALUE=DATE:{day}\n{ends.format(day=day)}\nRRULE:FREQ=YEARLY"
    assert busy(entry) == [(utc("20261019T2200"), utc("20261020T2200"))]
    assert busy(f"{entry}\nTRANSP:TRANSPARENT") == []
    assert busy(entry, zone="America/New_York") == [(utc("20261020T0400"), utc("20261021T0400"))]


def test_a_time_without_a_zone_is_of_her_zone() -> None:
    assert busy("UID:a\nDTSTART:20261020T090000\nDTEND:20261020T100000") == [
        (utc("20261020T0700"), utc("20261020T0800"))
    ]


TIMES_IN = {
    "Eastern Time": "DTSTART;TZID=Eastern Time:20261020T100000\nDTEND;TZID=Eastern Time:20261020T110000",
    "quoted": 'DTSTART;TZID="(UTC-05:00) Here, there":20261020T100000\nDURATION:PT1H',
    "day added": "DTSTART:20261020T080000Z\nDURATION:PT1H\nRDATE;TZID=Mine:20261020T100000",
    "end": "DTSTART;TZID=Europe/Paris:20261020T100000\nDTEND;TZID=Mine:20261020T110000",
}


@pytest.mark.parametrize("entry", TIMES_IN.values(), ids=TIMES_IN)
def test_a_time_in_a_zone_that_nobody_knows_is_told_and_as_in_her_own_until_it_is_known(entry: str) -> None:
    found = read(f"UID:a\n{entry}")
    assert found.left_out == ["2026-10-20"]
    assert utc("20261020T0800") in [begins for begins, _ in found.busy]
    assert busy(f"UID:a\n{entry}\nTRANSP:TRANSPARENT") == [], "it takes none of her time"


@pytest.mark.parametrize(
    "start",
    [
        "DTSTART;TZID=W. Europe Standard Time:20261020T100000",
        "DTSTART;TZID=/mozilla.org/20050126_1/Europe/Paris:20261020T100000",
        "DTSTART;TZID=Mine:20261020T080000Z",
        'DTSTART;TZID="":20261020T100000',
    ],
)
def test_a_zone_by_another_name_or_without_need_is_no_fault(start: str) -> None:
    assert busy(f"UID:a\n{start}\nDURATION:PT1H") == [(utc("20261020T0800"), utc("20261020T0900"))]
    assert len(busy("UID:a\nDTSTART;TZID=Mine;VALUE=DATE:20261020")) == 1


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:TRANSPARENT",
        "STATUS:CANCELLED",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:Anna@firm.example",
    ],
)
def test_what_takes_none_of_her_time_is_free(line: str) -> None:
    assert busy(f"UID:a\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z\n{line}") == []


def test_what_somebody_else_declined_takes_her_time_all_the_same() -> None:
    line = "ATTENDEE;PARTSTAT=DECLINED:mailto:ben@firm.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@firm.example"
    assert len(busy(f"UID:a\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z\n{line}")) == 1


def test_our_own_invitations_are_left_out_and_nobody_elses() -> None:
    times = "DTSTART:20261020T080000Z\nDTEND:20261020T090000Z"
    assert busy(f"UID:appointment-17@verdanne.example\n{times}") == []
    assert len(busy(f"UID:appointment-17@other.example\n{times}")) == 1


def test_times_that_touch_are_one_and_what_lies_outside_is_left_out() -> None:
    found = busy(
        "UID:a\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z",
        "UID:b\nDTSTART:20261020T083000Z\nDTEND:20261020T100000Z",
        "UID:c\nDTSTART:20260101T080000Z\nDTEND:20260101T090000Z",
        "UID:d\nDTSTART:20270101T080000Z\nDTEND:20270101T090000Z",
        "UID:e\nDTSTART:20261020T120000Z\nDTEND:20261020T120000Z",
    )
    assert found == [(utc("20261020T0800"), utc("20261020T1000"))]


def test_a_holiday_that_began_before_the_span_still_counts() -> None:
    assert busy("UID:a\nDTSTART:20260901T080000Z\nDTEND:20261101T080000Z") == [
        (utc("20260901T0800"), utc("20261101T0800"))
    ]


@pytest.mark.parametrize(
    "entry",
    [
        "DTSTART;VALUE=DATE:19621026\nRRULE:FREQ=YEARLY",
        "DTSTART;VALUE=DATE:19001026\nRRULE:FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=26",
        "DTSTART;VALUE=DATE:16041026\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=4MO",
        "DTSTART;VALUE=DATE:00011026\nRRULE:FREQ=YEARLY",
        "DTSTART;VALUE=DATE:19691013\nRRULE:FREQ=WEEKLY;INTERVAL=3;UNTIL=20261027",
        "DTSTART;VALUE=DATE:19690126\nRRULE:FREQ=MONTHLY",
        "DTSTART;VALUE=DATE:19621026\nDTEND;VALUE=DATE:19621027\nDURATION:P1D\nRRULE:FREQ=YEARLY",
    ],
)
def test_a_rule_that_is_old_is_followed(entry: str) -> None:
    assert busy(f"UID:a\n{entry}", zone="UTC") == [(utc("20261026T0000"), utc("20261027T0000"))]


def test_what_ended_long_ago_or_takes_none_of_her_time_keeps_nothing_else_from_being_read() -> None:
    found = busy(
        "UID:a\nDTSTART:19690101T080000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;UNTIL=19800101T080000Z",
        "UID:b\nDTSTART:00010101T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=9",
        "UID:c\nDTSTART;VALUE=DATE:19620301\nRRULE:FREQ=YEARLY\nTRANSP:TRANSPARENT",
        "UID:d\nDTSTART:20261020T080000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY\nSTATUS:CANCELLED",
        "UID:e\nDTSTART:20261020T080000Z\nDURATION:PT1H",
    )
    assert found == [(utc("20261020T0800"), utc("20261020T0900"))]


def test_one_occurrence_that_takes_her_time_does_so_in_a_series_that_takes_none() -> None:
    found = busy(
        "UID:a\nDTSTART:20261020T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nTRANSP:TRANSPARENT",
        "UID:a\nRECURRENCE-ID:20261022T080000Z\nDTSTART:20261022T080000Z\nDURATION:PT1H\nTRANSP:OPAQUE",
    )
    assert found == [(utc("20261022T0800"), utc("20261022T0900"))]


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=MINUTELY",
        "RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5,6",
        "RRULE:FREQ=DAILY\n" * 9,
        "RRULE:FREQ=DAILY;INTERVAL=0",
        "RRULE:FREQ=YEARLY;INTERVAL=-1",
        "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_a_rule_that_would_never_end_is_not_followed(rule: str) -> None:
    with pytest.raises(CalendarFault, match="too_many"):
        busy(f"UID:a\nDTSTART:20261020T080000Z\nDURATION:PT1S\n{rule}")
    with pytest.raises(CalendarFault, match="too_many"):
        busy("UID:a\nDTSTART:00010101T080000Z\nDURATION:PT1M\nRRULE:FREQ=DAILY")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYDAY=MO;BYSETPOS=9",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYHOUR=7,8;BYSETPOS=300",
    ],
)
def test_a_rule_that_never_comes_holds_nobody_up(rule: str) -> None:
    reader, begun = FeedReader(GuardedClient(), seconds=1), time.monotonic()
    content = calendar(f"UID:a\nDTSTART:20261020T080000Z\nDURATION:PT1M\nRRULE:{rule}")
    with pytest.raises(CalendarFault, match=r"^too_slow 2026-10-20$"):
        reader.busy(content, FIRST, LAST, "Europe/Paris", "anna@firm.example", "verdanne.example")
    assert time.monotonic() - begun < 6


def test_what_reading_a_calendar_takes_is_not_taken_from_this_process() -> None:
    rules = "RRULE:FREQ=HOURLY;BYMINUTE=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20;COUNT=9000000"
    event = "DTSTART:19700101T080000Z\nDURATION:P20000D"
    content = calendar(*(f"UID:{number}\n{event}\n{rules}" for number in range(50)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(CalendarFault, match="too_"):
        FeedReader(GuardedClient(), seconds=2).busy(content, FIRST, LAST, "UTC", "anna@firm.example", "v.example")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "kB"


def test_more_events_than_anybody_has_are_refused() -> None:
    with pytest.raises(CalendarFault, match="too_many"):
        busy(*(["UID:a\nDTSTART:20261020T080000Z\nDURATION:PT1M"] * (MOST_EVENTS + 1)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Log in</html>",
        b"\xff\xfe\x00",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261020T080000Z\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n",
    ],
)
def test_what_is_no_calendar_is_told(content: bytes) -> None:
    with pytest.raises(CalendarFault, match="no_calendar"):
        READER.busy(content, FIRST, LAST, "Europe/Paris", "anna@firm.example", "verdanne.example")


AT_TEN = "20261020T0800 20261020T0900"
"""An hour of 20 October, ten o'clock in Paris."""
ALL_DAY = "20261019T2200 20261020T2200"
"""That day in Paris."""
REST = "20261020T0800 20261020T2200"
"""From then to the end of that day in Paris."""
OUTLOOK = 'TZID="(UTC+01:00) Amsterdam, Berlin, Vienna"'
"""A zone as Outlook names it."""
BROKEN = {
    "DTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nRRULE:FREQ=SOMETIMES": ("2026-10-20", [AT_TEN]),
    "DTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nRRULE:FREQ=DAILY;UNTIL=gone": ("2026-10-20", [AT_TEN]),
    "DTSTART:20261020T080000Z\nDTSTART:20261021T080000Z\nRRULE:FREQ=DAILY": (
        "2026-10-20", [REST, "20261021T0800 20261021T2200"],
    ),
    "DTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:never": (
        "2026-10-20", [AT_TEN, "20261021T0800 20261021T0900"],
    ),
    "DTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nRDATE:never": ("2026-10-20", [AT_TEN]),
    "DTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nRDATE:20261021T080000Z,20261022T080000Z\nRDATE:never": (
        "2026-10-20", [AT_TEN, "20261021T0800 20261021T0900", "20261022T0800 20261022T0900"],
    ),
    "DTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nRDATE:20261021T080000Z,never": (
        "2026-10-20", [AT_TEN, "20261021T0800 20261021T0900"],
    ),
    "DTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nRDATE:20261021T080000Z\nRRULE:FREQ=SOMETIMES": (
        "2026-10-20", [AT_TEN, "20261021T0800 20261021T0900"],
    ),
    "DTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nRRULE:FREQ=DAILY;COUNT=2\nRRULE:FREQ=SOMETIMES": (
        "2026-10-20", [AT_TEN, "20261021T0800 20261021T0900"],
    ),
    "DTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261021T080000Z,never": (
        "2026-10-20", [AT_TEN, "20261022T0800 20261022T0900"],
    ),
    "DTSTART:20261020T080000Z\nDURATION:P3D\nRRULE:FREQ=SOMETIMES": ("2026-10-20", ["20261020T0800 20261023T0800"]),
    "DTSTART:20261020T080000Z\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES": ("2026-10-20", [AT_TEN]),
    "DTSTART:20261020T080000Z\nDTEND:late\nDURATION:PT1H\nRDATE:20261021T080000Z": (
        "2026-10-20", [AT_TEN, "20261021T0800 20261021T0900"],
    ),
    "DTSTART:20261020T080000Z\nDTEND:late\nRDATE;VALUE=PERIOD:20261021T080000Z/PT1H": (
        "2026-10-20", [REST, "20261021T0800 20261021T0900"],
    ),
    "DTSTART:late\nDURATION:PT1H\nRDATE:20261021T080000Z": ("", ["20261021T0800 20261021T0900"]),
    "DTSTART;VALUE=DATE:20261020\nDTEND:late": ("2026-10-20", ["20261019T2200 20261020T2200"]),
    "DTSTART:20261020T080000Z\nDTEND:late": ("2026-10-20", [REST]),
    "DTSTART:20261020T080000Z\nDURATION:long": ("2026-10-20", [REST]),
    "DTSTART;TZID=Europe:20261020T100000\nDTEND;TZID=Europe:20261020T110000": ("2026-10-20", [AT_TEN]),
    "DTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nBEGIN:VALARM\nTRIGGER:-PT5M": ("2026-10-20", [AT_TEN]),
    f"DTSTART;{OUTLOOK}:20261020T100000\nDTEND;{OUTLOOK}:20261020T110000\nBEGIN:VALARM": ("2026-10-20", [AT_TEN]),
    "DTSTART;TZID=Europe/Pa\n ris:20261020T100000\nDTEND;TZID=Europe/Pa\n ris:2026102\n 0T110000\nBEGIN:VALARM": (
        "2026-10-20", [AT_TEN],
    ),
    "DTSTART;TZID=Asia/Tokyo:20261020T170000\nDTEND;TZID=Asia/Tokyo:20261020T180000\nBEGIN:VALARM": (
        "2026-10-20", [AT_TEN],
    ),
    "BEGIN:VALARM\nDURATION:PT5M\nEND:VALARM\nDTSTART;TZID=Europe:20261020T100000\nDURATION:PT1H": (
        "2026-10-20", [AT_TEN],
    ),
    "DTSTART:20261020T080000Z\nDTEND:late\nTRANSP:TRANSPARENT\nRRULE:FREQ=SOMETIMES": None,
    "DTSTART:20261020T080000Z\nDTEND:late\nBEGIN:VALARM\nTRIGGER:-PT5M": ("2026-10-20", [REST]),
    "DTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nEND:VALARM": ("2026-10-20", [AT_TEN]),
    "DTSTART:00010101T000000\nRRULE:FREQ=DAILY;INTERVAL=x": ("0001-01-01", []),
    "DTSTART:garbage\nRRULE:FREQ=DAILY": ("", []),
    "DTSTART:20261020T0800": ("2026-10-20", [ALL_DAY]),
    "DTSTART;TZID=Europe/Paris:20261020T250000\nDTEND;TZID=Europe/Paris:20261020T260000": ("2026-10-20", [ALL_DAY]),
    "DTSTART:20261020T240000\nDURATION:PT1H": ("2026-10-20", [ALL_DAY]),
    "DTSTART:20261020T\nDURATION:P1D": ("2026-10-20", ["20261019T2200 20261021T2200"]),
    "DTSTART:20261020T080000.000Z\nDTEND:20261020T090000.000Z": ("2026-10-20", [ALL_DAY]),
    "DTSTART:20261020T100000+0200\nDTEND:20261021T100000+0200": ("2026-10-20", ["20261019T2200 20261021T2200"]),
    "DTSTART:20261020 T100000\nDTEND:20261021T080000Z": ("2026-10-20", ["20261019T2200 20261021T2200"]),
    "DTSTART:2026-10-20T10:00:00\nBEGIN:VALARM": ("2026-10-20", [ALL_DAY]),
    "DTSTART:20261020T0800\nTRANSP:TRANSPARENT": None,
    "DTSTART:20261032T080000": ("", []),
    "DTSTART:20261020T080000Z\nDTEND:20261021T0900": ("2026-10-20", ["20261020T0800 20261021T2200"]),
    "DTSTART:20261020T080000Z\nDURATION:PT0S\nDTEND:late": ("2026-10-20", [REST]),
    "DTSTART:20261020T080000Z\nDTEND:20261020T070000Z\nDURATION:long\nRRULE:FREQ=SOMETIMES": ("2026-10-20", [REST]),
    "DTSTART:20261020T100000\nDTEND:20261020T090000Z\nDURATION:long\nRRULE:FREQ=SOMETIMES": ("2026-10-20", [AT_TEN]),
    "DTSTART;VALUE=DATE:20261020\nDURATION:P2D\nDTEND:late": ("2026-10-20", ["20261019T2200 20261021T2200"]),
    "DTSTART;VALUE=DATE:20261020\nDURATION:P9999999D\nDTEND:late": ("2026-10-20", [ALL_DAY]),
    "DTSTART:20261020T080000Z\nDURATION:P9999999D\nDTEND:late": ("2026-10-20", [REST]),
    "DTSTART:20261020T080000Z\nDURATION:P9999999D": ("2026-10-20", [REST]),
    "DTSTART:20261020T0800\nDURATION:P9999999D": ("2026-10-20", [ALL_DAY]),
    "DTSTART;VALUE=DATE:99991231\nDTEND:late": ("9999-12-31", []),
    "DTSTART:99991231T230000Z\nDTEND:late": ("9999-12-31", []),
    "DTSTART:yesterday": ("", []),
    "RRULE:FREQ=DAILY": ("", []),
}  # fmt: skip
"""What cannot be understood, the day by which it is told, and what is busy by it all the same."""


@pytest.mark.parametrize("entry", BROKEN)
def test_an_entry_that_is_broken_is_left_out_and_told_while_the_others_are_read(entry: str) -> None:
    before, after = "DTSTART:20261019T080000Z\nDURATION:PT1H", "DTSTART:20261026T080000Z\nDURATION:PT1H"
    found = read(f"UID:b\n{before}", f"UID:a\n{entry}\nSUMMARY:The dentist", f"UID:c\n{after}")
    day, sure = BROKEN[entry] or (None, [])
    assert list(found.left_out) == ([] if day is None else [day])
    spans = ["20261019T0800 20261019T0900", *sure, "20261026T0800 20261026T0900"]
    assert found.busy == [tuple(map(utc, span.split())) for span in spans]


def test_an_entry_that_lasts_until_the_end_of_time_takes_no_other_with_it() -> None:
    long = "UID:a\nDTSTART:20261020Tbad\nDTEND:99991231T000000Z"
    found = read("UID:b\nDTSTART:20261019T080000Z\nDURATION:PT1H", long)
    assert found.left_out == ["2026-10-20"]
    assert [begins for begins, _ in found.busy] == [utc("20261019T0800"), utc("20261019T2200")]


def test_an_entry_that_never_ends_takes_no_other_with_it() -> None:
    content = calendar(
        "UID:a\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z", "UID:b\nDTSTART:20261021T080000Z\nDURATION:PT1H"
    )
    found = read_file(content.replace(b"END:VEVENT\r\n", b"", 1))
    assert found.left_out == ["2026-10-20"]
    assert [begins for begins, _ in found.busy] == [utc("20261020T0800"), utc("20261021T0800")]


def test_a_changed_occurrence_that_cannot_be_read_leaves_the_series_as_it_was() -> None:
    found = read(
        "UID:a\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z\nRRULE:FREQ=DAILY;COUNT=3",
        "UID:a\nRECURRENCE-ID:20261021T080000Z\nDTSTART:20261021T100000Z\nDTEND:20261021T110000Z",
        "UID:a\nRECURRENCE-ID:20261022T080000Z\nDTSTART:late",
    )
    assert found.left_out == ["2026-10-20"]
    assert [begins for begins, _ in found.busy] == [
        utc("20261020T0800"), utc("20261021T1000"), utc("20261022T0800"),
    ]  # fmt: skip


def test_a_broken_series_does_not_hide_an_entry_that_comes_too_often() -> None:
    with pytest.raises(CalendarFault, match=r"^too_many 2026-10-20$"):
        read("UID:a\nDTSTART:20261020T080000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY\nEXDATE:never")


def test_an_entry_that_comes_too_often_is_told_by_the_day_on_which_it_begins() -> None:
    with pytest.raises(CalendarFault, match=r"^too_many 2026-10-20$"):
        busy("UID:b\nDTSTART:20261019T080000Z", "UID:a\nDTSTART:20261020T080000Z\nRRULE:FREQ=MINUTELY")
    dates = ",".join(f"{FIRST + timedelta(minutes=2 * number):%Y%m%dT%H%M%SZ}" for number in range(MOST_EVENTS + 2))
    with pytest.raises(CalendarFault, match=r"^too_many 2026-10-20$"):
        busy(f"UID:a\nDTSTART:20261020T080000Z\nDURATION:PT1M\nRDATE:{dates}")


def test_a_calendar_is_fetched_and_faults_have_names() -> None:
    with http_answers() as server:
        server.answers["/me.ics"] = (200, {}, calendar())
        server.answers["/gone.ics"] = (404, {}, b"")
        server.answers["/broken.ics"] = (500, {}, b"")
        server.answers["/bomb.ics"] = (200, {}, b"x" * 5_000)
        server.answers["/round.ics"] = (302, {"Location": "/round.ics"}, b"")
        server.answers["/file.ics"] = (302, {"Location": "file:///etc/passwd"}, b"")
        reader = FeedReader(GuardedClient(["localhost"], largest=4_000))
        assert reader.fetch(f"{server.url}/me.ics").content == calendar()
        names = ("gone", "broken", "bomb", "round", "file")
        assert [reader.fetch(f"{server.url}/{name}.ics").fault for name in names] == [
            "not_found", "unreachable", "too_large", "unreachable", "unreachable",
        ]  # fmt: skip
        assert FeedReader(GuardedClient()).fetch(f"{server.url}/me.ics").fault == "refused", "an address of the inside"
    assert reader.fetch("http://localhost:1/me.ics").fault == "unreachable"


def test_a_process_that_does_not_come_up_is_no_calendar_s_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(RuntimeError, match="has ended with 1"):
        busy()


@pytest.mark.parametrize("error, fault", [(TooLong, "too_slow"), (MemoryError, "too_many")])
def test_time_and_memory_that_run_out_when_all_is_found_are_faults_with_names_too(
    error: type[Exception], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_out(*_: float) -> None:
        raise error

    monkeypatch.setattr(limits, "signal", SimpleNamespace(setitimer=run_out, ITIMER_REAL=0))
    asked = (FIRST.isoformat(), LAST.isoformat(), "UTC", "", "")
    assert json.loads(busy_times.as_text(calendar(), *asked)) == {"fault": fault}


def test_a_calendar_that_tells_only_when_she_is_busy_is_read_too() -> None:
    times = "FREEBUSY;FBTYPE=BUSY:20261020T080000Z/20261020T090000Z,20261021T080000Z/PT2H\n"
    other = "FREEBUSY;FBTYPE=FREE:20261022T080000Z/PT2H\nFREEBUSY:20261023T080000Z/PT30M\n"
    told = f"BEGIN:VFREEBUSY\nUID:a\nDTSTAMP:20261001T000000Z\n{times}{other}END:VFREEBUSY\n"
    assert busy(zones=told) == [
        (utc("20261020T0800"), utc("20261020T0900")),
        (utc("20261021T0800"), utc("20261021T1000")),
        (utc("20261023T0800"), utc("20261023T0830")),
    ]


@pytest.mark.parametrize(
    "broken, days",
    [
        ("FREEBUSY:nonsense", [""]),
        ("FREEBUSY;FBTYPE=BUSY:nonsense,20261021T080000Z/20261020T080000Z", ["", "2026-10-21"]),
        ("FREEBUSY:20261022T080000Z/PT1H,2026102\n 3T080000Z", ["2026-10-23"]),
        ("FREEBUSY:00010101T000000/20261020T080000", ["0001-01-01"]),
        ("FREEBUSY;TZID=Mine:20261022T100000/PT1H", ["2026-10-22"]),
    ],
)
def test_a_broken_time_in_it_is_left_out_and_told_and_the_others_count(
    broken: str, days: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    times = f"{broken}\nFREEBUSY:20261022T080000Z/PT1H\n"
    found = read(zones=f"BEGIN:VFREEBUSY\nUID:a\nDTSTAMP:20261001T000000Z\n{times}END:VFREEBUSY\n")
    assert found.busy == [(utc("20261022T0800"), utc("20261022T0900"))]
    assert found.left_out == days
    assert not capfd.readouterr().err, "no traceback in the log"
