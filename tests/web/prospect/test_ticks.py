"""What a form ticked and nobody knows whether it was hers: asked on her own page, and by a mail where it must be."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest

from funnel.storage.consents import of_lead
from funnel.usecases.addresses import own_page_link, preferences_link
from funnel.usecases.erase_lead import erase_lead
from funnel.usecases.preferences import unsubscribe
from funnel.usecases.waiting_consents import waiting_consents
from tests.web.conftest import Town
from tests.web.prospect.visitor import (
    LEA,
    Form,
    Visitor,
    another_form,
    asked,
    books_from_her_results,
    in_the_tunnel,
    mails_to_her,
    own_link,
    private_link,
)
from tests.web.staff import HUGO, employed


@pytest.fixture
def confirming(town: Town) -> Iterator[Town]:
    """The town, where a tick for mails is to be confirmed."""
    consents = town.published.company.company.consents
    purpose = consents["follow_up_email"]
    consents["follow_up_email"] = purpose.model_copy(update={"double_opt_in": True})
    yield town
    consents["follow_up_email"] = purpose


def test_a_tick_that_is_to_be_confirmed_counts_once_she_has_pressed_the_button(confirming: Town) -> None:
    """Double opt-in: the mail leads to her page, and only the button there counts."""
    town = confirming
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    town.work()
    mail = next(one for one in town.mails(LEA["email"]) if "Please confirm" in one.subject)
    visitor = Visitor(town.app)
    visitor.open(own_link(town))
    assert own_link(town) in mail.html
    assert "Did you mean this?" in visitor.text
    assert not town.leads()[0].consents.get("follow_up_email")
    visitor.send({}, ending="/confirm")
    assert town.leads()[0].consents["follow_up_email"]
    assert "Did you mean this?" not in visitor.text
    with town.house.database.read() as connection:
        rows = of_lead(connection, town.leads()[0].id)
    [kept] = [one for one in rows if one["purpose"] == "follow_up_email"]
    assert (kept["page"], kept["wording"] in visitor.text) == ("/me", True), "where she confirmed it, and what"


def asked_by_mail(town: Town) -> int:
    """How many mails have asked her to confirm what she ticked."""
    town.work()
    return sum("Please confirm" in one.subject for one in town.mails(LEA["email"]))


def test_corrected_on_the_page_that_says_so_she_is_asked_at_the_right_address_there_and_back(confirming: Town) -> None:
    town = confirming
    visitor = in_the_tunnel(town, {"email": "lea@gmial.com", "consent_follow_up_email": "yes"})
    town.work()
    for address in ("lea@gmail.com", "lea@gmial.com", "lea@gmail.com"):
        before = len(town.mails(address))
        visitor.send({"email": address}, ending="/thanks")
        assert "another mail asks you to" in visitor.text
        town.work()
        new = [mail.subject for mail in town.mails(address)[before:]]
        assert sum("Please confirm" in subject for subject in new) == 1
        hers = Visitor(town.app)
        hers.open(private_link(town, address, "/me/"))
        assert "Did you mean this?" in hers.text
    hers.send({}, ending="/confirm")
    assert town.leads()[0].consents["follow_up_email"]


def test_corrected_before_she_was_asked_anywhere_she_is_asked_once(confirming: Town) -> None:
    town = confirming
    visitor = in_the_tunnel(town, {"email": "lea@gmial.com", "consent_follow_up_email": "yes"})
    visitor.send({"email": LEA["email"]}, ending="/thanks")
    assert asked_by_mail(town) == 1
    another_form(town, {"consent_follow_up_email": "yes"})
    assert asked_by_mail(town) == 1, "once a day"


def test_corrected_on_any_of_her_pages_she_is_asked_about_what_each_form_ticked(confirming: Town) -> None:
    town = confirming
    visitor = in_the_tunnel(town, {"email": "lea@gmial.com", "consent_follow_up_email": "yes"})
    visitor.sends_form("ebook", {"email": "lea@gmial.com"})
    town.work()
    visitor.send({"email": LEA["email"]}, ending="/thanks")
    assert asked_by_mail(town) == 1


def test_after_each_answer_of_hers_a_new_tick_is_asked_about_by_mail_on_the_same_day_and_once(
    confirming: Town,
) -> None:
    town = confirming
    tick = {"consent_follow_up_email": "yes"}
    in_the_tunnel(town, tick)
    another_form(town, tick)
    assert asked_by_mail(town) == 1, "she has not answered"
    visitor = Visitor(town.app)
    answers: Sequence[tuple[dict[str, str], str]] = (
        ({"meant": "no"}, "/confirm"),
        ({}, "/confirm"),
        ({"purpose": "follow_up_email", "given": "no"}, "/purpose"),
        ({}, "/confirm"),
        ({"pace": "stop"}, "/mails"),
    )
    asked = 1
    for fields, ending in answers:
        visitor.open(own_link(town))
        visitor.send(fields, ending=ending)
        if not town.leads()[0].consents["follow_up_email"]:
            asked += 1
            another_form(town, tick)
            another_form(town, tick)
        assert asked_by_mail(town) == asked
        visitor.open(own_link(town))
        assert ("Did you mean this?" in visitor.text) != town.leads()[0].consents["follow_up_email"]


@pytest.mark.parametrize("ticks", [{}, {"consent_visit_tracking": "yes"}])
def test_a_later_form_that_leaves_the_box_empty_takes_no_waiting_tick_away(
    confirming: Town, ticks: dict[str, str]
) -> None:
    town = confirming
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    another_form(town, ticks)
    visitor = Visitor(town.app)
    visitor.open(own_link(town))
    assert "Yes, Verdanne may write to me" in visitor.text.partition("Did you mean this?")[2].partition("comes next")[0]
    assert not town.leads()[0].consents.get("follow_up_email")
    visitor.send({}, ending="/confirm")
    assert town.leads()[0].consents["follow_up_email"]
    assert ("Did you mean this?" in visitor.text) == bool(ticks)


def test_what_an_earlier_form_left_empty_and_two_later_ones_ticked_is_confirmed_one_by_one(confirming: Town) -> None:
    town = confirming
    in_the_tunnel(town)
    another_form(town, {"consent_follow_up_email": "yes"})
    another_form(town, {"consent_visit_tracking": "yes"})
    visitor = Visitor(town.app)
    visitor.open(own_link(town))
    assert visitor.page.text.count("Yes, I agree to this") == 2
    both = [form["fields"] for form in Form(visitor.page.text).forms if form["action"].endswith("/confirm")]
    visitor.send(next(fields for fields in both if fields["purpose"] == ["visit_tracking"]), ending="/confirm")
    assert town.leads()[0].consents == {"follow_up_email": False, "visit_tracking": True}
    assert visitor.page.text.count("Yes, I agree to this") == 1


def test_what_she_took_back_or_stopped_since_she_ticked_it_waits_no_more(confirming: Town) -> None:
    town = confirming
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    visitor = Visitor(town.app)
    visitor.open(own_link(town))
    visitor.send({}, ending="/confirm")
    visitor.send({"purpose": "follow_up_email", "given": "no"}, ending="/purpose")
    another_form(town, {})
    visitor.open(own_link(town))
    assert "Did you mean this?" not in visitor.text


def test_a_tick_that_waited_when_she_stopped_the_mails_does_not_come_up_again(town: Town) -> None:
    in_the_tunnel(town)
    another_form(town, {"consent_follow_up_email": "yes", "consent_visit_tracking": "yes"})
    [lead] = town.leads()
    unsubscribe(town.house, preferences_link(town.house, lead.id).rpartition("/")[2], "/u")
    with town.house.database.read() as connection:
        assert set(waiting_consents(connection, lead)) == {"visit_tracking"}, "as if she had let mails come again"


def stopped_and_ticked_again(town: Town) -> Visitor:
    """Her page, where she has stopped the mails and another form has ticked them since."""
    visitor = Visitor(town.app)
    visitor.open(own_link(town))
    visitor.send({"pace": "stop"}, ending="/mails")
    another_form(town, {"consent_follow_up_email": "yes"})
    visitor.open(own_link(town))
    return visitor


def test_a_tick_after_she_stopped_the_mails_is_asked_about_and_counts_by_her_yes_alone(town: Town) -> None:
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    visitor = stopped_and_ticked_again(town)
    assert "Did you mean this?" in visitor.text
    assert "Without an answer it counts for nothing." in visitor.text
    books_from_her_results(town)
    [lead] = town.leads()
    assert (len(lead.appointments), lead.unsubscribed, lead.consents["follow_up_email"]) == (1, True, False)
    visitor.open(own_link(town))
    visitor.send({}, ending="/confirm")
    [lead] = town.leads()
    assert (lead.unsubscribed, lead.consents["follow_up_email"]) == (False, True)
    assert "Did you mean this?" not in visitor.text
    assert "You get our advice and invitations as usual." in mails_to_her(visitor)


def test_who_comes_back_after_she_stopped_the_mails_and_was_erased_is_asked_too(town: Town) -> None:
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    unsubscribe(town.house, preferences_link(town.house, town.leads()[0].id).rpartition("/")[2], "/u")
    erase_lead(town.house, town.leads()[0].id, "hugo")
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    back = town.leads()[-1]
    assert back.unsubscribed
    assert not back.consents.get("follow_up_email"), "anybody may have sent the form"
    visitor = Visitor(town.app)
    visitor.open(own_page_link(town.house, back).removeprefix(town.settings.base_url))
    assert "Did you mean this?" in visitor.text
    visitor.send({"purpose": "follow_up_email"}, ending="/confirm")
    back = town.leads()[-1]
    assert (back.unsubscribed, back.consents["follow_up_email"]) == (False, True)


def test_her_no_to_a_tick_after_she_stopped_the_mails_leaves_them_stopped(town: Town) -> None:
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    visitor = stopped_and_ticked_again(town)
    visitor.send({"meant": "no"}, ending="/confirm")
    [lead] = town.leads()
    assert (lead.unsubscribed, lead.consents["follow_up_email"]) == (True, False)
    assert "Did you mean this?" not in visitor.text
    assert "Did not mean the tick for" in history(town)


def test_the_mail_that_asks_to_confirm_leads_to_a_question_also_after_she_stopped_the_mails(confirming: Town) -> None:
    in_the_tunnel(confirming, {"consent_follow_up_email": "yes"})
    visitor = Visitor(confirming.app)
    visitor.open(own_link(confirming))
    visitor.send({}, ending="/confirm")
    visitor = stopped_and_ticked_again(confirming)
    confirming.work()
    assert any("Please confirm" in one.subject for one in confirming.mails(LEA["email"]))
    visitor.send({}, ending="/confirm")
    [lead] = confirming.leads()
    assert (lead.unsubscribed, lead.consents["follow_up_email"]) == (False, True)


def test_a_tick_for_visits_waits_on_when_she_stops_the_mails(town: Town) -> None:
    in_the_tunnel(town)
    another_form(town, {"consent_follow_up_email": "yes", "consent_visit_tracking": "yes"})
    visitor = Visitor(town.app)
    visitor.open(own_link(town))
    assert visitor.page.text.count("Yes, I agree to this") == 2
    unsubscribe(town.house, preferences_link(town.house, town.leads()[0].id).rpartition("/")[2], "/u")
    visitor.open(own_link(town))
    assert visitor.page.text.count("Yes, I agree to this") == 1, "the tick for mails is older than her stop"
    by_mail = Visitor(town.app)
    by_mail.open(private_link(town))
    by_mail.send()
    [lead] = town.leads()
    assert (lead.unsubscribed, lead.consents) == (True, {"follow_up_email": False, "visit_tracking": True})


def told_of_consents(town: Town) -> list[dict[str, bool]]:
    """What programs read of each lead's consents."""
    return [lead["consents"] for lead in town.app.test_client().get("/dev/leads.json").get_json()]


