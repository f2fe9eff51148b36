"""A tracked mail with everything running: a scanner first, a person a minute later, and the bell's database flushed."""

import re
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.e2e.people import Prospect
from tests.e2e.place import Place
from tests.support.homes import copy_home, score_by
from tests.support.processes import wait_until

TARGET = "https://www.verdanne.example/prices"
BUTTON = f'<mj-button name="prices" href="{TARGET}">Prices</mj-button>'
RULE = """
scoring:
  rules:
    - {id: prices, title: {en: Read the prices, fr: A lu les prix}, on: {link.clicked: prices}, points: 30}
    - {id: read, title: {en: Read her results, fr: A lu ses résultats}, on: {email.opened: your_results}, points: 5}
"""
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.fixture(params=["sqlite", "18"])
def tracking_place(request: pytest.FixtureRequest, tmp_path: Path, begun_folder: Path) -> Iterator[Place]:
    """The product on files of its own: her results have a link to the prices, which gives points."""
    home = copy_home(tmp_path)
    for body in (home / "email_templates" / "self_evaluation" / "your_results").glob("body.*.mjml"):
        text = body.read_text()
        body.write_text(text.replace("</mj-column>", f"{BUTTON}</mj-column>", 1))
        assert BUTTON in body.read_text()
    score_by(home, RULE)
    environ = {"FUNNEL_HOME": str(home)}
    if request.param == "sqlite":
        place = Place(environ, begun_folder)
    else:
        place = Place(environ | {"FUNNEL_DATABASE_URL": request.getfixturevalue("postgres_url")(request.param)})
    yield place
    place.stop()


def asks(place: Place, method: str, url: str) -> tuple[int, str | None]:
    """A request that follows no redirect: its status, and where it leads."""
    connection = HTTPConnection("127.0.0.1", place.port, timeout=10)
    try:
        connection.request(method, url.removeprefix(place.base), headers={"User-Agent": BROWSER})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Location")
    finally:
        connection.close()


@pytest.mark.slow
def test_a_scanner_changes_nothing_and_a_person_earns_her_points(tracking_place: Place) -> None:
    place = tracking_place
    place.to_next(0)
    lea = Prospect(place)
    lea.walk_in({"consent_visit_tracking": "yes"})
    (mail,) = lea.mails(1)
    links = re.findall(r'href="([^"]+/c/[^"]+)"', mail["html"])
    (picture,) = re.findall(r'src="([^"]+/o/[^"]+)"', mail["html"])
    assert len(links) == 2, "the prices, and the one that nobody sees"
    before = lea.lead
    for _ in range(2):
        for method in ("GET", "HEAD"):
            assert [asks(place, method, one)[0] for one in (*links, picture)] == [302, 302, 200]
    place.move(advance="3 minutes")
    assert lea.lead["score"] == before["score"]

    assert asks(place, "GET", picture)[0] == 200
    assert asks(place, "GET", links[0]) == (302, TARGET)
    wait_until(lambda: lea.lead["score"] == before["score"] + 35, 10, f"her points\n{place.logs()}")
