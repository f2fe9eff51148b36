"""Scores: on any day, with their reasons; replayed from the events; by other rules, as an actual run has them."""

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from funnel.authoring.load import load_folder
from funnel.domain import events as on
from funnel.domain.engine import Book
from funnel.domain.lead import Lead
from funnel.domain.scoring.rules import Threshold
from funnel.storage import scores
from funnel.usecases.merge_leads import merge_leads, part_leads
from funnel.usecases.score.read_score import read_score
from funnel.usecases.score.replay import replay_leads
from funnel.usecases.score.what_if import company_of_folder, what_if
from tests.support.home import COMPANY, tunnel_of
from tests.support.place import MONDAY, Place

RULES = """
scoring:
  groups: {engagement: {most: 80}}
  rules:
    - {id: form, title: {en: Sent a form}, on: form.submitted, points: 10}
    - {id: booked, title: {en: Booked}, on: {appointment.booked: call}, points: 25}
    - {id: came, title: {en: Came}, on: appointment.held, points: 20, half_life: 4 days}
    - {id: reachable, title: {en: Can be called}, when: lead.phone is known, points: 8}
"""


WARM = """\
    - {id: warm, title: {en: Warm}, on: {segment.entered: warm}, points: 7}
segments:
  warm: {title: {en: Warm}, when: score.engagement >= 30, worked_by: scenario}
"""


def with_rules(place: Place, rules: str = RULES, threshold: int = 50) -> None:
    """The company's file with rules of points, published."""
    company = COMPANY.replace("{score: 50,", f"{{score: {threshold},") + rules
    (place.home / "scenarios" / "company.yaml").write_text(company, encoding="utf-8")
    place.publish()


def books(place: Place, lead_id: int, day: int) -> int:
    """She books a call so many days from now; the appointment."""
    lead = place.load(lead_id)
    starts = (place.now + timedelta(days=day)).replace(hour=9, minute=30, second=0, microsecond=0)
    pass_number = lead.enrolments[-1].pass_number
    return place.books(lead_id, starts, "idris", "camille", scenario="tunnel", pass_number=pass_number).id


def story(place: Place) -> list[int]:
    """Three people over two weeks: one comes, one misses, one only sends a form. Their ids."""
    place.set(MONDAY)
    ids = [
        place.submits(f"{name}@example.org", fields={"phone": phone}).lead_id
        for name, phone in (("ana", "+33145678910"), ("ben", "+33145678911"), ("eve", ""))
    ]
    ana, ben, _ = ids
    for day in range(1, 15):
        place.set(MONDAY + timedelta(days=day))
        place.drain()
        if day == 3:
            books(place, ana, 1)
        if day == 4:
            books(place, ben, 2)
        if day == 5:
            call = place.load(ana).appointments[-1].id
            place.happens(on.AppointmentHeld(lead_id=ana, occurred_at=place.now, appointment=call, by="idris"))
        if day == 7:
            call = place.load(ben).appointments[-1].id
            place.happens(on.AppointmentMissed(lead_id=ben, occurred_at=place.now, appointment=call, by="idris"))
    return ids


def test_each_entry_has_its_reason_and_the_event_that_earned_it(lite: Place) -> None:
    with_rules(lite)
    ana, _, eve = story(lite)
    sheet = read_score(lite.house, ana, "en")
    assert [(one.entry.points, one.why) for one in reversed(sheet.lines)][:4] == [
        (10, "Sent a form"),
        (8, "Can be called"),
        (25, "Booked"),
        (20, "Came"),
    ]
    assert all(one.what for one in sheet.lines if one.entry.kind == "earned")
    assert (sheet.score, sheet.groups) == (lite.load(ana).score, {"engagement": sheet.score - 8, "fit": 8})
    assert sheet.score < 63, "the points for coming have faded"
    other = read_score(lite.house, eve, "en")
    assert other.next is not None
    assert (other.next.threshold, other.next.missing) == (50, 40)
    assert [way.rule.id for way in other.next.together] == ["booked", "came"]


