"""What would bring somebody to a threshold, by what she agrees to, what she is, and what fades meanwhile."""

from collections.abc import Collection
from dataclasses import replace

import pytest

from funnel.domain.engine.points import still_ahead
from funnel.domain.scoring.able import Reaching, can_earn
from funnel.domain.scoring.ahead import NotYet, not_yet
from funnel.domain.timing import local_time
from tests.domain.engine.kit import Stage, on_stage, program
from tests.domain.engine.test_pages import visit
from tests.domain.engine.world import PARIS

AGREES = {"follow_up_email": True, "visit_tracking": True}


OFFER = Reaching("offer", frozenset({"prices"}))


def anna_lacks(
    rules: str,
    *,
    consents: dict[str, bool] | None = None,
    points: int = 38,
    tracking: str = "{}",
    company: str = "",
    mails: Collection[Reaching] = (OFFER,),
) -> tuple[Stage, NotYet]:
    """Anna, who has so many points by hand, and what she lacks for 50."""
    scoring = f"{{rules: {rules}}}"
    anna = on_stage(program("[{wait: 300 days}]"), scoring=scoring, tracking=tracking)
    anna.submits(consents=AGREES if consents is None else consents, company=company)
    anna.is_given(points)
    return anna, lacks(anna, mails)


def lacks(anna: Stage, mails: Collection[Reaching] = (OFFER,)) -> NotYet:
    """What she lacks now, with the mails that reach her."""
    lead, book = anna.lead, anna.book
    return not_yet(book.rules, lead.entries, lead.score, 50, anna.now, PARIS, can_earn(book.company, lead, mails))


def ways(found: NotYet) -> list[tuple[str, int]]:
    """The rules that would do alone, and how often."""
    return [(way.rule.id, way.times) for way in found.ways]


WATCHED = """[{id: prices, title: Prices, on: {page.visited: /pricing*}, points: 12},
              {id: click, title: A click, on: link.clicked, points: 12},
              {id: file, title: A file, on: asset.downloaded, points: 12}]"""


@pytest.mark.parametrize(
    "agrees, tracking, would_do",
    [
        (True, "{}", ["prices", "click", "file"]),
        (False, "{}", ["file"]),
        (True, "{mode: none}", ["file"]),
        (True, "{visits: none}", ["click", "file"]),
    ],
)
def test_what_nobody_is_told_of_would_not_do(*, agrees: bool, tracking: str, would_do: list[str]) -> None:
    consents = {"follow_up_email": True, "visit_tracking": agrees}
    _, found = anna_lacks(WATCHED, consents=consents, tracking=tracking)
    assert [name for name, _ in ways(found)] == would_do


@pytest.mark.parametrize(
    "mails, would_do",
    [
        ([OFFER], ["any", "link", "seen", "offer"]),
        ([Reaching("news", frozenset({"cases"}))], ["any", "seen"]),
        ([Reaching("news", frozenset())], ["seen"]),
        ([], []),
    ],
)
def test_only_the_mails_that_reach_her_can_be_opened_and_have_links_to_follow(
    mails: list[Reaching], would_do: list[str]
) -> None:
    rules = """[{id: any, title: Any link, on: link.clicked, points: 12},
                {id: link, title: Our prices, on: {link.clicked: prices}, points: 12},
                {id: seen, title: Any mail, on: email.opened, points: 12},
                {id: offer, title: The offer, on: {email.opened: offer}, points: 12}]"""
    _, found = anna_lacks(rules, mails=mails)
    assert [name for name, _ in ways(found)] == would_do


def test_what_a_rule_asks_for_beside_its_event_must_be_so_or_come_with_it() -> None:
    rules = """[{id: acme, title: ACME, on: {page.visited: /pricing*}, when: 'lead.company == "ACME"', points: 12},
                {id: other, title: Not ACME, on: {page.visited: /a}, when: 'not lead.company == "ACME"', points: 12},
                {id: good, title: Good, on: questionnaire.completed, when: answers.cx.share >= 60, points: 12},
                {id: both, title: Both, on: questionnaire.completed,
                 when: 'answers.cx.share >= 60 and lead.company == "ACME"', points: 12},
                {id: boss, title: Decides, when: 'lead.position == "CEO"', points: 12},
                {id: phone, title: Can be called, when: lead.phone is known, points: 12}]"""
    _, found = anna_lacks(rules)
    assert [name for name, _ in ways(found)] == ["other", "good", "phone"]
    _, found = anna_lacks(rules, company="Acme")
    assert [name for name, _ in ways(found)] == ["acme", "good", "both", "phone"]


