"""What a withdrawal, an erasure and time leave of browsers and pages: nothing, and nothing more is taken."""

import json
import secrets
from datetime import timedelta

import pytest

from funnel.links import Purpose, Token
from funnel.storage import events, visitors
from funnel.usecases import resting
from funnel.usecases.erase_lead import erase_lead
from funnel.usecases.export_lead import export_lead
from funnel.usecases.keep_house import trim
from funnel.usecases.preferences import change_consent
from tests.support.databases import sqlite_away
from tests.web.tracking.conftest import Street
from tests.web.tracking.surfer import SITE, Surfer, pages_of, sends_form, waiting


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
    surfer.tells({"told": "visit", "visitor": surfer.name, "visit": "0" * 32, "url": f"{SITE}/team"}, SITE)
    assert waiting(web) == 0, "her browser is not followed on as nobody's"
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
