"""After sending: her results at once, the same for a known address, and a mistyped address mended."""

import re
from datetime import timedelta
from typing import Any

import pytest

from funnel.domain import events as on
from funnel.domain.engine.meetings import UNREACHED
from funnel.storage import events, handoffs, outbox_lists
from funnel.usecases.addresses import own_page_link, preferences_link
from funnel.usecases.erase_lead import erase_lead
from funnel.usecases.preferences import unsubscribe
from funnel.usecases.read_published import read_published
from funnel.usecases.record_events import record_events
from tests.web.conftest import Town
from tests.web.prospect.visitor import LANDING, LEA, Visitor, in_the_tunnel, private_link

THANKS = LANDING + "/thanks"


def plain(visitor: Visitor) -> str:
    """The page without tokens."""
    return re.sub(r'(/book/|value=")[\w.-]{20,}', r"\1*", visitor.page.text)


def test_results_stand_there_at_once(town: Town) -> None:
    visitor = in_the_tunnel(town)
    assert "Léa, you are at “Leading”." in visitor.text
    assert '<svg class="radar"' in visitor.page.text
    assert visitor.page.text.count("<li><p>") == 3, "three pieces of advice"
    assert "We have sent your private link to lea.martin@ostrel.example" in visitor.text
    assert 'href="/book/' in visitor.page.text


def test_a_browser_that_sent_nothing_is_led_to_the_landing_page(town: Town) -> None:
    visitor = Visitor(town.app)
    visitor.open(THANKS)
    assert visitor.address == LANDING


def test_the_page_is_the_same_for_a_known_address_and_shows_nothing_stored(town: Town) -> None:
    first = in_the_tunnel(town, {"name": "Léa Martin-Secret", "company": "Hidden & Co", "phone": "0612345678"})
    second = in_the_tunnel(town, {"name": "Léa Somebody"})
    assert plain(first) == plain(second)
    assert "Secret" not in second.page.text
    assert len(town.leads()) == 1
    assert town.leads()[0].name == "Léa Martin-Secret"


def test_a_slip_in_the_address_is_noticed_and_mended(town: Town) -> None:
    visitor = in_the_tunnel(town, {"email": "lea@gmial.com"})
    assert "Did you mean lea@gmail.com?" in visitor.text
    town.work()
    visitor.send(ending="/thanks")
    assert "We have sent your private link to lea@gmail.com instead." in visitor.text
    [lead] = town.leads()
    assert lead.email == "lea@gmail.com"
    assert len(town.mails("lea@gmail.com")) == 1
    assert visitor.open(private_link(town, "lea@gmail.com")).status_code == 200


def test_whoever_reads_the_mistyped_mailbox_opens_nothing_once_it_is_corrected(town: Town) -> None:
    visitor = in_the_tunnel(town, {"email": "lea@gmial.com"})
    town.work()
    old = private_link(town, "lea@gmial.com")
    assert Visitor(town.app).open(old).status_code == 200
    visitor.send(ending="/thanks")
    assert Visitor(town.app).open(old).status_code == 404
    assert Visitor(town.app).open(private_link(town, "lea@gmail.com")).status_code == 200


def test_corrected_before_the_first_mail_left_she_gets_one_and_the_mistyped_address_none(town: Town) -> None:
    visitor = in_the_tunnel(town, {"email": "lea@gmial.com"})
    visitor.send(ending="/thanks")
    assert len(town.mails("lea@gmail.com")) == 1
    assert town.mails("lea@gmial.com") == []


def test_an_address_may_be_corrected_there_and_back_and_no_key_tells_it(town: Town) -> None:
    visitor = in_the_tunnel(town)
    away = "l" * 60 + "@" + ".".join(["a" * 60] * 3) + ".example"
    for address in (away, LEA["email"], away):
        visitor.send({"email": address}, ending="/thanks")
        assert visitor.page.status_code == 200
        assert town.leads()[0].email == address
    [lead] = town.leads()
    with town.house.database.read() as connection:
        rows = outbox_lists.of_lead(connection, lead.id)
        keys = list(connection.execute(events.intake_keys.select()).scalars())
    said = [*keys, *(row["key"] for row in rows), *(row["cause"] for row in rows)]
    assert not [one for one in said if "@" in one]
    assert max(len(row["cause"]) for row in rows) <= 200


def test_a_strangers_tick_waits_until_she_proves_the_address(town: Town) -> None:
    in_the_tunnel(town)
    assert town.leads()[0].consents["follow_up_email"] is False
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    assert town.leads()[0].consents["follow_up_email"] is False, "whoever typed her address may be a stranger"
    hers = Visitor(town.app)
    hers.open(private_link(town))
    hers.send()
    lead = town.leads()[0]
    assert (lead.email_proven, lead.consents["follow_up_email"]) == (True, True)
    in_the_tunnel(town, {"consent_visit_tracking": "yes"})
    assert town.leads()[0].consents["visit_tracking"] is False
    hers.open(private_link(town))
    hers.send()
    assert town.leads()[0].consents["visit_tracking"] is True, "the button comes again for a new tick"