def test_the_score_on_a_day_is_what_a_replay_to_that_day_gives(place: Place) -> None:
    with_rules(place)
    ana, *_ = story(place)
    published = place.house.shelf.last
    assert published is not None
    now = place.now
    with place.house.database.read() as connection:
        [(lead, after, effects)] = replay_leads(connection, place.house, published, [ana], now)
    assert after.entries == lead.entries
    assert (after.stage, after.score, after.tags, len(after.handoffs)) == (
        lead.stage, lead.score, lead.tags, len(lead.handoffs)
    )  # fmt: skip
    for day in range(15):
        on_day = date(2027, 6, 7) + timedelta(days=day)
        sheet = read_score(place.house, ana, "en", on_day)
        until = MONDAY.replace(hour=22) + timedelta(days=day)
        assert sheet.score == sum(e.entry.points for at, e in effects if hasattr(e, "entry") and at < until)
    assert read_score(place.house, ana, "en", date(2027, 6, 7)).score == 18
    assert read_score(place.house, ana, "en", date(2027, 6, 6)).score == 0


@pytest.mark.parametrize("threshold", [15, 35, 60])
def test_what_if_is_what_an_actual_run_by_the_other_rules_gives(
    build_place: Callable[..., Place], sqlite_url: str, tmp_path: Path, threshold: int
) -> None:
    shutil.copy(tmp_path / "funnel.db", tmp_path / "actual.db")
    place = build_place(sqlite_url)
    with_rules(place)
    story(place)
    other = RULES.replace("points: 10", "points: 16").replace("half_life: 4 days", "half_life: 9 days") + WARM
    draft = tmp_path / "draft"
    shutil.copytree(place.home, draft)
    text = COMPANY.replace("{score: 50,", f"{{score: {threshold},") + other
    (draft / "scenarios" / "company.yaml").write_text(text, encoding="utf-8")
    read = company_of_folder(draft)
    assert read is not None, load_folder(draft).findings
    asked = what_if(place.house, read, days=30)
    assert asked.leads == 3

    actual = build_place(sqlite_url.replace("funnel.db", "actual.db"))
    with_rules(actual, other, threshold)
    ids = story(actual)
    reached = {
        lead_id
        for lead_id in ids
        if any(
            sum(one.points for one in actual.load(lead_id).entries[: n + 1]) >= threshold
            for n in range(len(actual.load(lead_id).entries))
        )
    }
    assert {one.lead for one in asked.then} == reached
    assert {one.lead: one.score for one in asked.then} == {lead_id: actual.load(lead_id).score for lead_id in reached}
    assert [one.lead for one in asked.now] == [ids[0]]
    assert [one.kept for one in asked.now] == [True]


def written(lead: Lead) -> list[tuple[str, int]]:
    """The ledger: kinds and points."""
    return [(one.kind, one.points) for one in lead.entries]


JOINED = """
scoring:
  rules:
    - {id: form, title: {en: Sent a form}, on: form.submitted, points: 15}
    - {id: booked, title: {en: Booked}, on: {appointment.booked: call}, points: 5, expires: 20 days}
"""


def two_are_one(place: Place, *, parted: bool) -> list[int]:
    """She has written from two addresses: joined on the second day, and by the second she books a call on the third;
    parted after a week, or not. Their ids."""
    place.set(MONDAY)
    work, home = (place.submits(f"ana@{name}.example").lead_id for name in ("work", "home"))
    for day in range(1, 15):
        place.set(MONDAY + timedelta(days=day))
        place.drain()
        if day == 2:
            merge_leads(place.house, None, work, home, "nadia")
        if day == 3:
            books(place, home, 1)
        if day == 7 and parted:
            part_leads(place.house, None, home, "nadia")
    return [work, home]


@pytest.mark.parametrize("parted", [False, True])
@pytest.mark.parametrize("expires", ["20 days", "6 days"])
def test_what_if_counts_the_points_of_a_joined_lead_as_the_other_rules_give_them(
    build_place: Callable[..., Place], sqlite_url: str, tmp_path: Path, *, parted: bool, expires: str
) -> None:
    shutil.copy(tmp_path / "funnel.db", tmp_path / "actual.db")
    place = build_place(sqlite_url)
    with_rules(place, JOINED)
    ids = two_are_one(place, parted=parted)
    other = JOINED.replace("points: 15", "points: 30").replace("points: 5", "points: 9")
    other = other.replace("20 days", expires)
    draft = tmp_path / "draft"
    shutil.copytree(place.home, draft)
    (draft / "scenarios" / "company.yaml").write_text(COMPANY + other, encoding="utf-8")
    read = company_of_folder(draft)
    assert read is not None
    asked = what_if(place.house, read, days=30)

    actual = build_place(sqlite_url.replace("funnel.db", "actual.db"))
    with_rules(actual, other)
    assert two_are_one(actual, parted=parted) == ids
    after = actual.load(ids[0])
    assert after.handoffs
    assert asked.now == []
    assert [(one.lead, one.score) for one in asked.more] == ([] if parted else [(ids[0], after.score)])
    assert asked.leads == (2 if parted else 1)
    book = Book(read.company, {}, {}, rules=read.rules, segments=read.segments)
    published = place.house.shelf.last
    assert published is not None
    with place.house.database.read() as connection:
        told = {
            one.id: again for one, again, _ in replay_leads(connection, place.house, published, ids, place.now, book)
        }
    for one in ids:
        assert written(told[one]) == written(actual.load(one))


