"""The form is sent: once, whole, safe; refused or unsaved it comes back with everything in it."""

import re
import threading

import pytest

from tests.web.conftest import Town
from tests.web.prospect.visitor import LANDING, LEA, Visitor, in_the_tunnel

DETAILS = LANDING + "/details"


@pytest.fixture
def visitor(town: Town) -> Visitor:
    """A visitor who has answered everything."""
    found = Visitor(town.app)
    found.answer_all({"q_wish": "Nobody should explain twice."})
    return found


def test_boxes_are_unticked_and_the_privacy_notice_is_there(visitor: Visitor) -> None:
    assert visitor.page.text.count('type="checkbox"') == 2
    assert " checked" not in visitor.page.text
    assert "privacy@verdanne.example" in visitor.text


@pytest.mark.parametrize("page", ["/l/ebook", "/l/conference", "/l/webinar"])
def test_what_is_agreed_to_beside_a_form_is_true_of_what_that_form_gives(town: Town, page: str) -> None:
    visitor = Visitor(town.app)
    visitor.open(page)
    assert "beyond what I asked for" in visitor.text
    assert "to send you what you ask for" in visitor.text
    assert "results I asked for" not in visitor.text
    visitor.open(f"{page}?lang=fr")
    assert "au-delà de ce que j'ai demandé" in visitor.text
    assert "pour vous envoyer ce que vous demandez" in visitor.text


def test_a_sent_form_makes_a_lead_with_her_answers_zone_source_and_consents(town: Town, visitor: Visitor) -> None:
    visitor.send_details({"consent_follow_up_email": "yes", "phone": "06 12 34 56 78", "company": "Ostrel"})
    assert visitor.address == LANDING + "/thanks"
    [lead] = town.leads()
    assert (lead.name, lead.email, lead.phone, lead.company) == (*LEA.values(), "+33 6 12 34 56 78", "Ostrel")
    assert lead.consents == {"follow_up_email": True, "visit_tracking": False}
    assert lead.zone == "Europe/Paris"
    assert lead.source["cta"] == "article-3-companies"
    assert lead.answers[0].values["wish"] == "Nobody should explain twice."
    assert [one.scenario for one in lead.enrolments] == ["self_evaluation"]


def test_the_first_source_stays(town: Town) -> None:
    visitor = Visitor(town.app)
    visitor.open(
        "/articles/three-inspiring-customer-experience-companies?utm_source=letter",
        headers={"Referer": "https://news.example/today"},
    )
    visitor.open(LANDING + "?utm_source=other&cta=bottom")
    visitor.answer_all()
    visitor.send_details()
    assert town.leads()[0].source == {"utm_source": "letter", "referrer": "news.example", "cta": "bottom"}


def test_wrong_fields_come_back_filled_in_with_errors_beside_them(town: Town, visitor: Visitor) -> None:
    visitor.send_details({"name": " ", "email": "lea@", "phone": "12", "company": "Ostrel"})
    assert visitor.page.status_code == 422
    for text in ("Tell us your name.", "Write an address like", "Write a telephone number like"):
        assert visitor.text.count(text) == 2, "in the summary and beside the field"
    assert 'value="lea@"' in visitor.page.text
    assert 'value="Ostrel"' in visitor.page.text
    assert town.leads() == []


def test_an_empty_post_is_422_with_the_questions(town: Town) -> None:
    visitor = Visitor(town.app)
    visitor.open(LANDING)
    token = visitor.form()["fields"]["csrf_token"]
    page = visitor.client.post(DETAILS, data={**LEA, "csrf_token": token, "go": "send"})
    assert page.status_code == 422
    assert town.leads() == []


def test_a_post_without_its_token_is_refused(town: Town, visitor: Visitor) -> None:
    assert visitor.client.post(DETAILS, data={**LEA, "go": "send"}).status_code == 400
    assert town.leads() == []


def test_going_back_keeps_the_details_typed(visitor: Visitor) -> None:
    visitor.send_details({"go": "back", "email": "half@"})
    assert visitor.address == LANDING + "/6"
    visitor.answer_page()
    assert 'value="half@"' in visitor.page.text
    assert "Léa Martin" in visitor.page.text


def test_going_back_keeps_the_boxes_ticked_and_ticks_no_other(town: Town, visitor: Visitor) -> None:
    visitor.send_details({"go": "back", "consent_follow_up_email": "yes"})
    visitor.answer_page()
    assert re.findall(r'name="consent_(\w+)" value="yes"( checked)?', visitor.page.text) == [
        ("follow_up_email", " checked"),
        ("visit_tracking", ""),
    ]
    visitor.send({"go": "send"}, ending="/details")
    assert town.leads()[0].consents == {"follow_up_email": True, "visit_tracking": False}


