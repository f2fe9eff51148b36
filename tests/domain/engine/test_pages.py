"""Page visits in the engine: what they bring about, in what order, what is taken back, and what needs no decision."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine import decide
from funnel.domain.engine.doubts import ANOTHER, REASON_GONE
from funnel.domain.engine.interests import interests_of
from funnel.domain.scoring import ledger
from funnel.domain.timing import local_time
from funnel.domain.tunnel.trigger import matches_page, page_of, written_path
from tests.domain.engine.kit import Stage, on_stage, program
from tests.domain.engine.test_properties import in_order, replays_agree
from tests.domain.engine.world import PARIS, book_of

AGREES = {"follow_up_email": True, "visit_tracking": True}
SITE = "www.verdanne.example"
RULES = """
rules:
- {id: prices, title: Prices, on: {page.visited: /pricing*}, points: 20, counts: once a day, half_life: 10 days}
- {id: back, title: Back, on: {visit.returned: 7 days}, points: 5, counts: always, expires: 30 days}
- {id: click, title: A click, on: {link.clicked: prices}, points: 3, counts: always}
"""
TUNNEL = """
- email: offer
- {await: page.visited, page: "/pricing*", within: 5 days, otherwise: [{end: no_answer}]}
- {await: visit.returned, away: 7 days, within: 60 days, otherwise: [{end: stayed_away}]}
- {tag: vip}
"""


def visit(anna: Stage, path: str = "/pricing", *, at: datetime | None = None, **more: Any) -> on.PageVisited:
    """A visit of hers."""
    return on.PageVisited(
        lead_id=1, occurred_at=at or anna.now, key=f"v/{anna.number()}", visitor="v", page=page_of(SITE, path), **more
    )


def anna_visits(*, scoring: str = RULES, sequence: str = TUNNEL, consents: dict[str, bool] | None = None) -> Stage:
    """Anna, whose form has come."""
    anna = on_stage(program(sequence), scoring=scoring)
    anna.submits(consents=AGREES if consents is None else consents)
    return anna


def parted(anna: Stage, *pages: on.PageVisited) -> on.VisitorParted:
    """Her browser turns out to be another person's."""
    visits = tuple(str(one.key) for one in pages)
    return on.VisitorParted(lead_id=1, occurred_at=anna.now, visitor="v", visits=visits, by="machine")


def test_s123_a_visit_to_a_key_page_and_a_return_lead_her_on() -> None:
    anna = anna_visits()
    anna.record(visit(anna, "/team"))
    assert anna.place().step == "await_page_visited"
    anna.record(visit(anna, "/pricing/enterprise"))
    assert anna.place().step == "await_visit_returned"
    anna.passes("8 days")
    anna.record(visit(anna, "/", away=8 * 86_400))
    assert anna.lead.tags == {"vip"}
    replays_agree(anna)


AWAITS_HERE = """
- email: offer
- {await: page.visited, page: /pricing, since: here, within: 20 days, otherwise: [{end: no_answer}]}
- {wait: 2 days}
- {tag: vip}
"""


def awaits_here() -> Stage:
    """Anna, who stands at an await of what comes from now on, for a day."""
    anna = anna_visits(sequence=f"- {{wait: 2 days}}\n{AWAITS_HERE}")
    anna.passes("3 days")
    assert anna.place().step == "await_page_visited"
    return anna


def test_a_visit_that_is_told_late_meets_no_await_of_what_comes_from_now_on() -> None:
    anna = awaits_here()
    anna.record(visit(anna, at=anna.now - timedelta(days=2)))
    assert anna.place().step == "await_page_visited"
    anna.record(visit(anna, at=anna.now - timedelta(days=2, hours=1)))
    anna.passes("1 hour")
    anna.record(visit(anna))
    assert anna.place().step == "wait_2_days_2"
    replays_agree(anna)


@pytest.mark.parametrize("told, stands", [("before", "await_page_visited"), ("there", "wait_2_days_2")])
def test_of_the_very_instant_at_which_she_comes_to_an_await_what_was_known_is_old_and_what_is_told_there_is_new(
    told: str, stands: str
) -> None:
    anna = anna_visits(sequence=f"- {{wait: 2 days}}\n{AWAITS_HERE}")
    comes = anna.place().due_at
    assert comes
    anna.now = comes
    if told == "before":
        anna.record(visit(anna))
        assert anna.place().step == "wait_2_days"
    anna.works()
    assert (anna.place().step, anna.place().entered_at) == ("await_page_visited", comes)
    if told == "there":
        anna.record(visit(anna))
    anna.works()
    assert anna.place().step == stands
    replays_agree(anna)


