"""The file behind a lead's own link: its bytes, what counts as a download, an expired link, one that is not hers."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from funnel.usecases.publish_scenarios import publish_scenarios
from tests.support.homes import copy_home
from tests.support.processes import ROOT
from tests.web.conftest import Town
from tests.web.prospect.visitor import LEA, Visitor, private_link

FILE = (ROOT / "assets/ebook/cx_champions.pdf").read_bytes()
TWIN = (ROOT / "assets/ebook/cx_champions.fr.pdf").read_bytes()


@pytest.fixture
def link(town: Town) -> str:
    """The link of the mail that a form has just asked for."""
    _ask_for_it(town)
    return private_link(town, purpose="/a/")


def _ask_for_it(town: Town, language: str = "en") -> Visitor:
    visitor = Visitor(town.app)
    visitor.open(f"/l/ebook?lang={language}&utm_source=linkedin")
    visitor.send({**LEA, "zone": "Europe/Paris", "go": "send"}, ending="/details")
    return visitor


def _downloads(town: Town) -> int:
    [lead] = town.leads()
    return sum(one.event == "asset.downloaded" for enrolment in lead.enrolments for one in enrolment.happened)


def _advance(town: Town, **span: float) -> None:
    town.move_clock(town.now + timedelta(**span))


def test_s132_the_page_says_that_the_link_is_in_the_mail_and_the_mail_has_it(town: Town) -> None:
    visitor = _ask_for_it(town)
    assert visitor.address == "/l/ebook/thanks"
    assert "is on its way to lea.martin@ostrel.example" in visitor.text
    assert "/a/" not in visitor.page.text, "whoever typed the address has not proven that it is hers"
    assert private_link(town, purpose="/a/").startswith("/a/")


def test_s132_the_link_gives_the_file_under_its_title_and_counts_once(town: Town, link: str) -> None:
    visitor = Visitor(town.app)
    for _ in range(2):
        answer = visitor.open(link)
        assert (answer.status_code, answer.data) == (200, FILE)
    assert answer.mimetype == "application/pdf"
    assert saved_as(answer) == ("inline", "Customer experience champions.pdf")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert _downloads(town) == 1, "twice within minutes is one download"
    _advance(town, minutes=20)
    visitor.open(link)
    assert _downloads(town) == 2


@pytest.mark.parametrize(
    "headers",
    [{"User-Agent": "curl/8.5.0"}, {"Sec-Purpose": "prefetch"}, {"User-Agent": "Barracuda Sentinel (EE)"}],
    ids=["program", "ahead", "scanner"],
)
def test_a_machine_gets_the_file_and_moves_nothing_and_she_a_moment_later_does(
    town: Town, link: str, headers: dict[str, str]
) -> None:
    [before] = town.leads()
    client = Visitor(town.app).client
    answer = client.get(link, headers={"User-Agent": "Mozilla/5.0 Firefox/145.0"} | headers)
    assert (answer.status_code, answer.data) == (200, FILE)
    assert town.leads() == [before]
    Visitor(town.app).open(link)
    assert _downloads(town) == 1


def test_a_file_is_what_she_asked_for_whatever_her_browser_says_of_her_privacy(town: Town, link: str) -> None:
    [before] = town.leads()
    visitor = Visitor(town.app).client
    assert visitor.get(link, headers={"User-Agent": "Mozilla/5.0 Firefox/145.0", "Sec-GPC": "1"}).data == FILE
    [after] = town.leads()
    assert (_downloads(town), after.score - before.score) == (1, 5)


def test_its_twin_is_given_to_who_reads_french(town: Town) -> None:
    _ask_for_it(town, "fr")
    link = private_link(town, purpose="/a/")
    answer = Visitor(town.app).open(link)
    assert answer.data == TWIN
    assert saved_as(answer) == ("inline", "Les champions de l'expérience client.pdf")
    not_modified = Visitor(town.app).client.get(link, headers={"If-None-Match": answer.headers["ETag"]})
    assert (not_modified.status_code, saved_as(not_modified)) == (304, saved_as(answer))


def saved_as(answer: TestResponse) -> tuple[str, str]:
    """Whether a browser shows a file or saves it, and under which name."""
    shown, options = parse_options_header(answer.headers["Content-Disposition"])
    return shown, options["filename"]


def test_who_asks_for_several_parts_at_once_gets_the_whole(town: Town, link: str) -> None:
    answer = Visitor(town.app).client.get(link, headers={"Range": "bytes=0-1,5-9"})
    assert (answer.status_code, answer.data) == (200, FILE)
    assert _downloads(town) == 1


@pytest.mark.parametrize("said", ["bytes=abc", "bytes=9-3", "bytes", "lines=0-1"])
def test_a_range_that_says_nothing_is_ignored(town: Town, link: str, said: str) -> None:
    answer = Visitor(town.app).client.get(link, headers={"Range": said})
    assert (answer.status_code, answer.data) == (200, FILE)
    assert _downloads(town) == 1


def test_what_is_no_beginning_of_a_reading_counts_nothing(town: Town, link: str) -> None:
    client = Visitor(town.app).client
    head = client.head(link)
    assert (head.status_code, head.content_length, head.data) == (200, len(FILE), b"")
    part = client.get(link, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, FILE[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(FILE)}"
    assert client.get(link, headers={"Range": f"bytes={len(FILE) + 9}-"}).status_code == 416
    assert client.get(link, headers={"If-None-Match": head.headers["ETag"]}).status_code == 304
    assert _downloads(town) == 0
    first = client.get(link, headers={"Range": "bytes=0-99"})
    assert (first.status_code, first.data) == (206, FILE[:100])
    assert _downloads(town) == 1


def test_an_expired_link_has_a_button_that_sends_a_new_one(town: Town, link: str) -> None:
    _advance(town, days=92)
    before = len(town.mails(LEA["email"]))
    visitor = Visitor(town.app)
    assert visitor.open(link).status_code == 410
    assert "This link has expired." in visitor.text
    assert visitor.client.head(link).status_code == 410
    assert LEA["email"] not in visitor.text, "an old link may be anywhere"
    assert "Les champions de l'expérience client" in Visitor(town.app).client.get(f"{link}?lang=fr").text.replace(
        "&#39;", "'"
    )
    assert len(town.mails(LEA["email"])) == before, "opening it sends nothing"
    visitor.send()
    assert "A new link to “Customer experience champions” is on its way" in visitor.text
    visitor.open(link)
    visitor.send()
    mails = town.mails(LEA["email"])
    assert len(mails) == before + 1, "asked for twice, sent once"
    fresh = private_link(town, purpose="/a/")
    assert fresh != link
    assert visitor.open(fresh).data == FILE


def test_a_tampered_link_opens_nothing(town: Town, link: str) -> None:
    token = link.removeprefix("/a/")
    wrong = ("A" if token[20] != "A" else "B").join((token[:20], token[21:]))
    visitor = Visitor(town.app)
    for text in (wrong, "x", token + "A", token[:-1], "%00", "é"):
        assert visitor.open(f"/a/{text}").status_code == 404
        assert visitor.client.post(f"/a/{text}").status_code in (400, 404)
    assert _downloads(town) == 0


def test_it_is_given_from_the_database_when_the_folder_is_gone(build_town: Callable[..., Town], tmp_path: Path) -> None:
    town, home = build_town(), copy_home(tmp_path / "home")
    (home / "assets/ebook/cx_champions.pdf").write_bytes(b"%PDF-1.7 another edition")
    assert "ebook" in publish_scenarios(town.house, home).changed
    _ask_for_it(town)
    shutil.rmtree(home)
    assert Visitor(town.app).open(private_link(town, purpose="/a/")).data == b"%PDF-1.7 another edition"


def test_an_edition_is_kept_for_who_was_given_it(build_town: Callable[..., Town], tmp_path: Path) -> None:
    town, home = build_town(), copy_home(tmp_path / "home")
    _ask_for_it(town)
    link = private_link(town, purpose="/a/")
    (home / "assets/ebook/cx_champions.pdf").write_bytes(b"%PDF-1.7 another edition")
    publish_scenarios(town.house, home)
    assert Visitor(town.app).open(link).data == FILE


def test_a_file_that_a_browser_must_not_run_is_saved(build_town: Callable[..., Town], tmp_path: Path) -> None:
    town, home = build_town(), copy_home(tmp_path / "home")
    scenario = home / "scenarios/ebook.yaml"
    written = scenario.read_text().replace("cx_champions.pdf}", "champions.html}")
    titled = written.replace("{en: Customer experience champions,", '{en: "What is it about? \\"Champions\\"...",')
    assert titled != written
    scenario.write_text(titled)
    (home / "assets/ebook/champions.html").write_bytes(b"<script>alert(1)</script>")
    assert "ebook" in publish_scenarios(town.house, home).changed
    _ask_for_it(town)
    answer = Visitor(town.app).open(private_link(town, purpose="/a/"))
    assert saved_as(answer) == ("attachment", "What is it about Champions.html")