def test_a_box_ticked_on_one_form_is_not_ticked_beforehand_on_another(visitor: Visitor) -> None:
    visitor.send_details({"go": "back", "consent_follow_up_email": "yes"})
    visitor.open("/l/ebook")
    assert 'name="consent_follow_up_email"' in visitor.page.text
    assert " checked" not in visitor.page.text
    assert "Léa Martin" in visitor.page.text, "what she typed is offered wherever it is asked"


@pytest.mark.parametrize(
    "name",
    ["Léa\r\nBcc: all@victim.example", "Léa\nMartin", "Le\x00a", "=?utf-8?q?L=0D=0ABcc:_x?=", "L\u202eaé", "x" * 121],
)
def test_a_name_that_could_reach_a_header_is_refused(town: Town, visitor: Visitor, name: str) -> None:
    visitor.send_details({"name": name})
    assert visitor.page.status_code == 422
    assert town.leads() == []


def test_markup_in_a_name_is_only_text(town: Town, visitor: Visitor) -> None:
    visitor.send_details({"name": "<script>alert(1)</script>"})
    assert visitor.page.status_code == 200
    assert "<script>alert" not in visitor.page.text


def test_an_oversized_body_is_413(town: Town, visitor: Visitor) -> None:
    visitor.send_details({"company": "x" * 300_000})
    assert visitor.page.status_code == 413
    assert town.leads() == []


def test_a_replay_makes_one_lead_one_enrolment_one_mail(town: Town, visitor: Visitor) -> None:
    fields = {**visitor.form("/details")["fields"], **LEA, "go": "send"}
    first = visitor.client.post(DETAILS, data=fields)
    again = visitor.client.post(DETAILS, data=fields)
    assert first.status_code == again.status_code == 303
    [lead] = town.leads()
    assert len(lead.enrolments) == len(lead.answers) == 1
    assert len(town.mails(LEA["email"])) == 1


@pytest.mark.parametrize("with_once", [True, False])
def test_a_hundred_equal_parallel_posts_make_one_lead_one_enrolment_one_mail(
    town: Town, visitor: Visitor, with_once: bool
) -> None:
    fields = {**visitor.form("/details")["fields"], **LEA, "go": "send"}
    if not with_once:
        fields.pop("once")
    cookie = visitor.client.get_cookie("funnel")
    assert cookie
    codes: list[int] = []

    def post(times: int) -> None:
        for _ in range(times):
            client = town.app.test_client()
            client.set_cookie("funnel", cookie.value)
            codes.append(client.post(DETAILS, data=fields).status_code)

    threads = [threading.Thread(target=post, args=(10,)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [303] * 100
    [lead] = town.leads()
    assert len(lead.enrolments) == len(lead.answers) == 1
    assert len(town.mails(LEA["email"])) == 1


def test_without_the_database_everything_is_kept_and_sent_again(town: Town, visitor: Visitor) -> None:
    with town.without_database():
        visitor.send_details({"company": "Ostrel", "consent_follow_up_email": "yes"})
        assert visitor.page.status_code == 503
        assert "Léa Martin" in visitor.page.text
        assert "Ostrel" in visitor.page.text
        assert "Nobody should explain twice." in visitor.page.text
    visitor.send(follow=True)
    assert visitor.address == LANDING + "/thanks"
    [lead] = town.leads()
    assert lead.company == "Ostrel"
    assert lead.consents["follow_up_email"] is True
    assert lead.answers[0].values["wish"] == "Nobody should explain twice."


def test_the_cookie_says_nothing_of_what_is_stored(town: Town) -> None:
    in_the_tunnel(town)
    again = in_the_tunnel(town)
    with again.client.session_transaction() as session:
        known = {"scenario", "submission", "first_name", "email", "phone", "corrected", "tracked", "told", "to_confirm"}
        assert set(session["d"]) == known
        assert not re.search(r"lead_id|pass|repeated|created", str(dict(session)))


def test_the_language_is_one_of_the_companys(visitor: Visitor) -> None:
    assert '<html lang="en">' in visitor.open(LANDING + "?lang=xx").text


def test_a_flood_of_forms_from_one_address_is_slowed(town: Town, visitor: Visitor) -> None:
    token = {"csrf_token": visitor.form()["fields"]["csrf_token"]}
    codes = [visitor.client.post("/l/none-of-these/details", data=token).status_code for _ in range(301)]
    assert codes == [404] * 300 + [429]
