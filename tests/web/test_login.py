"""Logging in: who gets in, who does not, and what a one-time link may do."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask_limiter.util import get_remote_address

from funnel.usecases.demo_accounts import make_accounts, read_accounts
from funnel.usecases.people import password_link, set_password
from funnel.web.staff.guard import inside
from tests.web.conftest import Town
from tests.web.staff import CAMILLE, HUGO, PASSWORD, SOLENE, Staff, employed


def test_the_right_password_leads_to_the_desk(town: Town) -> None:
    set_password(town.house, CAMILLE, PASSWORD)
    answer = Staff(town.app).log_in(CAMILLE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")


def test_a_marketer_is_led_to_the_studio_or_to_where_she_wanted_to_go(town: Town) -> None:
    set_password(town.house, SOLENE, PASSWORD)
    assert Staff(town.app).log_in(SOLENE).headers["Location"] == "/studio"
    staff = Staff(town.app)
    staff.get("/login?next=/desk/webhooks")
    answer = staff.post("/login", email=SOLENE, password=PASSWORD, next="/desk/webhooks")
    assert answer.headers["Location"] == "/desk/webhooks"


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(town: Town) -> None:
    set_password(town.house, CAMILLE, PASSWORD)
    texts = set()
    for email in (CAMILLE, "nobody@verdanne.example"):
        answer = Staff(town.app).log_in(email, "not this one at all")
        assert answer.status_code == 401
        texts.add("do not fit together" in answer.text)
    assert texts == {True}


def test_guessing_is_slowed_down_and_knowing_is_not(town: Town) -> None:
    set_password(town.house, CAMILLE, PASSWORD)
    assert [Staff(town.app).log_in(CAMILLE).status_code for _ in range(12)] == [303] * 12
    staff = Staff(town.app)
    codes = [staff.log_in(CAMILLE, f"guess number {number}").status_code for number in range(11)]
    assert codes == [401] * 10 + [429]


def test_a_guesser_keeps_nobody_else_out(town: Town) -> None:
    set_password(town.house, HUGO, PASSWORD)
    staff = Staff(town.app)
    codes = [staff.log_in(CAMILLE, f"guess number {number}").status_code for number in range(11)]
    assert codes[-1] == 429
    assert Staff(town.app).log_in(HUGO, "a slip").status_code == 401
    assert Staff(town.app).log_in(HUGO).status_code == 303


@pytest.mark.parametrize("hops", [0, 1])
def test_behind_a_trusted_proxy_each_visitor_counts_for_herself(build_town: Callable[..., Town], hops: int) -> None:
    town = build_town(trusted_hops=hops)
    told = {"X-Forwarded-For": "203.0.113.7"}
    with town.app.test_client() as client:
        client.get("/login", headers=told)
        assert (get_remote_address() == "203.0.113.7") is bool(hops)


def test_the_demonstrations_passwords_open_whatever_database_is_there(build_town: Callable[..., Town]) -> None:
    first, second = build_town(), build_town()
    made = make_accounts(first.house)
    shutil.copy(first.settings.state / "logins.txt", second.settings.state / "logins.txt")
    again = make_accounts(second.house)
    assert again == made
    for account in again:
        assert account.password
        assert Staff(second.app).log_in(account.email, account.password).status_code == 303
    assert make_accounts(first.house) == made
    shutil.copy(second.settings.state / "logins.txt", first.settings.state / "logins.txt")
    assert make_accounts(first.house) == made, "back in the first database: there it is the same password"


def test_a_password_that_was_set_in_a_demonstration_stays_and_the_old_one_is_not_shown_any_more(town: Town) -> None:
    made = {account.email: account.password or "" for account in make_accounts(town.house)}
    set_password(town.house, HUGO, PASSWORD)
    for _started_again in range(2):
        page = Staff(town.app).get("/login").get_data(as_text=True)
        shown = [account.password for account in read_accounts(town.house) if account.email == HUGO]
        assert shown == [None]
        assert made[HUGO] not in page
        assert "the password that was set" in page
        assert all(password in page for email, password in made.items() if email != HUGO)
        assert [account.password for account in make_accounts(town.house) if account.email == HUGO] == [None]
    assert Staff(town.app).log_in(HUGO, PASSWORD).status_code == 303


def test_a_password_that_was_set_before_the_first_demonstration_stays(town: Town) -> None:
    set_password(town.house, HUGO, PASSWORD)
    assert [account.password for account in make_accounts(town.house) if account.email == HUGO] == [None]
    assert Staff(town.app).log_in(HUGO, PASSWORD).status_code == 303


@pytest.mark.parametrize("path", ["/desk", "/desk/leads/1", "/desk/webhooks"])
def test_without_a_session_staff_pages_lead_to_the_log_in_and_back(town: Town, path: str) -> None:
    staff = Staff(town.app)
    answer = staff.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"] == ("/login" if path == "/desk" else f"/login?next={path}")


def test_after_the_log_in_the_page_that_was_asked_for_comes(town: Town) -> None:
    set_password(town.house, HUGO, PASSWORD)
    staff = Staff(town.app)
    staff.get(staff.get("/desk/webhooks").headers["Location"])
    answer = staff.post("/login", email=HUGO, password=PASSWORD, next="/desk/webhooks")
    assert answer.headers["Location"] == "/desk/webhooks"


@pytest.mark.parametrize(
    "path", ["", "https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "javascript:1"]
)
def test_no_link_leads_elsewhere_after_a_log_in(path: str) -> None:
    assert inside(path) == "/desk"


def test_a_new_password_ends_older_sessions(town: Town) -> None:
    staff = employed(town)
    assert staff.get("/desk").status_code == 200
    set_password(town.house, CAMILLE, "another sentence altogether")
    assert staff.get("/desk").status_code == 303


def test_logging_out_ends_the_session(town: Town) -> None:
    staff = employed(town)
    assert staff.post("/logout").headers["Location"] == "/login"
    assert staff.get("/desk").status_code == 303


def test_a_one_time_link_sets_a_password_once(town: Town) -> None:
    path = password_link(town.house, CAMILLE).removeprefix(town.settings.base_url)
    staff = Staff(town.app)
    assert "Camille Arnoux" in staff.get(path).text
    answer = staff.post(path, password="short", again="short")
    assert answer.status_code == 422
    assert "Too short" in answer.text
    answer = staff.post(path, password=PASSWORD, again="something else")
    assert "not the same" in answer.text
    assert staff.post(path, password=PASSWORD, again=PASSWORD).headers["Location"] == "/login"
    assert Staff(town.app).log_in(CAMILLE).status_code == 303
    assert staff.get(path).status_code == 404


def test_a_made_up_link_is_not_found(town: Town) -> None:
    assert Staff(town.app).get("/login/AX0SBgABAAAAAAAAAAEAAAAAy5q6GQsDyegEnKP0-RraDA").status_code == 404


def test_a_rep_may_not_open_what_is_for_other_roles(town: Town) -> None:
    assert employed(town).get("/desk/webhooks").status_code == 403
    assert employed(town, HUGO).get("/desk/webhooks").status_code == 200


def test_a_log_in_is_kept_for_half_a_day(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    staff = employed(town)
    kept = staff.client.get_cookie("funnel")
    assert kept is not None
    assert kept.expires is not None
    assert timedelta(hours=11) < kept.expires - datetime.now(UTC) <= timedelta(hours=12)
    assert staff.get("/desk").status_code == 200
    monkeypatch.setitem(town.app.config, "PERMANENT_SESSION_LIFETIME", timedelta(seconds=-1))
    assert staff.get("/desk").status_code == 303
