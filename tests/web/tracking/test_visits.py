"""Page visits: told by the tracker after consent, kept for whom they turn out to be of, and what comes of them."""

import gzip
import json
import secrets
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from funnel.links import Purpose, Token
from funnel.storage import events, snapshot, visitors
from funnel.usecases import resting
from funnel.usecases.erase_lead import erase_lead
from funnel.usecases.export_lead import export_lead
from funnel.usecases.keep_house import trim
from funnel.usecases.merge_leads import merge_leads
from funnel.usecases.preferences import change_consent
from funnel.usecases.submit_form import Sent, Submitted, submit_form
from funnel.usecases.tracking.passes import clicked
from funnel.web.tracking.script import tracker
from tests.support.databases import sqlite_away
from tests.support.home import COMPANY
from tests.support.processes import wait_until
from tests.usecases.conftest import Builder as Places
from tests.web.tracking.conftest import BROWSER, Street

SITE = "https://www.verdanne.example"
RULES = """
scoring:
  rules:
    - {id: pricing, title: {en: Read the prices}, on: {page.visited: /pricing*}, points: 20, counts: once a day,
       half_life: 10 days}
    - {id: back, title: {en: Came back}, on: {visit.returned: 7 days}, points: 5, counts: always}
    - {id: form, title: {en: Sent a form}, on: form.submitted, points: 1}
"""


@dataclass
class Surfer:
    """A browser in which somebody has agreed to be tracked: what the tracker tells in her name."""

    street: Street
    name: str = field(default_factory=lambda: secrets.token_hex(16))

    def tells(self, body: object, origin: str = SITE, **headers: str) -> TestResponse:
        """One message of the tracker."""
        return self.street.browser.post(
            "/t",
            data=json.dumps(body) if not isinstance(body, (str, bytes)) else body,
            headers={"Origin": origin, "User-Agent": BROWSER, "Content-Type": "text/plain;charset=UTF-8", **headers},
        )

    def visits(self, path: str = "/", *, site: str = SITE, reads: int = 0, **more: str) -> str:
        """A page is shown, and perhaps read for some seconds."""
        visit = secrets.token_hex(16)
        told = {"told": "visit", "visitor": self.name, "visit": visit, "url": site + path, "title": "A page", **more}
        assert self.tells(told, site).status_code == 204
        if reads:
            left = {"told": "left", "visitor": self.name, "visit": visit, "part": 1, "seconds": reads}
            assert self.tells(left, site).status_code == 204
        return visit


@pytest.fixture
def build_web(build_place: Places) -> Callable[..., Street]:
    """Builds a street whose company gives points for pages."""

    def build(url: str, tracks: str = "{}", rules: str = RULES) -> Street:
        place = build_place(url, None, f"{COMPANY}{rules}tracking: {tracks}\n")
        return Street(place)

    return build


@pytest.fixture
def web(database_url: str, build_web: Callable[..., Street]) -> Street:
    """The ordinary one, on each of the three databases."""
    return build_web(database_url)


@pytest.fixture
def lite_web(sqlite_url: str, build_web: Callable[..., Street]) -> Street:
    """The same on SQLite alone."""
    return build_web(sqlite_url)


def sends_form(street: Street, email: str = "ana@example.org", *consents: str) -> Submitted:
    """Somebody sends the form."""
    sent = Sent("tunnel", {"name": "Ana Lund", "email": email}, frozenset(consents), page="/l/tunnel")
    return submit_form(street.place.house, sent)


def pages_of(street: Street, lead_id: int) -> list[str]:
    """The pages in her history, in the order of her visits."""
    street.place.drain()
    with street.place.house.database.read() as connection:
        rows = events.of_lead(connection, lead_id)
    found = sorted((row["occurred_at"], row["payload"]["page"]) for row in rows if row["kind"] == "PageVisited")
    return [page.partition("/")[2] for _, page in found]


def score_of(street: Street, lead_id: int) -> int:
    """Her points."""
    street.place.drain()
    with street.place.house.database.read() as connection:
        return snapshot.load(connection, [lead_id], lock=False)[lead_id].score


