"""Two marketing mails a week over all scenarios; what is over waits, seven days at most (S84)."""

from datetime import UTC, datetime, timedelta

from funnel.domain.cap import cap_for, foretell, may_leave
from funnel.domain.company import Cap, Window

MONDAY = datetime(2026, 6, 1, 8, tzinfo=UTC)
PARIS = "Europe/Paris"


def day(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


def asked(*left: float, planned: float = 0, now: float = 0, cap: Cap | None = None) -> datetime | None:
    return may_leave(cap or Cap(), [day(one) for one in left], day(planned), day(now), PARIS)


def test_two_may_leave_within_a_week() -> None:
    assert asked() == day(0)
    assert asked(-1) == day(0)


def test_the_third_waits_until_the_first_is_a_week_old() -> None:
    assert asked(-3, -1) == day(4)
    assert asked(-1, -3) == day(4)


def test_what_left_a_week_ago_counts_no_more() -> None:
    assert asked(-7, -1) == day(0)


def test_of_more_than_the_cap_the_newest_count() -> None:
    assert asked(-6, -3, -1) == day(4)


def test_it_is_held_for_seven_days_at_most_and_then_skipped() -> None:
    assert asked(-1, -0.5, planned=-2) == day(5)
    assert asked(4, 4.5, planned=-2, now=5) is None
    assert asked(0.0003, 1, planned=0, now=7) == day(7.0003), "those of the same turn left a moment behind it"


def test_a_company_sets_its_own() -> None:
    one_a_month = Cap(mails=1, per="1 month", hold="60 days")
    assert asked(-5, cap=one_a_month) == datetime(2026, 6, 27, 8, tzinfo=UTC)


def test_who_wants_it_slowly_gets_half_as_many() -> None:
    assert cap_for(Cap(), slow=True).per == "2 weeks"
    assert asked(-10, -8, cap=cap_for(Cap(), slow=True)) == day(4)
    assert cap_for(Cap(), slow=False) == Cap()


def test_a_week_keeps_local_time_over_a_change_of_clocks() -> None:
    before, now = datetime(2026, 10, 21, 8, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC)
    assert may_leave(Cap(mails=1), [before], now, now, PARIS) == datetime(2026, 10, 28, 9, tzinfo=UTC)


ALWAYS = Window(days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"])


def told(*planned: float, left: tuple[float, ...] = (), window: Window = ALWAYS) -> list[float | None]:
    pairs = [(day(one), max(day(one), MONDAY)) for one in planned]
    found = foretell(Cap(), [day(one) for one in left], pairs, window, PARIS)
    return [(one.at - MONDAY) / timedelta(days=1) if one.leaves else None for one in found]


def test_of_four_planned_for_one_day_two_leave_then_and_two_a_week_later() -> None:
    assert told(2, 2, 2, 2) == [2, 2, 9, 9]


def test_what_will_have_waited_too_long_is_told_to_leave_never() -> None:
    assert told(2, 2, 2, 2, 2) == [2, 2, 9, 9, None]
    assert told(-2, left=(-1, -0.5)) == [None]
    assert told(-7, left=(-7 + 0.0003, -6)) == [0.0003], "what is free half a minute later waits for that"


def test_a_later_one_waits_because_of_those_before_it_and_what_has_left() -> None:
    assert told(5, 2, left=(-1,)) == [6, 2]


def test_what_waits_leaves_when_the_window_opens_and_counts_from_then() -> None:
    mondays = Window(days=["mon"])
    assert told(2, 2, 3, window=mondays) == [7 - 2 / 24, 7 - 2 / 24, 14 - 2 / 24]
