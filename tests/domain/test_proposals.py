"""Which times a mail proposes: spread over days, apart from one another, a share of the rep's week (S93)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from funnel.domain.proposals import Fits, propose_times
from funnel.domain.slots import Slot
from funnel.domain.waking import Waking

PARIS = "Europe/Paris"
MONDAY = datetime(2026, 6, 1, 7, tzinfo=UTC)
"""Nine o'clock in Paris."""


def day(number: int, meetings: int) -> list[Slot]:
    """The free times of a day, half an hour each, on the quarter."""
    first = MONDAY + timedelta(days=number)
    quarters = range(2 * meetings - 1)
    return [Slot(at := first + timedelta(minutes=15 * q), at + timedelta(minutes=30), ("idris",)) for q in quarters]


def week(meetings: int) -> list[Slot]:
    return [slot for number in range(5) for slot in day(number, meetings)]


def hours(slots: list[Slot]) -> list[str]:
    return [f"{slot.starts_at + timedelta(hours=2):%a %H:%M}" for slot in slots]


def test_three_days_early_and_late_in_turn() -> None:
    assert hours(propose_times(week(6), (), 3, 30, PARIS)) == ["Mon 09:00", "Tue 11:30", "Wed 09:00"]


def test_two_on_a_day_where_there_are_fewer_days_and_never_at_the_same_time() -> None:
    assert hours(propose_times(day(0, 6), (), 3, 100, PARIS)) == ["Mon 09:00", "Mon 09:30", "Mon 10:00"]


def test_two_on_a_day_leave_room_for_what_lies_between_them() -> None:
    apart = Fits(timedelta(minutes=10))
    assert hours(propose_times(day(0, 6), (), 3, 100, PARIS, fits=apart)) == ["Mon 09:00", "Mon 09:45", "Mon 10:30"]


def test_no_more_than_the_share_of_a_week() -> None:
    nine = day(0, 3) + day(1, 3) + day(2, 3)
    assert len(propose_times(nine, (), 3, 30, PARIS)) == 2
    assert len(propose_times(nine, (), 3, 34, PARIS)) == 3


def test_what_is_kept_for_others_counts_into_the_share() -> None:
    others = [MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=10)]
    # Eight are free and two kept: three may be kept in all, one more.
    assert len(propose_times(day(0, 4) + day(1, 4), others, 3, 30, PARIS)) == 1
    assert propose_times(day(0, 2), others, 3, 30, PARIS) == []


def test_a_full_week_does_not_stand_in_the_way_of_the_next() -> None:
    others = [MONDAY + timedelta(minutes=30 * n) for n in range(10)]
    found = propose_times(day(0, 1) + day(7, 10), others, 3, 30, PARIS)
    assert {slot.starts_at.day for slot in found} == {8}


def test_nothing_free_gives_nothing() -> None:
    assert propose_times([], (), 3, 30, PARIS) == []


@given(
    st.lists(st.integers(0, 400), unique=True, max_size=80), st.integers(1, 5), st.integers(1, 100), st.integers(0, 9)
)
def test_never_more_than_wanted_never_overlapping_never_above_the_share(
    quarters: list[int], wanted: int, share: int, kept: int
) -> None:
    free = [
        Slot(at := MONDAY + timedelta(minutes=15 * q), at + timedelta(minutes=30), ("idris",)) for q in sorted(quarters)
    ]
    others = [MONDAY + timedelta(hours=n) for n in range(kept)]
    found = propose_times(free, others, wanted, share, "UTC")
    assert len(found) <= wanted
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(found))
    assert set(found) <= set(free)
    assert not found or len(found) + kept <= (len(free) + kept) * share / 100


