"""The report on missed appointments, against the worked example of the source and the cases that could spoil it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from funnel.domain.no_shows import (
    BY_CALL,
    BY_MAIL,
    GIVEN_UP,
    LISTED,
    Fact,
    NoPeriod,
    Period,
    count,
    days_between,
    last_weeks,
)

MONDAY = datetime(2027, 6, 7, 7, tzinfo=UTC)
TWELVE = timedelta(minutes=12)
REPS = ("camille", "idris", "maud")


def fact(number: int, kind: str, *, rep: str | None = "camille", days: float = 0, corrects: str | None = None) -> Fact:
    return Fact(f"appointment/{number}/{kind}", kind, MONDAY + timedelta(days=days), rep, corrects)


def four_weeks_of_kestio() -> Iterator[Fact]:
    """Three reps, ten appointments a day each, five days a week; a fifth missed; of those four fifths put back by the
    mail, the rest on the call list, half of which are reached."""
    number = missed = 0
    for day in (7 * week + weekday for week in range(4) for weekday in range(5)):
        for rep in REPS:
            for place in range(10):
                number += 1
                if place % 5:
                    yield fact(number, "appointment_held", rep=rep, days=day)
                    continue
                missed += 1
                yield fact(number, "appointment_missed", rep=rep, days=day)
                if missed % 5:
                    yield fact(number, BY_MAIL, rep=rep, days=day + 2)
                else:
                    yield fact(number, LISTED, rep=rep, days=day + 7)
                    if missed % 10:
                        yield fact(number, BY_CALL, rep=rep, days=day + 8)


def test_s92_s95_s97_the_worked_example_of_the_source_comes_out() -> None:
    done = count(four_weeks_of_kestio(), Decimal(4), TWELVE, Decimal("45.00"))
    assert done.team.held + done.team.missed == 3 * 10 * 5 * 4
    assert done.team.rate == pytest.approx(0.20)
    assert done.per_week == 30
    assert done.team.mail_share == pytest.approx(0.80)
    assert done.team.call_share == pytest.approx(0.10)
    assert (done.team.to_call, done.team.waiting, done.team.given_up) == (12, 0, 0)
    assert done.hours_without == 24, "one to two hours a week for each of the three: up to 24 hours a month"
    assert done.hours_saved == Decimal("19.2")
    assert done.money_saved == Decimal("864")
    assert {rep: tally.missed for rep, tally in done.by_rep.items()} == dict.fromkeys(REPS, 40)


def test_of_nothing_there_is_no_share_and_without_a_price_no_money() -> None:
    done = count([], Decimal(4), TWELVE)
    assert (done.team.rate, done.team.mail_share, done.money_saved) == (None, None, None)
    assert done.per_week == 0


def test_a_corrected_mark_does_not_count_however_often_it_was_turned() -> None:
    turned = [
        fact(1, "appointment_missed"),
        fact(1, "appointment_held", corrects="appointment/1/appointment_missed"),
        Fact("appointment/1/missed/3", "appointment_missed", MONDAY, "camille", "appointment/1/appointment_held"),
        fact(2, "appointment_missed"),
        fact(2, "appointment_held", corrects="appointment/2/appointment_missed"),
    ]
    done = count(turned, Decimal(1), TWELVE)
    assert (done.team.held, done.team.missed) == (1, 1)


def test_what_followed_is_counted_once_and_the_last_word_is_not_a_call_that_is_done() -> None:
    followed = [
        *(fact(number, "appointment_missed") for number in (1, 2, 3, 4)),
        fact(1, LISTED, days=7),
        fact(1, GIVEN_UP, days=8),
        fact(2, LISTED, days=7),
        fact(2, GIVEN_UP, days=8),
        fact(2, BY_MAIL, days=9),
        fact(3, BY_MAIL, days=1),
        fact(3, BY_CALL, days=4),
        Fact("task/4/other/1/call/to_be_called", LISTED, MONDAY),
    ]
    team = count(followed, Decimal(1), TWELVE).team
    assert (team.given_up, team.by_mail, team.by_call, team.to_call, team.waiting) == (1, 2, 0, 0, 1)
    assert team.by_mail + team.by_call + team.given_up + team.to_call + team.waiting == team.missed


TODAY = date(2027, 3, 16)


@pytest.mark.parametrize(
    "first, last, days",
    [
        ("2027-03-01", "2027-03-05", (date(2027, 3, 1), date(2027, 3, 5))),
        (" 2027-03-01", "", (date(2027, 3, 1), TODAY)),
        ("2027-03-01", "2027-03-31", (date(2027, 3, 1), TODAY)),
        ("2027-03-16", "2027-03-16", (TODAY, TODAY)),
    ],
)
def test_a_period_is_told_by_its_days_until_today_at_most(first: str, last: str, days: tuple[date, date]) -> None:
    found = days_between(first, last, TODAY)
    assert (found.first, found.last, found.weeks) == (*days, None)


@pytest.mark.parametrize(
    "first, last, why",
    [
        ("", "2027-03-05", "first: required"),
        ("2027-02-29", "", "first: no_day"),
        ("0001-01-01", "", "first: no_day"),
        ("2027-03-01", "soon", "last: no_day"),
        ("2027-03-02", "2027-03-01", "last: reversed"),
        ("2027-03-17", "", "first: to_come"),
    ],
)
def test_days_that_make_no_period_are_refused_by_what_is_wrong(first: str, last: str, why: str) -> None:
    with pytest.raises(NoPeriod, match=why):
        days_between(first, last, TODAY)


def test_the_last_weeks_end_with_today() -> None:
    assert last_weeks(4, TODAY) == Period(date(2027, 2, 17), TODAY, 4)
