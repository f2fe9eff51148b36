"""Her own page: what is kept, agreed to and coming; slower, stop, change, take along, erase; each at once."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from markupsafe import escape
from sqlalchemy import select, text, update
from structlog.testing import capture_logs

from funnel.storage.consents import consents, of_lead
from funnel.storage.enrolments import enrolments
from funnel.storage.tables import TABLES
from funnel.usecases.addresses import own_page_link, preferences_link
from funnel.usecases.preferences import unsubscribe
from funnel.usecases.waiting_consents import waiting_consents
from tests.support.databases import counted
from tests.web.conftest import Town
from tests.web.prospect.visitor import LEA, Visitor, in_the_tunnel, invited, private_link
from tests.web.staff import HUGO, employed


@pytest.fixture
def lea(town: Town) -> Visitor:
    """Léa, who agreed to mails, on her page."""
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    visitor = Visitor(town.app)
    visitor.open(link(town))
    return visitor


def rows_of_everything(town: Town) -> list[object]:
    """All that is stored, but for what the clock and the guard against floods write."""
    with town.house.database.read() as connection:
        return [row for table in TABLES for row in connection.execute(select(table)).all()]


def link(town: Town) -> str:
    [lead] = town.leads()
    return own_page_link(town.house, lead).removeprefix(town.settings.base_url)


def test_it_shows_what_is_kept_agreed_to_and_coming_and_changes_nothing(town: Town, lea: Visitor) -> None:
    [before] = town.leads()
    shown = ("What comes next", "What your answers say about", "you agreed on", "did not agree")
    assert [words for words in (LEA["email"], *shown) if words not in lea.text] == []
    assert 'value="Léa Martin"' in lea.page.text
    assert town.leads() == [before]


def test_a_wording_in_another_language_than_the_pages_says_that_it_is_as_she_read_it(town: Town, lea: Visitor) -> None:
    wording = town.published.company.company.consents["follow_up_email"].text
    assert not isinstance(wording, str)
    assert "as you read it" not in lea.text, "she reads the page as she read the form"
    lea.open(f"{link(town)}?lang=fr")
    assert f'<span lang="en">{escape(wording["en"])}</span>' in lea.page.text
    assert "(tel que vous l'avez lu, en anglais)" in lea.text


def test_a_wording_that_no_file_knows_any_more_says_nothing_of_its_language(town: Town, lea: Visitor) -> None:
    with town.house.database.write() as connection:
        connection.execute(update(consents).values(wording="Write to me."))
    lea.open(f"{link(town)}?lang=fr")
    assert "Write to me.</span>" in lea.page.text
    assert "tel que vous" not in lea.text


def mails_to_her(visitor: Visitor) -> str:
    """What her page says of the mails that she gets."""
    return visitor.text.partition("Our e-mails")[2].partition("What you have agreed to")[0]


def test_who_agreed_to_no_mails_reads_that_she_gets_none_but_what_she_asks_for(town: Town) -> None:
    in_the_tunnel(town, {"consent_visit_tracking": "yes"})
    visitor = Visitor(town.app)
    visitor.open(link(town))
    assert "You get nothing from us but what you ask for yourself" in mails_to_her(visitor)
    assert "as usual" not in visitor.text
    assert "Less often" not in visitor.text
    visitor.send({"purpose": "follow_up_email", "given": "yes"}, ending="/purpose")
    assert "You get our advice and invitations as usual." in mails_to_her(visitor)
    assert "Less often, please" in visitor.text


def test_a_mail_that_will_not_come_is_not_announced(town: Town) -> None:
    in_the_tunnel(town)
    visitor = Visitor(town.app)
    visitor.open(link(town))
    assert "What your answers say" not in visitor.text


def test_every_mail_leads_there(town: Town, lea: Visitor) -> None:
    town.work()
    mail = town.mails(LEA["email"])[0]
    assert "/me/" in mail.html
    assert "/me/" in mail.text


def test_she_changes_her_details_and_proves_her_address_by_it(town: Town, lea: Visitor) -> None:
    lea.send({"name": "Léa Fontaine-Roux", "phone": "06 12 34 56 78", "company": ""}, ending="/details")
    [lead] = town.leads()
    assert (lead.name, lead.phone, lead.company) == ("Léa Fontaine-Roux", "+33 6 12 34 56 78", "")
    assert lead.email_proven
    assert "Léa Fontaine-Roux" in lea.page.text


def test_wrong_details_come_back_as_typed_and_nothing_is_stored(town: Town, lea: Visitor) -> None:
    [before] = town.leads()
    answer = lea.send({"name": "", "phone": "12"}, ending="/details")
    assert answer.status_code == 422
    assert "Tell us your name." in lea.text
    assert 'value="12"' in lea.page.text
    assert town.leads() == [before]


def test_less_often_and_as_usual_again(town: Town, lea: Visitor) -> None:
    lea.send({"pace": "slow"}, ending="/mails")
    assert town.leads()[0].slow
    assert "half as often" in lea.text
    lea.send({"pace": "usual"}, ending="/mails")
    assert not town.leads()[0].slow


def test_only_what_she_asks_for_stops_her_scenarios_mails_at_once(town: Town, lea: Visitor) -> None:
    lea.send({"pace": "stop"}, ending="/mails")
    [lead] = town.leads()
    assert lead.unsubscribed
    assert [e.ended_because for e in lead.enrolments] == ["unsubscribed"]
    assert "nothing from us but what you ask for" in lea.text


def asked(visitor: Visitor) -> str:
    """What her page says of how each purpose stands."""
    return visitor.text.partition("What you were asked, and when")[2].partition("Take it along")[0]


def test_each_purpose_has_one_line_that_says_how_it_stands_now(town: Town, lea: Visitor) -> None:
    lea.send({"pace": "stop"}, ending="/mails")
    told = asked(lea)
    assert (told.count("Mails beyond"), told.count("and took it back on")) == (1, 1)
    assert "unsubscribed" not in told
    assert told.count("Yes, Verdanne may") == 2, "the wordings that she read"
    lea.send({"purpose": "follow_up_email", "given": "yes"}, ending="/purpose")
    told = asked(lea)
    assert (told.count("you agreed on"), told.count("took it back"), told.count("you did not agree")) == (1, 0, 1)
    assert told.index("you agreed on") < told.index("you did not agree"), "as the form asked"


def test_all_that_is_kept_is_hers_to_take_along(town: Town, lea: Visitor) -> None:
    answer = lea.send({}, ending="/export.json", follow=False)
    assert answer.headers["Content-Disposition"] == "attachment; filename=my-data.json"
    kept = json.loads(answer.data)
    assert kept["details"]["email"] == LEA["email"]
    assert {one["purpose"] for one in kept["consents"]} == {"follow_up_email", "visit_tracking"}
    assert set(kept["answers"][0]["in_words"]) == set(kept["answers"][0]["values"]), "each with its question"
    code = kept["answers"][0]["values"]["feedback"]
    told = kept["answers"][0]["in_words"]["feedback"]
    assert told["question"].endswith("?")
    assert told["answer"] not in ("", code)
    assert [(one["message"], one["subject"]) for one in kept["mails"]] == [
        ("self_evaluation/your_results", "Your customer experience profile")
    ]
    lea.open(link(town))
    answer = lea.send({}, ending="/export.csv", follow=False)
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["kind", "number", "field", "value"]
    assert ["details", "1", "email", LEA["email"]] in rows


def test_in_french_the_table_is_separated_and_named_as_her_spreadsheet_and_she_would(town: Town, lea: Visitor) -> None:
    lea.send({"name": "=1+1", "phone": "06 12 34 56 78"}, ending="/details")
    lea.open(f"{link(town)}?lang=fr")
    answer = lea.send({}, ending="/export.csv", follow=False)
    assert answer.headers["Content-Disposition"] == "attachment; filename=mes-donnees.csv"
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0] == ["catégorie", "numéro", "champ", "valeur"]
    assert [row[3] for row in rows if row[2] == "given"] == ["oui", "non"]
    assert ["mails", "1", "subject", "Votre profil d'expérience client"] in rows
    [question] = [row[3] for row in rows if row[2] == "in_words.feedback.question"]
    assert question.startswith("Comment apprenez-vous")
    assert ["details", "1", "name", "'=1+1"] in rows, "no formula"
    assert ["details", "1", "phone", "+33 6 12 34 56 78"] in rows, "a dialler can read it"
    lea.open(f"{link(town)}?lang=fr")
    assert "mes-donnees.json" in lea.send({}, ending="/export.json", follow=False).headers["Content-Disposition"]


def test_erasing_asks_first_and_then_nothing_opens_any_more(town: Town, lea: Visitor) -> None:
    own = link(town)
    lea.open(f"{own}/erase")
    assert "Erase everything that we keep for you?" in lea.text
    assert not town.leads()[0].erased
    lea.send({}, ending="/erase")
    assert "We do not know you any more." in lea.text
    [lead] = town.leads()
    assert lead.erased
    assert [e.ended_because for e in lead.enrolments] == ["erased"]
    assert Visitor(town.app).open(own).status_code == 404


def test_the_link_that_stops_the_mails_of_who_was_erased_opens_and_changes_nothing_either(
    town: Town, lea: Visitor
) -> None:
    stopping = preferences_link(town.house, town.leads()[0].id).removeprefix(town.settings.base_url)
    lea.open(stopping)
    agreeing = lea.form("/choose")
    own = Visitor(town.app)
    own.open(f"{link(town)}/erase")
    own.send({}, ending="/erase")
    before = rows_of_everything(town)
    assert lea.client.post(agreeing["action"], data={**agreeing["fields"], "given": "yes"}).status_code == 404
    assert lea.client.post(stopping, follow_redirects=True).status_code == 404
    assert lea.client.post(stopping, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert lea.open(stopping).status_code == 404
    assert "We cannot find this page" in lea.text
    assert rows_of_everything(town) == before


def test_no_other_link_of_hers_opens_once_she_is_erased(town: Town) -> None:
    invited(town)
    in_the_tunnel(town)
    books_from_her_results(town)
    mails = town.mails(LEA["email"])
    links = {one for mail in mails for one in re.findall(r"http://127\.0\.0\.1:8000(/[\w/.-]+)", mail.html + mail.text)}
    hers = {one for one in links if re.match(r"/(r|me|u|book|a|q)/", one)}
    assert {one.split("/")[1] for one in hers} == {"r", "me", "u", "book", "a", "q"}
    own = Visitor(town.app)
    own.open(f"{link(town)}/erase")
    own.send({}, ending="/erase")
    assert {one for one in hers if Visitor(town.app).open(one).status_code != 404} == set()


def test_the_browser_that_sent_her_form_finds_nothing_of_who_was_erased_and_makes_nobody_of_her(town: Town) -> None:
    lea = in_the_tunnel(town)
    thanks = lea.address
    own = Visitor(town.app)
    own.open(f"{link(town)}/erase")
    own.send({}, ending="/erase")
    before = rows_of_everything(town)
    sent = lea.send({"email": "lea@elsewhere.example"}, ending="/thanks")
    assert sent.status_code == 404
    assert rows_of_everything(town) == before
    assert town.leads()[0].erased
    assert lea.open(thanks).status_code == 404


def test_what_only_asks_who_she_is_does_not_read_all_that_ever_happened(town: Town, lea: Visitor) -> None:
    with counted(town.house.database) as sent:
        lea.open(f"{link(town)}/erase")
        lea.send({}, ending="/erase")
    assert lea.page.status_code == 200
    read = [one for one in sent if one.startswith("SELECT") and "FROM events" in one]
    whole = [one for one in read if "events.kind IN" not in one]  # with whom she was joined is read by its kind
    assert ["events.kind" in one for one in whole] == [False], "only what the erasure itself empties"


def test_who_is_erased_reads_so_in_her_own_language(town: Town, lea: Visitor) -> None:
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE leads SET language = 'fr'"))
    lea.open(f"{link(town)}/erase")
    lea.send({}, ending="/erase")
    assert '<html lang="fr">' in lea.page.text
    assert town.leads()[0].erased


def test_a_tampered_link_opens_and_changes_nothing(town: Town, lea: Visitor) -> None:
    own = link(town)
    wrong = own[:-1] + ("A" if own[-1] != "A" else "Q")
    assert Visitor(town.app).open(wrong).status_code == 404
    [before] = town.leads()
    assert lea.client.post(f"{wrong}/erase").status_code in (400, 404)
    assert town.leads() == [before]


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
    visitor.open(link(town))
    assert link(town) in mail.html
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
        visitor.open(link(town))
        visitor.send(fields, ending=ending)
        if not town.leads()[0].consents["follow_up_email"]:
            asked += 1
            another_form(town, tick)
            another_form(town, tick)
        assert asked_by_mail(town) == asked
        visitor.open(link(town))
        assert ("Did you mean this?" in visitor.text) != town.leads()[0].consents["follow_up_email"]


def another_form(town: Town, ticks: dict[str, str]) -> None:
    """Another form with her address, from a browser of which nobody knows whose it is."""
    visitor = Visitor(town.app)
    visitor.open("/l/ebook")
    visitor.send({**LEA, "company": "Ostrel", "go": "send", **ticks}, ending="/details")
    assert visitor.address.endswith("/thanks")


@pytest.mark.parametrize("ticks", [{}, {"consent_visit_tracking": "yes"}])
def test_a_later_form_that_leaves_the_box_empty_takes_no_waiting_tick_away(
    confirming: Town, ticks: dict[str, str]
) -> None:
    town = confirming
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    another_form(town, ticks)
    visitor = Visitor(town.app)
    visitor.open(link(town))
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
    visitor.open(link(town))
    assert visitor.page.text.count("Yes, I agree to this") == 2
    visitor.send({"purpose": "visit_tracking"}, ending="/confirm")
    assert town.leads()[0].consents == {"follow_up_email": False, "visit_tracking": True}
    assert visitor.page.text.count("Yes, I agree to this") == 1


def test_what_she_took_back_or_stopped_since_she_ticked_it_waits_no_more(confirming: Town) -> None:
    town = confirming
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    visitor = Visitor(town.app)
    visitor.open(link(town))
    visitor.send({}, ending="/confirm")
    visitor.send({"purpose": "follow_up_email", "given": "no"}, ending="/purpose")
    another_form(town, {})
    visitor.open(link(town))
    assert "Did you mean this?" not in visitor.text


def test_a_tick_that_waited_when_she_stopped_the_mails_does_not_come_up_again(town: Town) -> None:
    in_the_tunnel(town)
    another_form(town, {"consent_follow_up_email": "yes", "consent_visit_tracking": "yes"})
    [lead] = town.leads()
    unsubscribe(town.house, preferences_link(town.house, lead.id).rpartition("/")[2], "/u")
    with town.house.database.read() as connection:
        assert set(waiting_consents(connection, lead)) == {"visit_tracking"}, "as if she had let mails come again"


def books_from_her_results(town: Town) -> None:
    """She follows the mail's link to her results in another browser, and takes the first time there."""
    visitor = Visitor(town.app)
    visitor.open(private_link(town))
    visitor.open(next(part for part in visitor.page.text.split('"') if part.startswith("/book/")))
    slot = visitor.page.text.split('name="slot" value="')[1].split('"')[0]
    visitor.send({"slot": slot, "phone": "0612345678"})


