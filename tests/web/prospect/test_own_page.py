"""Her own page: what is kept, agreed to and coming; slower, stop, change, take along, erase; each at once."""

import csv
import io
import json
import re
from datetime import UTC, datetime

import pytest
from markupsafe import escape
from sqlalchemy import select, text, update
from structlog.testing import capture_logs

from funnel.storage.consents import consents
from funnel.storage.enrolments import enrolments
from funnel.storage.tables import TABLES
from funnel.usecases.addresses import preferences_link
from tests.support.databases import counted
from tests.web.conftest import Town
from tests.web.prospect.visitor import (
    LEA,
    Visitor,
    asked,
    books_from_her_results,
    in_the_tunnel,
    invited,
    mails_to_her,
    own_link,
)


@pytest.fixture
def lea(town: Town) -> Visitor:
    """Léa, who agreed to mails, on her page."""
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    visitor = Visitor(town.app)
    visitor.open(own_link(town))
    return visitor


def rows_of_everything(town: Town) -> list[object]:
    """All that is stored, but for what the clock and the guard against floods write."""
    with town.house.database.read() as connection:
        return [row for table in TABLES for row in connection.execute(select(table)).all()]


def test_it_shows_what_is_kept_agreed_to_and_coming_and_changes_nothing(town: Town, lea: Visitor) -> None:
    [before] = town.leads()
    shown = ("What comes next", "What your answers say about", "you agreed on", "did not agree")
    assert [words for words in (LEA["email"], *shown) if words not in lea.text] == []
    assert 'value="Léa Martin"' in lea.page.text
    assert town.leads() == [before]


def test_each_purpose_on_it_is_named(town: Town, lea: Visitor) -> None:
    choices = lea.text.partition("What you agree to, and what not")[2].partition("Your details")[0]
    mails, visits = choices.index("Mails beyond what was asked for"), choices.index("A record of the pages and mails")
    assert mails < choices.index("You agreed") < visits < choices.index("You have not agreed")


def test_its_days_are_said_as_elsewhere_and_whose_clock_it_is(town: Town) -> None:
    town.move_clock(datetime(2027, 2, 1, 8, tzinfo=UTC))
    in_the_tunnel(town, {"consent_follow_up_email": "yes"})
    visitor = Visitor(town.app)
    visitor.open(own_link(town) + "?lang=fr")
    assert "1er février 2027 à 09:00" in visitor.text, visitor.text
    assert "Heures locales : Paris" in visitor.text.replace("\u00a0", " "), visitor.text


def test_a_wording_in_another_language_than_the_pages_says_that_it_is_as_she_read_it(town: Town, lea: Visitor) -> None:
    wording = town.published.company.company.consents["follow_up_email"].text
    assert not isinstance(wording, str)
    assert "as you read it" not in lea.text, "she reads the page as she read the form"
    lea.open(f"{own_link(town)}?lang=fr")
    assert f'<span lang="en">{escape(wording["en"])}</span>' in lea.page.text
    assert "(tel que vous l'avez lu, en anglais)" in lea.text


def test_a_wording_that_no_file_knows_any_more_says_nothing_of_its_language(town: Town, lea: Visitor) -> None:
    with town.house.database.write() as connection:
        connection.execute(update(consents).values(wording="Write to me."))
    lea.open(f"{own_link(town)}?lang=fr")
    assert "Write to me.</span>" in lea.page.text
    assert "tel que vous" not in lea.text


def test_who_agreed_to_no_mails_reads_that_she_gets_none_but_what_she_asks_for(town: Town) -> None:
    in_the_tunnel(town, {"consent_visit_tracking": "yes"})
    visitor = Visitor(town.app)
    visitor.open(own_link(town))
    assert "You get nothing from us but what you ask for yourself" in mails_to_her(visitor)
    assert "as usual" not in visitor.text
    assert "Less often" not in visitor.text
    visitor.send({"purpose": "follow_up_email", "given": "yes"}, ending="/purpose")
    assert "You get our advice and invitations as usual." in mails_to_her(visitor)
    assert "Less often, please" in visitor.text


def test_a_mail_that_will_not_come_is_not_announced(town: Town) -> None:
    in_the_tunnel(town)
    visitor = Visitor(town.app)
    visitor.open(own_link(town))
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
    lea.open(own_link(town))
    answer = lea.send({}, ending="/export.csv", follow=False)
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["kind", "number", "field", "value"]
    assert ["details", "1", "email", LEA["email"]] in rows


def test_in_french_the_table_is_separated_and_named_as_her_spreadsheet_and_she_would(town: Town, lea: Visitor) -> None:
    lea.send({"name": "=1+1", "phone": "06 12 34 56 78"}, ending="/details")
    lea.open(f"{own_link(town)}?lang=fr")
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
    lea.open(f"{own_link(town)}?lang=fr")
    assert "mes-donnees.json" in lea.send({}, ending="/export.json", follow=False).headers["Content-Disposition"]


