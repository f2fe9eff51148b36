"""What is missing to a threshold, in words: one way, several, all together, none; and where there are no rules."""

from datetime import UTC, datetime

import pytest

from funnel.catalogue import Speech
from funnel.domain.scoring.ahead import not_yet
from funnel.domain.scoring.ledger import Entry
from funnel.domain.scoring.rules import Counts, Rule, Rulebook
from funnel.domain.tunnel.trigger import trigger_of
from funnel.usecases.score.wording import ahead_in_words

NOON = datetime(2027, 6, 7, 10, tzinfo=UTC)


def rule(name: str, points: int, counts: Counts = "once") -> Rule:
    return Rule(name, name.title(), points, "engagement", counts, trigger_of("form.submitted"))


def test_what_has_counted_today_is_asked_for_on_another_day() -> None:
    counted = [Entry(1, "earned", 12, "Prices", NOON, rule="prices")]
    for points, said in ((12, "Prices, on another day"), (6, "Prices, on 2 other days")):
        found = not_yet(Rulebook((rule("prices", points, "once a day"),)), counted, 38, 50, NOON, "UTC", lambda _: True)
        assert ahead_in_words(found, Speech("en")) == f"12 points short of 50. What would do: {said}"
    both = Rulebook((rule("call", 12), rule("prices", 2, "once a day")))
    found = not_yet(both, counted, 36, 50, NOON, "UTC", lambda _: True)
    said = "14 points short of 50. All of these together would do: Call; Prices, on another day"
    assert ahead_in_words(found, Speech("en")) == said


@pytest.mark.parametrize(
    "rules, said",
    [
        ([rule("call", 12)], "12 points short of 50. What would do: Call"),
        ([rule("call", 20), rule("prices", 6, "always")],
         "12 points short of 50. One of these would do: Call; Prices, 2 times"),
        ([rule("prices", 3, "once a day")], "12 points short of 50. What would do: Prices, on 4 days"),
        ([rule("call", 8), rule("form", 5)], "12 points short of 50. All of these together would do: Call; Form"),
        ([rule("call", 8)], "12 points short of 50. No rule can bring them any more."),
        ([], "12 points short of 50. Points come from the steps of scenarios."),
    ],
)  # fmt: skip
def test_it_says_what_would_do(rules: list[Rule], said: str) -> None:
    found = not_yet(Rulebook(tuple(rules)), [], 38, 50, NOON, "UTC", lambda _: True)
    assert ahead_in_words(found, Speech("en")) == said