def stopped_and_ticked_again(town: Town) -> Visitor:
    """Her page, where she has stopped the mails and another form has ticked them since."""
    visitor = Visitor(town.app)
    visitor.open(link(town))
    visitor.send({"pace": "stop"}, ending="/mails")
    another_form(town, {"consent_follow_up_email": "yes"})
    visitor.open(link(town))
    return visitor


def test_a_tick_after_she_stopped_the_mails_is_asked_about_and_counts_by_her_yes_alone(town: Town) -> None:
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    visitor = stopped_and_ticked_again(town)
    assert "Did you mean this?" in visitor.text
    assert "Without an answer it counts for nothing." in visitor.text
    books_from_her_results(town)
    [lead] = town.leads()
    assert (len(lead.appointments), lead.unsubscribed, lead.consents["follow_up_email"]) == (1, True, False)
    visitor.open(link(town))
    visitor.send({}, ending="/confirm")
    [lead] = town.leads()
    assert (lead.unsubscribed, lead.consents["follow_up_email"]) == (False, True)
    assert "Did you mean this?" not in visitor.text
    assert "You get our advice and invitations as usual." in mails_to_her(visitor)


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
    visitor.open(link(confirming))
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
    visitor.open(link(town))
    assert visitor.page.text.count("Yes, I agree to this") == 2
    unsubscribe(town.house, preferences_link(town.house, town.leads()[0].id).rpartition("/")[2], "/u")
    visitor.open(link(town))
    assert visitor.page.text.count("Yes, I agree to this") == 1, "the tick for mails is older than her stop"
    by_mail = Visitor(town.app)
    by_mail.open(private_link(town))
    by_mail.send()
    [lead] = town.leads()
    assert (lead.unsubscribed, lead.consents) == (True, {"follow_up_email": False, "visit_tracking": True})