def waiting(street: Street) -> int:
    """How many visits wait for somebody."""
    street.place.drain()
    with street.place.house.database.read() as connection:
        return len(connection.execute(visitors.page_visits.select()).all())


def counts(street: Street) -> dict[str, int]:
    """What was refused, by why."""
    street.place.drain()
    with street.place.house.database.read() as connection:
        found = visitors.counted(connection, street.now.date() - timedelta(days=2))
    names = {what for day in found.values() for what in day} - {visitors.TOLD}
    return {what: sum(day.get(what, 0) for day in found.values()) for what in names}


def test_s124_visits_made_before_the_form_join_the_history_and_the_score_in_their_order(web: Street) -> None:
    surfer = Surfer(web)
    surfer.visits("/")
    web.place.drain()
    web.passes(timedelta(days=2))
    surfer.visits("/pricing")
    web.place.drain()
    web.passes(timedelta(days=1))
    surfer.visits("/pricing/enterprise?utm_source=fair&email=secret")
    surfer.visits("/team")
    web.place.drain()
    sent = sends_form(web, "ana@example.org", "visit_tracking")
    surfer.visits("/l/tunnel/thanks", site="http://127.0.0.1:8000", proof=sent.submission)
    assert pages_of(web, sent.lead_id) == ["", "pricing", "pricing/enterprise", "team", "l/tunnel/thanks"]
    # Twice the prices, on two days; the older of them is worth a little less by now.
    assert score_of(web, sent.lead_id) == 1 + 19 + 20
    assert waiting(web) == 0


def test_who_has_not_agreed_is_not_joined_and_leaves_nothing(web: Street) -> None:
    surfer = Surfer(web)
    surfer.visits("/pricing")
    sent = sends_form(web)
    surfer.visits("/team", proof=sent.submission)
    assert pages_of(web, sent.lead_id) == []
    assert (score_of(web, sent.lead_id), waiting(web)) == (1, 2)


def test_a_replayed_visit_counts_once_before_and_after_it_has_joined_somebody(web: Street) -> None:
    surfer = Surfer(web)
    visit = secrets.token_hex(16)
    told = {"told": "visit", "visitor": surfer.name, "visit": visit, "url": f"{SITE}/pricing"}
    for _ in range(2):
        surfer.tells(told)
    web.place.drain()
    surfer.tells(told)
    assert waiting(web) == 1
    sent = sends_form(web, "ana@example.org", "visit_tracking")
    surfer.visits("/", proof=sent.submission)
    surfer.tells(told)
    assert pages_of(web, sent.lead_id) == ["pricing", ""]


def test_two_devices_join_and_one_lead_has_the_visits_of_both(web: Street) -> None:
    laptop, phone = Surfer(web), Surfer(web)
    laptop.visits("/cases")
    web.passes(timedelta(minutes=1))
    phone.visits("/pricing")
    web.passes(timedelta(minutes=1))
    for surfer in (laptop, phone):
        sent = sends_form(web, "ana@example.org", "visit_tracking")
        surfer.visits("/thanks", proof=sent.submission)
    assert sorted(pages_of(web, sent.lead_id)) == ["cases", "pricing", "thanks", "thanks"]


def test_who_comes_back_after_days_away_is_told_once_for_all_her_devices(web: Street) -> None:
    surfer, phone = Surfer(web), Surfer(web)
    for one in (surfer, phone):
        sent = sends_form(web, "ana@example.org", "visit_tracking")
        one.visits("/thanks", proof=sent.submission)
    before = score_of(web, sent.lead_id)
    web.passes(timedelta(days=3))
    phone.visits("/")
    web.place.drain()
    web.passes(timedelta(days=5))
    surfer.visits("/")  # five days after the phone's visit, eight after her own
    assert score_of(web, sent.lead_id) == before
    web.passes(timedelta(days=7))
    phone.visits("/")
    assert score_of(web, sent.lead_id) == before + 5


