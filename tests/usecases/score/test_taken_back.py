"""Points that were a machine's: no page counts them any more, and where they have led on she stays."""

from collections.abc import Callable
from typing import Any

import pytest

from funnel.domain import events as on
from funnel.domain.engine.doubts import MACHINE
from funnel.domain.scoring import ledger
from funnel.usecases.score.overview import read_points
from tests.support.home import COMPANY, agrees, tunnel_of
from tests.support.place import Place
from tests.usecases.score.test_scores import RULES, with_rules

OPENED = "    - {id: opened, title: {en: Opened}, on: email.opened, counts: always, points: 10}\n"


def test_the_page_counts_neither_points_that_were_a_machines_nor_who_had_no_others(place: Place) -> None:
    with_rules(place, RULES + OPENED, threshold=500)
    ana, ben, eve = (place.submits(f"{name}@example.org").lead_id for name in ("ana", "ben", "eve"))
    place.happens(*(agrees(lead_id, place.now) for lead_id in (ana, ben, eve)))
    opened = ((ana, "offer", "machine"), (ana, "reminder", "human"), (ben, "offer", "machine"), (eve, "offer", "human"))
    for lead_id, mail, by in opened:
        key, message = f"{lead_id}/{mail}", f"tunnel/{mail}"
        seen: dict[str, Any] = {"lead_id": lead_id, "occurred_at": place.now, "message": message}
        place.happens(on.EmailOpened(**seen, key=key, mail=1))
        if by == "machine":
            place.happens(on.VerdictRevised(**seen, of=key, touched="email.opened", subject=message, verdict="machine"))
    assert [ledger.total(place.load(lead_id).entries) for lead_id in (ana, ben, eve)] == [20, 10, 20]
    told = {one.rule.id: (one.leads, one.points) for one in read_points(place.house).rules}
    assert (told["opened"], told["form"]) == ((2, 20), (3, 30))


LED_ON = tunnel_of("""
sequence:
  - await: score.reached
    score: 20
    within: 30 days
    otherwise: [{end: lukewarm}]
  - wait: 300 days
  - end: done
""")
WARMED = "scenario: warmed\ntitle: {en: Warmed}\noffer: {en: An audit}\nwhy: volume\nsequence: [{wait: 300 days}]\n"


def test_where_points_have_led_on_she_stays_when_they_are_taken_back(
    build_place: Callable[..., Place], sqlite_url: str
) -> None:
    company = COMPANY.replace("thresholds: [", "thresholds: [{score: 20, hand_over: false, start: warmed}, ")
    place = build_place(sqlite_url, {"tunnel": LED_ON, "warmed": WARMED}, company + RULES + OPENED)
    ana = place.submits().lead_id
    seen: dict[str, Any] = {"lead_id": ana, "occurred_at": place.now, "message": "tunnel/offer"}
    place.happens(agrees(ana, place.now), on.EmailOpened(**seen, key="o", mail=1))
    led = [(one.scenario, one.step) for one in place.load(ana).enrolments]
    assert led == [("tunnel", "wait_300_days"), ("warmed", "wait_300_days")]
    place.happens(on.VerdictRevised(**seen, of="o", touched="email.opened", subject="tunnel/offer", verdict="machine"))
    after = place.load(ana)
    assert (after.score, [(one.scenario, one.step) for one in after.enrolments]) == (10, led)


@pytest.mark.parametrize("accepted", [False, True])
def test_a_hand_over_by_a_threshold_is_no_step_and_she_waits_again(
    build_place: Callable[..., Place], sqlite_url: str, *, accepted: bool
) -> None:
    awaits = "- await: email.opened\n    on_revision: move_back"
    tunnel = LED_ON.replace("- await: score.reached\n    score: 20", awaits)
    company = COMPANY.replace("score: 50,", "score: 20,")
    place = build_place(sqlite_url, {"tunnel": tunnel}, company + RULES + OPENED)
    ana = place.submits(fields={"phone": "+33145678910"}).lead_id
    waiting = place.load(ana).enrolments
    seen: dict[str, Any] = {"lead_id": ana, "occurred_at": place.now, "message": "tunnel/offer", "pass_number": 1}
    place.happens(agrees(ana, place.now), on.EmailOpened(**seen, key="o", mail=1))
    (offered,) = place.load(ana).handoffs
    assert place.load(ana).enrolments[0].step == "wait_300_days"
    if accepted:
        place.happens(on.HandoffAccepted(lead_id=ana, occurred_at=place.now, handoff=offered.id, by=offered.rep))
    place.happens(on.VerdictRevised(**seen, of="o", touched="email.opened", subject="tunnel/offer", verdict="machine"))
    (left,) = place.load(ana).handoffs
    assert (left.state, place.load(ana).enrolments) == ("accepted" if accepted else "withdrawn", waiting)
    (task,) = place.sql("SELECT text FROM tasks")
    assert task[0] == (MACHINE.flagged if accepted else MACHINE.withdrawn)
