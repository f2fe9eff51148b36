"""The preview: every page and mail in its frame, in each language and scheme, sealed, with no real data or links."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from funnel.links import BadToken, Purpose
from funnel.usecases.publish_scenarios import publish_scenarios
from funnel.web.studio.frames import in_scheme
from tests.support.homes import copy_home
from tests.web.conftest import Town
from tests.web.staff import SOLENE, Staff, employed, submitted

STUDIO = "/studio/self-evaluation"
SHOWN = re.compile(r'<a href="(/studio/self-evaluation/preview\?show=[^"]+)"')
FRAME = re.compile(r'src="(/studio/self-evaluation/frame\?[^"]+)"')
SCRIPT = re.compile(r"<script\b")


def shown(solene: Staff) -> list[str]:
    """What the preview lists: `page:landing`, `mail:house/dossier` ..."""
    found = SHOWN.findall(solene.get(f"{STUDIO}/preview").text)
    return [dict(parse_qsl(urlsplit(url.replace("&amp;", "&")).query))["show"] for url in dict.fromkeys(found)]


def test_every_page_and_mail_of_a_scenario_is_listed(town: Town) -> None:
    found = list(dict.fromkeys(shown(employed(town, SOLENE))))
    assert found[0] == "page:landing"
    assert {"page:questions-2", "page:details", "page:thanks", "page:results"} <= set(found)
    bundle = town.house.shelf.last
    assert bundle
    mails = {f"mail:self_evaluation/{name}" for name in bundle.newest["self_evaluation"].emails}
    assert mails <= set(found)
    assert {"mail:house/dossier", "mail:house/appointment_booked"} <= set(found)


@pytest.mark.parametrize("scenario", ["no_show", "after_appointment", "recurring_visits"])
def test_a_scenario_without_a_form_shows_its_mails_and_sends_one_to_oneself(town: Town, scenario: str) -> None:
    solene = employed(town, SOLENE)
    path = f"/studio/{scenario.replace('_', '-')}"
    page = solene.get(f"{path}/preview")
    assert page.status_code == 200
    assert "show=page" not in page.text
    found = dict.fromkeys(re.findall(r"show=mail%3A([a-z_]+)%2F([a-z_]+)", page.text))
    assert set(town.published.newest[scenario].emails) == {mail for owner, mail in found if owner == scenario}
    for owner, mail in found:
        assert solene.get(f"{path}/frame", query_string={"show": f"mail:{owner}/{mail}"}).status_code == 200
    own = next(mail for owner, mail in found if owner == scenario)
    solene.get(f"{path}/preview?show=mail:{scenario}/{own}")
    solene.post(f"{path}/test", mail=f"{scenario}/{own}")
    assert len(town.mails(SOLENE)) == 1


@pytest.mark.parametrize("scenario", ["ebook", "ebook_retail", "conference"])
def test_what_a_mail_asks_for_is_shown_down_to_the_choice_at_its_end(town: Town, scenario: str) -> None:
    solene = employed(town, SOLENE)
    path = f"/studio/{scenario.replace('_', '-')}"
    listed = dict.fromkeys(re.findall(r"show=page%3A([a-z0-9_-]+)", solene.get(f"{path}/preview").text))
    asked = [one for one in listed if one.startswith(("asked-", "follows-"))]
    assert len(asked) > 2
    assert asked[-1].startswith("follows-")
    assert list(listed)[-1] == "results"
    for one in listed:
        page = solene.get(f"{path}/preview?show=page:{one}").text
        (frame,) = set(re.findall(rf'src="({path}/frame[?][^"]+)"', page))
        shown = solene.get(frame.replace("&amp;", "&"))
        assert shown.status_code == 200, one
        assert ('name="follow_up"' in shown.text) == one.startswith("follows-")
    for one in ("asked-nothing-1", f"{asked[0]}9", "follows-", "asked-"):
        assert solene.get(f"{path}/frame?show=page:{one}").status_code == 404, one


@pytest.mark.parametrize("language, scheme", [("en", "light"), ("fr", "dark")])
def test_each_is_shown_in_its_language_and_scheme_and_can_do_nothing(town: Town, language: str, scheme: str) -> None:
    solene = employed(town, SOLENE)
    for one in shown(solene):
        answer = solene.get(f"{STUDIO}/frame", query_string={"show": one, "in": language, "scheme": scheme})
        assert answer.status_code == 200, one
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy
        assert "allow-scripts" not in policy
        assert "frame-ancestors 'self'" in policy
        assert not SCRIPT.search(answer.text), one
        assert '<base target="_blank">' in answer.text, one
        assert "prefers-color-scheme" not in answer.text, one
        assert re.search(rf'<html[^>]* lang="{language}"', answer.text), one
    assert solene.get("/studio").text.count('<html lang="en">') == 1, "a picture in French changes nobody's language"


def test_a_frame_is_shown_in_a_sandbox_of_its_own_at_both_widths(town: Town) -> None:
    solene = employed(town, SOLENE)
    page = solene.get(f"{STUDIO}/preview?show=page:results&in=fr&scheme=dark").text
    frames = FRAME.findall(page)
    assert len(frames) == 2
    assert len(set(frames)) == 1
    assert page.count('sandbox="allow-same-origin"') == 2
    assert solene.get(frames[0].replace("&amp;", "&")).status_code == 200
    assert solene.get(f"{STUDIO}/preview?show=mail:house/dossier").text.count('sandbox=""') == 2


def test_the_links_of_a_preview_open_nothing(town: Town) -> None:
    submitted(town)
    solene = employed(town, SOLENE)
    mail = solene.get(f"{STUDIO}/frame", query_string={"show": "mail:self_evaluation/summary_and_meeting"}).text
    found = re.findall(r"/(r|book|u)/([A-Za-z0-9_-]{20,})", mail)
    assert {kind for kind, _token in found} == {"r", "book", "u"}
    purposes = {"r": Purpose.RESULTS, "book": Purpose.BOOK, "u": Purpose.PREFERENCES}
    for kind, token in found:
        with pytest.raises(BadToken):
            town.house.links.read(token, purposes[kind])
        assert town.app.test_client().get(f"/{kind}/{token}").status_code == 404


def test_looking_changes_nothing(town: Town) -> None:
    solene = employed(town, SOLENE)
    for one in shown(solene):
        solene.get(f"{STUDIO}/frame", query_string={"show": one})
    assert town.leads() == []
    assert town.mails() == []


def test_what_is_not_there_is_not_found(town: Town) -> None:
    solene = employed(town, SOLENE)
    for one in (
        "",
        "page:nothing",
        "page:questions-99",
        "page:questions-²",
        "mail:../secret",
        "mail:",
        "other:landing",
    ):
        assert solene.get(f"{STUDIO}/frame", query_string={"show": one}).status_code == 404, one
    assert solene.get(f"{STUDIO}/frame?show=page:landing&scheme=sepia").status_code == 404
    assert solene.get("/studio/-/sheets/light/staff.css").status_code == 404
    assert solene.get("/studio/-/sheets/sepia/tokens.css").status_code == 404


def test_style_sheets_come_in_one_scheme_with_their_font(town: Town) -> None:
    solene = employed(town, SOLENE)
    for scheme in ("light", "dark"):
        for name in ("tokens", "prospect", "brand"):
            answer = solene.get(f"/studio/-/sheets/{scheme}/{name}.css")
            assert answer.mimetype == "text/css"
            assert "prefers-color-scheme" not in answer.text
    assert "url(/static/vendor/figtree" in solene.get("/studio/-/sheets/dark/tokens.css").text
    assert town.app.test_client().get("/studio/-/sheets/dark/tokens.css").status_code == 303


def test_a_sheet_shows_the_rules_of_its_scheme_alone() -> None:
    css = ":root { color-scheme: light dark; } @media (prefers-color-scheme: dark) { a {} }"
    assert in_scheme(css, "dark") == ":root { color-scheme: dark; } @media all { a {} }"
    assert in_scheme(css, "light") == ":root { color-scheme: light; } @media not all { a {} }"


def test_a_mail_that_cannot_be_written_says_why_instead(build_town: Callable[..., Town], tmp_path: Path) -> None:
    home = copy_home(tmp_path / "home")
    subject = home / "email_templates" / "self_evaluation" / "reminder" / "subject.en.txt"
    subject.write_text("Still worth {{ 60 // (lead.score - lead.score) }} minutes?\n")
    town = build_town(home=home)
    publish_scenarios(town.house, home, sound_only=True)
    solene = employed(town, SOLENE)
    page = solene.get(f"{STUDIO}/preview?show=mail:self_evaluation/reminder&in=en").text
    assert "It cannot be written with this lead’s data." in page
    assert "Send me a test" not in page
    frame = solene.get(f"{STUDIO}/frame?show=mail:self_evaluation/reminder&in=en")
    assert frame.status_code == 200
    assert "notice bad" in frame.text
    solene.get(f"{STUDIO}/preview?show=mail:self_evaluation/your_results&in=en")
    solene.post(f"{STUDIO}/test", **{"mail": "self_evaluation/reminder", "in": "en"})
    assert "It cannot be written" in solene.get(STUDIO).text
    assert town.mails() == []
