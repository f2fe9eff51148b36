"""The landing page and the questionnaire: pages, progress, back, resume, and nothing stored before it is sent."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.web.conftest import Town
from tests.web.prospect.visitor import LANDING, LEA, Visitor, answers, in_the_tunnel

PAGE = LANDING + "/{}"


@pytest.fixture
def visitor(town: Town) -> Visitor:
    """A visitor on the landing page."""
    found = Visitor(town.app)
    found.open(LANDING)
    return found


def test_the_article_leads_to_the_landing_page(town: Town) -> None:
    visitor = Visitor(town.app)
    visitor.open("/articles/three-inspiring-customer-experience-companies")
    assert 'href="/s/article-3-companies"' in visitor.page.text
    visitor.open("/s/article-3-companies")
    assert visitor.address == LANDING
    assert visitor.open("/privacy").status_code == 200


def test_an_article_without_a_campaign_sets_no_cookie(town: Town) -> None:
    page = Visitor(town.app).open("/articles/three-inspiring-customer-experience-companies")
    assert "Set-Cookie" not in page.headers


def test_an_article_that_nobody_wrote_is_not_found(town: Town) -> None:
    for name in ("nothing", "../privacy", "_base", "..%2f_base"):
        assert Visitor(town.app).open(f"/articles/{name}").status_code == 404


def test_the_landing_page_holds_the_first_questions_under_both_spellings(visitor: Visitor) -> None:
    assert "How do you mostly learn what customers think of you?" in visitor.text
    assert "Step 1 of 7" in visitor.text
    assert visitor.open("/l/self_evaluation").status_code == 200
    assert 'action="/l/self-evaluation/1"' in visitor.page.text


def test_a_scenario_without_a_form_is_not_found(visitor: Visitor) -> None:
    assert visitor.open("/l/nothing").status_code == 404
    assert visitor.open(PAGE.format(0)).status_code == 404
    assert visitor.open(PAGE.format(99)).status_code == 404


def test_a_page_is_light_and_runs_nothing_inline(visitor: Visitor) -> None:
    loaded = len(visitor.page.data)
    for address in set(re.findall(r'(?:href|src)="(/(?:static/|brand)[^"]+)"', visitor.page.text)):
        with visitor.client.get(address) as answer:
            loaded += len(answer.data)
    assert loaded < 60 * 1024
    assert "unsafe-inline" not in visitor.page.headers["Content-Security-Policy"]
    assert "style=" not in visitor.page.text


def test_a_required_question_left_open_comes_back_with_its_error_and_the_other_answers(visitor: Visitor) -> None:
    visitor.send({"q_sources": ["reviews", "lost"], "go": "next"})
    assert visitor.page.status_code == 422
    assert 'href="#q_feedback"' in visitor.page.text, "the summary leads to the question"
    assert "Question 1: Please answer this one." in visitor.text
    assert visitor.page.text.count('name="q_sources"') == 4
    assert visitor.page.text.count(" checked") == 2, "what she ticked is still ticked"


def test_each_answer_that_cannot_be_taken_says_why(visitor: Visitor) -> None:
    visitor.answer_page()
    visitor.answer_page({"q_reply_hours": "many"})
    assert visitor.page.status_code == 422
    assert "Write a whole number" in visitor.text
    assert 'value="many"' in visitor.page.text
    assert 'aria-describedby="q_reply_hours-hint q_reply_hours-unit q_reply_hours-error"' in visitor.page.text
    visitor.answer_page({"q_reply_hours": "501"})
    assert "Write 500 or less." in visitor.text
    visitor.answer_page({"q_effort": "9"})
    assert "Please choose one of the answers shown." in visitor.text


def test_back_keeps_what_was_answered(visitor: Visitor) -> None:
    visitor.answer_page({"q_feedback": "moments"})
    visitor.send({"q_effort": "4", "go": "back"})
    assert visitor.address == PAGE.format(1)
    assert 'value="moments" checked' in visitor.page.text
    visitor.answer_page({"q_feedback": "moments"})
    assert 'value="4" checked' in visitor.page.text


def test_back_from_the_first_page_is_not_offered(visitor: Visitor) -> None:
    assert 'value="back"' not in visitor.page.text
    visitor.answer_page()
    assert 'value="back"' in visitor.page.text


def test_she_goes_on_where_she_stopped(visitor: Visitor) -> None:
    visitor.answer_page()
    visitor.answer_page()
    visitor.open(LANDING)
    assert "Go on where you stopped" in visitor.text
    assert f'href="{PAGE.format(3)}"' in visitor.page.text


def _closed(town: Town, visitor: Visitor) -> Visitor:
    """Her browser after it was closed and opened again: what has no day on which it ends is gone."""
    again = Visitor(town.app)
    cookie = visitor.client.get_cookie("funnel")
    if cookie and cookie.expires:
        again.client.set_cookie("funnel", cookie.value, expires=cookie.expires)
    return again


def test_answers_outlive_the_browser_for_half_a_day_and_no_longer(
    town: Town, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _closed(town, visitor).client.get_cookie("funnel") is None, "she has answered nothing yet"
    visitor.answer_page()
    again = _closed(town, visitor)
    kept = again.client.get_cookie("funnel")
    assert kept is not None
    assert kept.expires is not None
    assert timedelta(hours=11) < kept.expires - datetime.now(UTC) <= timedelta(hours=12)
    again.open(LANDING)
    assert "Go on where you stopped" in again.text
    monkeypatch.setitem(town.app.config, "PERMANENT_SESSION_LIFETIME", timedelta(seconds=-1))
    again.open(LANDING)
    assert "Go on where you stopped" not in again.text, "the server takes no older one either"


def test_who_has_said_her_name_leaves_nothing_in_a_browser_that_is_closed(town: Town) -> None:
    visitor = Visitor(town.app)
    visitor.answer_all()
    assert _closed(town, visitor).client.get_cookie("funnel")
    visitor.send({**LEA, "go": "back"}, ending="/details")
    assert _closed(town, visitor).client.get_cookie("funnel") is None
    sent = Visitor(town.app)
    sent.answer_all()
    sent.send_details()
    assert _closed(town, sent).client.get_cookie("funnel") is None


def test_who_jumps_ahead_is_led_to_the_first_open_page(visitor: Visitor) -> None:
    visitor.answer_page()
    visitor.open(PAGE.format(5))
    assert visitor.address == PAGE.format(2)
    visitor.open(LANDING + "/details")
    assert visitor.address == PAGE.format(2)


def test_progress_counts_the_questions_that_the_answers_so_far_ask(visitor: Visitor) -> None:
    while "Which figure do you follow above all?" not in visitor.text:
        visitor.answer_page()
    visitor.answer_page({"q_metric": "none"})
    assert "Who sees that figure" not in visitor.text
    assert 'max="16" value="14"' in visitor.page.text
    visitor.open(PAGE.format(5))
    visitor.answer_page({"q_metric": "nps"})
    assert "Who sees that figure" in visitor.text
    assert 'max="17" value="14"' in visitor.page.text


def test_long_texts_fit_into_the_cookie(visitor: Visitor) -> None:
    wish = "Kundinnen & Kunden müßten nichts zweimal erklären. 顧客体験 " * 9
    visitor.answer_all({"q_wish": wish})
    cookie = visitor.client.get_cookie("funnel")
    assert cookie
    assert len(cookie.value) < 4096
    visitor.open(PAGE.format(6))
    assert wish.strip() in visitor.text.replace("&amp;", "&")


def test_a_text_beyond_the_limit_is_refused_with_the_text_kept(visitor: Visitor) -> None:
    visitor.answer_all()
    visitor.open(PAGE.format(6))
    visitor.answer_page({"q_wish": "x" * 601})
    assert visitor.page.status_code == 422
    assert "Shorten it to 600 characters." in visitor.text
    assert "x" * 601 in visitor.page.text


def test_what_the_cookie_cannot_hold_is_said_beside_the_field_and_not_lost(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.answer_all()
    visitor.open(PAGE.format(6))
    monkeypatch.setattr("funnel.web.prospect.session.LARGEST", 700)
    wish = "".join(chr(0x4E00 + 37 * n % 5000) for n in range(500))
    visitor.answer_page({"q_wish": wish})
    assert visitor.page.status_code == 422
    assert "more than we can hold" in visitor.text
    assert wish in visitor.page.text


def test_nothing_is_stored_before_the_form_is_sent(town: Town, visitor: Visitor) -> None:
    visitor.answer_all()
    assert town.leads() == []


def test_the_landing_page_of_who_has_sent_it_shows_the_way_to_her_results(town: Town) -> None:
    visitor = in_the_tunnel(town)
    visitor.open(LANDING)
    assert f'href="{LANDING}/thanks"' in visitor.page.text


def test_the_helper_answers_every_choice(visitor: Visitor) -> None:
    assert answers(visitor.page.text) == {"q_feedback": "continuous"}


def test_the_database_is_not_needed_to_answer_questions(town: Town, visitor: Visitor) -> None:
    visitor.answer_page()
    with town.without_database():
        visitor.answer_page()
    assert visitor.page.status_code == 200
    assert visitor.address == PAGE.format(3)
