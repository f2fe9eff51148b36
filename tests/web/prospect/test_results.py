"""The private link: reading changes nothing, a button proves the address, a tampered link opens nothing."""

import re

import pytest

from tests.web.conftest import Town
from tests.web.prospect.visitor import Visitor, answered, in_the_tunnel, invited, private_link


@pytest.fixture
def link(town: Town) -> str:
    """The private link of a lead's mail."""
    in_the_tunnel(town)
    return private_link(town)


def test_opening_it_changes_nothing(town: Town, link: str) -> None:
    before = town.leads()
    visitor = Visitor(town.app)
    assert visitor.open(link).status_code == 200
    assert visitor.client.head(link).status_code == 200
    assert town.leads() == before
    assert "Léa, you are at “Leading”." in visitor.text


def test_the_button_proves_the_address(town: Town, link: str) -> None:
    visitor = Visitor(town.app)
    visitor.open(link)
    visitor.send()
    assert "Your address is confirmed." in visitor.text
    assert town.leads()[0].email_proven
    visitor.open(link)
    assert "Yes, this is me" not in visitor.text


def test_a_booked_appointment_stands_in_place_of_the_offer(town: Town, link: str) -> None:
    visitor = Visitor(town.app)
    visitor.open(link)
    visitor.open(next(part for part in visitor.page.text.split('"') if part.startswith("/book/")))
    slot = visitor.page.text.split('name="slot" value="')[1].split('"')[0]
    visitor.send({"slot": slot, "phone": "0612345678"})
    visitor.open(link)
    assert "Make these results a plan" not in visitor.text
    assert "calls you (Paris time)" in visitor.text


@pytest.mark.parametrize(
    "spoken, said",
    [("en", "We call you on the number ending in 78"), ("fr", "Nous vous appelons au numéro qui se termine par 78")],
)
def test_whoever_she_gives_the_page_to_does_not_read_her_number(town: Town, spoken: str, said: str) -> None:
    visitor = answered(town, invited(town))
    visitor.send({"follow_up": "call", "phone": "06 12 34 56 78", "go": "send"})
    page = visitor.open(f"{visitor.address}?lang={spoken}").text
    assert said in page
    assert not re.search(r"6\D?12\D?34\D?56", page)


@pytest.mark.parametrize("path", ["/r/", "/book/", "/u/"])
def test_a_tampered_token_is_not_found(town: Town, link: str, path: str) -> None:
    token = link.removeprefix("/r/")
    wrong = ("A" if token[20] != "A" else "B").join((token[:20], token[21:]))
    visitor = Visitor(town.app)
    for text in (wrong, "x", token + "A", token[:-1], "%00", "é"):
        assert visitor.open(path + text).status_code == 404
    if path != "/r/":
        assert visitor.open(path + token).status_code == 404, "a token opens its own purpose only"