def test_programs_read_of_every_purpose_that_was_asked_whether_it_is_given_also_while_a_tick_waits(
    confirming: Town,
) -> None:
    in_the_tunnel(confirming, {"consent_follow_up_email": "yes"})
    assert told_of_consents(confirming) == [{"follow_up_email": False, "visit_tracking": False}]
    visitor = Visitor(confirming.app)
    visitor.open(own_link(confirming))
    visitor.send({}, ending="/confirm")
    assert told_of_consents(confirming) == [{"follow_up_email": True, "visit_tracking": False}]


def test_programs_read_of_who_comes_back_after_she_had_stopped_the_mails_that_she_agrees_to_none(town: Town) -> None:
    in_the_tunnel(town)
    unsubscribe(town.house, preferences_link(town.house, town.leads()[0].id).rpartition("/")[2], "/u")
    erase_lead(town.house, town.leads()[0].id, "hugo")
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    assert told_of_consents(town)[-1] == {"follow_up_email": False, "visit_tracking": False}


def history(town: Town) -> str:
    """What the staff reads of the only lead."""
    return employed(town, HUGO).get(f"/desk/leads/{town.leads()[0].id}").text


def test_her_history_says_which_tick_she_confirmed_by_the_button_that_asks_for_it(confirming: Town) -> None:
    in_the_tunnel(confirming, {"consent_follow_up_email": "yes"})
    visitor = Visitor(confirming.app)
    visitor.open(own_link(confirming))
    visitor.send({}, ending="/confirm")
    assert "Confirmed the tick for" in history(confirming)


