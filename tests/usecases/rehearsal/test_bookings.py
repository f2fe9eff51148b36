"""Who books, cancels and moves in a rehearsal does so where and while the product lets her."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from funnel.authoring.load import Loaded
from funnel.usecases.rehearsal import Rehearsal, rehearse
from funnel.usecases.rehearsal.log import Entry


def rehearsed(shipped: Loaded, scenario: str, people: int = 40) -> Rehearsal:
    assert shipped.company is not None
    return rehearse(shipped.bundles, shipped.company, scenario, people=people)


def before_the_booking(done: Rehearsal, person: str) -> Sequence[str]:
    """What had happened to her, in kinds, before she booked; nothing where she has not."""
    kinds = [entry.kind for entry in done.of(person)]
    return kinds[: kinds.index("booked")] if "booked" in kinds else []


@pytest.mark.parametrize("scenario", ["self_evaluation", "ebook", "conference"])
def test_who_books_at_once_does_so_from_the_page_of_her_results_and_not_before_she_has_any(
    shipped: Loaded, scenario: str
) -> None:
    done = rehearsed(shipped, scenario)
    hers = [before_the_booking(done, one.id) for one in done.people if one.behaves == "books_at_once"]
    assert any(hers)
    assert all("answers" in before for before in hers if before)


def test_a_page_of_thanks_without_results_lets_nobody_book(shipped: Loaded) -> None:
    done = rehearsed(shipped, "webinar")
    behaved = {"books_at_once", "returns"}
    hers = [one.id for one in done.people if one.behaves in behaved]
    assert {one.behaves for one in done.people} >= behaved
    assert [one for one in hers if before_the_booking(done, one)] == []
    assert {entry.what for one in hers for entry in done.of(one) if entry.kind == "ended"} == {"no_interview"}


def in_time(done: Rehearsal, person: str, what: str) -> list[timedelta]:
    """How long before the appointment that she had booked she did something about it."""
    booked, found = None, []
    for entry in done.of(person):
        if entry.kind == "booked":
            booked = entry.detail["starts_at"]
        elif entry.kind == what and booked:
            found.append(booked - entry.at)
    return found


@pytest.mark.parametrize("hours", [2, 24])
def test_nobody_cancels_or_moves_later_than_she_may(shipped: Loaded, hours: int) -> None:
    assert shipped.company is not None
    company = shipped.company.company
    until = dict.fromkeys(("cancel_until", "move_until"), f"{hours} hours")
    kinds = [one.model_copy(update=until) for one in company.appointment_types]
    strict = replace(shipped.company, company=company.model_copy(update={"appointment_types": kinds}))
    done = rehearse(shipped.bundles, strict, "self_evaluation", people=200, days=60)
    for what in ("cancelled", "rescheduled"):
        left = [span for one in done.people for span in in_time(done, one.id, what)]
        assert min(left) >= timedelta(hours=hours)


def test_who_is_too_late_to_cancel_is_there_and_is_reminded(shipped: Loaded) -> None:
    assert shipped.company is not None
    done = rehearse(shipped.bundles, shipped.company, "self_evaluation", people=24, seed=5)
    story = [entry.what if entry.kind == "mail" else entry.kind for entry in done.of("lead_24")]
    assert "cancelled" not in story
    assert story.index("booked") < story.index("house/appointment_reminder") < story.index("held")


def moves(done: Rehearsal) -> list[tuple[Entry, datetime]]:
    """Whenever somebody moved her appointment, and when it was to be before."""
    found = []
    for one in done.people:
        before: datetime | None = None
        for entry in done.of(one.id):
            if entry.kind == "rescheduled" and before:
                found.append((entry, before))
            if entry.kind in ("booked", "rescheduled"):
                before = entry.detail["starts_at"]
    return found


def test_who_moves_may_stay_on_her_day_though_it_takes_no_more(shipped: Loaded) -> None:
    assert shipped.company is not None
    company = shipped.company.company
    kinds = [one.model_copy(update={"daily_maximum": 1}) for one in company.appointment_types]
    full = replace(shipped.company, company=company.model_copy(update={"appointment_types": kinds}))
    done = rehearse(shipped.bundles, full, "self_evaluation", people=200, days=60)
    moved = [(entry.at, entry.detail["starts_at"], before) for entry, before in moves(done)]
    assert moved
    assert [at for at, to, before in moved if to.date() == before.date()], "hers does not count against that day"
    assert not [at for at, to, before in moved if abs(to - before) < timedelta(minutes=30)], "it is another time"