def test_a_wait_behind_a_visit_counts_from_the_visit_though_it_is_told_later() -> None:
    anna = awaits_here()
    anna.record(visit(anna, at=anna.now - timedelta(hours=12)))
    assert anna.place().due_at == anna.now + timedelta(hours=36)


def test_an_older_visit_that_is_told_last_does_not_stand_for_the_newest() -> None:
    """She came to the page on the third day; what her phone tells then was on the first."""
    anna = anna_visits(sequence=f"- {{wait: 4 days}}\n{AWAITS_HERE}".replace("since: here, ", ""))
    anna.passes("3 days")
    seen = anna.now
    anna.record(visit(anna))
    anna.record(visit(anna, at=anna.now - timedelta(days=2)))
    assert [one.at for one in anna.place().happened] == [seen]


def test_a_visit_before_the_form_gives_its_points_and_starts_nothing_late() -> None:
    other = program("[{wait: 1 day}]", "other", on={"page.visited": "/pricing*"})
    anna = on_stage(program("[{wait: 1 day}]"), other, scoring=RULES)
    anna.submits(consents=AGREES)
    for days in (20, 10):
        anna.record(visit(anna, at=anna.now - timedelta(days=days), received_at=anna.now - timedelta(days=days)))
    assert [(one.points, one.since < anna.now) for one in anna.lead.entries] == [(5, True), (10, True)]
    assert [one.scenario for one in anna.lead.enrolments] == ["tunnel"]
    anna.record(visit(anna, at=anna.now - timedelta(hours=2)))
    assert [one.scenario for one in anna.lead.enrolments] == ["tunnel", "other"]
    anna.passes("10 days")  # half is left, written at midnight
    assert abs(anna.lead.score - (5 + 10 + 20) / 2) <= 1


def test_a_visit_of_yesterday_evening_that_is_told_today_counts_for_yesterday() -> None:
    anna = anna_visits()
    to_one_in_the_morning = (25 - local_time(anna.now, PARIS).hour) % 24
    anna.passes(f"{to_one_in_the_morning} hours")
    anna.record(visit(anna, at=anna.now - timedelta(hours=3)))
    anna.record(visit(anna))
    anna.record(visit(anna))
    assert [one.points for one in anna.lead.entries] == [20, 20]


def test_what_a_browser_that_was_not_hers_had_brought_is_taken_back() -> None:
    anna = anna_visits(sequence="[{wait: 30 days}, {await: page.visited, within: 5 days, otherwise: [{end: none}]}]")
    first, second = visit(anna), visit(anna, "/team", away=9 * 86_400)
    for one in (first, second):
        anna.record(one)
    assert anna.lead.score == 25
    anna.record(parted(anna, first, second))
    assert (anna.lead.score, anna.place().happened) == (0, ())
    replays_agree(anna)


def test_a_hand_over_that_rests_on_another_s_browser_is_withdrawn() -> None:
    anna = on_stage(program("[{wait: 30 days}]"), scoring=RULES, thresholds="[{score: 20, because: Reads the prices}]")
    anna.submits(consents=AGREES)
    seen = visit(anna)
    anna.record(seen)
    rep = anna.handoff.rep
    anna.record(parted(anna, seen))
    assert [(one.state, one.return_reason) for one in anna.lead.handoffs] == [("withdrawn", ANOTHER.because)]
    assert [(one.rep, one.text) for one in anna.effects if isinstance(one, do.AddTask)] == [(rep, ANOTHER.withdrawn)]
    replays_agree(anna)


@pytest.mark.parametrize("edited", ["{score: 20, because: Reads our prices}", "{score: 40, because: Sold}", ""])
@pytest.mark.parametrize("accepted", [False, True])
def test_a_hand_over_rests_on_its_threshold_of_then_whatever_the_file_says_now(edited: str, accepted: bool) -> None:
    tunnel = program("[{wait: 30 days}]")
    anna = on_stage(tunnel, scoring=RULES, thresholds="[{score: 20, because: Reads the prises}]")
    anna.submits(consents=AGREES)
    seen = visit(anna)
    anna.record(seen)
    if accepted:
        anna.accepts(anna.handoff.rep)
    anna.book = book_of(tunnel, scoring=RULES, thresholds=f"[{edited}]")
    anna.record(parted(anna, seen))
    told = ANOTHER.flagged if accepted else ANOTHER.withdrawn
    assert anna.lead.handoffs[-1].state == ("accepted" if accepted else "withdrawn")
    assert [one.text for one in anna.effects if isinstance(one, do.AddTask)] == [told]


