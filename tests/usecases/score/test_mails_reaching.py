"""Why not yet: what is opened and followed in mails is ahead of whom such a mail still reaches, and of nobody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from funnel.domain import events as on
from funnel.storage import outbox_lists
from funnel.usecases.score.read_score import read_score
from tests.support.home import COMPANY, agrees, tunnel_of
from tests.support.place import MONDAY, Place

RULES = """
scoring:
  rules:
    - {id: prices, title: {en: Our prices}, on: {link.clicked: prices}, points: 50}
    - {id: any, title: {en: Any link}, on: link.clicked, points: 50}
    - {id: offer, title: {en: The offer}, on: {email.opened: offer}, points: 50}
    - {id: results, title: {en: The results}, on: {email.opened: results}, points: 50}
"""
LINK = '<mj-text><a name="prices" href="https://www.verdanne.example/pricing">Our prices</a></mj-text>\n<mj-text>Hello'
OFFERED = ["prices", "any", "offer", "results"]


@pytest.fixture
def shop(place: Place) -> Place:
    """An asked mail without a link, and after a day a marketing mail with one."""
    place.set(MONDAY)
    write = place.home / "scenarios"
    (write / "company.yaml").write_text(COMPANY + RULES, encoding="utf-8")
    sequence = "sequence: [{email: results}, {wait: 1 day}, {email: offer}, {wait: 300 days}]\n"
    (write / "tunnel.yaml").write_text(tunnel_of(sequence), encoding="utf-8")
    body = place.home / "email_templates/tunnel/offer/body.en.mjml"
    body.write_text(body.read_text(encoding="utf-8").replace("<mj-text>Hello", LINK, 1), encoding="utf-8")
    place.publish()
    return place


def would_do(place: Place, lead_id: int) -> list[str]:
    """The rules that would bring her to the threshold by themselves."""
    ahead = read_score(place.house, lead_id, "en").next
    assert ahead
    return [way.rule.id for way in ahead.ways]


def told(place: Place) -> int:
    """Ana, who agrees to be told of."""
    lead_id = place.submits().lead_id
    place.happens(agrees(lead_id, place.now))
    place.drain()
    return lead_id


def has_had(place: Place, lead_id: int) -> set[str]:
    with place.house.database.read() as connection:
        return {row["message"] for row in outbox_lists.sent_to(connection, [lead_id])}


def a_day_later(place: Place) -> None:
    place.set(place.now + timedelta(days=1))
    place.drain()


def test_who_wants_marketing_can_follow_the_link_of_a_marketing_mail(shop: Place) -> None:
    assert would_do(shop, told(shop)) == OFFERED


def unsubscribes(place: Place, lead_id: int) -> None:
    place.happens(on.Unsubscribed(lead_id=lead_id, occurred_at=place.now, page="/u"))


def refuses(place: Place, lead_id: int) -> None:
    place.happens(
        on.ConsentChanged(
            lead_id=lead_id, occurred_at=place.now, purpose="follow_up_email", given=False, wording="No", page="/me"
        )
    )


@pytest.mark.parametrize("stop", [unsubscribes, refuses])
def test_whom_no_marketing_reaches_any_more_can_open_what_she_asks_for_alone(
    shop: Place, stop: Callable[[Place, int], None]
) -> None:
    lead_id = told(shop)
    stop(shop, lead_id)
    assert would_do(shop, lead_id) == ["results"]


def test_a_mail_that_she_has_already_can_still_be_opened_and_its_link_followed(shop: Place) -> None:
    lead_id = told(shop)
    a_day_later(shop)
    assert has_had(shop, lead_id) == {"tunnel/results", "tunnel/offer"}
    refuses(shop, lead_id)
    assert would_do(shop, lead_id) == OFFERED
    shop.set(shop.now + timedelta(days=762))
    assert would_do(shop, lead_id) == ["results"], "after 25 months nothing is kept of it"


def test_what_left_before_she_agreed_to_be_told_of_has_nothing_that_tells(shop: Place) -> None:
    lead_id = shop.submits().lead_id
    a_day_later(shop)
    assert has_had(shop, lead_id) == {"tunnel/results", "tunnel/offer"}
    shop.set(shop.now + timedelta(hours=1))
    shop.happens(agrees(lead_id, shop.now))
    refuses(shop, lead_id)
    assert would_do(shop, lead_id) == ["results"]
