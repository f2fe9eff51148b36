"""Mails that are opened and clicked by people and machines, through the branch, the drain and the door."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from werkzeug.test import Client

from funnel.links import Purpose, Token, day_number
from funnel.usecases.addresses import TOUCHES_LAST
from funnel.usecases.desk import read_lead
from funnel.usecases.erase_lead import erase_lead
from funnel.usecases.history import history
from funnel.usecases.tracking.business_time import BusinessTime
from funnel.usecases.tracking.take_in import prepare
from funnel.web.app import make_app
from tests.support.databases import sqlite_away
from tests.support.home import HUGO
from tests.web.tracking.conftest import Post, Street

AGREED = ("follow_up_email", "visit_tracking")
Builder = Callable[..., Street]


def test_a_scanner_changes_nothing_and_a_person_a_minute_later_earns_her_points(street: Street) -> None:
    lead_id, mail = street.writes(*AGREED)
    assert len(mail.clicks) == 4
    assert [street.asks(path, method).status_code for path in mail.clicks for method in ("GET", "HEAD") * 2] == [
        302
    ] * 16
    street.asks(mail.picture, agent="Barracuda Sentinel (EE)")
    before = street.place.load(lead_id)
    assert {verdict for _, verdict in street.told(lead_id)} == {"machine"}
    assert street.place.load(lead_id) == before

    street.passes(timedelta(minutes=2))
    opened = street.asks(mail.picture)
    clicked = street.asks(mail.clicks[0])
    assert (opened.status_code, len(opened.data), opened.mimetype) == (200, 43, "image/gif")
    assert (clicked.status_code, clicked.location) == (302, "https://verdanne.example/prices?a=1&b=2")
    for answer in (opened, clicked):
        assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert "Set-Cookie" not in answer.headers
    assert street.told(lead_id)[-2:] == [("opened", "human"), ("prices", "human")]
    lead = street.place.load(lead_id)
    assert (lead.score, lead.stage) == (32, "engaged")


def test_what_turns_out_to_be_a_machine_is_taken_back(street: Street) -> None:
    lead_id, mail = street.writes(*AGREED)
    street.asks(mail.picture)
    street.asks(mail.clicks[0])
    assert street.told(lead_id) == [("opened", "human"), ("prices", "human")]
    lead = street.place.load(lead_id)
    assert (lead.score, lead.stage) == (32, "engaged")
    street.asks(mail.clicks[1])
    street.asks(mail.clicks[2])
    assert street.told(lead_id) == [
        *(("opened", "human"), ("prices", "human"), ("cases", "machine"), ("link_3", "machine")),
        *(("link.clicked", "machine"), ("email.opened", "machine")),
    ]
    lead = street.place.load(lead_id)
    assert ([entry.points for entry in lead.entries], lead.score, lead.stage) == ([2, 30, -30, -2], 0, "new")


def test_without_consent_a_mail_is_as_its_author_wrote_it(build_street: Builder, sqlite_url: str) -> None:
    _, mail = build_street(sqlite_url).writes("follow_up_email")
    assert not any(mark in mail.html for mark in ("/c/", "/o/", "<img"))
    assert "https://verdanne.example/prices?a=1&amp;b=2" in mail.html


def test_what_carries_out_or_tells_her_rights_is_never_wrapped(build_street: Builder, sqlite_url: str) -> None:
    _, mail = build_street(sqlite_url).writes(*AGREED)
    assert all(f'href="{one}"' in mail.html for one in ("https://verdanne.example/privacy", "tel:+33123"))
    assert "/c/" not in mail.text
    assert "https://verdanne.example/prices?a=1&b=2" in mail.text


def test_a_withdrawn_consent_holds_for_mails_that_have_left(street: Street) -> None:
    lead_id, mail = street.writes(*AGREED)
    street.place.sql("UPDATE leads SET consents = :none", none='{"visit_tracking": false}')
    assert street.asks(mail.clicks[0]).status_code == 302
    assert street.asks(mail.picture).status_code == 200
    assert street.told(lead_id) == []


def test_global_privacy_control_keeps_nothing(build_street: Builder, sqlite_url: str) -> None:
    street = build_street(sqlite_url)
    lead_id, mail = street.writes(*AGREED)
    assert street.asks(mail.clicks[0], Sec_GPC="1").status_code == 302
    assert street.asks(mail.picture, Sec_GPC="1").status_code == 200
    assert street.place.sql("SELECT count(*) FROM intake") == [(0,)]
    assert street.told(lead_id) == []


@pytest.mark.parametrize("ahead", [{"Sec_Purpose": "prefetch"}, {"Purpose": "preview"}, {"X_Moz": "prefetch"}])
def test_looking_ahead_is_answered_and_a_machines(
    ahead: dict[str, str], build_street: Builder, sqlite_url: str
) -> None:
    street = build_street(sqlite_url)
    lead_id, mail = street.writes(*AGREED)
    assert street.asks(mail.clicks[0], **ahead).status_code == 302
    assert street.told(lead_id) == [("prices", "machine")]


def test_tokens_that_are_not_ours_are_not_found_and_leave_nothing(build_street: Builder, sqlite_url: str) -> None:
    street = build_street(sqlite_url)
    _, mail = street.writes(*AGREED)
    links, click, picture = street.place.house.links, mail.clicks[0], mail.picture
    tampered = click[:-1] + ("A" if click[-1] != "A" else "Q")
    today = day_number(street.now)
    foreign = "/c/" + links.sign(Token(Purpose.OPEN, 1, 1, today))
    nowhere = "/c/" + links.sign(Token(Purpose.CLICK, 1, 4711, today))
    dateless = "/o/" + links.sign(Token(Purpose.OPEN, 1)) + ".gif"
    unsigned = ("/c/", "/c/x", "/o/x.gif", picture.removesuffix(".gif"), picture[:-9])
    for path in (tampered, foreign, nowhere, dateless, *unsigned):
        answer = street.asks(path)
        assert (answer.status_code, answer.headers.get("Location")) == (404, None), path
    assert street.asks(click, "POST").status_code in (404, 405)
    assert street.place.sql("SELECT count(*) FROM intake") == [(0,)]


def test_a_mail_of_25_months_ago_is_not_followed_any_more(
    build_street: Builder, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("funnel.usecases.tracking.business_time.ASKED_EVERY", 0.0)
    street = build_street(sqlite_url)
    lead_id, mail = street.writes(*AGREED)
    street.passes(TOUCHES_LAST - timedelta(days=1))
    assert (street.asks(mail.clicks[0]).status_code, street.asks(mail.picture).status_code) == (302, 200)
    assert len(street.told(lead_id)) == 2
    street.passes(timedelta(days=2))
    for path in (*mail.clicks, mail.picture):
        answer = street.asks(path)
        assert (answer.status_code, answer.headers.get("Location")) == (404, None)
    assert street.place.sql("SELECT count(*) FROM intake") == [(0,)]
    assert len(street.told(lead_id)) == 2


def test_a_live_house_tells_the_age_of_a_mail_by_the_wall_clock(build_street: Builder, sqlite_url: str) -> None:
    street = build_street(sqlite_url)
    live = replace(street.place.house, settings=street.place.house.settings.model_copy(update={"mode": "live"}))
    with sqlite_away(live.database, sqlite_url):
        assert abs(BusinessTime(live).now() - datetime.now(UTC)) < timedelta(minutes=1)
        assert not live.resting
    demonstration = BusinessTime(street.place.house)
    assert abs(demonstration.now() - street.now) < timedelta(minutes=1)


def test_hygiene_keeps_one_day_a_person_and_nothing_else(street_of: Callable[[str], Street]) -> None:
    street = street_of("{mode: hygiene}")
    lead_id, mail = street.writes(*AGREED)
    assert mail.clicks == []
    assert "https://verdanne.example/cases" in mail.html
    street.asks(mail.picture)
    assert street.told(lead_id) == []
    assert opened_on(street) == [("results", datetime(2027, 6, 6, 22, tzinfo=UTC))]  # midnight in Paris

    street.passes(timedelta(days=2))
    street.place.drain()
    street.passes(timedelta(hours=1))
    street.asks(mail.picture, agent="Barracuda Sentinel (EE)")
    assert street.told(lead_id) == []
    offer = next(one for one in street.place.sent() if "offer" in one.as_json()["subject"]).as_json()
    street.asks(Post(offer["html"], offer["text"]).picture)
    assert street.told(lead_id) == []
    assert opened_on(street) == [("offer", datetime(2027, 6, 8, 22, tzinfo=UTC))]
    assert read_lead(street.place.house, HUGO, lead_id, "en").opened_on == date(2027, 6, 9)


@pytest.mark.parametrize("mode", ["consented", "none", "{mode: hygiene, opens: none}"])
def test_the_last_day_is_shown_only_while_the_mode_holds_that_keeps_it(
    street_of: Callable[[str], Street], mode: str
) -> None:
    street = street_of("{mode: hygiene}")
    lead_id, mail = street.writes(*AGREED)
    street.asks(mail.picture)
    street.told(lead_id)
    assert read_lead(street.place.house, HUGO, lead_id, "en").opened_on == date(2027, 6, 7)
    company = street.place.home / "scenarios" / "company.yaml"
    other = mode if mode.startswith("{") else f"{{mode: {mode}}}"
    company.write_text(company.read_text().replace("tracking: {mode: hygiene}", f"tracking: {other}"))
    street.place.publish()
    assert read_lead(street.place.house, HUGO, lead_id, "en").opened_on is None


def opened_on(street: Street) -> list[tuple[str, datetime]]:
    """Which mails say that they were opened last, and on which day."""
    rows = street.place.rows()
    return [(row["message"].rpartition("/")[2], row["opened_at"]) for row in rows if row["opened_at"]]


def test_opens_and_clicks_have_modes_of_their_own(street_of: Callable[[str], Street]) -> None:
    street = street_of("{opens: hygiene}")
    lead_id, mail = street.writes(*AGREED)
    street.asks(mail.picture)
    street.asks(mail.clicks[0])
    assert street.told(lead_id) == [("prices", "human")]
    assert [mail for mail, _ in opened_on(street)] == ["results"]


def test_where_opens_alone_are_kept_links_lead_straight_on(build_street: Builder, sqlite_url: str) -> None:
    _, mail = build_street(sqlite_url, "{mode: none, opens: consented}").writes(*AGREED)
    assert mail.picture
    assert "/c/" not in mail.html


def test_where_clicks_alone_are_kept_there_is_no_picture(build_street: Builder, sqlite_url: str) -> None:
    _, mail = build_street(sqlite_url, "{opens: none}").writes(*AGREED)
    assert len(mail.clicks) == 4
    assert not any(mark in mail.html for mark in ("/o/", "<img"))


def test_a_mode_that_is_changed_holds_for_mails_that_have_left(build_street: Builder, sqlite_url: str) -> None:
    street = build_street(sqlite_url)
    lead_id, mail = street.writes(*AGREED)
    company = street.place.home / "scenarios" / "company.yaml"
    company.write_text(company.read_text().replace("tracking: {}", "tracking: {clicks: none}"))
    street.place.publish()
    assert street.asks(mail.clicks[0]).location == "https://verdanne.example/prices?a=1&b=2"
    street.asks(mail.picture)
    assert street.told(lead_id) == [("opened", "human")]


def test_a_company_that_wants_no_trace_has_none(build_street: Builder, sqlite_url: str) -> None:
    _, mail = build_street(sqlite_url, "{mode: none}").writes(*AGREED)
    assert not any(mark in mail.html for mark in ("/c/", "/o/", "<img"))


def test_a_demonstration_answers_to_this_machine_only(build_street: Builder, sqlite_url: str) -> None:
    street = build_street(sqlite_url)
    _, mail = street.writes(*AGREED)
    assert street.asks(mail.clicks[0], Host="funnel.example").status_code == 403


@pytest.fixture
def street_of(database_url: str, build_street: Builder) -> Callable[[str], Street]:
    """A street with this tracking, on each of the three databases."""
    return lambda tracking: build_street(database_url, tracking)


def test_an_erasure_leaves_no_trace_of_what_she_opened(street: Street) -> None:
    lead_id, mail = street.writes(*AGREED)
    street.asks(mail.clicks[0], agent="")
    assert street.told(lead_id) == [("prices", "unsure")]
    assert len(street.place.load(lead_id).unsure) == 1
    street.asks(mail.picture)
    erase_lead(street.place.house, lead_id, "nadia")
    assert street.place.sql("SELECT count(*) FROM intake") == [(0,)]
    assert street.place.sql("SELECT count(*) FROM outbox WHERE opened_at IS NOT NULL") == [(0,)]
    assert street.place.load(lead_id).unsure == {}
    street.asks(mail.clicks[0])
    assert street.told(lead_id) == [("prices", "unsure")]


def test_her_page_tells_who_opened_and_who_clicked(build_street: Builder, sqlite_url: str) -> None:
    street = build_street(sqlite_url)
    lead_id, mail = street.writes(*AGREED)
    street.asks(mail.picture, agent="Mozilla/5.0")
    street.asks(mail.clicks[0])
    street.told(lead_id)
    street.passes(timedelta(minutes=2))
    street.asks(mail.clicks[2], "HEAD")
    street.told(lead_id)
    street.passes(timedelta(minutes=2))
    street.asks(mail.clicks[-1])
    street.told(lead_id)
    lead = street.place.load(lead_id)
    with street.place.house.database.read() as connection:
        told = [
            {
                (one.by, one.what.partition("Results")[0])
                for one in history(connection, street.place.published, lead, language)
            }
            for language in ("en", "fr")
        ]
    assert told[0] >= {
        ("machine", "Somebody or a machine opened the mail “"),
        ("lead", "Followed the link “prices” in the mail “"),
        ("machine", "A machine followed the link “no. 3” in the mail “"),
        ("machine", "A machine followed the hidden link in the mail “"),
    }
    assert ("lead", "A suivi le lien «\u00a0prices\u00a0» de l'e-mail «\u00a0") in told[1]


def test_her_page_tells_what_is_known_by_now_of_who_followed_a_link(build_street: Builder, sqlite_url: str) -> None:
    street = build_street(sqlite_url)
    lead_id, mail = street.writes(*AGREED)
    for path in (mail.picture, *mail.clicks[:2]):
        street.asks(path)
        street.told(lead_id)  # each by itself, so that a person's verdict comes first
    with street.place.house.database.read() as connection:
        told = history(connection, street.place.published, street.place.load(lead_id), "en")
    touched = [(one.by, one.what.partition(" the ")[0]) for one in told if one.kind in ("EmailOpened", "LinkClicked")]
    assert touched == [("machine", "A machine opened"), *[("machine", "A machine followed")] * 2]


def test_with_the_database_away_a_click_is_led_on_and_counts_later(
    build_street: Builder, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("funnel.usecases.resting.REST", 0.0)
    street = build_street(sqlite_url)
    lead_id, mail = street.writes(*AGREED)
    begun = street.place.other("begun")  # a process that has sent no mail, and knows no link yet
    other = Client(make_app(begun))
    with sqlite_away(street.place.house.database, sqlite_url):
        assert street.asks(mail.clicks[0]).location == "https://verdanne.example/prices?a=1&b=2"
        assert len(street.asks(mail.picture).data) == 43
        unknown = other.get(mail.clicks[0])
        assert (unknown.status_code, unknown.headers.get("Retry-After")) == (503, "10")
        assert "Location" not in unknown.headers
    assert street.told(lead_id) == []
    assert street.asks(mail.picture).status_code == 200
    assert sorted(street.told(lead_id)) == [("opened", "human"), ("opened", "human"), ("prices", "human")]
    prepare(begun)
    with sqlite_away(begun.database, sqlite_url):
        assert other.get(mail.clicks[0]).location == "https://verdanne.example/prices?a=1&b=2"