def history(town: Town) -> str:
    """What the staff reads of the only lead."""
    return employed(town, HUGO).get(f"/desk/leads/{town.leads()[0].id}").text


def test_her_history_says_which_tick_she_confirmed_by_the_button_that_asks_for_it(confirming: Town) -> None:
    in_the_tunnel(confirming, {"consent_follow_up_email": "yes"})
    visitor = Visitor(confirming.app)
    visitor.open(link(confirming))
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
    visitor.open(link(town))
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
    visitor.open(link(town))
    return visitor


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
    ticked.open(link(town))
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
    other.open(link(town))
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


def test_a_yes_to_what_no_form_has_ticked_agrees_to_nothing(town: Town, ticked: Visitor) -> None:
    ticked.send({"purpose": "visit_tracking"}, ending="/confirm")
    ticked.open(link(town))
    ticked.send({"purpose": "nonsense", "meant": "no"}, ending="/confirm")
    assert town.leads()[0].consents == {"follow_up_email": False, "visit_tracking": False}


def test_her_no_tells_her_browser_that_the_visits_which_she_had_agreed_to_are_kept_no_more(town: Town) -> None:
    in_the_tunnel(town)
    another_form(town, {"consent_visit_tracking": "yes"})
    visitor, other = Visitor(town.app), Visitor(town.app)
    visitor.open(link(town))
    other.open(link(town))
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


