"""Stopping the mails: a page that changes nothing, a button, and the one-click POST of RFC 8058."""

from datetime import UTC, datetime, timedelta

import pytest

from funnel.usecases.addresses import own_page_link, preferences_link
from tests.web.conftest import Town
from tests.web.prospect.visitor import LEA, Visitor, answered, in_the_tunnel, invited


@pytest.fixture
def link(town: Town) -> str:
    """The preferences link of a lead who agreed to marketing mail."""
    in_the_tunnel(town, {"consent_follow_up_email": "yes", "consent_visit_tracking": "yes"})
    [lead] = town.leads()
    return preferences_link(town.house, lead.id).removeprefix(town.settings.base_url)


def test_opening_it_shows_what_stops_and_changes_nothing(town: Town, link: str) -> None:
    visitor = Visitor(town.app)
    visitor.open(link)
    assert "follow up on “Customer experience self-evaluation”" in visitor.text
    assert "Confirmations and reminders of an appointment" in visitor.text
    assert not town.leads()[0].unsubscribed


def test_it_says_what_still_comes_because_she_asked_for_it_and_promises_nothing_that_she_does_not_have(
    town: Town,
) -> None:
    visitor = Visitor(town.app)
    visitor.open("/l/webinar")
    visitor.send({**LEA, "go": "send", "consent_follow_up_email": "yes"}, ending="/details")
    town.work()
    [lead] = town.leads()
    visitor.open(preferences_link(town.house, lead.id).removeprefix(town.settings.base_url))
    stops, _, stays = visitor.text.partition("What still reaches you")
    assert "follow up on “Webinar: fewer calls in ninety days”" in stops
    assert "Tomorrow: " in stays
    assert "The private link to your results" not in stays
    visitor.send()
    town.move_clock(datetime(2027, 5, 19, 12, 30, tzinfo=UTC))
    assert town.mails(LEA["email"])[-1].subject.startswith("Tomorrow: "), "as it was said"


def stopping(town: Town) -> tuple[str, str, Visitor]:
    """What her page before stopping says that stops and that stays, and the page."""
    visitor = Visitor(town.app)
    [lead] = town.leads()
    visitor.open(preferences_link(town.house, lead.id).removeprefix(town.settings.base_url))
    stops, _, stays = visitor.text.partition("What still reaches you")
    return stops, stays.partition("Stop all of these")[0], visitor


def subjects(town: Town) -> list[str]:
    return [str(one.as_json()["subject"]) for one in town.mails(LEA["email"])]


def test_every_mail_that_she_has_asked_for_is_told_to_the_last_and_comes(town: Town) -> None:
    chosen = answered(town, invited(town))
    chosen.send({"follow_up": "summary", "go": "send"})
    chosen.open("/l/webinar")
    chosen.send({**LEA, "go": "send"}, ending="/details")
    town.work()
    stops, stays, visitor = stopping(town)
    assert "follow up on “Webinar: fewer calls in ninety days”" in stops, "the invitation, if she comes"
    assert "Customer experience champions" not in stops, "all that is left there she has asked for"
    told = ["Your summary", "Tomorrow: ", "In an hour: ", "The replay: "]
    places = [stays.index(one) for one in told]
    assert places == sorted(places), "soonest first"
    before = len(subjects(town))
    visitor.send()
    town.move_clock(datetime(2027, 9, 1, tzinfo=UTC))
    came = subjects(town)[before:]
    assert len(came) == len(told)
    assert all(subject.startswith(one) for subject, one in zip(came, told, strict=True)), came


def test_who_waits_for_the_call_that_she_asked_for_has_nothing_there_to_stop(town: Town) -> None:
    chosen = answered(town, invited(town))
    chosen.send({"follow_up": "call", "phone": "06 12 34 56 78", "go": "send"})
    times = "Your results: when shall we talk"
    for leaves in (True, False):
        stops, stays, visitor = stopping(town)
        assert "Customer experience champions" not in stops
        assert "We call you: Review of your results" in stays
        assert (times in stays) == leaves
        town.move_clock(town.now + timedelta(days=3))
    assert any(one.startswith(times) for one in subjects(town))
    visitor.send()
    visitor.open(own_page_link(town.house, town.leads()[0]).removeprefix(town.settings.base_url))
    assert "We call you: Review of your results" in visitor.text, "as it was said"