def test_erasing_asks_first_and_then_nothing_opens_any_more(town: Town, lea: Visitor) -> None:
    own = own_link(town)
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
    own.open(f"{own_link(town)}/erase")
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
    own.open(f"{own_link(town)}/erase")
    own.send({}, ending="/erase")
    assert {one for one in hers if Visitor(town.app).open(one).status_code != 404} == set()


def test_the_browser_that_sent_her_form_finds_nothing_of_who_was_erased_and_makes_nobody_of_her(town: Town) -> None:
    lea = in_the_tunnel(town)
    thanks = lea.address
    own = Visitor(town.app)
    own.open(f"{own_link(town)}/erase")
    own.send({}, ending="/erase")
    before = rows_of_everything(town)
    sent = lea.send({"email": "lea@elsewhere.example"}, ending="/thanks")
    assert sent.status_code == 404
    assert rows_of_everything(town) == before
    assert town.leads()[0].erased
    assert lea.open(thanks).status_code == 404


def test_what_only_asks_who_she_is_does_not_read_all_that_ever_happened(town: Town, lea: Visitor) -> None:
    with counted(town.house.database) as sent:
        lea.open(f"{own_link(town)}/erase")
        lea.send({}, ending="/erase")
    assert lea.page.status_code == 200
    read = [one for one in sent if one.startswith("SELECT") and "FROM events" in one]
    whole = [one for one in read if "events.kind IN" not in one]  # with whom she was joined is read by its kind
    assert ["events.kind" in one for one in whole] == [False], "only what the erasure itself empties"


def test_who_is_erased_reads_so_in_her_own_language(town: Town, lea: Visitor) -> None:
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE leads SET language = 'fr'"))
    lea.open(f"{own_link(town)}/erase")
    lea.send({}, ending="/erase")
    assert '<html lang="fr">' in lea.page.text
    assert town.leads()[0].erased


def test_a_tampered_link_opens_and_changes_nothing(town: Town, lea: Visitor) -> None:
    own = own_link(town)
    wrong = own[:-1] + ("A" if own[-1] != "A" else "Q")
    assert Visitor(town.app).open(wrong).status_code == 404
    [before] = town.leads()
    assert lea.client.post(f"{wrong}/erase").status_code in (400, 404)
    assert town.leads() == [before]


def test_whoever_a_scenario_fails_for_sees_her_page_and_can_be_erased(town: Town, lea: Visitor) -> None:
    with town.house.database.write() as connection:
        connection.execute(update(enrolments).values(step="a_step_that_is_gone"))
    with capture_logs() as logs:
        lea.open(own_link(town))
    assert lea.page.status_code == 200
    assert LEA["email"] in lea.text
    assert [(one["event"], one["step"]) for one in logs if one["log_level"] == "error"] == [
        ("what comes next is not known", "a_step_that_is_gone")
    ]
    lea.open(f"{own_link(town)}/erase")
    assert lea.page.status_code == 200
    lea.send()
    assert lea.page.status_code == 200
    assert town.leads()[0].erased


def test_a_page_to_which_she_goes_back_does_not_say_that_she_agrees_to_what_she_took_back(town: Town) -> None:
    lea = in_the_tunnel(town, {"consent_visit_tracking": "yes"})
    thanks = lea.address
    assert 'data-consent="yes"' in lea.page.text
    town.work()
    lea.open(own_link(town))
    lea.send({"purpose": "visit_tracking", "given": "no"}, ending="/purpose")
    assert 'data-consent="no"' in lea.page.text
    lea.open(thanks)
    assert "data-consent" not in lea.page.text


def test_agreeing_says_once_to_her_browser_that_it_is_hers(town: Town, lea: Visitor) -> None:
    assert "/t.js" not in lea.page.text
    lea.send({"purpose": "visit_tracking", "given": "yes"}, ending="/purpose")
    assert re.search(r'data-consent="yes" data-proof="[\w-]{46}"', lea.page.text)
    lea.open(own_link(town))
    assert "data-consent" not in lea.page.text
    lea.send({"purpose": "visit_tracking", "given": "no"}, ending="/purpose")
    assert 'data-consent="no"' in lea.page.text
    other = Visitor(town.app)
    lea.send({"purpose": "visit_tracking", "given": "yes"}, ending="/purpose")
    other.open(own_link(town))
    assert "data-consent" not in other.page.text, "nobody has agreed to anything in this browser"


def test_agreeing_to_mails_says_nothing_to_her_browser(town: Town) -> None:
    in_the_tunnel(town, {"consent_visit_tracking": "yes"})
    visitor = Visitor(town.app)
    visitor.open(own_link(town))
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


def test_the_browser_of_who_was_erased_forgets_her_and_does_not_agree_for_her_anew(town: Town) -> None:
    lea = in_the_tunnel(town, {"consent_visit_tracking": "yes"})
    thanks = lea.address
    assert 'data-consent="yes"' in lea.page.text
    lea.open(f"{own_link(town)}/erase")
    lea.send()
    assert 'data-consent="no"' in lea.page.text
    lea.open(thanks)
    assert "data-consent" not in lea.page.text
    assert LEA["email"] not in lea.page.text
    with lea.client.session_transaction() as said:
        assert not {"a", "f", "d", "o", "b"} & said.keys()