def test_whoever_a_scenario_fails_for_sees_her_page_and_can_be_erased(town: Town, lea: Visitor) -> None:
    with town.house.database.write() as connection:
        connection.execute(update(enrolments).values(step="a_step_that_is_gone"))
    with capture_logs() as logs:
        lea.open(link(town))
    assert lea.page.status_code == 200
    assert LEA["email"] in lea.text
    assert [(one["event"], one["step"]) for one in logs if one["log_level"] == "error"] == [
        ("what comes next is not known", "a_step_that_is_gone")
    ]
    lea.open(f"{link(town)}/erase")
    assert lea.page.status_code == 200
    lea.send()
    assert lea.page.status_code == 200
    assert town.leads()[0].erased


def test_a_page_to_which_she_goes_back_does_not_say_that_she_agrees_to_what_she_took_back(town: Town) -> None:
    lea = in_the_tunnel(town, {"consent_visit_tracking": "yes"})
    thanks = lea.address
    assert 'data-consent="yes"' in lea.page.text
    town.work()
    lea.open(link(town))
    lea.send({"purpose": "visit_tracking", "given": "no"}, ending="/purpose")
    assert 'data-consent="no"' in lea.page.text
    lea.open(thanks)
    assert "data-consent" not in lea.page.text


def test_agreeing_says_once_to_her_browser_that_it_is_hers(town: Town, lea: Visitor) -> None:
    assert "/t.js" not in lea.page.text
    lea.send({"purpose": "visit_tracking", "given": "yes"}, ending="/purpose")
    assert re.search(r'data-consent="yes" data-proof="[\w-]{46}"', lea.page.text)
    lea.open(link(town))
    assert "data-consent" not in lea.page.text
    lea.send({"purpose": "visit_tracking", "given": "no"}, ending="/purpose")
    assert 'data-consent="no"' in lea.page.text
    other = Visitor(town.app)
    lea.send({"purpose": "visit_tracking", "given": "yes"}, ending="/purpose")
    other.open(link(town))
    assert "data-consent" not in other.page.text, "nobody has agreed to anything in this browser"


