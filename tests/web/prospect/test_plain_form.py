"""A tunnel whose form has no questionnaire walks through the same pages: details only."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from funnel.usecases.publish_scenarios import publish_scenarios
from tests.support.homes import copy_home
from tests.web.conftest import Town
from tests.web.prospect.visitor import LEA, Visitor

GUIDE = """
scenario: guide
title: The guide
offer: Customer experience improvement plan
why: new_offer
team: consulting
again: never
form:
  page: download
  fields: {name: required, email: required, company: required}
  consents: [follow_up_email]
sequence:
  - email: your_copy
  - end: done
"""
BODY = """<mjml><mj-body><mj-section><mj-column><mj-text>Here it is, {{ lead.first_name }}.</mj-text>
<mj-text>{{ company.postal_address|join(", ") }}</mj-text></mj-column></mj-section></mj-body></mjml>"""
PAGE = '{% extends "_base.html" %}{% block main %}<h1>The guide</h1>{{ form_html }}{% endblock %}'


@pytest.fixture
def visitor(build_town: Callable[..., Town], tmp_path: Path) -> tuple[Town, Visitor]:
    """A house with such a tunnel beside the shipped one, and a visitor on its landing page."""
    home = copy_home(tmp_path / "home")
    (home / "scenarios/guide.yaml").write_text(GUIDE)
    (home / "landing_pages/guide").mkdir()
    (home / "landing_pages/guide/download.html").write_text(PAGE)
    mail = home / "email_templates/guide/your_copy"
    shutil.copytree(home / "email_templates/self_evaluation/your_results", mail)
    (mail / "email.yaml").write_text("kind: asked\npreheader: Your guide\n")
    for body in mail.glob("body.*.mjml"):
        body.write_text(BODY)
    for subject in mail.glob("subject.*.txt"):
        subject.write_text("Your guide")
    town = build_town()
    publication = publish_scenarios(town.house, home)
    assert publication.changed == ["guide"], publication.findings
    found = Visitor(town.app)
    found.open("/l/guide")
    return town, found


def test_the_form_stands_in_the_landing_page_and_is_sent_once(visitor: tuple[Town, Visitor]) -> None:
    town, browser = visitor
    browser.send({**LEA, "company": "Ostrel", "go": "send"}, ending="/details")
    assert browser.address == "/l/guide/thanks"
    assert "Thank you, Léa." in browser.text
    assert "is on its way to lea.martin@ostrel.example" in browser.text
    [lead] = town.leads()
    assert (lead.company, [one.scenario for one in lead.enrolments]) == ("Ostrel", ["guide"])


def test_its_errors_come_back_beside_their_fields(visitor: tuple[Town, Visitor]) -> None:
    town, browser = visitor
    browser.send({**LEA, "go": "send"}, ending="/details")
    assert browser.page.status_code == 422
    assert "Please fill this in." in browser.text
    assert 'value="Léa Martin"' in browser.page.text
    assert town.leads() == []


def test_its_address_can_be_corrected(visitor: tuple[Town, Visitor]) -> None:
    town, browser = visitor
    browser.send({**LEA, "email": "lea@gmial.com", "company": "Ostrel", "go": "send"}, ending="/details")
    browser.send({"email": "lea@gmail.com"}, ending="/thanks")
    assert "We have sent it to lea@gmail.com instead." in browser.text
    assert town.leads()[0].email == "lea@gmail.com"


def test_it_has_no_pages_of_questions(visitor: tuple[Town, Visitor]) -> None:
    assert visitor[1].open("/l/guide/1").status_code == 404
