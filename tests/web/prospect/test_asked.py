"""A questionnaire that a mail asks for: the same pages, what may follow, answers that count for the mail's lead."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from funnel.usecases.publish_scenarios import publish_scenarios
from tests.support.homes import copy_home
from tests.web.conftest import Town
from tests.web.prospect.visitor import Visitor, answered, invited, private_link
from tests.web.staff import employed


@pytest.fixture
def link(town: Town) -> str:
    """The link of the invitation that leaves two days after the download."""
    return invited(town)


def test_s134_its_end_offers_the_summary_or_a_call_and_one_is_taken(town: Town, link: str) -> None:
    visitor = answered(town, link)
    assert visitor.address == f"{link}/end"
    assert "Send me the summary by e-mail" in visitor.text
    assert "Call me: I would like to go through my results with a consultant" in visitor.text
    visitor.send({"go": "send"})
    assert visitor.page.status_code == 422
    assert "Please choose how we go on." in visitor.text
    assert not town.leads()[0].answers
    visitor.send({"follow_up": "summary", "go": "send"})
    assert visitor.address.startswith("/r/"), visitor.text
    assert "Léa, you are at" in visitor.text
    [lead] = town.leads()
    [sheet] = lead.answers
    assert (sheet.questionnaire, sheet.follow_up, sheet.scenario, sheet.pass_number) == (
        "cx_maturity", "summary", "ebook", 1,
    )  # fmt: skip
    assert lead.email_proven
    assert lead.phone is None, "the summary asks for no number"


def test_s134_a_call_asks_for_the_number_unless_it_is_known(town: Town, link: str) -> None:
    visitor = answered(town, link)
    visitor.send({"follow_up": "call", "go": "send"})
    assert visitor.page.status_code == 422
    assert "Tell us the number that we may call." in visitor.text
    visitor.send({"follow_up": "call", "phone": "call me", "go": "send"})
    assert "Write a telephone number like +33 6 12 34 56 78." in visitor.text
    visitor.send({"follow_up": "call", "phone": "06 12 34 56 78", "go": "send"})
    assert visitor.address.startswith("/r/")
    [lead] = town.leads()
    assert (lead.answers[0].follow_up, lead.phone) == ("call", "+33 6 12 34 56 78")


def test_the_choice_of_a_call_and_the_page_behind_it_say_the_same(town: Town, link: str) -> None:
    visitor = answered(town, link)
    assert "We call you; you can choose the time yourself on the next page." in visitor.text
    visitor.send({"follow_up": "call", "phone": "06 12 34 56 78", "go": "send"})
    promise, _, below = visitor.page.text.partition("out of 100")
    assert "We call you on the number ending in 78" in promise
    chosen = re.search(r'<a href="(/book/[^"]+)">Would you rather choose the time yourself\?</a>', promise)
    assert chosen
    assert f'href="{chosen[1]}"' in below


def test_who_left_a_number_is_not_asked_again(town: Town) -> None:
    visitor = answered(town, invited(town, phone="06 12 34 56 78"))
    assert 'name="phone"' not in visitor.page.text
    visitor.send({"follow_up": "call", "go": "send"})
    assert town.leads()[0].answers[0].follow_up == "call"


def test_a_second_answer_is_shown_the_first_results(town: Town, link: str) -> None:
    late = answered(town, link)
    answered(town, link).send({"follow_up": "summary", "go": "send"})
    late.send({"follow_up": "call", "phone": "0612345678", "go": "send"})
    assert late.address.startswith("/r/")
    [sheet] = town.leads()[0].answers
    assert sheet.follow_up == "summary"
    for path in (link, f"{link}/2", f"{link}/end"):
        assert late.open(path).request.path.startswith("/r/")


def test_opening_it_changes_nothing_and_no_page_can_be_jumped(town: Town, link: str) -> None:
    before = town.leads()
    visitor = Visitor(town.app)
    assert visitor.open(link).status_code == 200
    assert visitor.open(f"{link}/end").request.path == f"{link}/1"
    assert visitor.open(f"{link}/4").request.path == f"{link}/1"
    assert visitor.open(f"{link}/99").status_code == 404
    assert town.leads() == before


def test_back_from_its_end_leads_to_the_last_page(town: Town, link: str) -> None:
    visitor = answered(town, link)
    visitor.send({"go": "back"})
    assert visitor.address.startswith(f"{link}/")
    assert visitor.address[-1].isdecimal()
    assert not town.leads()[0].answers


def test_back_from_its_end_keeps_what_was_chosen_and_typed(town: Town, link: str) -> None:
    visitor = answered(town, link)
    visitor.send({"follow_up": "call", "phone": "06 12 34", "go": "back"})
    visitor.send({"go": "next"})
    assert visitor.address == f"{link}/end"
    assert 'value="call" checked' in visitor.page.text
    assert 'value="06 12 34"' in visitor.page.text
    visitor.send({"phone": "06 12 34 56 78", "go": "send"})
    assert town.leads()[0].answers[0].follow_up == "call"
    with visitor.client.session_transaction() as kept:
        assert "w" not in kept, "what is sent is not kept in her browser"


def test_without_the_database_everything_comes_back(town: Town, link: str) -> None:
    visitor = answered(town, link)
    form = visitor.form()
    with town.without_database():
        visitor.send({"follow_up": "call", "phone": "06 12 34 56 78", "go": "send"})
        assert visitor.page.status_code == 503
        assert "06 12 34 56 78" in visitor.page.text
    assert form["action"].endswith("/end")
    visitor.send()
    assert town.leads()[0].answers[0].follow_up == "call"


def test_a_link_of_another_purpose_or_questionnaire_opens_nothing(town: Town, link: str) -> None:
    visitor = Visitor(town.app)
    token = link.split("/")[-1]
    for path in (f"/q/contact-centre/{token}", f"/q/no-such/{token}", f"/q/cx-maturity/{token[:-1]}", f"/r/{token}"):
        assert visitor.open(path).status_code == 404, path
    other = private_link(town, purpose="/a/").split("/")[-1]
    assert visitor.open(f"/q/cx-maturity/{other}").status_code == 404


def test_without_a_token_it_leads_to_the_page_that_asks_it(town: Town) -> None:
    visitor = Visitor(town.app)
    for name in ("cx-maturity", "cx_maturity"):
        visitor.open(f"/q/{name}")
        assert visitor.address == "/l/self-evaluation"
    assert visitor.open("/q/no-such-one").status_code == 404


def test_a_single_choice_of_ones_own_is_a_box_that_may_be_left(build_town: Callable[..., Town], tmp_path: Path) -> None:
    town, home = build_town(), copy_home(tmp_path / "home")
    scenario = home / "scenarios/ebook.yaml"
    own = "follow_up: {visit: {text: {en: Come and see us, fr: Venez nous voir}, phone: true}}"
    text = scenario.read_text().replace("follow_up: [summary, call] ", own + " ").partition("expect:")[0]
    scenario.write_text(re.sub(r"(?<=follow_up )(==|!=) (['\"]?)(?:summary|call)\2", r"\1 \2visit\2", text))
    (home / "scenarios/ebook_retail.yaml").unlink()  # it expects the other choices
    published = publish_scenarios(town.house, home)
    assert "ebook" in published.changed, published.findings
    visitor = answered(town, invited(town))
    assert "Come and see us" in visitor.text
    assert "Venez nous voir" in visitor.open(f"{visitor.address}?lang=fr").text
    visitor.send({"follow_up": "visit", "go": "send"})
    assert visitor.page.status_code == 422, "who ticks it leaves a number"
    visitor.send({"follow_up": "", "go": "send"})
    assert visitor.address.startswith("/r/"), visitor.text
    assert town.leads()[0].answers[0].follow_up is None


def _after_the_end(town: Town, link: str, told: dict[str, str]) -> None:
    """She answers when her tunnel has ended without her."""
    town.move_clock(town.now + timedelta(days=40))
    visitor = answered(town, link)
    visitor.send({**told, "go": "send"})
    assert visitor.address.startswith("/r/"), visitor.text
    town.work()


def test_answers_after_the_tunnels_end_bring_the_summary_all_the_same(town: Town, link: str) -> None:
    _after_the_end(town, link, {"follow_up": "summary"})
    mail = town.mails("lea.martin@ostrel.example")[-1]
    assert mail.as_json()["subject"] == "Your results, Léa"
    assert "/r/" in mail.as_json()["text"]
    assert [one.content_type for one in mail.attachments] == ["application/pdf"]


def test_who_asks_to_be_called_after_the_tunnels_end_stands_on_the_desk(town: Town, link: str) -> None:
    _after_the_end(town, link, {"follow_up": "call", "phone": "06 12 34 56 78"})
    mail = town.mails("lea.martin@ostrel.example")[-1]
    assert mail.as_json()["subject"] == "Your results, Léa"
    assert not mail.attachments, "the written summary follows the call"
    desk = employed(town).get("/desk").text
    assert "They asked to be called" in desk
    assert "Review of your results" in desk
    assert "promised" in desk
