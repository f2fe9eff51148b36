"""The course of a ledger: how the score went by what nobody has taken back, fading of such points passed over too."""

from datetime import timedelta

from funnel.domain.scoring.ledger import Entry, course, peak
from tests.support.place import MONDAY


def test_what_was_taken_back_and_how_it_had_faded_never_counted() -> None:
    at = [MONDAY + timedelta(days=day) for day in range(4)]
    entries = [
        Entry(1, "earned", 40, "Came", at[0], rule="came"),
        Entry(2, "faded", -20, "faded", at[1], rule="came"),
        Entry(3, "earned", 30, "Reads the prices", at[2], rule="prices"),
        Entry(4, "reversed", -40, "Came: a wrong mark", at[3], rule="came", counters=1),
        Entry(5, "faded", 20, "faded", at[3], rule="came"),
    ]
    assert [score for _, score in course(entries)] == [30]
    assert (peak(entries), peak(entries, at[3])) == (30, 30)
    assert peak(entries[:3]) == 50
    assert peak(entries[:3], at[1]) == 50
    assert peak(entries[:2], at[1]) == 40, "what she had before"
