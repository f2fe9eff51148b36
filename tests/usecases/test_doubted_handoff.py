"""A hand-over that rests on a machine's click is withdrawn, and the mails that it had stopped leave after all."""

from collections.abc import Callable
from datetime import timedelta

from funnel.domain import events as on
from tests.support.home import COMPANY
from tests.support.place import MONDAY, Place

RULES = """
scoring:
  rules: [{id: prices, title: {en: Prices}, on: link.clicked, points: 60, counts: always}]
"""
SATURDAY = MONDAY + timedelta(days=5)


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
    click = on.LinkClicked(
        lead_id=ana, occurred_at=place.now, key="click", mail=1, message="tunnel/results", link="prices", number=1,
        pass_number=1, verdict="human",
    )  # fmt: skip
    place.happens(click)
    assert place.load(ana).handoffs[-1].state == "offered"
    assert (place.row("offer", ana)["state"], place.row("offer", ana)["reason"]) == ("skipped", "handed over")
    revised = on.VerdictRevised(
        lead_id=ana, occurred_at=place.now, key="click/machine", of="click", touched="link.clicked", subject="prices",
        message="tunnel/results", pass_number=1, verdict="machine",
    )  # fmt: skip
    place.happens(revised)
    assert place.load(ana).handoffs[-1].state == "withdrawn"
    assert (place.row("offer", ana)["state"], place.row("offer", ana)["reason"]) == ("ready", None)
    place.set(SATURDAY + timedelta(days=2, hours=2))
    place.drain()
    assert place.row("offer", ana)["state"] == "sent"