def test_agreeing_to_mails_says_nothing_to_her_browser(town: Town) -> None:
    in_the_tunnel(town, {"consent_visit_tracking": "yes"})
    visitor = Visitor(town.app)
    visitor.open(link(town))
    visitor.send({"purpose": "follow_up_email", "given": "yes"}, ending="/purpose")
    assert "data-consent" not in visitor.page.text


def test_a_browser_that_asks_for_nothing_to_be_kept_is_not_made_known_by_an_agreement(town: Town, lea: Visitor) -> None:
    lea.client.environ_base["HTTP_SEC_GPC"] = "1"
    lea.send({"purpose": "visit_tracking", "given": "yes"}, ending="/purpose")
    assert town.leads()[0].consents["visit_tracking"]
    assert "data-consent" not in lea.page.text


def test_where_no_visits_are_kept_no_browser_is_made_known_by_an_agreement(
    town: Town, lea: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = town.published.company.company
    monkeypatch.setitem(vars(company), "tracking", company.tracking.model_copy(update={"mode": "none"}))
    lea.send({"purpose": "visit_tracking", "given": "yes"}, ending="/purpose")
    assert town.leads()[0].consents["visit_tracking"]
    assert "data-consent" not in lea.page.text


def test_a_tick_that_she_confirms_makes_her_browser_known_too(town: Town) -> None:
    in_the_tunnel(town)
    another_form(town, {"consent_visit_tracking": "yes"})
    visitor = Visitor(town.app)
    visitor.open(link(town))
    assert "/t.js" not in visitor.page.text
    visitor.send({"purpose": "visit_tracking"}, ending="/confirm")
    assert town.leads()[0].consents["visit_tracking"]
    assert 'data-consent="yes" data-proof="' in visitor.page.text


def test_the_browser_of_who_was_erased_forgets_her_and_does_not_agree_for_her_anew(town: Town) -> None:
    lea = in_the_tunnel(town, {"consent_visit_tracking": "yes"})
    thanks = lea.address
    assert 'data-consent="yes"' in lea.page.text
    lea.open(f"{link(town)}/erase")
    lea.send()
    assert 'data-consent="no"' in lea.page.text
    lea.open(thanks)
    assert "data-consent" not in lea.page.text
    assert LEA["email"] not in lea.page.text
    with lea.client.session_transaction() as said:
        assert not {"a", "f", "d", "o", "b"} & said.keys()