def test_a_wrong_correction_comes_back_with_its_error(town: Town) -> None:
    visitor = in_the_tunnel(town)
    visitor.send({"email": "lea@"}, ending="/thanks")
    assert visitor.page.status_code == 422
    assert 'value="lea@"' in visitor.page.text
    assert "Write an address like" in visitor.text
    assert "Léa, you are at" in visitor.text, "her results stay"


def test_nobody_takes_over_a_known_lead_by_correcting_her_address(town: Town) -> None:
    in_the_tunnel(town, {"company": "Hidden & Co", "phone": "0612345678"})
    before = town.leads()[0]
    stranger = in_the_tunnel(town, {"name": "Eve"})
    stranger.send({"email": "eve@elsewhere.example"}, ending="/thanks")
    lea, eve = town.leads()
    assert lea.email == before.email
    assert [(one.state, one.step) for one in lea.enrolments] == [("waiting", "wait_2_days")], "hers goes on as it was"
    assert (eve.email, eve.name, eve.phone, eve.company) == ("eve@elsewhere.example", "Eve", None, None)
    assert "Hidden" not in stranger.page.text
    assert len(town.mails("eve@elsewhere.example")) == 1


def test_a_correction_to_a_known_address_gives_that_lead_the_answers(town: Town) -> None:
    in_the_tunnel(town)
    visitor = in_the_tunnel(town, {"email": "lea.martin@ostrle.example"})
    visitor.send({"email": LEA["email"]}, ending="/thanks")
    assert visitor.page.status_code == 200
    known, mistyped = town.leads()
    assert len(known.answers) == 2
    assert mistyped.enrolments[0].ended_because == "address_corrected"


def test_consents_go_with_the_form_to_the_corrected_address(town: Town) -> None:
    in_the_tunnel(town)
    stranger = in_the_tunnel(town, {"name": "Eve", "consent_follow_up_email": "yes"})
    stranger.send({"email": "eve@elsewhere.example"}, ending="/thanks")
    assert town.leads()[1].consents["follow_up_email"] is True


def who_stopped_the_mails_is_erased(town: Town) -> None:
    """Her address stays on the list of those to which no marketing mail goes."""
    in_the_tunnel(town)
    [lead] = town.leads()
    unsubscribe(town.house, preferences_link(town.house, lead.id).rpartition("/")[2], "/u")
    erase_lead(town.house, lead.id, "hugo")


def test_a_correction_to_an_address_that_has_stopped_the_mails_asks_before_it_counts_the_tick(town: Town) -> None:
    who_stopped_the_mails_is_erased(town)
    visitor = in_the_tunnel(town, {"email": "lea.typo@ostrel.example", "consent_follow_up_email": "yes"})
    visitor.send({"email": LEA["email"]}, ending="/thanks")
    _, mistyped, back = town.leads()
    assert (back.email, back.unsubscribed, back.consents.get("follow_up_email")) == (LEA["email"], True, None)
    assert (len(back.answers), mistyped.enrolments[0].ended_because) == (1, "address_corrected")
    town.work()
    her_page = Visitor(town.app)
    her_page.open(own_page_link(town.house, back).removeprefix(town.settings.base_url))
    assert "Did you mean this?" in her_page.text


def test_a_correction_from_an_address_that_has_stopped_the_mails_leaves_that_behind(town: Town) -> None:
    who_stopped_the_mails_is_erased(town)
    visitor = in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    visitor.send({"email": "lea@elsewhere.example"}, ending="/thanks")
    _, mistyped, hers = town.leads()
    assert (hers.email, hers.unsubscribed, hers.consents["follow_up_email"]) == ("lea@elsewhere.example", False, True)
    assert mistyped.unsubscribed, "whose address it is has stopped them still"
    assert (len(hers.answers), mistyped.enrolments[0].ended_because) == (1, "address_corrected")


def twice_mistyped(town: Town) -> Visitor:
    """One browser has sent two forms with the same slip in the address."""
    visitor = Visitor(town.app)
    visitor.sends_form("ebook", {"email": "lea@gmial.com"})
    visitor.sends_form("conference", {"email": "lea@gmial.com"})
    return visitor


@pytest.mark.parametrize("left", [False, True])
def test_all_that_went_to_the_mistyped_address_goes_to_the_right_one_by_whichever_page_it_is_corrected(
    town: Town, *, left: bool
) -> None:
    visitor = twice_mistyped(town)
    went = [one.subject for one in town.mails("lea@gmial.com")] if left else []
    visitor.send({"email": LEA["email"]}, ending="/thanks")
    hers = [one.subject for one in town.mails(LEA["email"])]
    assert len(hers) == 2
    assert went == (hers if left else [])
    assert len(town.mails("lea@gmial.com")) == len(went)


def mistyped_and_booked(town: Town) -> Visitor:
    """Who has mistyped her address and books a call from her results all the same."""
    visitor = in_the_tunnel(town, {"email": "lea@gmial.com"})
    visitor.open(next(part for part in visitor.page.text.split('"') if part.startswith("/book/")))
    slot = visitor.page.text.split('name="slot" value="')[1].split('"')[0]
    visitor.send({"slot": slot, "phone": "0612345678"})
    return visitor


