"""The hours at which somebody is called: by when a call is due whose time would be in her night."""

from datetime import UTC, datetime, timedelta

import pytest

from funnel.domain.timing import local_time
from funnel.domain.waking import Waking

PARIS = Waking("Europe/Paris", "08:00-20:00")
ASKED = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "at, due",
    [
        ("2026-11-24 08:00", "2026-11-24 08:00"),
        ("2026-11-24 20:00", "2026-11-24 20:00"),
        ("2026-11-24 23:14", "2026-11-24 20:00"),
        ("2026-11-24 03:14", "2026-11-24 10:00"),
        ("2027-03-28 02:00", "2027-03-28 10:00"),  # the hour that is left out
    ],
)
def test_it_is_due_while_she_is_awake(at: str, due: str) -> None:
    instant = datetime.fromisoformat(f"{at}+01:00")
    assert f"{local_time(PARIS.call_by(instant, ASKED), PARIS.zone):%Y-%m-%d %H:%M}" == due


def test_who_asks_in_the_evening_is_called_the_next_morning() -> None:
    asked = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # 21:30 in Paris
    assert PARIS.call_by(datetime(2026, 11, 23, 21, tzinfo=UTC), asked) == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_short_hours_hold_the_call_too() -> None:
    lunch = Waking("Europe/Paris", "12:00-13:00")
    assert lunch.call_by(datetime(2026, 11, 24, 5, tzinfo=UTC), ASKED) == datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "since, until",
    [
        ("2026-11-24 10:00", "2026-11-24 13:00"),
        ("2026-11-24 17:00", "2026-11-24 20:00"),
        ("2026-11-24 18:30", "2026-11-25 09:30"),
        ("2026-11-24 21:17", "2026-11-25 11:00"),
        ("2026-11-25 03:00", "2026-11-25 11:00"),
    ],
)
def test_three_hours_of_her_day_go_on_when_she_has_slept(since: str, until: str) -> None:
    begun = datetime.fromisoformat(f"{since}+01:00")
    assert PARIS.awake_for(timedelta(hours=3), begun) == datetime.fromisoformat(f"{until}+01:00")
    assert Waking("Europe/Paris", "12:00-12:30").awake_for(timedelta(hours=1), begun).hour == 11, "of its second day"
