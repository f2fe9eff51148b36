"""A part of a country has its own public holidays, and dials like the whole."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from funnel.usecases.shelf import holidays_of
from funnel.usecases.submit_form import read_phone
from tests.support.home import COMPANY
from tests.support.place import Place
from tests.usecases.test_read_calendars import offered

EASTER_MONDAY = date(2027, 3, 29)
SUMMER = date(2027, 8, 30)
FIXED = date(2027, 5, 3)


@pytest.mark.parametrize(
    "country, free", [("GB", [EASTER_MONDAY, SUMMER]), ("GB-ENG", []), ("GB-SCT", [EASTER_MONDAY, SUMMER])]
)
def test_a_part_of_a_country_has_the_holidays_of_the_whole_and_its_own(country: str, free: list[date]) -> None:
    assert [day for day in (EASTER_MONDAY, FIXED, SUMMER) if not holidays_of(country)(day)] == free


def test_nobody_meets_a_rep_on_a_holiday_of_her_part_of_the_country(
    build_place: Callable[..., Place], sqlite_url: str
) -> None:
    company = COMPANY.replace("country: FR", "country: GB-SCT").replace("zone: Europe/Paris", "zone: Europe/London")
    england = build_place(sqlite_url, company=company.replace("name: Camille,", "name: Camille, country: GB-ENG,"))
    england.set(datetime(2027, 3, 24, 8, tzinfo=UTC))
    days = {rep: {at.date() for at in offered(england, rep)} for rep in ("camille", "idris")}
    assert (EASTER_MONDAY in days["camille"], EASTER_MONDAY in days["idris"]) == (False, True)
    assert days["idris"] - days["camille"] == {EASTER_MONDAY}


def test_a_number_is_read_as_if_dialled_in_the_country_of_which_it_is_a_part() -> None:
    assert read_phone("020 7946 0018", "GB-ENG") == read_phone("020 7946 0018", "GB") == "+44 20 7946 0018"