def test_her_history_says_that_her_address_is_confirmed_when_a_tick_counts_by_that_alone(town: Town) -> None:
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    visitor = Visitor(town.app)
    visitor.open(private_link(town))
    visitor.send()
    text = history(town)
    assert "Confirmed the e-mail address" in text
    assert "Confirmed the tick for" not in text


@pytest.mark.parametrize(
    "act",
    [
        ("/details", {"name": "Léa Fontaine"}),
        ("/purpose", {"purpose": "visit_tracking", "given": "yes"}),
    ],
)
def test_what_she_saves_beside_it_confirms_no_tick(confirming: Town, act: tuple[str, dict[str, str]]) -> None:
    town = confirming
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    visitor = Visitor(town.app)
    visitor.open(own_link(town))
    ending, fields = act
    visitor.send(fields, ending=ending)
    assert not town.leads()[0].consents.get("follow_up_email")
    assert "Did you mean this?" in visitor.text


@pytest.fixture
def ticked(town: Town) -> Visitor:
    """Her page, where a form of somebody unknown has ticked what she had left empty."""
    in_the_tunnel(town)
    another_form(town, {"consent_follow_up_email": "yes"})
    visitor = Visitor(town.app)
    visitor.open(own_link(town))
    return visitor


ANOTHER_WORDING = "Verdanne may pass my address on to anybody."