def test_what_counts_once_a_day_is_asked_for_on_as_many_days_as_what_fades_meanwhile_needs() -> None:
    steady = "{id: a, title: Prices, on: {page.visited: /pricing*}, points: 4, counts: once a day}"
    _, found = anna_lacks(f"[{steady}]")
    assert ways(found) == [("a", 3)]
    _, found = anna_lacks(f"[{steady[:-1]}, half_life: 3 days}}]")
    assert ways(found) == [("a", 4)], "4, and 3, 3 and 2 are left of the days before"


def test_what_was_given_late_yesterday_evening_counts_again_today() -> None:
    rules = """[{id: a, title: Answers, on: questionnaire.completed, points: 6, counts: once a day},
                {id: form, title: A form, on: form.submitted, points: 20, half_life: 10 days}]"""
    anna, _ = anna_lacks(rules, points=18)
    to_eleven_in_the_evening = (23 - local_time(anna.now, PARIS).hour) % 24
    anna.passes(f"{to_eleven_in_the_evening} hours")
    anna.answers()
    anna.passes("2 hours")
    assert (anna.lead.score, ways(lacks(anna))) == (44, [("a", 1)]), "today, before more of the form's points fade"


def test_the_points_that_she_has_fade_on_these_days_too() -> None:
    rules = """[{id: a, title: Prices, on: {page.visited: /pricing*}, points: 4, counts: once a day},
                {id: form, title: A form, on: form.submitted, points: 20, half_life: 10 days}]"""
    anna, found = anna_lacks(rules, points=18)
    assert (anna.lead.score, ways(found)) == (38, [("a", 4)])


@pytest.mark.parametrize("points, half_life, times", [(5, "45 days", 3), (4, "45 days", 4), (4, "10 days", None)])
def test_coming_back_after_a_week_is_asked_for_as_often_as_it_brings_the_points_week_by_week(
    points: int, half_life: str, times: int | None
) -> None:
    """5, and 4 and 4 are left of those a week and two weeks before."""
    rules = f"""[{{id: back, title: Came back, on: {{visit.returned: 7 days}}, points: {points}, counts: always,
                   half_life: {half_life}}}]"""
    anna, found = anna_lacks(rules)
    assert ways(found) == ([("back", times)] if times else [])
    for number in range(times or 8):
        assert not anna.lead.handoffs
        if number:
            anna.passes("7 days")
        anna.record(visit(anna, away=7 * 86_400))
    assert bool(anna.lead.handoffs) == bool(times)


def test_what_has_counted_today_is_asked_for_on_another_day() -> None:
    rules = """[{id: prices, title: Prices, on: {page.visited: /pricing*}, points: 12, counts: once a day},
                {id: cases, title: Cases, on: {page.visited: /cases*}, points: 12, counts: once a day}]"""
    anna, _ = anna_lacks(rules, points=26)
    anna.record(visit(anna))
    assert [(way.rule.id, way.other_days) for way in lacks(anna).ways] == [("prices", True), ("cases", False)]
    smaller, _ = anna_lacks(rules.replace("points: 12", "points: 7"), points=32)
    smaller.record(visit(smaller))
    smaller.is_given(-1)
    found = [(way.rule.id, way.times, way.other_days) for way in lacks(smaller).ways]
    assert found == [("prices", 2, True), ("cases", 2, False)]


def test_a_threshold_lies_ahead_of_whom_a_rep_has_given_back() -> None:
    anna = on_stage(program("[{wait: 300 days}]"), thresholds="[{score: 30}, {score: 50}]")
    anna.submits()
    anna.is_given(35)
    anna.is_given(-10)

    def goals() -> list[int]:
        return [one.score for one in still_ahead(anna.book.company, anna.lead)]

    assert goals() == [50]
    anna.returns("camille")
    assert goals() == [30, 50]
    anna.lead = replace(anna.lead, handoffs=())
    assert goals() == [30, 50], "whom nobody could be given to is handed over when she comes to it again"
