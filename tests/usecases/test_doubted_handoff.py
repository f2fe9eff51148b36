"""A hand-over that rests on a machine's click is withdrawn, and the mails that it had stopped leave after all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from funnel.domain import events as on
from funnel.domain.engine.doubts import MACHINE
from funnel.domain.engine.merging import WITHDRAWN
from funnel.storage import installation
from funnel.usecases.desk import read_lead
from funnel.usecases.merge_leads import merge_leads, part_leads
from funnel.usecases.naming import Names
from tests.support.home import COMPANY, HUGO, agrees
from tests.support.place import MONDAY, Place

RULES = """
scoring:
  rules: [{id: prices, title: {en: Prices}, on: link.clicked, points: 60, counts: always}]
"""
SATURDAY = MONDAY + timedelta(days=5)


def follows_the_prices(lead: int, now: datetime) -> on.LinkClicked:
    seen: dict[str, Any] = {"lead_id": lead, "occurred_at": now, "message": "tunnel/results", "pass_number": 1}
    return on.LinkClicked(**seen, key="click", mail=1, link="prices", number=1, verdict="human")


def was_a_machine(lead: int, now: datetime) -> on.VerdictRevised:
    """What comes out of that click later."""
    seen: dict[str, Any] = {"lead_id": lead, "occurred_at": now, "message": "tunnel/results", "pass_number": 1}
    of: dict[str, Any] = {"of": "click", "touched": "link.clicked", "subject": "prices"}
    return on.VerdictRevised(**seen, **of, key="click/machine", verdict="machine")


def test_the_mail_that_waited_for_monday_leaves_on_monday(build_place: Callable[..., Place], database_url: str) -> None:
    place = build_place(database_url, company=COMPANY + RULES)
    place.set(SATURDAY - timedelta(days=2))
    consents = {"follow_up_email": True, "visit_tracking": True}
    ana = place.lead(consents=consents)
    place.starts([ana])
    place.drain()
    place.set(SATURDAY + timedelta(hours=1))
    place.drain()
    offer = place.row("offer", ana)
    assert offer["state"] == "ready"
    place.happens(follows_the_prices(ana, place.now))
    assert place.load(ana).handoffs[-1].state == "offered"
    assert (place.row("offer", ana)["state"], place.row("offer", ana)["reason"]) == ("skipped", "handed over")
    place.happens(was_a_machine(ana, place.now))
    assert place.load(ana).handoffs[-1].state == "withdrawn"
    assert (place.row("offer", ana)["state"], place.row("offer", ana)["reason"]) == ("ready", None)
    place.set(SATURDAY + timedelta(days=2, hours=2))
    place.drain()
    assert place.row("offer", ana)["state"] == "sent"


def test_a_hand_over_that_a_machine_s_click_at_the_other_address_had_brought_is_withdrawn(
    build_place: Callable[..., Place], database_url: str
) -> None:
    rules = (
        "scoring: {rules: [{id: prices, title: {en: Prices}, on: link.clicked, points: 30, counts: always},"
        " {id: asked, title: {en: Asked}, on: form.submitted, points: 5}]}\n"
    )
    place = build_place(database_url, company=COMPANY + rules)
    work, home = (place.submits(f"ana@{one}.example").lead_id for one in ("work", "home"))
    place.happens(agrees(work, place.now), agrees(home, place.now))
    place.happens(follows_the_prices(home, place.now))
    place.happens(on.PointsGiven(lead_id=work, occurred_at=place.now, points=15, because="an import"))
    merge_leads(place.house, None, work, home, "shell")
    first = place.load(work)
    assert (first.score, first.handoffs[-1].state) == (55, "offered")
    place.happens(was_a_machine(home, place.now))
    first, second = place.load(work), place.load(home)
    assert (first.score, second.score) == (25, 5)
    assert (first.handoffs[-1].state, first.handoffs[-1].return_reason) == ("withdrawn", MACHINE.because)
    place.happens(on.PointsGiven(lead_id=work, occurred_at=place.now, points=25, because="an import"))
    assert place.load(work).handoffs[-1].state == "offered", "now by her own"


def test_the_reason_that_only_a_machine_s_click_had_brought_is_no_reason_any_more(
    build_place: Callable[..., Place], database_url: str
) -> None:
    one = "thresholds: [{score: 50, because: {en: Reached 50}}"
    company = COMPANY.replace(one, f"{one}, {{score: 75, because: {{en: Call first}}}}")
    assert company != COMPANY
    place = build_place(database_url, company=company + RULES.replace("60", "3"))
    ana = place.lead(consents={"visit_tracking": True})
    place.happens(on.PointsGiven(lead_id=ana, occurred_at=place.now, points=73, because="an import"))
    place.happens(follows_the_prices(ana, place.now))
    assert place.load(ana).handoffs[-1].because == ("Reached 50", "Call first")
    place.happens(was_a_machine(ana, place.now))
    (handoff,) = place.load(ana).handoffs
    assert (handoff.because, handoff.state) == (("Reached 50",), "offered")
    (task,) = read_lead(place.house, HUGO, ana, "fr").tasks
    with place.house.database.read() as connection:
        names = Names(place.house.shelf.published(connection, installation.moment(connection).revision), "fr")
    assert names.told(task["text"]) == "Un motif de cette transmission est tombé\N{NO-BREAK SPACE}: Call first"


def test_mails_of_the_other_address_leave_after_all_also_once_the_two_are_parted(lite: Place) -> None:
    work, home = (lite.submits(f"ana@{one}.example").lead_id for one in ("work", "home"))
    lite.set(lite.now + timedelta(days=2, minutes=5))
    lite.drain()
    for lead_id in (work, home):
        lite.happens(on.PointsGiven(lead_id=lead_id, occurred_at=lite.now, points=30, because="an import"))
    merge_leads(lite.house, None, work, home, "shell")
    assert lite.load(work).handoffs[-1].state == "offered"
    kept_back = (
        "UPDATE outbox SET state = 'skipped', reason = 'handed over' WHERE lead_id = :lead AND step LIKE '%offer%'"
    )
    lite.sql(kept_back, lead=home)
    assert lite.row("offer", home)["reason"] == "handed over"
    part_leads(lite.house, None, home, "shell")
    assert lite.load(work).handoffs[-1].state == "withdrawn"
    assert (lite.row("offer", home)["state"], lite.row("offer", home)["reason"]) == ("ready", None)


@pytest.mark.parametrize("gone", ["machine", "parted"])
def test_what_the_other_address_brought_at_a_threshold_is_doubted_also_once_the_file_says_it_otherwise(
    build_place: Callable[..., Place], sqlite_url: str, gone: str
) -> None:
    place = build_place(sqlite_url, company=COMPANY + RULES)
    work, home = (place.submits(f"ana@{one}.example").lead_id for one in ("work", "home"))
    place.happens(agrees(work, place.now), agrees(home, place.now))
    place.happens(follows_the_prices(home, place.now))
    words(place, "Reached 50", "Reached fifty")
    merge_leads(place.house, None, work, home, "shell")
    (handoff,) = place.load(work).handoffs
    assert (handoff.because, handoff.state) == (("Reached 50", "Reached fifty"), "offered")
    words(place, "{score: 50, because: {en: Reached fifty}}", "{score: 70, because: {en: Reached 70}}")
    if gone == "machine":
        place.happens(was_a_machine(home, place.now))
    else:
        part_leads(place.house, None, home, "shell")
    assert [one.state for one in place.load(work).handoffs] == ["withdrawn"]


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("edited", [False, True])
def test_what_was_set_aside_at_the_joining_and_was_a_machine_s_does_not_come_back_with_the_parting(
    build_place: Callable[..., Place], database_url: str, *, asked: bool, edited: bool
) -> None:
    place = build_place(database_url, company=COMPANY + RULES)
    work, home = (place.submits(f"ana@{one}.example").lead_id for one in ("work", "home"))
    place.drain()
    place.happens(agrees(work, place.now), agrees(home, place.now))
    place.happens(follows_the_prices(home, place.now))
    if asked:
        place.happens(on.HandOffAsked(lead_id=home, occurred_at=place.now, because="asks for a call", by="hugo"))
    (before,) = place.load(home).handoffs
    merge_leads(place.house, None, work, home, "shell")
    if edited:
        words(place, "Reached 50", "Reached fifty")
    place.happens(was_a_machine(home, place.now))
    part_leads(place.house, None, home, "shell")
    found = place.load(home)
    (after,) = found.handoffs
    if asked:
        assert (after.state, after.because, after.rep) == ("offered", ("asks for a call",), before.rep)
    else:
        assert (found.score, found.stage) == (0, "new")
        assert (after.state, after.return_reason) == ("withdrawn", MACHINE.because)
        assert [row["text"] for row in read_lead(place.house, HUGO, home, "en").tasks] == [WITHDRAWN]
        place.happens(on.PointsGiven(lead_id=home, occurred_at=place.now, points=50, because="an import"))
        assert place.load(home).handoffs[-1].state == "offered", "now by her own"


def words(place: Place, before: str, after: str) -> None:
    """The company's file says it otherwise from now on."""
    path = place.home / "scenarios" / "company.yaml"
    said = path.read_text()
    assert before in said
    path.write_text(said.replace(before, after))
    place.publish()
