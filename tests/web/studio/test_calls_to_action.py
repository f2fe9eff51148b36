"""Every tracked link in the studio: its QR code, what to paste, its visits and its leads."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from funnel.usecases.follow_link import follow_link
from funnel.usecases.publish_scenarios import publish_scenarios
from tests.support.homes import copy_home
from tests.web.conftest import Town
from tests.web.staff import CAMILLE, HUGO, SOLENE, employed, submitted

ALL = "/studio/-/calls-to-action"
ONE = f"{ALL}/service-forum"
SHORT = "http://127.0.0.1:8000/s/service-forum"


def figures(page: str) -> dict[str, list[str]]:
    """The numbers of each row, by its code."""
    rows = [row.partition("</tr>")[0] for row in page.split("<tr data-row>")[1:]]
    return {
        re.findall(r'id="short-([^"]+)"', row)[0]: re.findall(r'<td class="n num">([^<]*)</td>', row) for row in rows
    }


def test_a_marketer_and_a_manager_may_see_them_and_a_rep_not(town: Town) -> None:
    solene, hugo, camille = (employed(town, who) for who in (SOLENE, HUGO, CAMILLE))
    for path in (ALL, ONE, f"{ONE}.svg", f"{ONE}.png"):
        assert solene.client.get(path).status_code == hugo.client.get(path).status_code == 200, path
        assert camille.get(path).status_code == 403, path
        assert town.app.test_client().get(path).status_code == 303, path
    assert f'href="{ALL}"' in solene.get("/studio").text


def test_s119_each_has_its_short_link_its_visits_and_its_leads(town: Town) -> None:
    for _ in range(4):
        follow_link(town.house, "article_3_companies", counts=True)
    follow_link(town.house, "service_forum", counts=True)
    submitted(town, cta="article_3_companies")
    solene = employed(town, SOLENE)
    page = solene.get(ALL).text
    assert SHORT in page
    assert figures(page)["article-3-companies"] == ["4", "1", "25%", "0"]
    assert figures(page)["service-forum"] == ["1", "0", "0%", "0"]
    assert re.search(r"All</th><td class=\"short\"></td><td class=\"n num\">5</td><td class=\"n num\">1</td>", page)
    only = solene.get(f"{ALL}?scenario=self-evaluation&days=30").text
    assert list(figures(only)) == ["article-3-companies"]
    assert 'aria-current="page">30 days' in only


def test_one_shows_what_to_paste_what_it_tells_and_its_days(town: Town) -> None:
    follow_link(town.house, "service_forum", counts=True)
    page = employed(town, SOLENE).get(ONE).text
    pasted = re.findall(r'<pre id="paste-(\w+)"[^>]*>([^<]*)</pre>', page)
    assert pasted == [
        ("spoken", "127.0.0.1:8000/s/service-forum"),
        ("html", f"&lt;a href=&#34;{SHORT}&#34;&gt;The call that nobody had to make&lt;/a&gt;"),
        ("plain", SHORT),
    ]
    assert "<dt>utm_campaign</dt><dd>conference</dd>" in page
    assert page.count("<rect") == 30
    french = employed(town, SOLENE).get(f"{ONE}?lang=fr").text
    assert "Conférence au Service Forum, Lyon" in french
    assert "Télécharger en SVG" in french


def test_the_qr_code_is_read_by_a_scanner_and_comes_as_svg_and_png(town: Town) -> None:
    solene = employed(town, SOLENE)
    png = solene.client.get(f"{ONE}.png?save")
    assert (png.mimetype, png.headers["Content-Disposition"]) == ("image/png", "attachment; filename=service-forum.png")
    [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(png.data)).convert("L"))
    assert read.text == SHORT
    svg = solene.client.get(f"{ONE}.svg")
    assert (svg.mimetype, svg.text.startswith("<svg")) == ("image/svg+xml", True)
    assert "Content-Disposition" not in svg.headers
    assert "style" not in svg.text


def test_one_that_nobody_published_is_not_found(town: Town) -> None:
    solene = employed(town, SOLENE)
    for path in (f"{ALL}/nothing", f"{ALL}/nothing.svg", f"{ALL}/nothing.png", f"{ALL}/9.png"):
        assert solene.get(path).status_code == 404, path
    assert solene.get(f"{ALL}?days=x&scenario=nothing").status_code == 200


def test_one_that_has_left_the_file_says_so_and_none_at_all_teaches(
    build_town: Callable[..., Town], tmp_path: Path, without_calls: Callable[[Path], None]
) -> None:
    home = copy_home(tmp_path / "home")
    town = build_town(home=home)
    without_calls(home)
    publish_scenarios(town.house, home, sound_only=True)
    solene = employed(town, SOLENE)
    assert solene.get(ALL).text.count("not in the file any more") == 5
    assert "work on, because they are printed somewhere" in solene.get(ONE).text
    assert town.app.test_client().get("/s/service-forum").status_code == 302
    with town.house.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM calls_to_action")
        connection.exec_driver_sql("UPDATE clock SET revision = revision + 1")
    empty = solene.get(ALL).text
    assert "No call to action yet." in empty
    assert "calls_to_action:" in empty


@pytest.fixture
def without_calls() -> Callable[[Path], None]:
    """Takes the section out of a home's company file."""

    def cut(home: Path) -> None:
        file = home / "scenarios" / "company.yaml"
        text = file.read_text()
        start = text.index("calls_to_action:")
        file.write_text(text[:start] + text[text.index("webhooks:") :])
        for page in (home / "landing_pages" / "articles").glob("*.html"):
            page.write_text(page.read_text().replace("/s/article-3-companies", "/l/self-evaluation"))

    return cut
