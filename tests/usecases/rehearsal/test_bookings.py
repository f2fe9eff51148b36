"""Who books, cancels and moves in a rehearsal does so where and while the product lets her."""

from collections.abc import Sequence

import pytest

from funnel.authoring.load import Loaded
from funnel.usecases.rehearsal import Rehearsal, rehearse


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
