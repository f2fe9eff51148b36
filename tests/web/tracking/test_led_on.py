"""Who was led on by a scanner's click, on each database: back to where she waited, or flagged once a mail has left."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from funnel.domain import events as on
from funnel.domain.engine.led_on import RECALLED, STAYS
from funnel.domain.lead import Enrolment
from funnel.storage import windows
from funnel.usecases.history import history
from funnel.usecases.record_events import record_events
from tests.support.home import tunnel_of
from tests.web.tracking.conftest import Post, Street

AGREED = ("follow_up_email", "visit_tracking")
SEQUENCE = """sequence:
  - email: results
  - await: link.clicked
    on_revision: move_back
    within: 9 days
    otherwise: [{end: no_answer}]
  - email: offer
  - wait: 30 days
"""
AWAITING = tunnel_of(SEQUENCE)


@pytest.fixture
def street(database_url: str, build_street: Callable[..., Street]) -> Street:
    """A street whose tunnel waits for a click before its offer, on each of the three databases."""
    return build_street(database_url, tunnel=AWAITING)


def stands(street: Street, lead_id: int) -> Enrolment:
    """Where she is."""
    return street.place.load(lead_id).enrolments[0]


def is_scanned(street: Street, lead_id: int, mail: Post) -> None:
    """What had followed the first link follows two others within seconds."""
    street.asks(mail.clicks[1])
    street.asks(mail.clicks[2])
    assert street.told(lead_id)[-1][1] == "machine"


def lines(street: Street, lead_id: int, language: str) -> list[str]:
    """Her history in a language."""
    place = street.place
    with place.house.database.read() as connection:
        return [one.what for one in history(connection, place.published, place.load(lead_id), language)]


def test_before_a_mail_has_left_she_waits_again_and_a_person_gets_it_once(street: Street) -> None:
    lead_id, mail = street.writes(*AGREED)
    street.passes(timedelta(days=5))  # to a Saturday, when no offer leaves
    waiting = stands(street, lead_id)
    street.asks(mail.clicks[0])
    assert street.told(lead_id) == [("prices", "human")]
    assert (stands(street, lead_id).step, street.place.row("offer")["state"]) == ("wait_30_days", "ready")

    is_scanned(street, lead_id, mail)
    assert stands(street, lead_id) == waiting
    recalled = street.place.row("offer")
    assert (recalled["state"], recalled["reason"]) == ("skipped", RECALLED)
    assert "Back in \u201cA tunnel\u201d, for a machine had clicked: waits for a click in a mail" in lines(
        street, lead_id, "en"
    )

    street.passes(timedelta(hours=1))
    street.asks(mail.clicks[0])
    street.told(lead_id)
    assert stands(street, lead_id).step == "wait_30_days"
    street.passes(timedelta(days=2))
    street.place.drain()
    counted = "SELECT state, count(*) FROM outbox WHERE step = 'email_offer' GROUP BY state ORDER BY state"
    assert street.place.sql(counted) == [("sent", 1), ("skipped", 1)]


def test_once_a_mail_has_left_she_stays_and_her_history_tells_why(street: Street) -> None:
    lead_id, mail = street.writes(*AGREED)
    street.asks(mail.clicks[0])
    street.told(lead_id)
    assert street.place.row("offer")["state"] == "sent"
    is_scanned(street, lead_id, mail)
    assert (stands(street, lead_id).step, stands(street, lead_id).reason) == ("wait_30_days", STAYS)
    assert "Led on in \u201cA tunnel\u201d by a machine: waits for a click in a mail" in lines(street, lead_id, "en")


@pytest.mark.parametrize("opened", [False, True])
def test_a_mail_that_a_worker_has_claimed_is_recalled_and_one_on_the_wire_keeps_her(
    street: Street, opened: bool
) -> None:
    lead_id, _ = street.writes(*AGREED)
    place = street.place
    common: dict[str, Any] = {"lead_id": lead_id, "occurred_at": street.now, "pass_number": 1}
    common["message"] = "tunnel/results"
    record_events(place.house, [on.LinkClicked(**common, key="hers", mail=1, link="prices", number=1)])
    opening = {"id": place.row("offer")["id"], "lead_id": lead_id, "expect": "claimed", "state": "attempting"}
    with place.house.database.write() as connection:
        claimed = windows.claim(connection, "mail", "w/1", street.now, 60, 10)
        assert [row["message"] for row in claimed] == ["tunnel/offer"]
        if opened:
            windows.turn_window(connection, "w/1", [{**opening, "begun_at": street.now}])
    revised = on.VerdictRevised(
        **common, key="hers/machine", of="hers", touched="link.clicked", subject="prices", verdict="machine"
    )
    record_events(place.house, [revised])
    assert stands(street, lead_id).step == ("wait_30_days" if opened else "await_link_clicked")
    with place.house.database.write() as connection:
        assert windows.turn_window(connection, "w/1", [{**opening, "begun_at": street.now}]) == {}
    assert place.row("offer")["state"] == ("attempting" if opened else "skipped")


def test_who_was_led_on_twice_by_a_slow_scanner_comes_back_to_the_first_wait(
    build_street: Callable[..., Street], sqlite_url: str
) -> None:
    again = SEQUENCE[SEQUENCE.index("  - await:") : SEQUENCE.index("  - email: offer")]
    second = again.replace("link.clicked", "link.clicked\n    id: again")
    twice = AWAITING.replace("  - email: offer", f"{second}  - wait: 1 day")
    street = build_street(sqlite_url, tunnel=twice)
    lead_id, mail = street.writes(*AGREED)
    waiting = stands(street, lead_id)
    for click in mail.clicks[:2]:
        street.passes(timedelta(seconds=3))
        street.asks(click)
        assert street.told(lead_id)[-1][1] == "human"
    assert stands(street, lead_id).step == "wait_1_day"
    street.passes(timedelta(seconds=3))
    street.asks(mail.clicks[2])
    assert [verdict for _, verdict in street.told(lead_id)] == ["human", "human", "machine", "machine", "machine"]
    assert stands(street, lead_id) == waiting
