"""A rep is asked on working mornings, about each appointment three times, and once for all that was leapt over."""

from datetime import UTC, date, datetime, timedelta

from funnel.domain.digests import Rhythm, coming, due

PARIS = Rhythm("08:00", "Europe/Paris", lambda day: day == date(2027, 6, 14))
FRIDAY = datetime(2027, 6, 11, 13, tzinfo=UTC)
"""A Friday afternoon before a Monday on which nobody works."""
TUESDAY = datetime(2027, 6, 15, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def test_what_ended_on_friday_is_asked_on_the_next_working_morning() -> None:
    assert coming(PARIS, FRIDAY, [FRIDAY]) == TUESDAY
    assert due(PARIS, TUESDAY - timedelta(seconds=1), [FRIDAY]) is None
    assert due(PARIS, TUESDAY, [FRIDAY]) == TUESDAY


def test_an_appointment_ahead_is_asked_about_when_it_is_over() -> None:
    assert coming(PARIS, FRIDAY, [FRIDAY + 5 * DAY]) == TUESDAY + 2 * DAY
    assert due(PARIS, TUESDAY, []) is None


def test_each_is_a_reason_for_three_digests_and_no_more() -> None:
    asked = [TUESDAY + number * DAY for number in range(3)]
    assert [due(PARIS, at, [FRIDAY]) for at in asked] == asked
    assert due(PARIS, TUESDAY + 3 * DAY, [FRIDAY]) is None
    assert coming(PARIS, TUESDAY + 2 * DAY, [FRIDAY]) is None


def test_after_a_leap_one_digest_asks_for_all() -> None:
    over = [FRIDAY + number * DAY for number in range(12)]
    late = datetime(2027, 6, 24, 15, tzinfo=UTC)
    assert due(PARIS, late, over) == datetime(2027, 6, 24, 6, tzinfo=UTC)


def test_the_hour_is_the_rep_s_own_in_summer_and_winter() -> None:
    lima, paris = Rhythm("08:00", "America/Lima"), Rhythm("08:00", "Europe/Paris")
    winter = datetime(2027, 12, 1, tzinfo=UTC)
    assert [one.coming(winter)[0].hour for one in (lima, paris)] == [13, 7]
    assert paris.day(datetime(2027, 6, 14, 23, tzinfo=UTC)) == date(2027, 6, 15)


def test_where_no_day_is_a_working_day_nothing_is_expected() -> None:
    idle = Rhythm("08:00", "Europe/Paris", lambda day: True)
    assert due(idle, TUESDAY, [FRIDAY]) is None
    assert coming(idle, FRIDAY, [FRIDAY]) is None
