"""A webinar is ahead, then on for its minutes, then over (S147)."""

from datetime import UTC, datetime, timedelta

from funnel.domain.tunnel.form import Webinar
from funnel.domain.webinar import begins_at, ends_at, state_of

PARIS = "Europe/Paris"
WEBINAR = Webinar(title="Fewer calls", starts_at="2027-05-20 14:00", minutes=45, link="https://meet.example")
BEGINS = datetime(2027, 5, 20, 12, tzinfo=UTC)


def test_its_file_says_its_time_in_the_company_s_zone() -> None:
    assert begins_at(WEBINAR, PARIS) == BEGINS
    assert begins_at(WEBINAR, "America/New_York") == BEGINS + timedelta(hours=6)


def test_it_is_over_once_its_minutes_have_passed() -> None:
    assert ends_at(WEBINAR, PARIS) == BEGINS + timedelta(minutes=45)


def test_it_is_ahead_then_on_then_over() -> None:
    moments = [BEGINS + timedelta(minutes=minutes) for minutes in (-1, 0, 44, 45)]
    assert [state_of(WEBINAR, PARIS, at) for at in moments] == ["ahead", "on", "on", "over"]