def test_a_form_with_another_address_takes_back_what_a_click_alone_had_joined(web: Street) -> None:
    first = sends_form(web, "ana@example.org", "visit_tracking")
    web.place.drain()
    mail = web.place.rows(first.lead_id)[0]["id"]
    surfer = Surfer(web)
    surfer.visits("/cases")
    surfer.visits("/pricing", reads=30, proof=clicked(web.place.house, mail))
    assert sorted(pages_of(web, first.lead_id)) == ["cases", "pricing"]
    assert score_of(web, first.lead_id) == 1 + 20
    other = sends_form(web, "ben@example.org", "visit_tracking")
    surfer.visits("/thanks", proof=other.submission)
    assert score_of(web, first.lead_id) == 1
    assert sorted(pages_of(web, other.lead_id)) == ["cases", "pricing", "thanks"]
    assert score_of(web, other.lead_id) == 1 + 20
    # What a form has said, no click changes any more.
    surfer.visits("/team", proof=clicked(web.place.house, mail))
    assert "team" in pages_of(web, other.lead_id)


def test_a_proof_counts_for_the_browser_that_brings_it_first(lite_web: Street) -> None:
    sent = sends_form(lite_web, "ana@example.org", "visit_tracking")
    Surfer(lite_web).visits("/one", proof=sent.submission)
    Surfer(lite_web).visits("/two", proof=sent.submission)
    assert pages_of(lite_web, sent.lead_id) == ["one"]
    assert waiting(lite_web) == 1


def test_a_pass_is_used_once_and_soon(lite_web: Street) -> None:
    surfer, stranger = Surfer(lite_web), Surfer(lite_web)

    def leaves() -> str:
        given = secrets.token_hex(16)
        assert surfer.tells({"told": "leaving", "visitor": surfer.name, "pass": given}).status_code == 204
        return given

    given = leaves()
    arrived = stranger.tells({"told": "arrived", "pass": given}, "http://127.0.0.1:8000")
    assert (arrived.status_code, arrived.get_json()) == (200, {"visitor": surfer.name})
    assert arrived.headers["Access-Control-Allow-Origin"] == "*"
    assert stranger.tells({"told": "arrived", "pass": given}).status_code == 204
    late = leaves()
    lite_web.passes(timedelta(minutes=3))
    assert stranger.tells({"told": "arrived", "pass": late}).status_code == 204


def goes_over(here: Surfer, there: Surfer) -> None:
    """One browser follows a link from a site where it has one name to a site where it has another."""
    given = secrets.token_hex(16)
    assert here.tells({"told": "leaving", "visitor": here.name, "pass": given}).status_code == 204
    arrived = {"told": "arrived", "pass": given, "visitor": there.name}
    assert there.tells(arrived, "http://127.0.0.1:8000").status_code == 204


def test_a_browser_that_our_pages_know_already_brings_its_visits_of_the_site_it_comes_from(web: Street) -> None:
    ours, site = Surfer(web), Surfer(web)
    sent = sends_form(web, "ana@example.org", "visit_tracking")
    ours.visits("/l/tunnel/thanks", proof=sent.submission)
    site.visits("/pricing")
    web.place.drain()
    goes_over(site, ours)
    assert sorted(pages_of(web, sent.lead_id)) == ["l/tunnel/thanks", "pricing"]
    assert (score_of(web, sent.lead_id), waiting(web)) == (1 + 20, 0)
    site.visits("/team")
    assert "team" in pages_of(web, sent.lead_id)


@pytest.mark.parametrize("at_once", [True, False])
def test_names_of_one_browser_are_hers_together_as_soon_as_one_is(web: Street, at_once: bool) -> None:
    ours, site, blog = Surfer(web), Surfer(web), Surfer(web)
    for one, path in ((ours, "/l/tunnel"), (site, "/pricing"), (blog, "/blog")):
        one.visits(path)
    goes_over(blog, site)
    goes_over(site, ours)
    if not at_once:
        assert waiting(web) == 3
    sent = sends_form(web, "ana@example.org", "visit_tracking")
    ours.visits("/l/tunnel/thanks", proof=sent.submission)
    assert sorted(pages_of(web, sent.lead_id)) == ["blog", "l/tunnel", "l/tunnel/thanks", "pricing"]
    assert waiting(web) == 0


