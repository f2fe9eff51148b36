"""Whose language a mail or a page speaks, and what times and zones are called in it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from funnel.authoring.positions import read_yaml
from funnel.domain.company import Company
from funnel.usecases.wording import city_of, day_in_words, describe_time, language_of

FILE = Path(__file__).parents[2] / "scenarios/company.yaml"
COMPANY = Company.model_validate(read_yaml(FILE.name, FILE.read_bytes()).data)


@pytest.mark.parametrize("languages, wanted", [(["fr"], "fr"), (["xx", "fr"], "fr"), (["fr", "en"], "fr"), ([], "en")])
def test_staff_is_written_to_in_the_first_of_its_languages_that_the_company_has(
    languages: list[str], wanted: str
) -> None:
    user = COMPANY.users[0].model_copy(update={"languages": languages})
    assert language_of(user, COMPANY) == wanted


def test_nobody_in_particular_is_written_to_in_the_companys_first_language() -> None:
    assert language_of(None, COMPANY) == "en"


@pytest.mark.parametrize(
    "zone, english, french",
    [("Europe/London", "London", "Londres"), ("America/Argentina/Buenos_Aires", "Buenos Aires", "Buenos Aires")],
)
def test_a_time_zone_is_called_by_its_city(zone: str, english: str, french: str) -> None:
    assert (city_of(zone, "en"), city_of(zone, "fr")) == (english, french)


@pytest.mark.parametrize(
    "day, english, french",
    [
        (date(2026, 12, 1), "Tuesday 1 December", "mardi 1er décembre"),
        (date(2026, 12, 11), "Friday 11 December", "vendredi 11 décembre"),
        (date(2026, 6, 21), "Sunday 21 June", "dimanche 21 juin"),
    ],
)
def test_a_day_is_said_as_its_language_says_it(day: date, english: str, french: str) -> None:
    pattern = "EEEE d MMMM"
    assert (day_in_words(day, "en", pattern), day_in_words(day, "fr", pattern)) == (english, french)
    assert "1er 2" not in day_in_words(date(2026, 12, 1), "fr")


@pytest.mark.parametrize(
    "hour, english, french",
    [
        (23, "01:00", "01:00"),
        (24, "02:00 summer time", "02:00, heure d'été"),
        (25, "02:00 winter time", "02:00, heure d'hiver"),
        (26, "03:00", "03:00"),
    ],
)
def test_an_hour_that_comes_twice_is_told_with_which_of_the_two_it_is(hour: int, english: str, french: str) -> None:
    at = datetime(2027, 10, 30 + hour // 24, hour % 24, tzinfo=UTC)
    assert describe_time(at, "Europe/Paris", "en")["time"] == english
    assert describe_time(at, "Europe/Paris", "fr")["time"] == french
    spring = datetime(2027, 3, 28, hour % 24, tzinfo=UTC)
    assert "time" not in describe_time(spring, "Europe/Paris", "en")["when"]
