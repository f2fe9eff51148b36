"""The choice of a time: what stands over the times of a day."""

from datetime import UTC, datetime, timedelta

from funnel.domain.slots import Slot
from funnel.web.prospect.times import days_and_times
from tests.web.conftest import Town

NOON = datetime(2027, 6, 7, 12, tzinfo=UTC)


def parts(town: Town, *hours: int, zone: str = "UTC") -> list[str]:
    starts = [NOON.replace(hour=hour) for hour in hours]
    slots = [Slot(at, at + timedelta(minutes=30), ("camille",)) for at in starts]
    with town.app.test_request_context("/"):
        return [one["part"] for one in days_and_times(slots, zone, "en", lambda day: day)["times"]]


def test_the_first_time_of_each_part_of_the_day_has_its_name_over_it(town: Town) -> None:
    assert parts(town, 9, 11, 12, 17, 18) == ["Morning", "", "Afternoon", "", "Evening"]
    assert parts(town, 7, 11, zone="Europe/Paris") == ["Morning", "Afternoon"], "as the clock shows it that is told"


def test_times_of_one_part_of_the_day_need_no_name(town: Town) -> None:
    assert parts(town, 9, 10) == ["", ""]
    assert parts(town) == []