@pytest.fixture
def reworded(town: Town) -> Callable[[], None]:
    """Somebody sends a form that ticks the same purpose by another wording."""

    def send() -> None:
        purposes = town.published.company.company.consents
        purpose = purposes["follow_up_email"]
        purposes["follow_up_email"] = purpose.model_copy(update={"text": ANOTHER_WORDING})
        another_form(town, {"consent_follow_up_email": "yes"})
        purposes["follow_up_email"] = purpose

    return send


def test_without_double_opt_in_too_the_page_that_asks_counts_only_its_answer(town: Town, ticked: Visitor) -> None:
    assert "Without an answer it counts once you book" in ticked.text
    ticked.send({"name": "Léa Fontaine"}, ending="/details")
    assert town.leads()[0].consents == {"follow_up_email": False, "visit_tracking": False}
    assert "Did you mean this?" in ticked.text


def test_her_page_and_her_results_say_exactly_by_what_a_tick_counts(town: Town, ticked: Visitor) -> None:
    exactly = (
        "Without an answer it counts once you book an appointment, complete a questionnaire, or press “Yes, this is me”"
        " beside your results, each by a link in our mails."
    )
    assert exactly in ticked.text
    results = Visitor(town.app)
    results.open(private_link(town))
    assert "that you agree to what was ticked with it beside our form: Yes, Verdanne may write to me" in results.text
    assert "Nothing else changes." not in results.text
    results.open(private_link(town, purpose="/a/"))
    assert results.page.status_code == 200
    assert not town.leads()[0].consents["follow_up_email"], "a file that she opens says nothing"
    ticked.send({"meant": "no"}, ending="/confirm")
    results.open(private_link(town))
    assert "that you agree to" not in results.text