def test_another_threshold_alone_says_who_would_have_come_to_it(lite: Place) -> None:
    with_rules(lite)
    ana, ben, _ = story(lite)
    found = what_if(lite.house, thresholds=[Threshold(score=40)], days=30)
    assert [one.lead for one in found.more] == [ben]
    assert not found.fewer
    assert {one.lead for one in found.then} == {ana, ben}


SCORED = tunnel_of("""
sequence:
  - score: 20
  - when: lead.phone is known
    do: [{score: 15}]
  - wait: 1 day
  - score: 15
  - tag: vip
  - end: done
""")


@pytest.mark.parametrize("threshold", [15, 20, 30, 36, 60, 70])
def test_another_threshold_alone_changes_nobodys_points(
    build_place: Callable[..., Place], sqlite_url: str, threshold: int
) -> None:
    place = build_place(sqlite_url, {"tunnel": SCORED})
    vip = "{id: vip, title: {en: VIP}, when: '\"vip\" in tags', points: 30}"
    with_rules(place, f"scoring: {{rules: [{vip}]}}\n", threshold=25)
    ana = place.submits("ana@example.org", fields={"phone": "+33145678910"}).lead_id
    place.drain()
    place.set(place.now + timedelta(days=2))
    place.drain()
    assert place.load(ana).score == 80
    assert [one.score for one in what_if(place.house, thresholds=[Threshold(score=threshold)]).then] == [80]


def test_who_would_have_come_to_a_lower_threshold_before_these_days_is_neither_more_nor_fewer(lite: Place) -> None:
    with_rules(lite)
    ana, *_ = story(lite)  # 18 points for her form on the first day, 63 since she came on the sixth
    lite.set(MONDAY + timedelta(days=15))
    found = what_if(lite.house, thresholds=[Threshold(score=15)], days=12)
    assert ([one.lead for one in found.now], found.then) == ([ana], [])
    assert (found.more, found.fewer) == ([], [])
    raised = what_if(lite.house, thresholds=[Threshold(score=60)], days=10)
    assert (raised.more, raised.fewer) == ([], [])


def test_nothing_is_ahead_of_whom_a_threshold_has_handed_over_even_when_her_points_fade(lite: Place) -> None:
    with_rules(lite)
    ana, *_ = story(lite)
    lite.set(MONDAY + timedelta(days=60))
    lite.drain()
    sheet = read_score(lite.house, ana, "en")
    assert (sheet.score < 50, sheet.next) == (True, None)


def test_publishing_other_rules_looks_at_everybodys_score_anew(place: Place) -> None:
    with_rules(place)
    place.set(MONDAY)
    ana = place.submits(fields={"phone": "+33145678910"}).lead_id
    assert place.load(ana).score == 18
    with_rules(place, RULES + "    - {id: named, title: {en: Named}, when: lead.name is known, points: 3}\n")
    place.drain()
    assert place.load(ana).score == 21
    with_rules(place, RULES)
    place.drain()
    assert place.load(ana).score == 21, "what a rule gave stays when the rule is gone"
    with place.house.database.read() as connection:
        assert [row["event_id"] is not None for row in scores.of_lead(connection, ana)] == [True, True, True]


def test_fading_happens_by_itself_at_the_beginning_of_a_day(place: Place) -> None:
    with_rules(place)
    place.set(MONDAY)
    ana = place.submits(fields={"phone": "+33145678910"}).lead_id
    call = books(place, ana, 1)
    place.set(MONDAY + timedelta(days=2))
    place.happens(on.AppointmentHeld(lead_id=ana, occurred_at=place.now, appointment=call, by="idris"))
    assert place.load(ana).score == 63
    due = place.load(ana).review_at
    assert due is not None
    assert (due.hour, due.minute) == (22, 0), "midnight in Paris in June"
    place.set(due + timedelta(minutes=1))
    place.drain()
    after = place.load(ana)
    assert after.score == 61, "14 hours of a half-life of four days"
    assert after.review_at is not None
    assert after.review_at > due