def test_a_browser_that_is_another_lead_s_by_its_form_stays_that_one_s(lite_web: Street) -> None:
    ours, site = Surfer(lite_web), Surfer(lite_web)
    leads = []
    for surfer, address in ((ours, "ana@example.org"), (site, "ben@example.org")):
        sent = sends_form(lite_web, address, "visit_tracking")
        surfer.visits("/thanks", proof=sent.submission)
        leads.append(sent.lead_id)
    goes_over(site, ours)
    site.visits("/pricing")
    assert [pages_of(lite_web, lead) for lead in leads] == [["thanks"], ["thanks", "pricing"]]


def test_a_withdrawn_consent_acts_on_both_sides(web: Street) -> None:
    surfer = Surfer(web)
    surfer.visits("/pricing")
    assert waiting(web) == 1
    surfer.tells({"told": "forget", "visitor": surfer.name})
    assert waiting(web) == 0
    surfer = Surfer(web)  # she agrees anew: that is another name
    sent = sends_form(web, "ana@example.org", "visit_tracking")
    surfer.visits("/thanks", proof=sent.submission)
    assert pages_of(web, sent.lead_id) == ["thanks"]
    link = web.place.house.links.sign(Token(Purpose.PREFERENCES, sent.lead_id))
    change_consent(web.place.house, link, "visit_tracking", given=False, page="/u", language="en")
    surfer.visits("/pricing")
    assert pages_of(web, sent.lead_id) == ["thanks"]
    assert waiting(web) == 0


def test_nothing_more_is_taken_under_a_name_that_is_withdrawn_and_the_tracker_hears_it(web: Street) -> None:
    surfer = Surfer(web)
    surfer.visits("/pricing")
    told = {"told": "visit", "visitor": surfer.name, "visit": secrets.token_hex(16), "url": f"{SITE}/team"}
    assert surfer.tells(told).status_code == 204
    surfer.tells({"told": "forget", "visitor": surfer.name})
    again = surfer.tells(told)
    assert waiting(web) == 0
    assert (again.status_code, again.headers["Access-Control-Allow-Origin"]) == (410, "*")
    given = {"told": "leaving", "visitor": surfer.name, "pass": secrets.token_hex(16)}
    assert surfer.tells(given).status_code == 204
    assert surfer.tells({"told": "arrived", "pass": given["pass"]}).status_code == 204
    surfer.tells({"told": "left", "visitor": surfer.name, "visit": told["visit"], "part": 1, "seconds": 9})
    assert (waiting(web), web.place.sql("SELECT count(*) FROM visitors")[0][0]) == (0, 0)
    assert surfer.name not in str(web.place.sql("SELECT * FROM withdrawn_visitors"))
    web.passes(visitors.KEPT_FOR + timedelta(days=1))
    trim(web.place.house)
    assert web.place.sql("SELECT count(*) FROM withdrawn_visitors")[0][0] == 0


@pytest.mark.parametrize("stays_first", [True, False])
def test_who_is_seen_by_another_of_her_addresses_has_not_been_away(web: Street, *, stays_first: bool) -> None:
    ids = []
    desk, phone = Surfer(web), Surfer(web)
    for one, email in ((desk, "ana@example.org"), (phone, "ana@home.example")):
        sent = sends_form(web, email, "visit_tracking")
        one.visits("/thanks", proof=sent.submission)
        web.place.drain()
        ids.append(sent.lead_id)
    stays, goes = ids if stays_first else reversed(ids)
    merge_leads(web.place.house, None, stays, goes, "shell")
    before = score_of(web, stays)
    for _ in range(3):
        web.passes(timedelta(days=4))
        desk.visits("/")
        web.place.drain()
    phone.visits("/")  # twelve days after her own last visit, none after the desk's
    assert score_of(web, stays) == before
    web.passes(timedelta(days=8))
    phone.visits("/")
    assert score_of(web, stays) == before + 5


def test_what_was_taken_under_a_withdrawn_name_with_the_database_away_is_not_recorded(
    lite_web: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resting, "REST", 0.0)
    surfer, other = Surfer(lite_web), Surfer(lite_web)
    surfer.visits("/pricing")
    with lite_web.place.house.database.write() as connection:  # as another process takes a withdrawal
        visitors.withdraw(connection, [surfer.name], lite_web.place.now)
    assert waiting(lite_web) == 0
    with sqlite_away(lite_web.place.house.database, lite_web.place.settings.database_url):
        surfer.visits("/pricing")
    other.visits("/team")
    assert waiting(lite_web) == 1


