"""Whose language a mail or a page speaks, and what times and zones are called in it."""

from pathlib import Path

import pytest
import yaml

from funnel.domain.company import Company
from funnel.usecases.wording import city_of, language_of

COMPANY = Company.model_validate(
    yaml.safe_load((Path(__file__).parents[2] / "scenarios/company.yaml").read_text(encoding="utf-8"))
)


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
