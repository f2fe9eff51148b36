"""`/s/<code>` through real requests: on to the landing page with its source, counted, nothing kept of who asks."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from funnel.usecases.calls_to_action import read_link
from tests.web.conftest import Town
from tests.web.prospect.visitor import Visitor

SOURCE = {"cta": "service_forum", "utm_source": "service_forum", "utm_medium": "talk", "utm_campaign": "conference"}
BROWSER = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile Safari/604.1"}
NOA = {"name": "Noa Berger", "email": "noa@ostrel.example"}


def visits(town: Town, code: str = "service_forum") -> int:
    return read_link(town.house, code).link.visits


def follow(town: Town, path: str, **headers: str) -> tuple[str, dict[str, str]]:
    """Where it leads: the path, and what is told there."""
    answer = town.app.test_client().get(path, headers=BROWSER | headers)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (302, False)
    assert "Cache-Control" not in answer.headers or "public" not in answer.headers["Cache-Control"]
    where = urlsplit(answer.headers["Location"])
    assert (where.scheme, where.netloc) == ("", ""), "it never leaves the house"
    return where.path, dict(parse_qsl(where.query))


def test_a_short_link_leads_to_its_landing_page_with_its_source_and_counts_a_visit(town: Town) -> None:
    for number, typed in enumerate(("service-forum", "service_forum", "Service-Forum", "SERVICE-FORUM/"), start=1):
        assert follow(town, f"/s/{typed}") == ("/l/conference", SOURCE)
        assert visits(town) == number


def test_a_lead_who_came_by_it_keeps_its_source(town: Town) -> None:
    noa = Visitor(town.app)
    noa.open("/s/service-forum")
    noa.send({**NOA, "go": "send"})
    noa.open("/l/conference?utm_source=other")
    [lead] = town.leads()
    assert lead.source == SOURCE
    link = read_link(town.house, "service_forum").link
    assert (link.visits, link.leads, link.share) == (1, 1, 100.0)


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "LinkedInBot/1.0 (compatible; Mozilla/5.0)"},
        {"User-Agent": ""},
        {**BROWSER, "Sec-Purpose": "prefetch"},
    ],
    ids=["preview", "nameless", "ahead"],
)
def test_machines_are_led_on_and_not_counted(town: Town, headers: dict[str, str]) -> None:
    assert town.app.test_client().get("/s/service-forum", headers=headers).status_code == 302
    assert visits(town) == 0


def test_head_is_no_visit_and_post_is_refused(town: Town) -> None:
    client = town.app.test_client()
    assert client.head("/s/service-forum", headers=BROWSER).status_code == 302
    assert client.post("/s/service-forum", headers=BROWSER).status_code == 405
    assert visits(town) == 0


def test_an_address_may_add_to_the_source_and_to_the_language_but_leads_nowhere_else(town: Town) -> None:
    tried = (
        "utm_source=mine&utm_term=calls&lang=fr&next=https://evil.example&scenario=ebook&cta=other&url=//evil.example"
    )
    assert follow(town, f"/s/service-forum?{tried}") == ("/l/conference", SOURCE | {"utm_term": "calls", "lang": "fr"})
    assert follow(town, "/s/service-forum?utm_term=" + "x" * 900)[1]["utm_term"] == "x" * 80


@pytest.mark.parametrize(
    "code", ["nothing", "%2f%2fevil.example", "https:%2f%2fevil.example", "..%2fdesk", "a%0d%0aX: 1", "é", "x" * 300]
)
def test_an_unknown_code_is_a_page_that_says_what_to_do_and_counts_nothing(town: Town, code: str) -> None:
    answer = town.app.test_client().get(f"/s/{code}", headers=BROWSER)
    if answer.status_code == 308:
        where = urlsplit(answer.headers["Location"])
        assert (where.netloc, where.path) == ("localhost", "/s/evil.example"), "slashes that come twice are one"
        answer = town.app.test_client().get(where.path, headers=BROWSER)
    assert answer.status_code == 404
    assert "Location" not in answer.headers
    if "%2f" not in code:
        assert "This short link leads nowhere" in answer.text
        assert "letter by letter" in answer.text
        assert "mène nulle part" in town.app.test_client().get(f"/s/{code}?lang=fr", headers=BROWSER).text


def test_the_redirect_works_while_the_database_is_away_and_the_visit_is_counted_after_all(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("funnel.usecases.resting.REST", 0.0)
    follow(town, "/s/service-forum")
    with town.without_database():
        assert follow(town, "/s/service-forum") == ("/l/conference", SOURCE)
        assert town.app.test_client().get("/s/nothing", headers=BROWSER).status_code == 404
    follow(town, "/s/service-forum")
    assert visits(town) == 3