def test_the_call_that_stands_on_a_desk_still_comes_once_its_scenario_is_over(town: Town) -> None:
    chosen = answered(town, invited(town))
    chosen.send({"follow_up": "call", "phone": "06 12 34 56 78", "go": "send"})
    town.move_clock(town.now + timedelta(days=40))
    [lead] = town.leads()
    assert [one.state for one in lead.enrolments] == ["ended"]
    _, stays, visitor = stopping(town)
    assert "We call you: Review of your results" in stays
    visitor.open(own_page_link(town.house, lead).removeprefix(town.settings.base_url))
    assert "We call you: Review of your results" in visitor.text


def test_the_call_that_stands_on_a_desk_still_comes_where_she_leaves_its_scenario_by_stopping(town: Town) -> None:
    chosen = answered(town, invited(town))
    chosen.send({"follow_up": "call", "phone": "06 12 34 56 78", "go": "send"})
    town.work()
    town.move_clock(town.now + timedelta(hours=1))
    [inside] = town.leads()[0].enrolments
    with town.house.database.read() as connection:
        leaves = town.house.shelf.bundle(connection, inside.version).program.scenario.leave_when
    leaves.append("unsubscribed")
    try:
        _, stays, visitor = stopping(town)
        assert "We call you: Review of your results" in stays
        visitor.send()
        [lead] = town.leads()
        assert [one.ended_because for one in lead.enrolments] == ["unsubscribed"]
    finally:
        leaves.remove("unsubscribed")
    visitor.open(own_page_link(town.house, lead).removeprefix(town.settings.base_url))
    assert "We call you: Review of your results" in visitor.text, "as it was said"


def test_a_scenario_is_told_to_stop_as_long_as_a_mail_of_it_is_still_to_leave(town: Town) -> None:
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    told = []
    for _ in range(40):
        told.append(("Customer experience self-evaluation" in stopping(town)[0], len(subjects(town))))
        town.move_clock(town.now + timedelta(hours=8))
    assert told[-1][1] == 3, "its results, the summary and the reminder"
    assert all(stops == (left < 3) for stops, left in told), told


def test_the_button_stops_all_marketing_mail(town: Town, link: str) -> None:
    visitor = Visitor(town.app)
    visitor.open(link)
    visitor.send()
    assert "Done." in visitor.text
    [lead] = town.leads()
    assert lead.unsubscribed
    assert lead.consents["follow_up_email"] is False
    visitor.open(link)
    assert "Done." in visitor.text


def test_one_click_needs_no_cookie_and_no_page_before_it(town: Town, link: str) -> None:
    answer = town.app.test_client(use_cookies=False).post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert town.leads()[0].unsubscribed
    again = town.app.test_client(use_cookies=False).post(link, data={"List-Unsubscribe": "One-Click"})
    assert again.status_code == 200


def test_a_wrong_token_stops_nothing(town: Town, link: str) -> None:
    answer = town.app.test_client().post(link[:-1] + ("A" if link[-1] != "A" else "Q"))
    assert answer.status_code == 404
    assert not town.leads()[0].unsubscribed


def test_her_browser_is_told_to_forget_her_once_she_takes_back_that_her_visits_are_kept(town: Town) -> None:
    lea = in_the_tunnel(town, {"consent_visit_tracking": "yes"})
    thanks = lea.address
    lea.open(preferences_link(town.house, town.leads()[0].id).removeprefix(town.settings.base_url))
    assert "data-consent" not in lea.page.text
    lea.send({"purpose": "visit_tracking", "given": "no"}, ending="/choose")
    assert 'data-consent="no"' in lea.page.text
    lea.open(thanks)
    assert "data-consent" not in lea.page.text


def test_her_browser_is_told_that_it_is_hers_once_she_agrees_there(town: Town, link: str) -> None:
    visitor = Visitor(town.app)
    visitor.open(link)
    visitor.send({"purpose": "visit_tracking", "given": "no"}, ending="/choose")
    visitor.send({"purpose": "visit_tracking", "given": "yes"}, ending="/choose")
    assert 'data-consent="yes" data-proof="' in visitor.page.text
    visitor.open(link)
    assert "data-consent" not in visitor.page.text