HALF = """
rules:
- {id: form, title: A form, on: form.submitted, points: 30}
- {id: prices, title: Prices, on: {page.visited: /pricing*}, points: 30, half_life: 10 days}
- {id: answers, title: Answers, on: questionnaire.completed, points: 20}
"""
FIFTY = "[{score: 50, because: Reached 50}, {score: 90, because: Reached 90}]"


def test_a_hand_over_is_withdrawn_also_when_its_points_have_faded_meanwhile() -> None:
    anna = on_stage(program("[{wait: 100 days}]"), scoring=HALF, thresholds=FIFTY)
    anna.submits(consents=AGREES)
    page = visit(anna)
    anna.record(page)
    anna.passes("10 days")
    assert (anna.lead.score, anna.handoff.state) == (45, "offered")
    anna.record(parted(anna, page))
    assert (anna.lead.score, anna.handoff.state) == (30, "withdrawn")
    assert [task.text for task in anna.of(do.AddTask)] == [ANOTHER.withdrawn]


def test_a_hand_over_that_she_would_have_come_to_without_those_points_stands() -> None:
    anna = on_stage(program("[{wait: 100 days}]"), scoring=HALF, thresholds=FIFTY)
    anna.submits(consents=AGREES)
    page = visit(anna)
    anna.record(page)
    anna.answers()
    anna.is_given(-25)
    anna.record(parted(anna, page))
    assert (anna.lead.score, anna.handoff.state) == (25, "offered"), "30 for the form and 20 for her answers were 50"


TWO_GOALS = "[{score: 50, because: Much to gain}, {score: 75, because: Call first}]"
GENTLE = """
rules:
- {id: form, title: A form, on: form.submitted, points: 55}
- {id: prices, title: Prices, on: {page.visited: /pricing*}, points: 20}
"""


@pytest.mark.parametrize("accepted", [False, True])
def test_one_of_two_reasons_that_was_never_hers_is_taken_out_and_its_rep_hears_it(accepted: bool) -> None:
    anna = on_stage(program("[{wait: 100 days}]"), scoring=GENTLE, thresholds=TWO_GOALS)
    anna.submits(consents=AGREES)
    if accepted:
        anna.accepts("camille")
    page = visit(anna)
    anna.record(page)
    assert list(anna.handoff.because) == ["Much to gain", "Call first"]
    state, rep = anna.handoff.state, anna.handoff.rep
    anna.record(parted(anna, page))
    assert list(anna.handoff.because) == ["Much to gain"]
    assert (anna.handoff.state, anna.lead.score) == (state, 55)
    assert [(one.rep, one.text) for one in anna.of(do.AddTask)] == [(rep, f"{REASON_GONE}Call first")]
    replays_agree(anna)
    anna.passes("1 hour")
    anna.is_given(20)
    assert list(anna.handoff.because) == ["Much to gain", "Call first"], "now by her own"
    causes = [one.cause for one in anna.of(do.SendEmail) if one.message == "house/dossier"]
    assert len(causes) == len(set(causes)) == 3, "her rep gets the dossier again"


def test_a_second_hand_over_rests_on_what_came_since_the_first_was_given_back() -> None:
    anna = on_stage(program("[{wait: 100 days}]"), scoring=HALF, thresholds=FIFTY)
    anna.submits(consents=AGREES)
    anna.answers()
    anna.returns("camille")
    anna.is_given(-15)
    anna.passes("1 day")
    page = visit(anna)
    anna.record(page)
    assert (anna.lead.score, anna.handoff.state, len(anna.lead.handoffs)) == (65, "offered", 2)
    anna.passes("10 days")
    anna.record(parted(anna, page))
    assert (anna.lead.score, anna.handoff.state) == (35, "withdrawn")