def test_results_of_which_nothing_is_asked_but_the_address_say_that_nothing_else_changes(town: Town) -> None:
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    results = Visitor(town.app)
    results.open(private_link(town))
    assert "Nothing else changes." in results.text


def test_her_results_count_what_they_name_and_ask_anew_about_what_was_ticked_since(town: Town) -> None:
    in_the_tunnel(town)
    results = Visitor(town.app)
    results.open(private_link(town))
    assert "Nothing else changes." in results.text
    another_form(town, {"consent_follow_up_email": "yes"})
    results.send()
    [lead] = town.leads()
    assert (lead.email_proven, lead.consents["follow_up_email"]) == (True, False)
    assert "that you agree to what was ticked with it beside our form: Yes, Verdanne may write to me" in results.text
    another_form(town, {"consent_visit_tracking": "yes"})
    results.send()
    assert town.leads()[0].consents == {"follow_up_email": True, "visit_tracking": False}


def test_her_results_count_no_tick_with_another_wording_than_the_one_they_name(
    town: Town, ticked: Visitor, reworded: Callable[[], None]
) -> None:
    results = Visitor(town.app)
    results.open(private_link(town))
    reworded()
    results.send()
    assert not town.leads()[0].consents["follow_up_email"]
    assert ANOTHER_WORDING in results.text
    results.send()
    assert town.leads()[0].consents["follow_up_email"]


def test_a_tick_that_counts_by_what_she_does_later_is_kept_with_the_form_s_page_and_its_time(town: Town) -> None:
    in_the_tunnel(town)
    another_form(town, {"consent_follow_up_email": "yes"})
    sent_at = town.now
    town.move_clock(sent_at + timedelta(hours=5))
    visitor = Visitor(town.app)
    visitor.open(private_link(town))
    visitor.send()
    with town.house.database.read() as connection:
        rows = of_lead(connection, town.leads()[0].id)
    [kept] = [one for one in rows if one["purpose"] == "follow_up_email" and one["given"]]
    assert kept["page"] == "/l/ebook"
    assert abs(kept["at"] - sent_at) < timedelta(minutes=5)


def test_who_did_not_mean_a_tick_says_so_and_it_waits_no_more(town: Town, ticked: Visitor) -> None:
    ticked.send({"meant": "no"}, ending="/confirm")
    assert "Did you mean this?" not in ticked.text
    ticked.open(private_link(town))
    assert "Yes, this is me" not in ticked.page.text, "nothing is left that it would say"
    [lead] = town.leads()
    assert (lead.email_proven, lead.consents["follow_up_email"]) == (True, False)
    assert "Did not mean the tick for" in history(town)
    assert "Withdrew the consent" not in history(town)
    another_form(town, {"consent_follow_up_email": "yes"})
    ticked.open(own_link(town))
    assert "Did you mean this?" in ticked.text, "another tick is another question"


def test_her_no_on_a_page_that_still_asks_takes_back_what_has_counted_meanwhile(town: Town, ticked: Visitor) -> None:
    books_from_her_results(town)
    assert town.leads()[0].consents["follow_up_email"], "as the page says"
    ticked.send({"meant": "no"}, ending="/confirm")
    assert not town.leads()[0].consents["follow_up_email"]
    assert "and took it back on" in asked(ticked)
    assert "Withdrew the consent to" in history(town)


def test_of_two_pages_that_ask_her_the_same_her_last_answer_counts(town: Town, ticked: Visitor) -> None:
    other = Visitor(town.app)
    other.open(own_link(town))
    still_asks = other.form("/confirm")
    counts = {"yes": True, "no": False}
    for meant in ("yes", "no", "no", "yes", "yes", "no"):
        other.client.post(still_asks["action"], data={**still_asks["fields"], "meant": meant})
        assert town.leads()[0].consents["follow_up_email"] == counts[meant]
    with town.house.database.read() as connection:
        rows = [one for one in of_lead(connection, town.leads()[0].id) if one["purpose"] == "follow_up_email"]
    assert [one["given"] for one in rows] == [False, True, False, True, False], "each answer that changes something"
    assert len({one["wording"] for one in rows}) == 1


