"""What holds for every request: hosts, headers, cookies, sizes, errors as pages, static files, health."""

import gzip
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from funnel import bootstrap
from funnel.ports import ProcessKind
from funnel.usecases.people import set_password
from funnel.web.app import LARGEST
from funnel.web.assets import asset
from funnel.web.measuring import UNREAD
from tests.web.conftest import Town, settings_for
from tests.web.staff import HUGO, PASSWORD, Staff, employed

CHUNKED = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
AWAY = "postgresql+psycopg://nobody@127.0.0.1:9/nowhere"


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_a_demonstration_answers_to_names_of_this_machine(town: Town, host: str) -> None:
    assert town.app.test_client().get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.7:8000", "localhost.evil.example"])
def test_a_demonstration_answers_to_no_other_name(town: Town, host: str) -> None:
    client = town.app.test_client()
    assert client.get("/", headers={"Host": host}).status_code == 403
    moved = client.post("/dev/clock", json={"advance": "2 days"}, headers={"Host": host})
    assert moved.status_code == 403


@pytest.mark.parametrize("path", ["/", "/login", "/nothing", "/brand.css", "/dev/mail", "/l/self-evaluation"])
def test_every_answer_forbids_scripts_and_frames_of_others(town: Town, path: str) -> None:
    headers = town.app.test_client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_session_cookie_is_for_this_site_only_and_no_script_reads_it(town: Town) -> None:
    cookie = town.app.test_client().get("/login").headers["Set-Cookie"]
    assert cookie.startswith("funnel=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_session_cookie_travels_by_https_only(build_town: Callable[..., Town]) -> None:
    town = build_town(base_url="https://funnel.example")
    assert "Secure" in town.app.test_client().get("/login").headers["Set-Cookie"]


def test_a_visitor_who_only_reads_gets_no_cookie(town: Town) -> None:
    client = town.app.test_client()
    for path in ("/articles/three-inspiring-customer-experience-companies", "/privacy", "/healthz"):
        assert "Set-Cookie" not in client.get(path).headers, path


def test_a_post_without_the_forms_token_is_refused(town: Town) -> None:
    refused = town.app.test_client().post("/login", data={"email": HUGO, "password": PASSWORD})
    assert refused.status_code == 400
    assert "We could not read that" in refused.text


def test_a_body_that_is_too_large_gets_a_page_that_says_so(town: Town) -> None:
    answer = town.app.test_client().post("/login", data={"email": "x" * (LARGEST + 1)})
    assert answer.status_code == 413
    assert "That is too much at once" in answer.text


@pytest.mark.parametrize("size", [LARGEST + 1, 3 * LARGEST])
def test_a_body_in_chunks_that_is_too_large_is_refused_like_any(town: Town, size: int) -> None:
    body = io.BytesIO(b"email=" + b"x" * size)
    kind = "application/x-www-form-urlencoded"
    answer = town.app.test_client().post("/login", input_stream=body, content_type=kind, environ_overrides=CHUNKED)
    assert answer.status_code == 413
    assert "That is too much at once" in answer.text


def test_a_body_in_chunks_is_read(town: Town) -> None:
    staff = Staff(town.app)
    staff.get("/login")
    body = urlencode({"csrf_token": staff.token(), "email": HUGO, "password": "not this one"}).encode()
    answer = staff.client.post(
        "/login",
        input_stream=io.BytesIO(body),
        content_type="application/x-www-form-urlencoded",
        environ_overrides=CHUNKED,
    )
    assert answer.status_code == 401, answer.text
    assert "do not fit together" in answer.text
    assert HUGO in answer.text


def test_a_body_that_was_cut_off_on_its_way_is_no_form(town: Town) -> None:
    staff = Staff(town.app)
    staff.get("/login")
    body = urlencode({"csrf_token": staff.token(), "email": HUGO, "password": "cut"}).encode()
    told = {"CONTENT_LENGTH": str(len(body) + 30), "wsgi.input_terminated": True}
    kind = "application/x-www-form-urlencoded"
    answer = staff.client.post("/login", input_stream=io.BytesIO(body), content_type=kind, environ_overrides=told)
    assert answer.status_code == 400
    assert answer.text == "", "nobody was asked"


def test_what_was_not_read_for_a_crowd_is_asked_for_again(town: Town) -> None:
    answer = town.app.test_client().post("/login", data={"email": HUGO}, environ_overrides={UNREAD: True})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "what you typed is still there" in answer.text


class Held(io.BytesIO):
    """What a sender has sent who holds the line: reading on past its end waits for ever."""

    def read(self, size: int | None = -1, /) -> bytes:
        """No more than is there."""
        left = len(self.getvalue()) - self.tell()
        assert size is not None
        assert 0 <= size <= left, "it would wait for ever"
        return super().read(size)


def test_a_sender_who_holds_the_line_is_answered_once_she_has_sent_what_she_told(town: Town) -> None:
    body = Held(b"email=" + b"x" * LARGEST)
    told = {"CONTENT_LENGTH": str(LARGEST + 6), "CONTENT_TYPE": "application/x-www-form-urlencoded"}
    answer = town.app.test_client().post("/login", input_stream=body, environ_overrides=told)
    assert answer.status_code == 413
    assert "That is too much at once" in answer.text
    assert body.tell() == LARGEST + 6


@pytest.mark.parametrize("length", ["many", "-1", "1e9", "9" * 5_000])
def test_a_length_that_is_none_gets_a_page(town: Town, length: str) -> None:
    told = {"CONTENT_LENGTH": length, "CONTENT_TYPE": "application/x-www-form-urlencoded"}
    answer = town.app.test_client().post("/login", input_stream=Held(b""), environ_overrides=told)
    assert (answer.status_code, answer.mimetype) == (400, "text/html")


@pytest.mark.parametrize("number", [2**63, 10**30])
def test_a_number_that_nothing_can_have_leads_nowhere(town: Town, number: int) -> None:
    staff = employed(town, HUGO)
    for path in (
        f"/desk/leads/{number}",
        f"/desk/leads/{number}/same",
        f"/desk/leads/1/same/{number}",
        f"/desk/appointments/{number}",
        f"/diary/appointments/{number}",
        f"/l/self-evaluation/{number}",
        f"/dev/mail/{number}",
        f"/dev/mail/{number}/raw",
        f"/dev/mail/1/attachments/{number}",
    ):
        assert staff.get(path).status_code == 404, path
    staff.get("/desk")
    for path in (
        f"/desk/leads/{number}/reply",
        f"/desk/tasks/{number}/done",
        f"/desk/webhooks/{number}/again",
        f"/studio/self-evaluation/mails/{number}/settle",
    ):
        assert staff.post(path).status_code == 404, path
    assert staff.get(f"/diary/new?lead={number}").status_code == 200
    assert staff.get(f"/studio/-/points?days={'9' * 5000}").status_code == 200


def test_what_is_not_there_is_told_in_words_or_in_json(town: Town) -> None:
    client = town.app.test_client()
    assert "We cannot find this page" in client.get("/nothing").text
    answer = client.get("/nothing.json")
    assert (answer.status_code, answer.mimetype) == (404, "application/json")


@pytest.mark.parametrize(
    "path, seconds",
    [(asset("tokens.css"), 31536000), ("/static/tokens.css", 300), ("/static/tokens.css?v=000000000000", 300)],
)
def test_a_static_file_is_kept_for_a_year_by_its_hash_and_for_minutes_without(
    town: Town, path: str, seconds: int
) -> None:
    with town.app.test_client().get(path) as answer:
        assert answer.cache_control.max_age == seconds


def test_a_shipped_text_is_packed_for_who_takes_that(town: Town) -> None:
    client = town.app.test_client()
    with (
        client.get("/static/staff.css") as plain,
        client.get("/static/staff.css", headers={"Accept-Encoding": "br, gzip"}) as packed,
    ):
        assert gzip.decompress(packed.data) == plain.data
        assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
        assert "Content-Encoding" not in plain.headers
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    with client.get("/static/staff.css", headers=again) as kept:
        assert (kept.status_code, kept.data) == (304, b"")


@pytest.mark.parametrize("path", ["/static/nothing.css", "/static/../app.py", "/static/%2e%2e/app.py"])
def test_no_other_file_is_given_away(town: Town, path: str) -> None:
    assert town.app.test_client().get(path).status_code == 404


def test_pages_ask_for_static_files_by_hash(town: Town) -> None:
    assert asset("staff.css") in town.app.test_client().get("/login").text


def test_the_companys_colours_come_as_a_style_sheet(town: Town) -> None:
    answer = town.app.test_client().get("/brand.css")
    assert answer.mimetype == "text/css"
    assert "--brand:" in answer.text


def test_the_overview_shows_what_runs_and_who_may_log_in(town: Town) -> None:
    bootstrap.demo_logins(town.settings)
    page = town.app.test_client().get("/").text
    assert "Customer experience self-evaluation" in page
    assert HUGO in page
    assert "no sign of life" in page  # nothing works beside this test


def test_it_is_ready_while_the_tick_lives_even_without_a_queue(town: Town) -> None:
    client = town.app.test_client()
    assert client.get("/readyz").status_code == 503
    _live(town, "tick", "tick")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    parts = answer.get_json()
    assert list(parts) == ["database", "queue", "tick", "worker"]
    assert (parts["database"], parts["tick"]) == ("ok", "ok")
    assert parts["queue"].startswith("away")


def test_who_works_is_known_by_what_it_does_whatever_it_is_called(town: Town) -> None:
    client = town.app.test_client()
    _live(town, "worker", "tick")
    assert client.get("/readyz").get_json()["worker"] == "no sign of life"
    _live(town, "w1", "worker")
    parts = client.get("/readyz").get_json()
    assert (parts["tick"], parts["worker"]) == ("ok", "ok")


def _live(town: Town, name: str, kind: ProcessKind) -> None:
    runner = bootstrap.build_runner(town.settings, name)
    runner.beat(kind)
    runner.house.database.close()


def test_without_its_database_it_says_so_and_lives(tmp_path: Path) -> None:
    app = bootstrap.build_web(settings_for(tmp_path, AWAY))
    client = Staff(app).client  # type: ignore[arg-type]
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["database"] == "away", "host, port and user are for the log alone"
    told = client.get("/", headers={"Accept": "application/json"})
    assert (told.status_code, told.get_json()) == (503, {"error": "away"})
    page = client.get("/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")


_LIVE = """
import sys
from funnel.bootstrap import build_web
from funnel.config import read_settings
client = build_web(read_settings()).test_client()
paths = ("/dev/mail", "/dev/mail.json", "/dev/clock", "/dev/leads.json")
print([client.get(path).status_code for path in paths], "/l/self-evaluation" in client.get("/").text)
print(client.get("/login", headers={"Host": "funnel.example"}).status_code, "funnel.web.dev" in sys.modules)
"""


def test_live_mode_has_no_dev_pages_and_never_imports_them(town: Town, tmp_path: Path) -> None:
    set_password(town.house, HUGO, PASSWORD)
    environment = {
        "FUNNEL_MODE": "live",
        "FUNNEL_DATABASE_URL": town.settings.database_url,
        "FUNNEL_SMTP_URL": "smtp://127.0.0.1:9",
        "FUNNEL_BASE_URL": "https://funnel.example",
        "FUNNEL_SECRET_KEY": "k" * 40,
        "FUNNEL_STATE": str(tmp_path),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run([sys.executable, "-c", _LIVE], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["[404, 404, 404, 404] True", "200 False"], done.stderr