def test_a_lead_elsewhere_is_proposed_times_at_which_she_is_awake() -> None:
    new_york = propose_times(week(18), (), 3, 30, PARIS, Waking("America/New_York", "08:00-20:00"))
    assert [f"{slot.starts_at - timedelta(hours=4):%a %H:%M}" for slot in new_york] == [
        "Mon 08:00", "Tue 11:30", "Wed 08:00",
    ]  # fmt: skip
    tokyo = propose_times(week(18), (), 3, 30, PARIS, Waking("Asia/Tokyo", "08:00-20:00"))
    assert [f"{slot.starts_at + timedelta(hours=9):%a %H:%M}" for slot in tokyo] == [
        "Mon 16:00", "Tue 19:30", "Wed 16:00",
    ]  # fmt: skip


def test_no_time_while_she_sleeps_is_proposed_beside_one_while_she_is_awake() -> None:
    early = [*day(0, 6), Slot(at := MONDAY + timedelta(hours=6), at + timedelta(minutes=30), ("idris",))]
    assert hours(propose_times(early, (), 3, 100, PARIS, Waking("America/New_York", "08:00-20:00"))) == ["Mon 15:00"]
    assert propose_times(day(0, 6), (), 3, 100, PARIS, Waking("America/New_York", "08:00-20:00")) == []


def test_a_company_says_between_which_hours() -> None:
    early = propose_times(week(18), (), 3, 30, PARIS, Waking("America/New_York", "06:30-09:00"))
    assert [f"{slot.starts_at - timedelta(hours=4):%a %H:%M}" for slot in early] == [
        "Mon 06:30", "Tue 08:30", "Wed 06:30",
    ]  # fmt: skip
    assert propose_times(day(0, 6), (), 3, 100, PARIS, Waking(PARIS, "12:30-24:00")) == []


def test_hours_that_end_at_midnight_hold_a_meeting_that_ends_then() -> None:
    late = [Slot(at := MONDAY + timedelta(hours=14.5 + n), at + timedelta(minutes=30), ("idris",)) for n in range(3)]
    hers = Waking(PARIS, "23:00-24:00")
    assert hours(propose_times(late, (), 3, 100, PARIS, hers)) == ["Mon 23:30"]


def test_a_week_holds_no_more_meetings_than_the_days_take_and_the_buffers_leave() -> None:
    free = week(18)
    minutes = timedelta(minutes=30)
    many = [len(propose_times(free, (), 99, 30, PARIS, fits=one)) for one in (Fits(), Fits(minutes), Fits(daily=4))]
    assert many == [90 * 30 // 100, 45 * 30 // 100, 20 * 30 // 100]


def test_what_a_day_has_already_is_no_part_of_what_a_week_can_give() -> None:
    days = {(MONDAY + timedelta(days=number)).date(): 3 for number in range(4)}
    fits = Fits(daily=4, booked=days)
    free = [slot for number in range(4) for slot in day(number, 6)]
    # Each of the four days takes one more: four can be booked, and one of them may be kept.
    assert len(propose_times(free, (), 3, 30, PARIS, fits=fits)) == 1
    kept = [MONDAY]
    full = Fits(daily=4, booked={**days, MONDAY.date(): 4})
    assert propose_times(free[11:], kept, 3, 30, PARIS, fits=full) == []


def test_no_more_times_of_a_day_than_it_takes() -> None:
    fits = Fits(daily=2, booked={MONDAY.date(): 1})
    assert hours(propose_times(day(0, 6) + day(1, 6), (), 5, 100, PARIS, fits=fits)) == [
        "Mon 09:00", "Tue 09:00", "Tue 11:30",
    ]  # fmt: skip


def test_what_does_not_suit_is_not_proposed_and_counts_into_the_week_all_the_same() -> None:
    free, held = day(3, 4) + day(4, 4), [MONDAY + timedelta(days=3, hours=9)]

    def friday(slot: Slot) -> bool:
        return slot.starts_at >= MONDAY + timedelta(days=4)

    assert hours(propose_times(free, held, 2, 40, PARIS, suits=friday)) == ["Fri 09:00", "Fri 09:30"]
