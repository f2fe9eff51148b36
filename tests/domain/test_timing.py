"""Time in a person's own zone: spans, sending windows, clock changes, and which zone is hers."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.domain.company import Weekday, Window
from funnel.domain.countries import COUNTRY_ZONES
from funnel.domain.spans import Span, parse_span
from funnel.domain.timing import (
    WEEKDAYS,
    NeverOpen,
    into_window,
    is_zone,
    later,
    local_time,
    midnight,
    no_holidays,
    resolve,
    zone_of,
)

PARIS, NEW_YORK, LORD_HOWE, CASABLANCA = (
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
)
# Midnight itself is missing in Santiago's spring, and Apia lost a whole day at the end of 2011.
ZONES = (PARIS, NEW_YORK, LORD_HOWE, CASABLANCA, "America/Santiago", "Pacific/Apia", "Asia/Kathmandu", "UTC")

zones = st.sampled_from(ZONES)
instants = st.datetimes(datetime.fromisoformat("2011-12-20"), datetime.fromisoformat("2031-01-01")).map(
    lambda at: at.replace(tzinfo=UTC)
)
# Half of the draws fall within three days of a clock change.
change_days = st.sampled_from(
    [
        *("2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04"),
        *("2026-02-15", "2026-03-22", "2026-09-06", "2011-12-30", "2028-02-29"),
    ]
)
near_changes = st.builds(
    lambda day, minutes: datetime.fromisoformat(f"{day}T00:00+00:00") + timedelta(minutes=minutes),
    change_days,
    st.integers(-4320, 4320),
)
moments = st.one_of(instants, near_changes)
clock = st.times().map(lambda at: at.strftime("%H:%M"))
windows = st.builds(
    lambda days, opens, closes: Window(days=sorted(days), **{"from": opens}, to=closes),
    st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    clock,
    clock,
)
NEW_YEAR_AND_MAY = frozenset({(1, 1), (5, 1), (12, 25), (3, 30)})


def closed(day: date) -> bool:
    return (day.month, day.day) in NEW_YEAR_AND_MAY


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(opens: str = "08:00", closes: str = "19:00", days: str = "mon tue wed thu fri") -> Window:
    named: list[Weekday] = [day for day in WEEKDAYS if day in days]
    return Window(days=named, **{"from": opens}, to=closes)


@pytest.mark.parametrize(
    "zone, local, instant",
    [
        (PARIS, "2026-03-29 02:30", "2026-03-29 01:30"),  # missing: 03:30 summer time
        (PARIS, "2026-10-25 02:30", "2026-10-25 00:30"),  # twice: the first, summer time
        (NEW_YORK, "2026-03-08 02:30", "2026-03-08 07:30"),
        (NEW_YORK, "2026-11-01 01:30", "2026-11-01 05:30"),
        (LORD_HOWE, "2026-10-04 02:15", "2026-10-03 15:45"),  # half an hour is missing: 02:45 at +11:00
        (LORD_HOWE, "2026-04-05 01:45", "2026-04-04 14:45"),
        ("America/Santiago", "2026-09-06 00:30", "2026-09-06 04:30"),
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 22:00"),  # the day that was not: the 31st at noon
    ],
)
def test_a_missing_local_time_moves_by_the_gap_and_a_double_one_is_the_first(
    zone: str, local: str, instant: str
) -> None:
    assert resolve(datetime.fromisoformat(local), zone) == utc(instant)


@pytest.mark.parametrize(
    "zone, day, begins, hours",
    [
        ("Europe/Paris", "2027-03-28", "2027-03-27 23:00", 23),
        ("Europe/Paris", "2027-10-31", "2027-10-30 22:00", 25),
        ("America/Santiago", "2026-09-06", "2026-09-06 04:00", 23),  # there is no midnight: the day begins at one
        ("America/Havana", "2026-11-01", "2026-11-01 04:00", 25),  # it shows two: the first
    ],
)
def test_a_day_begins_at_its_first_instant(zone: str, day: str, begins: str, hours: int) -> None:
    first = date.fromisoformat(day)
    assert midnight(first, zone) == utc(begins)
    assert midnight(first + timedelta(days=1), zone) - midnight(first, zone) == timedelta(hours=hours)


def test_casablanca_changes_its_clock_around_ramadan() -> None:
    before, after = (resolve(datetime.fromisoformat(f"2026-02-{day}T12:00"), CASABLANCA) for day in (14, 16))
    assert after - before == timedelta(hours=49)


@given(moments, zones)
def test_local_time_and_resolve_are_inverse_except_for_the_second_of_a_double_hour(at: datetime, zone: str) -> None:
    back = resolve(local_time(at, zone), zone)
    assert back == at or (back < at and at.astimezone(ZoneInfo(zone)).fold == 1)


@pytest.mark.parametrize(
    "start, span, end",
    [
        ("2026-03-28 12:00", "1 day", "2026-03-29 11:00"),  # 13:00 in Paris on both days
        ("2026-03-28 12:00", "24 hours", "2026-03-29 12:00"),
        ("2026-03-28 01:30", "1 day", "2026-03-29 01:30"),  # 02:30 does not exist: 03:30
        ("2026-10-24 00:30", "1 day", "2026-10-25 00:30"),  # 02:30 comes twice: the first
        ("2026-01-31 09:00", "1 month", "2026-02-28 09:00"),
        ("2028-01-31 09:00", "1 month", "2028-02-29 09:00"),
        ("2026-12-31 09:00", "2 months", "2027-02-28 09:00"),
        ("2026-10-31 09:00", "P2M", "2026-12-31 09:00"),
        ("2028-02-29 09:00", "1 year", "2029-02-28 09:00"),
        ("2028-02-29 09:00", "4 years", "2032-02-29 09:00"),
        ("2026-03-26 09:00", "1 week", "2026-04-02 08:00"),
        ("2026-03-27 09:00", "1 working day", "2026-03-30 08:00"),
        ("2026-03-28 09:00", "1 working day", "2026-03-30 08:00"),
        ("2026-03-27 09:00", "6 working days", "2026-04-06 08:00"),
        ("2026-03-27 09:00", "90 minutes", "2026-03-27 10:30"),
    ],
)
def test_spans_in_paris(start: str, span: str, end: str) -> None:
    assert later(utc(start), parse_span(span), PARIS, no_holidays) == utc(end)


def test_working_days_skip_holidays() -> None:
    assert later(utc("2026-03-27 09:00"), Span(1, "working days"), PARIS, closed) == utc("2026-03-31 08:00")


@given(moments, st.integers(1, 800), st.sampled_from(["days", "weeks", "months", "years"]), zones)
def test_days_and_longer_keep_the_local_time_except_in_gaps(at: datetime, amount: int, unit: str, zone: str) -> None:
    span = Span(min(amount, 80), "years") if unit == "years" else parse_span(f"{amount} {unit}")
    end = later(at, span, zone, no_holidays)
    assert end.tzinfo is UTC
    assert end > at
    start, landed = local_time(at, zone), local_time(end, zone)
    if start.time() != landed.time():
        wanted = datetime.combine(landed.date(), start.time())
        gap = landed - wanted if landed > wanted else landed - (wanted - timedelta(days=1))
        before = (end - gap).astimezone(ZoneInfo(zone)).utcoffset()
        after = end.astimezone(ZoneInfo(zone)).utcoffset()
        assert before is not None
        assert after is not None
        assert after - before == gap


@given(moments, st.integers(1, 60), zones)
def test_working_days_land_on_open_days(at: datetime, amount: int, zone: str) -> None:
    first = local_time(at, zone).date()
    last = local_time(later(at, Span(amount, "working days"), zone, closed), zone).date()
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    # A missing midnight may carry the instant into the next day; the count is that of the days passed.
    assert amount <= sum(day.weekday() < 5 and not closed(day) for day in days) <= amount + 1


def test_a_span_beyond_the_calendar_overflows() -> None:
    for text in ("99999 months", "99999 years"):
        with pytest.raises(OverflowError):
            later(utc("2026-01-01 00:00"), parse_span(text), PARIS, no_holidays)


@pytest.mark.parametrize(
    "at, moved",
    [
        ("2026-03-27 09:00", "2026-03-27 09:00"),
        ("2026-03-27 07:00", "2026-03-27 07:00"),  # 08:00 in Paris, the first minute
        ("2026-03-27 06:59", "2026-03-27 07:00"),
        ("2026-03-27 18:00", "2026-03-31 06:00"),  # Friday 19:00; Monday is a holiday; Tuesday 08:00 summer time
        ("2026-12-24 17:59", "2026-12-24 17:59"),
        ("2026-12-24 22:00", "2026-12-28 07:00"),
    ],
)
def test_a_mail_waits_for_the_window_over_nights_weekends_and_holidays(at: str, moved: str) -> None:
    assert into_window(utc(at), window(), PARIS, closed) == utc(moved)


def test_a_window_that_ends_before_it_starts_runs_past_midnight() -> None:
    night = window("22:00", "06:00", "fri")
    assert into_window(utc("2026-03-28 03:00"), night, PARIS, no_holidays) == utc("2026-03-28 03:00")
    assert into_window(utc("2026-03-28 05:00"), night, PARIS, no_holidays) == utc("2026-04-03 20:00")


def test_a_window_that_the_clock_change_swallows_waits_for_the_next_day() -> None:
    gone = window("02:30", "03:10", "sat sun mon")
    assert into_window(utc("2026-03-28 23:00"), gone, PARIS, no_holidays) == utc("2026-03-30 00:30")


def test_a_window_that_never_opens_says_so() -> None:
    for never, holidays in ((window(days=""), no_holidays), (window(), lambda day: True)):
        with pytest.raises(NeverOpen, match="does not open"):
            into_window(utc("2026-03-28 23:00"), never, PARIS, holidays)


@given(moments, windows, zones)
def test_the_window_never_moves_backwards_and_twice_is_once(at: datetime, open_: Window, zone: str) -> None:
    moved = into_window(at, open_, zone, closed)
    assert moved >= at
    assert moved.tzinfo is UTC
    assert into_window(moved, open_, zone, closed) == moved


@given(near_changes, st.integers(0, 5000), windows, zones)
def test_a_mail_moved_by_the_window_keeps_its_order(first: datetime, gap: int, open_: Window, zone: str) -> None:
    second = first + timedelta(minutes=gap)
    assert into_window(first, open_, zone, closed) <= into_window(second, open_, zone, closed)


@given(instants, zones)
def test_what_leaves_in_office_hours_leaves_in_office_hours(at: datetime, zone: str) -> None:
    moved = local_time(into_window(at, window(), zone, closed), zone)
    if moved.year > 2011:  # Apia's lost Friday ran on the Saturday that replaced it
        assert time(8) <= moved.time() < time(19)
        assert moved.weekday() < 5
        assert not closed(moved.date())


def test_the_zone_is_the_browsers_else_the_telephones_else_the_scenarios() -> None:
    assert zone_of("America/New_York", "FR", PARIS) == NEW_YORK
    assert zone_of("Not/AZone", "JP", PARIS) == "Asia/Tokyo"
    assert zone_of(None, "fr", "UTC") == PARIS
    assert zone_of("", "ZZ", CASABLANCA) == CASABLANCA
    assert zone_of(None, None, "nowhere") == "UTC"


@pytest.mark.parametrize(
    "rubbish",
    [
        *("../../etc/passwd", "/etc/localtime", "right/Europe/Paris", "posix/UTC", "Europe//Paris", "Europe/../UTC"),
        *("America", "localtime", "Factory", "zone.tab", "Europe/Paris\n", "Europe/Paris\0", "+02:00", " "),
        *("\ud800", "A" * 5000),
    ],
)
def test_a_name_that_is_no_zone_is_passed_over(rubbish: str) -> None:
    assert not is_zone(rubbish)
    assert zone_of(rubbish, None, PARIS) == PARIS
    with pytest.raises(ZoneInfoNotFoundError):
        resolve(datetime.fromisoformat("2026-01-01"), rubbish)


@given(st.one_of(st.none(), st.text()), st.one_of(st.none(), st.text(max_size=3)), st.text())
def test_zone_of_never_raises(browser: str | None, country: str | None, scenario: str) -> None:
    assert is_zone(zone_of(browser, country, scenario))


def test_every_country_has_a_true_zone() -> None:
    assert len(COUNTRY_ZONES) > 240
    assert [zone for zone in COUNTRY_ZONES.values() if not is_zone(zone)] == []
    assert (COUNTRY_ZONES["FR"], COUNTRY_ZONES["US"], COUNTRY_ZONES["AU"]) == (PARIS, NEW_YORK, "Australia/Sydney")


def test_naive_instants_and_aware_local_times_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        later(datetime.fromisoformat("2026-01-01"), Span(1, "days"), PARIS, no_holidays)
    with pytest.raises(ValueError, match="no zone"):
        resolve(utc("2026-01-01 00:00"), PARIS)
