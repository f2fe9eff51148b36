"""A lead kept from her step to her mail is believed only while nothing else has happened to her."""

from datetime import timedelta

import pytest

from funnel.domain import events as on
from funnel.domain.lead import Lead
from funnel.usecases import fresh_leads
from funnel.usecases.fresh_leads import FreshLeads
from tests.support.place import MONDAY, Place

OFFER = MONDAY + timedelta(days=2, minutes=1)


def with_offers(place: Place, number: int) -> list[int]:
    """Leads whose step has been carried out and whose offer is queued; nothing else happened for two days."""
    ids = place.leads(number)
    place.starts(ids)
    place.drain()
    place.set(OFFER)
    while place.runner.run("due"):
        pass
    return ids


def taken(place: Place, ids: list[int]) -> dict[int, Lead]:
    with place.house.database.read() as connection:
        return place.house.fresh.take(connection, ids)


def renamed(place: Place, lead_id: int) -> None:
    """Something else happens to her, in another process."""
    place.happens(on.DetailsChanged(lead_id=lead_id, occurred_at=place.now, fields={"name": "Zora"}, by="rep"))


def test_what_was_folded_is_given_out_once_and_is_what_stands_in_the_tables(place: Place) -> None:
    ids = with_offers(place, 3)
    assert taken(place, ids) == {one: place.load(one) for one in ids}
    assert taken(place, ids) == {}


def test_who_has_changed_since_is_read_anew(place: Place) -> None:
    ana, bea = with_offers(place, 2)
    renamed(place, ana)
    assert set(taken(place, [ana, bea])) == {bea}


def test_a_mail_says_what_is_true_when_it_is_written(place: Place) -> None:
    ana, bea = with_offers(place, 2)
    renamed(place, ana)
    place.drain()
    said = {one: place.row("offer", one)["frozen"]["context"]["lead"]["name"] for one in (ana, bea)}
    assert said == {ana: "Zora", bea: place.load(bea).name}


def test_who_is_gone_is_not_remembered(lite: Place) -> None:
    (ana,) = with_offers(lite, 1)
    fresh = FreshLeads()
    fresh.keep({ana + 1: lite.load(ana)}, {ana + 1: "event"}, OFFER)
    with lite.house.database.read() as connection:
        assert fresh.take(connection, [ana + 1]) == {}


def test_only_so_many_are_kept_and_not_for_ever(lite: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {one: lite.load(one) for one in with_offers(lite, 3)}
    few = FreshLeads(most=2)
    few.keep(known, dict.fromkeys(known, "event"), OFFER)
    assert len(few) == 2
    monkeypatch.setattr(fresh_leads, "KEPT_FOR", -1.0)
    few.keep({}, {}, OFFER)
    assert len(few) == 0
