"""What the tracker tells, and what it would not tell: taken in at once, refused whole, counted."""

import gzip
import secrets
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import quote

import pytest

from funnel.usecases import resting
from funnel.web.tracking.script import tracker
from tests.support.databases import sqlite_away
from tests.support.processes import wait_until
from tests.web.tracking.conftest import Street
from tests.web.tracking.surfer import SITE, Surfer, counts, waiting

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
    ({"url": f"{SITE}/p\0x"}, "address"),
    ({"url": f"{SITE}/p", "referrer": "https://other.example/p\0"}, "address"),
    ({"url": f"{SITE}/p", "referrer": "https://other\0.example/p"}, "address"),
    ({"url": f"{SITE}/p\x85"}, "address"),
    ({"url": f"{SITE}/p\ud83c"}, "address"),
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


@pytest.mark.parametrize("title", ["\\ud83c", "\\ud83c\\udf89\\ud83c\\\\ud83c", "A \\ud83c", "\\udf89\\ud83c"])
def test_half_an_emoji_in_a_title_loses_no_visit(lite_web: Street, title: str) -> None:
    """Also beside a whole one, and behind a backslash."""
    lea = Surfer(lite_web)
    told = f'{{"told": "visit", "visitor": "{lea.name}", "visit": "{"0" * 32}", "url": "{SITE}/", "title": "{title}"}}'
    lea.tells(told)
    assert (counts(lite_web), waiting(lite_web)) == ({}, 1)


def test_what_no_json_holds_is_refused_also_where_it_looks_like_half_an_emoji(lite_web: Street) -> None:
    lea = Surfer(lite_web)
    lea.tells(
        f'{{"told": "visit", "visitor": "{lea.name}", "visit": "{"0" * 32}", "url": "{SITE}/", "title": "\\ud8zz"}}'
    )
    assert (counts(lite_web), waiting(lite_web)) == ({"not_ours": 1}, 0)


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
