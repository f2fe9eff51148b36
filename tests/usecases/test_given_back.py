"""Times that are kept for a mail are given back once it will not leave."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from funnel.domain import events as on
from funnel.usecases.studio.resume import resume
from tests.support.place import Place
from tests.usecases.test_proposed_times import capped, kept_for

Deed = Callable[[Place, int], None]


def unsubscribes(place: Place, lead_id: int) -> None:
    place.happens(on.Unsubscribed(lead_id=lead_id, occurred_at=place.now, page="/me"))


def takes_back(place: Place, lead_id: int) -> None:
    place.happens(consent(place, lead_id, given=False))


def consent(place: Place, lead_id: int, *, given: bool) -> on.ConsentChanged:
    return on.ConsentChanged(
        lead_id=lead_id, occurred_at=place.now, purpose="follow_up_email", given=given, wording="No", page="/me"
    )


@pytest.mark.parametrize("deed", [unsubscribes, takes_back])
def test_who_wants_no_mail_any_more_keeps_no_time_of_one_that_waits(place: Place, deed: Deed) -> None:
    lead_id = capped(place, "7 days")
    assert len(kept_for(place, lead_id)) == 3
    deed(place, lead_id)
    assert kept_for(place, lead_id) == []


def test_who_consents_anew_gets_no_mail_without_the_times_that_it_was_to_propose(place: Place) -> None:
    lead_id = capped(place, "7 days")
    [row] = [one for one in place.rows(lead_id) if one["message"] == "tunnel/offer"]
    takes_back(place, lead_id)
    place.happens(consent(place, lead_id, given=True))
    before = len(place.sent())
    place.set(row["not_before"] + timedelta(minutes=1))
    place.drain()
    assert (place.row("offer", lead_id)["reason"], len(place.sent())) == ("no consent", before)


def test_who_takes_her_consent_back_and_gives_it_at_once_keeps_her_mail_and_its_times(place: Place) -> None:
    lead_id = capped(place, "7 days")
    place.happens(consent(place, lead_id, given=False), consent(place, lead_id, given=True))
    assert (place.row("offer", lead_id)["state"], len(kept_for(place, lead_id))) == ("ready", 3)


def test_a_mail_that_waits_for_what_may_pass_keeps_its_times(place: Place) -> None:
    """Handed over by another address of hers, until that is withdrawn."""
    lead_id = capped(place, "7 days")
    other = place.lead("bea@example.org")
    place.sql("UPDATE leads SET merged_into = :other WHERE id = :id", other=other, id=lead_id)
    columns = "id, lead_id, rep, because, state, offered_at, changed_at, missing"
    offered = f"INSERT INTO handoffs ({columns}) VALUES ('h1', :other, 'camille', '[]', 'offered', :at, :at, '[]')"
    place.sql(offered, other=other, at=place.now)
    place.happens(
        on.ConsentChanged(
            lead_id=lead_id, occurred_at=place.now, purpose="visit_tracking", given=False, wording="No", page="/me"
        )
    )
    assert len(kept_for(place, lead_id)) == 3


def test_a_mail_that_is_skipped_as_it_was_about_to_leave_keeps_no_time(place: Place) -> None:
    lead_id = capped(place, "7 days")
    place.sql("UPDATE leads SET unsubscribed = :yes WHERE id = :id", yes=True, id=lead_id)
    [row] = [one for one in place.rows(lead_id) if one["message"] == "tunnel/offer"]
    place.set(row["not_before"] + timedelta(minutes=1))
    assert len(kept_for(place, lead_id)) == 3
    place.drain()
    assert (place.row("offer", lead_id)["state"], kept_for(place, lead_id)) == ("skipped", [])


def test_a_mail_that_is_skipped_at_the_end_of_a_pause_keeps_no_time(place: Place) -> None:
    lead_id = capped(place, "7 days")
    place.sql("UPDATE publications SET paused = :yes", yes=True)
    place.set(place.row("offer", lead_id)["not_before"] + timedelta(minutes=1))
    assert len(kept_for(place, lead_id)) == 3
    resume(place.house, None, "skip", who="hugo")
    assert (place.row("offer", lead_id)["state"], kept_for(place, lead_id)) == ("skipped", [])


def test_what_is_kept_for_a_mail_that_has_left_or_is_paused_stays_kept(place: Place) -> None:
    lead_id = capped(place, "7 days")
    place.sql("UPDATE publications SET paused = :yes", yes=True)
    takes_back_of_another = place.lead("bea@example.org")
    takes_back(place, takes_back_of_another)
    place.happens(
        on.ConsentChanged(
            lead_id=lead_id, occurred_at=place.now, purpose="visit_tracking", given=False, wording="No", page="/me"
        )
    )
    assert len(kept_for(place, lead_id)) == 3
    place.sql("UPDATE publications SET paused = :no", no=False)
    place.set(place.row("offer", lead_id)["not_before"] + timedelta(minutes=1))
    place.drain()
    unsubscribes(place, lead_id)
    assert len(kept_for(place, lead_id)) == 3, "she has read of them, and may come"
