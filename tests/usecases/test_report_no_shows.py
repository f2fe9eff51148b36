"""The report on missed appointments counts weeks as the calendar has them, whatever the clocks do in one of them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from funnel.storage import events
from funnel.usecases.report_no_shows import report_no_shows
from tests.support.place import Place


def missed(place: Place, number: int, at: datetime) -> None:
    """Somebody did not come."""
    fact = {
        "key": f"appointment/{number}", "kind": "appointment_missed", "occurred_at": at, "recorded_at": at,
        "rep": "camille", "team": None, "lead_id": None, "account": None, "offer": None, "scenario": None,
        "source": None, "cta": None, "amount": None, "corrects": None,
    }  # fmt: skip
    with place.house.database.write() as connection:
        events.add_facts(connection, [fact])


@pytest.mark.parametrize("weeks", [4, 13])
@pytest.mark.parametrize("now", [datetime(2027, 11, 12, 9, tzinfo=UTC), datetime(2027, 4, 9, 9, tzinfo=UTC)])
def test_a_week_in_which_the_clocks_change_is_one_week(place: Place, now: datetime, weeks: int) -> None:
    place.set(now)
    for number, days in enumerate((200, 5, 6, 7)):
        missed(place, number, now - timedelta(days=days))
    assert report_no_shows(place.house, weeks).figures.per_week == Decimal(3) / weeks


def test_weeks_before_the_first_mark_are_not_counted(place: Place) -> None:
    now = datetime(2027, 11, 12, 9, tzinfo=UTC)
    place.set(now)
    for number, days in enumerate((1, 9)):
        missed(place, number, now - timedelta(days=days))
    assert report_no_shows(place.house, 13).figures.per_week == 1
    missed(place, 2, datetime(2027, 10, 15, 22, 20, tzinfo=UTC))  # twenty minutes into the first of 28 days
    assert report_no_shows(place.house, 4).figures.per_week == Decimal(3) / 4
