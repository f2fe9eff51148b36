"""Free slots: diaries in cells, availability in each rep's zone, limits, clock changes, and who is asked."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.domain.company import Absence, AppointmentType, User
from funnel.domain.slots import Slot, cells, free_slots, round_robin, was_offered
from funnel.domain.spans import parse_span
from funnel.domain.timing import WEEKDAYS, later, local_time, no_holidays, resolve

PARIS = "Europe/Paris"
ZONES = (PARIS, "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "America/Santiago")
OFFICE = {day: ["09:00-12:00", "14:00-18:00"] for day in WEEKDAYS[:5]}
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)  # 07:00 in Paris

instants = st.one_of(
    st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2029-01-01")),
    st.sampled_from(
        ["2026-03-28", "2026-10-24", "2026-03-07", "2026-04-04", "2026-02-14", "2028-02-28", "2026-09-05"]
    ).map(datetime.fromisoformat),
).map(lambda at: at.replace(tzinfo=UTC))
quarters = st.integers(0, 95).map(lambda n: 15 * n)


@st.composite
def hours(draw: st.DrawFn) -> str:
    opens = draw(quarters)
    closes = draw(st.integers(opens // 15 + 1, 96)) * 15
    return f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"


@st.composite
def users(draw: st.DrawFn, id_: str) -> User:
    weekly = draw(st.dictionaries(st.sampled_from(WEEKDAYS), st.lists(hours(), max_size=2)))
    return rep(id_, weekly, zone=draw(st.one_of(st.none(), st.sampled_from(ZONES))))


kinds = st.builds(
    lambda minutes, before, after, notice: kind(
        minutes=5 * minutes, buffer_before=5 * before, buffer_after=5 * after, notice=notice, horizon="3 days"
    ),
    st.integers(1, 24),
    st.integers(0, 6),
    st.integers(0, 6),
    st.sampled_from(["5 minutes", "4 hours", "1 day", "1 working day"]),
)


def rep(id_: str = "anna", availability: Any = OFFICE, **more: Any) -> User:
    return User(id=id_, name=id_, email=f"{id_}@example.com", role="rep", availability=availability, **more)


def kind(**more: Any) -> AppointmentType:
    return AppointmentType(id="call", title="Call", **{"minutes": 30, "horizon": "1 day", **more})


def offered(found: list[Slot], zone: str = PARIS) -> list[str]:
    return [f"{local_time(slot.starts_at, zone):%a %H:%M}" for slot in found]


def booked(*slots: Slot, before: int = 0, after: int = 0) -> set[int]:
    return {cell for slot in slots for cell in cells(slot.starts_at, slot.ends_at, before, after)}


def test_a_meeting_takes_every_cell_that_it_or_its_buffers_touch() -> None:
    start = datetime(1970, 1, 1, 1, tzinfo=UTC)
    assert cells(start, start + timedelta(minutes=30)) == range(12, 18)
    assert cells(start, start + timedelta(minutes=30), 10, 5) == range(10, 19)
    assert cells(start + timedelta(minutes=2), start + timedelta(minutes=11)) == range(12, 15)
    assert cells(start, start + timedelta(minutes=5, seconds=1)) == range(12, 14)


def test_slots_stand_on_the_quarter_inside_availability_after_the_notice() -> None:
    found = free_slots(kind(minutes=60, notice="2 hours", horizon="6 hours"), [rep()], {}, {}, MONDAY, PARIS)
    assert offered(found) == [f"Mon {at}" for at in ("09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30")] + [
        "Mon 10:45",
        "Mon 11:00",
    ]
    assert found[0].ends_at - found[0].starts_at == timedelta(hours=1)


def test_an_odd_opening_waits_for_the_next_quarter() -> None:
    odd = rep(availability={"mon": ["09:07-10:00"]})
    assert offered(free_slots(kind(notice="1 hour"), [odd], {}, {}, MONDAY, PARIS)) == ["Mon 09:15", "Mon 09:30"]


def test_the_notice_and_the_horizon_bound_the_starts() -> None:
    at_ten = kind(notice="3 hours", horizon="1 day")
    found = free_slots(at_ten, [rep()], {}, {}, MONDAY + timedelta(minutes=1), PARIS)
    assert offered(found)[0] == "Mon 10:15"
    assert max(slot.starts_at for slot in found) <= MONDAY + timedelta(days=1, minutes=1)


def test_a_booking_and_its_buffers_exclude_what_overlaps() -> None:
    morning = rep(availability={"mon": ["09:00-11:00"]})
    at_half_past = Slot(MONDAY + timedelta(hours=2, minutes=30), MONDAY + timedelta(hours=3, minutes=15), ("anna",))
    found = free_slots(kind(notice="5 minutes"), [morning], {"anna": booked(at_half_past)}, {}, MONDAY, PARIS)
    assert offered(found) == ["Mon 09:00", "Mon 10:15", "Mon 10:30"]
    buffered = kind(notice="5 minutes", buffer_before=5, buffer_after=5)
    found = free_slots(buffered, [morning], {"anna": booked(at_half_past)}, {}, MONDAY, PARIS)
    assert offered(found) == ["Mon 10:30"]


def test_buffers_may_lie_outside_availability() -> None:
    short = rep(availability={"mon": ["09:00-09:30"]})
    found = free_slots(kind(buffer_before=60, buffer_after=60, notice="5 minutes"), [short], {}, {}, MONDAY, PARIS)
    assert offered(found) == ["Mon 09:00"]


def test_absences_holidays_and_full_days_are_closed() -> None:
    three_days = kind(horizon="3 days", daily_maximum=2)
    away = rep(absences=[Absence(**{"from": "2026-11-24"}, to="2026-11-25")])
    days = {text[:3] for text in offered(free_slots(three_days, [away], {}, {}, MONDAY, PARIS))}
    assert days == {"Mon"}
    full = {("anna", date(2026, 11, 23)): 2, ("anna", date(2026, 11, 24)): 1, ("bert", date(2026, 11, 24)): 9}
    days = {text[:3] for text in offered(free_slots(three_days, [rep()], {}, full, MONDAY, PARIS))}
    assert days == {"Tue", "Wed"}
    on_tuesday = free_slots(three_days, [rep()], {}, {}, MONDAY, PARIS, lambda day: day == date(2026, 11, 24))
    assert {text[:3] for text in offered(on_tuesday)} == {"Mon", "Wed"}


def test_on_a_full_day_only_what_is_kept_for_whoever_looks_can_be_had() -> None:
    full = {("anna", date(2026, 11, 23)): 2, ("bert", date(2026, 11, 23)): 2}
    kept = {("anna", datetime(2026, 11, 23, 13, tzinfo=UTC)), ("anna", datetime(2026, 11, 23, 20, tzinfo=UTC))}
    reps = [rep(), rep("bert")]
    found = free_slots(kind(horizon="12 hours", daily_maximum=2), reps, {}, full, MONDAY, PARIS, kept=kept)
    assert [(offered([slot])[0], slot.reps) for slot in found] == [("Mon 14:00", ("anna",))]


def test_reps_are_merged_by_start_each_in_their_own_zone() -> None:
    here, there = rep("anna", {"mon": ["14:00-15:00"]}), rep("zoe", {"mon": ["08:00-09:30"]}, zone="America/New_York")
    found = free_slots(kind(), [there, here], {}, {}, MONDAY, PARIS)
    by_start = dict(zip(offered(found), (slot.reps for slot in found), strict=True))
    assert by_start == {
        "Mon 14:00": ("zoe", "anna"),
        "Mon 14:15": ("zoe", "anna"),
        "Mon 14:30": ("zoe", "anna"),
        "Mon 14:45": ("zoe",),
        "Mon 15:00": ("zoe",),
    }


@pytest.mark.parametrize(
    "zone, eve, weekday, minutes",
    [
        (PARIS, "2026-03-28 12:00", "sun", 120),
        (PARIS, "2026-10-24 12:00", "sun", 240),
        ("America/New_York", "2026-03-07 17:00", "sun", 120),
        ("America/New_York", "2026-10-31 17:00", "sun", 240),
        ("Australia/Lord_Howe", "2026-10-03 01:00", "sun", 150),
        ("Australia/Lord_Howe", "2026-04-04 01:00", "sun", 210),
        ("Africa/Casablanca", "2026-02-14 12:00", "sun", 240),
        ("Africa/Casablanca", "2026-03-21 12:00", "sun", 120),
    ],
)
def test_a_night_in_which_the_clock_changes_has_as_many_slots_as_minutes(
    zone: str, eve: str, weekday: str, minutes: int
) -> None:
    night = rep(availability={weekday: ["01:00-04:00"]})
    now = datetime.fromisoformat(eve).replace(tzinfo=UTC)
    found = free_slots(kind(minutes=15, notice="5 minutes"), [night], {}, {}, now, zone)
    assert len(found) == minutes // 15
    assert all(b.starts_at == a.ends_at for a, b in pairwise(found))


def test_the_29th_of_february_is_a_day() -> None:
    found = free_slots(kind(horizon="2 days"), [rep()], {}, {}, datetime(2028, 2, 28, 6, tzinfo=UTC), PARIS)
    assert {local_time(slot.starts_at, PARIS).date().isoformat() for slot in found} == {"2028-02-28", "2028-02-29"}


@given(st.data(), kinds, instants)
@settings(deadline=None)
def test_every_slot_is_free_inside_availability_and_within_notice_and_horizon(
    data: st.DataObject, type_: AppointmentType, now: datetime
) -> None:
    reps = [data.draw(users(id_), label=id_) for id_ in ("anna", "bert")]
    everything = free_slots(type_, reps, {}, {}, now, PARIS)
    busy = data.draw(st.lists(st.sampled_from(everything), max_size=5) if everything else st.just([]))
    taken = {id_: booked(*(slot for slot in busy if id_ in slot.reps), before=10, after=5) for id_ in ("anna", "bert")}
    found = free_slots(type_, reps, taken, {}, now, PARIS)
    assert [slot.starts_at for slot in found] == sorted({slot.starts_at for slot in found})
    people = {user.id: user for user in reps}
    for slot in found:
        assert slot.reps
        assert list(slot.reps) == sorted(set(slot.reps))
        assert later(now, parse_span(type_.notice), PARIS, no_holidays) <= slot.starts_at
        assert slot.starts_at <= later(now, parse_span(type_.horizon), PARIS, no_holidays)
        mine = cells(slot.starts_at, slot.ends_at, type_.buffer_before, type_.buffer_after)
        for id_ in slot.reps:
            assert taken[id_].isdisjoint(mine)
            assert is_available(people[id_], slot)
    # Nothing is lost: a slot that was there before and overlaps nothing taken is still there.
    still = {(slot.starts_at, id_) for slot in found for id_ in slot.reps}
    for slot in everything:
        mine = cells(slot.starts_at, slot.ends_at, type_.buffer_before, type_.buffer_after)
        assert {id_ for id_ in slot.reps if taken[id_].isdisjoint(mine)} == {
            id_ for id_ in slot.reps if (slot.starts_at, id_) in still
        }


def is_available(user: User, slot: Slot) -> bool:
    zone = user.zone or PARIS
    today = local_time(slot.starts_at, zone).date()
    for day in (today - timedelta(days=1), today):  # a stretch that a missing midnight moved began the day before
        for stretch in user.availability.get(WEEKDAYS[day.weekday()], []):
            opens, closes = (
                datetime.combine(day, time()) + timedelta(hours=int(text[:2]), minutes=int(text[3:]))
                for text in stretch.split("-")
            )
            if resolve(opens, zone) <= slot.starts_at and slot.ends_at <= resolve(closes, zone):
                return True
    return False


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([30, 45])), min_size=2, max_size=6))
@settings(deadline=None)
def test_booking_slot_after_slot_never_overlaps(tries: list[tuple[int, int]]) -> None:
    taken: dict[str, set[int]] = {"anna": set()}
    meetings: list[tuple[datetime, datetime]] = []
    for choice, minutes in tries:
        found = free_slots(kind(minutes=minutes, buffer_after=10), [rep()], taken, {}, MONDAY, PARIS)
        if not found:
            break
        slot = found[choice % len(found)]
        taken["anna"] |= booked(slot, after=10)
        meetings.append((slot.starts_at, slot.ends_at + timedelta(minutes=10)))
    meetings.sort()
    assert all(before[1] <= after[0] for before, after in pairwise(meetings))


def test_a_step_that_is_no_multiple_of_a_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 5"):
        free_slots(kind(), [rep()], {}, {}, MONDAY, PARIS, step_minutes=7)


def test_the_least_loaded_rep_is_asked_and_the_first_id_among_equals() -> None:
    assert round_robin(["zoe", "bert", "anna"], {"anna": 2, "bert": 1}) == "zoe"
    assert round_robin(["zoe", "bert"], {}) == "bert"
    with pytest.raises(ValueError, match="empty"):
        round_robin([], {})


CHRISTMAS_WEEK = datetime(2026, 12, 21, 6, tzinfo=UTC)


def starts_on(found: list[Slot], day: str) -> list[str]:
    """The local starts of a day in Paris."""
    local = [local_time(slot.starts_at, PARIS) for slot in found]
    return [f"{at:%H:%M}" for at in local if at.date().isoformat() == day]


def test_an_exception_stands_in_the_place_of_the_weekdays_hours() -> None:
    anna = rep(zone=PARIS, exceptions={"2026-12-23": ["18:00-19:00"], "2026-12-22": []})
    found = free_slots(kind(horizon="4 days"), [anna], {}, {}, CHRISTMAS_WEEK, PARIS)
    assert starts_on(found, "2026-12-22") == []
    assert starts_on(found, "2026-12-23") == ["18:00", "18:15", "18:30"]
    assert starts_on(found, "2026-12-24")[0] == "09:00"


def test_an_exception_opens_a_holiday_and_a_weekend_but_no_absence() -> None:
    hours = ["10:00-10:30"]
    anna = rep(
        zone=PARIS,
        exceptions=dict.fromkeys(("2026-12-25", "2026-12-26", "2026-12-27"), hours),
        absences=[Absence.model_validate({"from": "2026-12-27", "to": "2026-12-28"})],
    )
    closed = {date(2026, 12, 25)}
    found = free_slots(kind(horizon="8 days"), [anna], {}, {}, CHRISTMAS_WEEK, PARIS, closed.__contains__)
    assert [starts_on(found, f"2026-12-{day}") for day in (25, 26, 27)] == [["10:00"], ["10:00"], []]


def test_each_rep_keeps_the_holidays_of_her_own_country() -> None:
    anna, lena = rep("anna", zone=PARIS), rep("lena", zone=PARIS)
    second_day = date(2026, 12, 23)
    own = {"lena": lambda day: day == second_day}
    found = free_slots(
        kind(horizon="3 days"), [anna, lena], {}, {}, CHRISTMAS_WEEK, PARIS, no_holidays, own_holidays=own
    )
    there = {slot.reps for slot in found if slot.starts_at.date() == second_day}
    assert there == {("anna",)}
    assert {slot.reps for slot in found if slot.starts_at.date() == date(2026, 12, 22)} == {("anna", "lena")}


@settings(max_examples=25, deadline=None)
@given(kinds, users("anna"), users("bert"), instants)
def test_a_time_was_offered_where_an_empty_diary_has_it_whatever_the_notice(
    offered: AppointmentType, anna: User, bert: User, now: datetime
) -> None:
    notice = later(now, parse_span(offered.notice), PARIS, no_holidays)
    free = {slot.starts_at for slot in free_slots(offered, [anna, bert], {}, {}, now, PARIS)}
    quarter = timedelta(minutes=15)
    first = now - timedelta(hours=now.hour, minutes=now.minute, seconds=now.second, microseconds=now.microsecond)
    grid = [first + n * quarter for n in range(4 * 24 * 5)]
    had = {at for at in grid if was_offered(offered, [anna, bert], at, now, PARIS)}
    assert {at for at in had if at >= notice} == free & set(grid)
    assert all(at > now for at in had)


def test_a_time_that_passes_or_stands_beside_the_step_was_never_offered() -> None:
    def had(hour: int, minute: int, second: int = 0, **more: Any) -> bool:
        at = MONDAY.replace(hour=hour, minute=minute, second=second)
        return was_offered(kind(**more), [rep()], at, MONDAY, PARIS)

    assert had(8, 0)
    assert had(8, 0, notice="1 day", horizon="2 days"), "it may have stood on a page that was opened before"
    assert not any((had(8, 5), had(8, 0, 1), had(5, 0), had(2, 0), had(11, 0), had(10, 45)))
