"""Which mode of tracking holds for which purpose."""

import pytest

from funnel.domain.company import Tracking


@pytest.mark.parametrize(
    "written,modes",
    [
        ({}, ("consented", "consented", "consented")),
        ({"mode": "none"}, ("none", "none", "none")),
        ({"mode": "hygiene"}, ("hygiene", "none", "none")),
        ({"mode": "hygiene", "clicks": "consented"}, ("hygiene", "consented", "none")),
        ({"mode": "none", "visits": "consented"}, ("none", "none", "consented")),
        ({"opens": "hygiene", "visits": "none"}, ("hygiene", "consented", "none")),
        ({"mode": "hygiene", "opens": "none"}, ("none", "none", "none")),
    ],
)
def test_a_purpose_has_its_own_mode_or_that_of_all(written: dict[str, str], modes: tuple[str, str, str]) -> None:
    tracking = Tracking.model_validate(written)
    assert (tracking.of("opens"), tracking.of("clicks"), tracking.of("visits")) == modes