@pytest.mark.parametrize("counts", ["once", "once a day"])
def test_what_another_s_visit_had_taken_from_hers_is_hers_again(counts: str) -> None:
    rules = f"rules: [{{id: prices, title: Prices, on: {{page.visited: /pricing*}}, points: 50, counts: {counts}}}]"
    anna = on_stage(program("[{wait: 100 days}]"), scoring=rules, thresholds=FIFTY)
    anna.submits(consents=AGREES)
    others, hers, later = visit(anna), visit(anna), visit(anna, "/team")
    for one in (others, hers, later):
        anna.record(one)
    assert (anna.lead.score, anna.handoff.state) == (50, "offered")
    anna.passes("2 days")
    stay = tuple((str(one.key), one.page, one.occurred_at) for one in (hers, later))
    anna.record(replace(parted(anna, others), stay=stay))
    standing = [(one.points, one.source, one.since) for one in ledger.standing(anna.lead.entries)]
    assert standing == [(50, hers.key, hers.occurred_at)]
    assert (anna.lead.score, anna.handoff.state, anna.of(do.AddTask)) == (50, "offered", [])
    replays_agree(anna)


def test_who_has_not_agreed_earns_nothing_by_visits() -> None:
    anna = anna_visits(consents={"visit_tracking": False})
    anna.record(visit(anna))
    assert (anna.lead.score, anna.lead.entries) == (0, ())


def test_reading_a_page_says_that_a_doubtful_click_was_hers() -> None:
    anna = anna_visits()
    click = on.LinkClicked(
        lead_id=1, occurred_at=anna.now, key="c/1", mail=1, message="tunnel/offer", link="prices", number=1,
        pass_number=1, verdict="unsure", reasons=("soon",),
    )  # fmt: skip
    anna.record(click)
    glance = on.PageLeft(lead_id=1, occurred_at=anna.now, key="l/1", visitor="v", visit="v/1", seconds=2)
    anna.record(glance)
    assert anna.lead.score == 0
    anna.record(on.PageLeft(lead_id=1, occurred_at=anna.now, key="l/2", visitor="v", visit="v/1", seconds=30))
    assert anna.lead.score == 3


def test_pages_are_matched_by_path_or_by_site_and_path() -> None:
    page = page_of("WWW.Verdanne.example", "/pricing/Enterprise/")
    assert page == "www.verdanne.example/pricing/Enterprise"
    assert all(matches_page(one, page) for one in ("/pricing*", "/*Enterprise", "/pricing/Enterprise/", "*/pricing/*"))
    assert matches_page("www.verdanne.example/pricing*", page)
    for other in ("/prici", "/pricing", "blog.verdanne.example/pricing*", "/enterprise*", "/pricing/E.terprise"):
        assert not matches_page(other, page)
    assert matches_page("/", page_of(SITE, ""))
    assert not matches_page("/", page)


def test_a_section_holds_its_own_first_page_too() -> None:
    first, article, other = (page_of(SITE, path) for path in ("/blog/", "/blog/one", "/blogs"))
    assert [matches_page("/blog/*", one) for one in (first, article, other)] == [True, True, False]
    assert all(matches_page("/*", one) for one in (first, article, other, page_of(SITE, "")))


def test_a_pattern_may_be_written_as_a_browser_shows_the_address() -> None:
    assert matches_page("/t%C3%A9l%C3%A9*", page_of(SITE, "/t\u00e9l\u00e9phones"))
    assert matches_page("/our%20prices", page_of(SITE, "/our prices"))
    assert matches_page(f"{SITE}:443/pricing", page_of(SITE, "/pricing"))


@pytest.mark.parametrize(
    "pattern", ["/te%CC%81l", "/t%C3%A9l", "/te\u0301l", "/t\u00e9l", "/te%CC%81*", f"{SITE}/t%C3%A9*"]
)
@pytest.mark.parametrize("told", ["/te%CC%81l", "/t%C3%A9l", "/te\u0301l"])
def test_accents_are_the_same_whether_composed_or_not(pattern: str, told: str) -> None:
    """Names of files made on a Mac have them decomposed."""
    assert matches_page(pattern, page_of(SITE, written_path(told)))


@pytest.mark.parametrize("path", ["/a%20", "/a%0Ab", "/caf%E9", "/50%25", "/%F0%9F%8E%89", "/a%E2%80%AEb"])
def test_whatever_stands_in_an_address_its_own_pattern_meets_it(path: str) -> None:
    page = page_of(SITE, written_path(path))
    assert matches_page(path, page)
    assert matches_page(f"{path}*", page)