def test_her_yes_on_a_page_that_still_asks_counts_also_after_she_stopped_the_mails_elsewhere(
    town: Town, ticked: Visitor
) -> None:
    unsubscribe(town.house, preferences_link(town.house, town.leads()[0].id).rpartition("/")[2], "/u")
    ticked.send({}, ending="/confirm")
    [lead] = town.leads()
    assert (lead.unsubscribed, lead.consents["follow_up_email"]) == (False, True)


def test_her_yes_is_kept_for_the_wording_that_she_read_and_another_one_is_another_question(
    town: Town, ticked: Visitor, reworded: Callable[[], None]
) -> None:
    reworded()
    assert ticked.send({}, ending="/confirm", follow=False).location.endswith("#h-confirm"), "where it is asked"
    assert not town.leads()[0].consents["follow_up_email"]
    ticked.open(own_link(town))
    assert "Did you mean this?" in ticked.text
    assert ANOTHER_WORDING in ticked.text
    ticked.send({}, ending="/confirm")
    with town.house.database.read() as connection:
        rows = of_lead(connection, town.leads()[0].id)
    assert [one["wording"] for one in rows if one["given"]] == [ANOTHER_WORDING]


def test_her_no_counts_whatever_the_wording(town: Town, ticked: Visitor, reworded: Callable[[], None]) -> None:
    reworded()
    ticked.send({"meant": "no"}, ending="/confirm")
    assert "Did you mean this?" not in ticked.text
    assert not town.leads()[0].consents["follow_up_email"]


def test_a_yes_to_what_no_form_has_ticked_agrees_to_nothing(town: Town, ticked: Visitor) -> None:
    ticked.send({"purpose": "visit_tracking"}, ending="/confirm")
    ticked.open(own_link(town))
    ticked.send({"purpose": "nonsense", "meant": "no"}, ending="/confirm")
    assert town.leads()[0].consents == {"follow_up_email": False, "visit_tracking": False}


def test_her_no_tells_her_browser_that_the_visits_which_she_had_agreed_to_are_kept_no_more(town: Town) -> None:
    in_the_tunnel(town)
    another_form(town, {"consent_visit_tracking": "yes"})
    visitor, other = Visitor(town.app), Visitor(town.app)
    visitor.open(own_link(town))
    other.open(own_link(town))
    visitor.send({}, ending="/confirm")
    assert 'data-consent="yes"' in visitor.page.text
    other.send({"meant": "no"}, ending="/confirm")
    assert 'data-consent="no"' in other.page.text
    assert not town.leads()[0].consents["visit_tracking"]


def test_a_booking_and_her_results_confirm_no_tick(confirming: Town) -> None:
    town = confirming
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    visitor = Visitor(town.app)
    visitor.open(private_link(town))
    visitor.send()
    assert town.leads()[0].email_proven, "the button of the results says that the address is right, and no more"
    assert "Yes, this is me" not in visitor.page.text
    books_from_her_results(town)
    [lead] = town.leads()
    assert (len(lead.appointments), lead.consents.get("follow_up_email", False)) == (1, False)


def test_the_page_of_thanks_says_that_a_mail_asks_to_confirm_and_only_where_it_does(confirming: Town) -> None:
    ticked = in_the_tunnel(confirming, {"consent_follow_up_email": "yes"})
    assert "counts once you have confirmed it" in ticked.text
    empty = in_the_tunnel(confirming, {"consent_visit_tracking": "yes"})
    assert "counts once you have confirmed it" not in empty.text


def test_a_tick_that_she_confirms_makes_her_browser_known_too(town: Town) -> None:
    in_the_tunnel(town)
    another_form(town, {"consent_visit_tracking": "yes"})
    visitor = Visitor(town.app)
    visitor.open(own_link(town))
    assert "/t.js" not in visitor.page.text
    visitor.send({"purpose": "visit_tracking"}, ending="/confirm")
    assert town.leads()[0].consents["visit_tracking"]
    assert 'data-consent="yes" data-proof="' in visitor.page.text
