"""How scenarios stand: counted in sets, on each database; and what a file's targets say about it."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from funnel.domain import events as on
from funnel.domain.verdicts import Says
from funnel.usecases.publish_scenarios import set_paused
from funnel.usecases.read_ledger import NO_SCENARIO, read_ledger
from funnel.usecases.read_published import read_published
from funnel.usecases.studio.findings import read_findings
from funnel.usecases.studio.one import mail_lines, read_inside
from funnel.usecases.studio.overview import figures, read_studio
from funnel.usecases.studio.samples import read_samples
from funnel.usecases.studio.send_test import MARK, send_test
from tests.support.home import TUNNEL, agrees
from tests.support.place import MONDAY, Place


def test_people_are_counted_by_how_far_they_came(place: Place) -> None:
    ids = place.leads(5)
    place.starts(ids)
    place.drain()
    place.sql("UPDATE leads SET stage = 'accepted' WHERE email_key IN ('lead0@example.org', 'lead1@example.org')")
    found = read_studio(place.house)
    (card,) = found.cards
    assert (card.name, card.inside, card.parked, card.paused) == ("tunnel", 5, 0, False)
    counted = {one.step: one.number for one in card.figures}
    assert counted == {"leads": 5, "qualified": 2, "booked": 0, "held": 0}
    assert card.sent == 5
    assert not found.all_paused
    set_paused(place.house, None, True)
    assert read_studio(place.house).all_paused


def test_a_scenario_is_seen_from_inside(place: Place) -> None:
    first, *_others = ids = place.leads(4)
    place.starts(ids)
    place.drain()
    place.sql("UPDATE enrolments SET state = 'parked', reason = 'a reason' WHERE lead_id = :lead", lead=first)
    place.sql("UPDATE outbox SET state = 'in_doubt', reason = 'nobody knows' WHERE lead_id = :lead", lead=first)
    found = read_inside(place.house, "tunnel", "en")
    assert [(one.lead_id, one.reason) for one in found.parked] == [(first, "a reason")]
    assert [one.reason for one in found.doubts] == ["nobody knows"]
    (standing,) = found.people.at.values()
    assert (standing.waiting, standing.parked) == (3, 1)
    lines = {one.message: one for one in found.mails}
    assert list(lines) == ["tunnel/results", "tunnel/offer", "tunnel/reminder"]
    assert (lines["tunnel/results"].count("sent"), lines["tunnel/results"].count("in_doubt")) == (3, 1)
    place.set(MONDAY + timedelta(days=2, hours=1))
    place.sql("UPDATE leads SET consents = :none", none="{}")
    place.drain()
    offer = next(one for one in read_inside(place.house, "tunnel", "en").mails if one.message == "tunnel/offer")
    assert offer.skipped == {"no consent": 3}


def test_a_test_mail_is_a_row_of_nobody(place: Place) -> None:
    samples = read_samples(read_published(place.house), "tunnel")
    camille = samples.published.company.company.users[0]
    for message in samples.mails:
        subject = send_test(place.house, camille, samples, samples.mail(message), "en")
        assert subject.startswith(MARK)
    place.drain()
    rows = place.rows()
    assert {(row["lead_id"], row["scenario"], row["state"]) for row in rows} == {(None, None, "sent")}
    assert {entry.to for entry in place.sent()} == {(camille.email,)}
    assert all(entry.subject.startswith(MARK) for entry in place.sent())
    assert all("List-Unsubscribe" not in entry.headers for entry in place.sent())
    assert {line.scenario for line in read_ledger(place.house).lines} == {NO_SCENARIO}
    assert read_ledger(place.house).balances
    (card,) = read_studio(place.house).cards
    assert card.sent == 0


def test_a_share_is_one_of_all_leads_and_a_target_in_per_cent_too() -> None:
    far = {"leads": 200, "answered": 150, "booked": 30, "held": 24}
    targets: dict[str, int | str] = {"visitors": 900, "leads": 150, "booked": "20%", "held": "12 %"}
    found = {one.step: one for one in figures(targets, far, asks=True)}
    assert list(found) == ["visitors", "leads", "answered", "qualified", "booked", "held"]
    assert (found["visitors"].number, found["visitors"].reached) == (None, None)
    assert (found["leads"].reached, found["leads"].of_leads) == (True, None)
    assert (found["booked"].of_leads, found["booked"].reached) == (15.0, False)
    assert (found["held"].of_before, found["held"].of_leads, found["held"].reached) == (80.0, 12.0, True)
    assert found["answered"].target is None


@pytest.mark.parametrize("targets", [{}, {"missed": "5%", "opened": "40%"}])
def test_nobody_has_come_yet(targets: dict[str, int | str]) -> None:
    found = figures(targets, {}, asks=False)
    assert all(one.of_leads is None and one.of_before is None for one in found)
    assert "answered" not in [one.step for one in found]
    assert {"missed", "opened"} & {one.step for one in found} == set(targets)


def test_who_opens_clicks_and_loads_is_counted_once_and_machines_are_not(
    build_place: Callable[..., Place], database_url: str
) -> None:
    targets = "targets: {visitors: 50, opened: 40%, clicked: 10%, downloaded: 20%}"
    place = build_place(database_url, {"tunnel": TUNNEL + targets})
    ids = place.leads(5)
    place.starts(ids)
    place.happens(*(agrees(one, place.now) for one in ids))
    number = count(1)

    def touches(kind: type[on.EmailOpened | on.LinkClicked], lead_id: int, verdict: Says = "human", **more: Any) -> str:
        key = f"touch-{next(number)}"
        seen: dict[str, Any] = {"mail": 1, "message": "tunnel/results", "pass_number": 1, "verdict": verdict, **more}
        place.happens(kind(lead_id=lead_id, occurred_at=place.now, key=key, **seen))
        return key

    ana, ben, eve, tim, _ = ids
    touches(on.EmailOpened, ana)
    touches(on.EmailOpened, ana)
    touches(on.EmailOpened, ben)
    touches(on.EmailOpened, eve, "machine")
    late = touches(on.EmailOpened, tim)
    touches(on.LinkClicked, ana, link="prices", number=1)
    revised: dict[str, Any] = {"of": late, "touched": "email.opened", "subject": "results", "verdict": "machine"}
    place.happens(
        on.VerdictRevised(
            lead_id=tim, occurred_at=place.now, key="r", message="tunnel/results", pass_number=1, **revised
        )
    )
    loaded: dict[str, Any] = {"asset": "guide.pdf", "scenario": "tunnel", "pass_number": 1}
    place.happens(*(on.AssetDownloaded(lead_id=ben, occurred_at=place.now, key=f"a{one}", **loaded) for one in "ab"))
    (card,) = read_studio(place.house).cards
    shown = {one.step: (one.number, one.of_leads, one.reached) for one in card.figures if one.target}
    assert shown == {
        "visitors": (None, None, None),
        "opened": (2, 40.0, True),
        "clicked": (1, 20.0, True),
        "downloaded": (1, 20.0, True),
    }
    (line,) = [one for one in read_inside(place.house, "tunnel", "en").mails if one.message == "tunnel/results"]
    assert line.touched == {"opened": 2, "clicked": 1}


def test_mails_of_older_versions_have_a_line_too() -> None:
    rows = [("t/new", "sent", None, 3), ("t/old", "skipped", "cap", 2), ("t/old", "skipped", "no consent", 5)]
    lines = mail_lines(["t/new", "t/next"], rows)
    assert [one.message for one in lines] == ["t/new", "t/next", "t/old"]
    assert list(lines[2].skipped) == ["no consent", "cap"]


def test_why_mails_were_skipped_and_why_they_failed_is_told_apart() -> None:
    rows = [("t/new", "failed", "cannot be written", 1), ("t/new", "refused", "no such mailbox", 2),
            ("t/new", "skipped", "cap", 3), ("t/new", "sent", None, 9)]  # fmt: skip
    (line,) = mail_lines(["t/new"], rows)
    assert line.failed == {"no such mailbox": 2, "cannot be written": 1}
    assert line.skipped == {"cap": 3}


def test_findings_follow_the_files_and_are_silent_where_there_are_none(lite: Place, tmp_path: Path) -> None:
    published = read_published(lite.house)
    assert not read_findings(tmp_path / "elsewhere", published).there
    assert not [one for one in read_findings(lite.home, published).shared if one.level == "error"]
    company = lite.home / "scenarios" / "company.yaml"
    whole = company.read_text()
    company.write_text(whole.replace("zone: Europe/Paris", "zone: Europe/Pariss"))
    found = read_findings(lite.home, published)
    assert [one.file for one in found.shared if one.level == "error"] == ["scenarios/company.yaml"]
    tunnel = lite.home / "scenarios" / "tunnel.yaml"
    company.write_text(whole)
    tunnel.write_text(tunnel.read_text() + "colour: green\n")
    assert {one.file for one in read_findings(lite.home, published).by_scenario["tunnel"]} == {"scenarios/tunnel.yaml"}