def test_the_invitation_to_what_she_has_booked_goes_to_the_right_address_too(town: Town) -> None:
    visitor = mistyped_and_booked(town)
    assert town.leads()[0].appointments
    went = {one.subject for one in town.mails("lea@gmial.com")}
    visitor.open(THANKS)
    visitor.send({"email": LEA["email"]}, ending="/thanks")
    assert {one.subject for one in town.mails(LEA["email"])} == went
    assert len(went) == 2


def test_an_invitation_that_had_not_left_the_mistyped_address_goes_to_the_right_one_once(town: Town) -> None:
    visitor = mistyped_and_booked(town)
    visitor.open(THANKS)
    visitor.send({"email": LEA["email"]}, ending="/thanks")
    assert [one.subject.startswith("Booked") for one in town.mails(LEA["email"])].count(True) == 1
    assert town.mails("lea@gmial.com") == []


@pytest.mark.parametrize("by, said", [("scenario", None), ("hugo", "Hugo Castellan has set it for you.")])
def test_the_repeated_invitation_says_who_set_it_and_of_a_blocked_time_there_is_none(
    town: Town, by: str, said: str | None
) -> None:
    visitor = in_the_tunnel(town, {"email": "lea@gmial.com"})
    [lead] = town.leads()
    starts = (town.now + timedelta(days=7)).replace(hour=9, minute=0, second=0, microsecond=0)
    place: dict[str, Any] = {"starts_at": starts, "ends_at": starts + timedelta(minutes=30), "reps": ("camille",)}
    kind = read_published(town.house).company.company.appointment_types[0].id
    chosen = on.SlotChosen(lead_id=lead.id, occurred_at=town.now, type=kind, by=by, **place)
    record_events(town.house, [chosen])
    assert town.leads()[0].appointments
    visitor.send({"email": LEA["email"]}, ending="/thanks")
    texts = [one.as_json()["text"] for one in town.mails(LEA["email"]) if one.subject.startswith("Booked")]
    assert [said in text for text in texts if said] == ([True] if said else [])
    assert len(texts) == (1 if said else 0)


def test_all_that_went_to_the_mistyped_address_is_given_to_the_lead_of_the_right_one(town: Town) -> None:
    in_the_tunnel(town)
    before = len(town.mails(LEA["email"]))
    visitor = twice_mistyped(town)
    visitor.send({"email": LEA["email"]}, ending="/thanks")
    known, mistyped = town.leads()
    assert {one.scenario for one in known.enrolments} >= {"ebook", "conference"}
    assert {one.ended_because for one in mistyped.enrolments} == {"address_corrected"}
    assert len(town.mails(LEA["email"])) == before + 2
    visitor.send({"email": "lea@elsewhere.example"}, ending="/thanks")
    assert town.leads()[0].email == LEA["email"], "she keeps her own"


def test_where_the_right_address_is_another_lead_s_whoever_meets_her_is_told_to_call(town: Town) -> None:
    in_the_tunnel(town)
    visitor = mistyped_and_booked(town)
    visitor.open(THANKS)
    visitor.send({"email": LEA["email"]}, ending="/thanks")
    _known, mistyped = town.leads()
    [meeting] = mistyped.appointments
    with town.house.database.read() as connection:
        [task] = handoffs.tasks_of(connection, mistyped.id)
    assert (task["text"], task["rep"]) == (UNREACHED, meeting.rep)


def test_of_a_lead_who_was_known_only_the_form_of_that_page_goes_elsewhere(town: Town) -> None:
    in_the_tunnel(town, {"email": "lea@gmial.com"})
    twice_mistyped(town).send({"email": "lea@elsewhere.example"}, ending="/thanks")
    _, elsewhere = town.leads()
    assert [one.scenario for one in elsewhere.enrolments] == ["conference"]


def test_who_stopped_the_mails_herself_has_stopped_them_by_her_corrected_address_too(town: Town) -> None:
    visitor = in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    [lead] = town.leads()
    unsubscribe(town.house, preferences_link(town.house, lead.id).rpartition("/")[2], "/u")
    visitor.send({"email": "lea@elsewhere.example"}, ending="/thanks")
    [lead] = town.leads()
    assert (lead.email, lead.unsubscribed) == ("lea@elsewhere.example", True)


def test_only_the_first_page_after_the_form_tells_the_browser_that_it_has_agreed(town: Town) -> None:
    visitor = in_the_tunnel(town, {"consent_visit_tracking": "yes"})
    assert 'data-consent="yes" data-proof="' in visitor.page.text
    for _again in range(2):
        visitor.open(visitor.address)
        assert "data-consent" not in visitor.page.text, "she may have said no since, on whatever page"
        assert 'data-proof="' in visitor.page.text
    visitor.send({"email": "lea@elsewhere.example"}, ending="/thanks")
    assert "lea@elsewhere.example" in visitor.page.text
    assert "data-consent" not in visitor.page.text
    assert f'data-proof="{_submission(visitor)}"' in visitor.page.text


def _submission(visitor: Visitor) -> str:
    with visitor.client.session_transaction() as kept:
        return str(kept["d"]["submission"])