PATHS = st.sampled_from(["/", "/pricing", "/pricing/enterprise", "/team"])
SAYS = st.sampled_from(["human", "unsure", "machine"])
TOUCHES = st.one_of(
    st.builds(
        lambda path, away, days: ("visit", path, {"away": away * 86_400} if away else {}, days),
        PATHS, st.sampled_from([0, 0, 3, 8]), st.sampled_from([0, 0, 5, 40]),
    ),
    st.builds(lambda seconds: ("left", seconds), st.sampled_from([1, 5, 90])),
    st.builds(lambda link, says: ("click", link, says), st.sampled_from(["prices", "team"]), SAYS),
    st.builds(lambda mail, says: ("open", mail, says), st.sampled_from(["offer", "results"]), SAYS),
    st.sampled_from([("part",), ("days", "2 days"), ("days", "10 days"), ("form",), ("withdraw",), ("agree",)]),
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TOUCHES, max_size=14))
def test_an_event_that_touches_nothing_would_change_nothing(touches: list[tuple[Any, ...]]) -> None:
    anna = anna_visits()
    interests = interests_of(anna.book)
    visits: list[str] = []

    def comes(event: on.PageVisited | on.PageLeft | on.EmailOpened | on.LinkClicked) -> None:
        lead = anna.lead
        if not interests.touches(event, engages=lead.stage == "new" or bool(lead.engaged_by), doubts=bool(lead.unsure)):
            assert decide(anna.book, lead, event, anna.now) == []
        anna.record(event)

    for what, *more in touches:
        common: dict[str, Any] = {"lead_id": 1, "occurred_at": anna.now, "key": f"k/{anna.number()}"}
        mail: dict[str, Any] = {**common, "mail": 1, "pass_number": 1}
        match what:
            case "visit":
                path, away, days = more
                at = anna.now - timedelta(days=days)
                seen = visit(anna, path, at=at, received_at=at, **away)
                visits.append(str(seen.key))
                comes(seen)
            case "left":
                comes(on.PageLeft(**common, visitor="v", visit="v/1", seconds=more[0]))
            case "click":
                comes(on.LinkClicked(**mail, message="tunnel/offer", link=more[0], number=1, verdict=more[1]))
            case "open":
                comes(on.EmailOpened(**mail, message=f"tunnel/{more[0]}", verdict=more[1]))
            case "part":
                anna.record(
                    on.VisitorParted(lead_id=1, occurred_at=anna.now, visitor="v", visits=tuple(visits), by="form")
                )
                visits = []
            case "days":
                anna.passes(more[0])
            case "form":
                anna.submits(consents=AGREES)
            case _:
                anna.decides("visit_tracking", what == "agree")
        in_order(anna)
        assert anna.lead.score == ledger.total(anna.lead.entries)
    replays_agree(anna)


def test_what_was_given_anew_does_not_count_as_later_than_what_has_faded_beside_it() -> None:
    rules = """groups: {engagement: {half_life: 5 days}}, rules: [
        {id: prices, title: Prices, on: {page.visited: /pricing*}, points: 30, counts: once},
        {id: cases, title: Cases, on: {page.visited: /cases*}, points: 30, counts: once}]"""
    anna = on_stage(program("[{wait: 100 days}]"), scoring=f"{{{rules}}}", thresholds=FIFTY)
    anna.submits(consents=AGREES)
    others, hers = visit(anna), visit(anna)
    for one in (others, hers, visit(anna, "/cases")):
        anna.record(one)
    assert (anna.lead.score, anna.handoff.state) == (60, "offered")
    anna.passes("20 days")
    anna.record(replace(parted(anna, others), stay=((str(hers.key), hers.page, hers.occurred_at),)))
    assert anna.lead.score < 10
    assert (anna.handoff.state, anna.of(do.AddTask)) == ("offered", []), "she had come to it by her own"
    replays_agree(anna)


def test_a_day_on_which_nothing_was_turned_away_gives_nothing_when_another_s_visit_of_another_day_is_gone() -> None:
    rules = "rules: [{id: prices, title: Prices, on: {page.visited: /pricing*}, points: 10, counts: once a day}]"
    anna = on_stage(program("[{wait: 100 days}]"), scoring=rules)
    anna.submits(consents=AGREES)
    yesterday = replace(visit(anna), occurred_at=anna.now - timedelta(days=1))
    others = visit(anna)
    anna.record(others)
    anna.record(replace(parted(anna, others), stay=((str(yesterday.key), yesterday.page, yesterday.occurred_at),)))
    assert anna.lead.score == 0