def test_an_erased_lead_leaves_no_browser_and_no_page(web: Street) -> None:
    surfer = Surfer(web)
    sent = sends_form(web, "ana@example.org", "visit_tracking")
    surfer.visits("/pricing", proof=sent.submission, referrer="https://mail.example/ana")
    web.place.drain()
    erase_lead(web.place.house, sent.lead_id, by="admin")
    surfer.visits("/team")
    web.place.drain()
    with web.place.house.database.read() as connection:
        assert not visitors.of_lead(connection, sent.lead_id)
        told = json.dumps([row["payload"] for row in events.of_lead(connection, sent.lead_id)])
    assert "pricing" not in told
    assert surfer.name not in told


def test_what_is_kept_of_her_tells_her_browsers_and_pages(lite_web: Street) -> None:
    surfer = Surfer(lite_web)
    sent = sends_form(lite_web, "ana@example.org", "visit_tracking")
    surfer.visits("/pricing", proof=sent.submission)
    lite_web.place.drain()
    kept = export_lead(lite_web.place.house, sent.lead_id)
    assert [one["known_by"] for one in kept["browsers"]] == ["form"]
    assert "www.verdanne.example/pricing" in [one["data"].get("page") for one in kept["events"]]


def test_browsers_away_for_thirteen_months_are_forgotten(lite_web: Street) -> None:
    Surfer(lite_web).visits("/pricing")
    assert waiting(lite_web) == 1
    lite_web.passes(visitors.KEPT_FOR + timedelta(days=1))
    trim(lite_web.place.house)
    assert waiting(lite_web) == 0


BAD = [
    ("{", "not_ours"),
    ("[]", "not_ours"),
    ('"visit"', "not_ours"),
    ({"told": "visit"}, "not_ours"),
    ({"url": "javascript:alert(1)"}, "address"),
    ({"url": "file:///etc/passwd"}, "address"),
    ({"url": "https://user@www.verdanne.example/"}, "address"),
    ({"url": "https://other.example/"}, "address"),
    ({"url": f"{SITE}/{'x' * 500}"}, "address"),
    ({"url": "https://[::1/"}, "address"),
    ({"visitor": "../../etc"}, "not_ours"),
    ({"lead": 1}, "not_ours"),
    ({"lead_id": 1}, "not_ours"),
    ({"title": 1}, "not_ours"),
    ({"title": "x" * 1_000_000}, "too_big"),
    (b"\xff\xfe", "not_ours"),
]


@pytest.mark.parametrize("body, why", BAD, ids=[f"{why}-{number}" for number, (_, why) in enumerate(BAD)])
def test_what_the_tracker_would_not_say_is_answered_204_and_only_counted(
    lite_web: Street, body: object, why: str
) -> None:
    surfer = Surfer(lite_web)
    whole = {"told": "visit", "visitor": surfer.name, "visit": secrets.token_hex(16), "url": f"{SITE}/"}
    told = whole | body if isinstance(body, dict) and body != {"told": "visit"} else body
    answer = surfer.tells(told)
    assert (answer.status_code, answer.data, "Set-Cookie" in answer.headers) == (204, b"", False)
    assert (counts(lite_web), waiting(lite_web)) == ({why: 1}, 0)


def test_a_burst_of_refusals_is_counted_whole_though_nothing_is_refused_after_it(lite_web: Street) -> None:
    surfer = Surfer(lite_web)
    for _ in range(7):
        surfer.tells("{")
    wait_until(lambda: counts(lite_web) == {"not_ours": 7}, 5, "the count of all")


ENDING = """
import multiprocessing
from funnel.usecases.tracking.tally import Tally

def counts():
    tally = Tally()
    for _ in range(3):
        tally.add("site", lambda numbers: print(numbers["site"], flush=True))

counts()
serving = multiprocessing.get_context("fork").Process(target=counts)  # as granian's processes are
serving.start()
serving.join()
"""


def test_a_process_that_ends_tells_what_it_has_counted() -> None:
    done = subprocess.run([sys.executable, "-c", ENDING], capture_output=True, text=True, timeout=20, check=True)
    assert sorted(done.stdout.split()) == ["1", "1", "2", "2"], done.stderr


