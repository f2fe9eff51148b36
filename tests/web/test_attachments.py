"""What goes with a mail, from the form to the mailbox: her diagnosis and files, in her language."""

from collections.abc import Callable
from pathlib import Path

import pytest

from funnel.delivery.ledger import Entry
from funnel.usecases.publish_scenarios import publish_scenarios
from tests.support.homes import PLAN, home_that_attaches
from tests.support.papers import Paper
from tests.web.conftest import Town
from tests.web.prospect.visitor import Visitor, in_the_tunnel, private_link
from tests.web.staff import SOLENE, employed

STUDIO = "/studio/self-evaluation"
MAIL = "self_evaluation/your_results"


@pytest.fixture
def town(build_town: Callable[..., Town], tmp_path: Path) -> Town:
    """A house whose first mail has files with it."""
    home = home_that_attaches(tmp_path / "home")
    town = build_town(home=home)
    done = publish_scenarios(town.house, home)
    assert not done.broken, done.broken
    return town


def papers(mail: Entry) -> dict[str, bytes]:
    """A mail's files by name."""
    return {part.name: part.content for part in mail.attachments}


def test_her_diagnosis_and_a_file_go_with_the_mail(town: Town) -> None:
    in_the_tunnel(town)
    (mail,) = town.mails()
    files = papers(mail)
    assert list(files) == ["diagnosis.pdf", "plan.pdf"]
    assert files["plan.pdf"] == PLAN["plan.pdf"]
    paper = Paper(files["diagnosis.pdf"])
    assert (paper.tagged, paper.language) == (True, "en")
    assert "Léa, you are at “Leading”." in paper.text
    assert "Léa Martin" in paper.title
    book = next(link for link in paper.links if "/book/" in link)
    visitor = Visitor(town.app)
    assert visitor.open(book.removeprefix("http://127.0.0.1:8000")).status_code == 200


@pytest.mark.parametrize(
    "name, said",
    [("王晓红", "王晓红, you are at “Leading”."), ("สมชาย ใจดี", "Leading")],
    ids=["in letters that it has", "in letters that it has not"],
)
def test_her_name_stands_on_paper_or_is_left_out_but_never_as_boxes(town: Town, name: str, said: str) -> None:
    in_the_tunnel(town, fields={"name": name})
    (mail,) = town.mails()
    paper = Paper(papers(mail)["diagnosis.pdf"])
    assert said in paper.text
    assert (name in paper.text) == ("Made for" in paper.text) == (name in said)
    assert name in paper.title


def test_it_is_in_her_language_and_so_is_the_file(town: Town) -> None:
    in_the_tunnel(town)
    solene = employed(town, SOLENE)
    asked = {"mail": MAIL, "in": "fr"}
    french = Paper(solene.client.get(f"{STUDIO}/attached", query_string=asked | {"name": "diagnosis.pdf"}).data)
    assert french.language == "fr"
    assert "vous en êtes au stade" in french.text
    assert (
        solene.client.get(f"{STUDIO}/attached", query_string=asked | {"name": "plan.pdf"}).data == PLAN["plan.fr.pdf"]
    )


def test_her_results_page_leads_to_the_same_on_paper(town: Town) -> None:
    in_the_tunnel(town)
    link = private_link(town)
    visitor = Visitor(town.app)
    visitor.open(link)
    assert f"{link}/diagnosis.pdf?lang=en" in visitor.page.text
    before = town.leads()
    answer = visitor.client.get(f"{link}/diagnosis.pdf")
    assert answer.mimetype == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Léa, you are at “Leading”." in Paper(answer.data).text
    assert Paper(visitor.client.get(f"{link}/diagnosis.pdf?lang=fr").data).language == "fr"
    assert town.leads() == before, "drawing changes nothing"
    assert visitor.client.get(f"{link}x/diagnosis.pdf").status_code == 404


def test_the_studio_shows_what_goes_with_a_mail(town: Town) -> None:
    solene = employed(town, SOLENE)
    page = solene.get(f"{STUDIO}/preview?show=mail:{MAIL}&in=en").text
    assert "diagnosis.pdf" in page
    assert "diagnosis.pdf, page 2 of 2" in page
    asked = {"mail": MAIL, "in": "en", "name": "diagnosis.pdf"}
    picture = solene.client.get(f"{STUDIO}/attached", query_string=asked | {"page": "2"})
    assert picture.mimetype == "image/png"
    for wrong in ({"page": "3"}, {"page": "x"}, {"name": "../plan.pdf"}, {"mail": "no/such"}, {"name": ""}):
        assert solene.client.get(f"{STUDIO}/attached", query_string=asked | wrong).status_code == 404, wrong
    assert town.app.test_client().get(f"{STUDIO}/attached").status_code == 303, "marketers only"


def test_a_test_mail_has_the_same_files(town: Town) -> None:
    solene = employed(town, SOLENE)
    solene.get(f"{STUDIO}/preview?show=mail:{MAIL}&in=en")
    assert solene.post(f"{STUDIO}/test", **{"mail": MAIL, "in": "en"}).status_code == 303
    (mail,) = town.mails()
    assert list(papers(mail)) == ["diagnosis.pdf", "plan.pdf"]