def test_a_program_and_a_site_that_is_not_named_are_counted_and_a_browser_that_wants_no_record_is_not(
    sqlite_url: str, build_web: Callable[..., Street]
) -> None:
    street = build_web(sqlite_url, "{sites: [www.verdanne.example]}")
    surfer = Surfer(street)
    told = {"told": "visit", "visitor": surfer.name, "visit": secrets.token_hex(16), "url": f"{SITE}/"}
    surfer.tells(told, **{"Sec-GPC": "1"})
    surfer.tells({"told": "visit"}, **{"Sec-GPC": "1"})
    assert (counts(street), waiting(street)) == ({}, 0)
    surfer.visits()
    assert waiting(street) == 1
    surfer.tells({"told": "forget", "visitor": surfer.name}, **{"Sec-GPC": "1"})
    assert waiting(street) == 0, "that it is to be forgotten is taken from any browser"
    surfer.tells(told, **{"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"})
    assert counts(street) == {"machine": 1}
    surfer.tells({**told, "url": "https://blog.example/"}, "https://blog.example")
    surfer.tells({**told, "url": "https://blog.example/"}, "null")
    assert waiting(street) == 0
    surfer.tells({**told, "visitor": secrets.token_hex(16)}, "null")
    assert waiting(street) == 1


def test_a_page_of_many_letters_that_an_address_writes_out_is_kept(lite_web: Street) -> None:
    name = "\N{SPARKLES}" * 100
    lea = Surfer(lite_web)
    lea.visits(f"/{quote(name)}")
    assert (counts(lite_web), waiting(lite_web)) == ({}, 1)


def test_where_no_visits_are_kept_the_tracker_only_forgets(sqlite_url: str, build_web: Callable[..., Street]) -> None:
    street = build_web(sqlite_url, "{mode: none}")
    script = street.browser.get("/t.js")
    assert (b'"visit"' in script.data, b'"forget"' in script.data) == (False, True)
    Surfer(street).visits("/pricing")
    assert waiting(street) == 0


def test_the_tracker_is_small_kept_by_browsers_and_knows_the_sites(
    sqlite_url: str, build_web: Callable[..., Street]
) -> None:
    street = build_web(sqlite_url, "{sites: [www.verdanne.example]}")
    answer = street.browser.get("/t.js", headers={"Accept-Encoding": "gzip, br"})
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
    assert len(answer.data) < 2048
    text = gzip.decompress(answer.data).decode()
    assert all(f'"{site}"' in text for site in ("www.verdanne.example", "127.0.0.1:8000"))
    assert "max-age=" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    again = street.browser.get("/t.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert street.browser.get("/t.js").data == tracker(("127.0.0.1:8000", "www.verdanne.example"))[0]


def test_with_the_database_away_a_visit_is_answered_and_recorded_later(
    lite_web: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resting, "REST", 0.0)
    surfer = Surfer(lite_web)
    surfer.visits("/")  # the sites are known
    with sqlite_away(lite_web.place.house.database, lite_web.place.settings.database_url):
        surfer.visits("/pricing")
        given = {"told": "leaving", "visitor": surfer.name, "pass": secrets.token_hex(16)}
        assert surfer.tells(given).status_code == 204
    surfer.visits("/team")
    assert waiting(lite_web) == 3


def test_how_long_pages_were_read_joins_too(lite_web: Street) -> None:
    surfer = Surfer(lite_web)
    surfer.visits("/cases", reads=30)
    lite_web.place.drain()
    sent = sends_form(lite_web, "ana@example.org", "visit_tracking")
    surfer.visits("/thanks", proof=sent.submission, reads=5)
    lite_web.place.drain()
    with lite_web.place.house.database.read() as connection:
        rows = events.of_lead(connection, sent.lead_id)
    keys = {row["payload"]["key"]: row["payload"]["page"] for row in rows if row["kind"] == "PageVisited"}
    read = [(keys[one["visit"]], one["seconds"]) for row in rows if "seconds" in (one := row["payload"])]
    assert read == [("www.verdanne.example/cases", 30), ("www.verdanne.example/thanks", 5)]
