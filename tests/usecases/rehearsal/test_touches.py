"""Mails opened, links followed, pages visited in a rehearsal: by who has agreed, judged as in life; a scanner moves
nothing."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from funnel.authoring.load import Loaded, load_folder
from funnel.domain import events as on
from funnel.domain.lead import Lead
from funnel.usecases.rehearsal import Rehearsal, rehearse
from funnel.usecases.rehearsal.expectations import unmet
from funnel.usecases.rehearsal.habits import TOUCHING
from funnel.usecases.rehearsal.report import as_json, files
from funnel.usecases.rehearsal.totals import totals
from tests.support.home import COMPANY, write_home
from tests.support.place import Place
from tests.usecases.rehearsal.test_as_in_life import agrees

LINKS = """
<mj-button name="prices" href="https://www.verdanne.example/pricing">Prices</mj-button>
<mj-text><a href="https://www.verdanne.example/cases">Cases</a></mj-text>
"""
RULES = """
scoring:
  rules:
    - {id: prices, title: {en: Read the prices}, on: {link.clicked: prices}, points: 30}
    - {id: opened, title: {en: Opened it}, on: {email.opened: results}, points: 2}
    - {id: pages, title: {en: Read a page}, on: {page.visited: /pricing*}, points: 5, counts: always}
"""
FORM = """
scenario: tunnel
title: {en: A tunnel}
offer: {en: An audit}
why: volume
team: consulting
form: {page: form, fields: {phone: optional}, consents: [follow_up_email, visit_tracking]}
"""
WAITING = (
    FORM
    + """
sequence:
  - email: results
  - await: link.clicked
    link: prices
    within: 3 days
    otherwise: [{end: not_clicked}]
  - await: page.visited
    page: /pricing*
    within: 10 days
    otherwise: [{end: not_read}]
  - await: visit.returned
    away: 14 days
    within: 40 days
    otherwise: [{end: not_back}]
  - email: offer
    propose: {appointment: call}
  - end: came_back
"""
)
EXPECT = """
expect:
  - {lead: ana, behaves: comes_back, clicks: [prices], gets: [results, offer], ends: came_back, score: 47}
  - {lead: ben, behaves: clicks, visits: [], gets: [results], ends: not_read, score: 32}
  - {lead: cleo, behaves: clicks, visits: [/cases], gets: [results], ends: not_read}
  - {lead: dan, behaves: clicks, visits: [/pricing/teams], gets: [results], ends: not_back}
  - {lead: eva, behaves: opens, gets: [results], ends: not_clicked, score: 2}
  - {lead: fay, behaves: clicks, consents: [follow_up_email], gets: [results], ends: not_clicked, score: 0}
  - {lead: sam, behaves: scanned, gets: [results], ends: not_clicked, score: 0}
  - {lead: tom, behaves: ignores, gets: [results], ends: not_clicked, score: 0}
"""


def home(folder: Path, tunnel: str = WAITING + EXPECT, tracking: str = "{}", **more: str) -> Path:
    """A home whose first mail has links of its own."""
    write_home(folder, {"tunnel": tunnel, **more}, f"{COMPANY}{RULES}tracking: {tracking}\n")
    body = folder / "email_templates" / "tunnel" / "results" / "body.en.mjml"
    body.write_text(body.read_text().replace("</mj-column>", f"{LINKS}</mj-column>"))
    return folder


def run(folder: Path, **options: Any) -> Rehearsal:
    """A rehearsal of the tunnel of a home."""
    loaded = load_folder(folder)
    assert loaded.sound, loaded.findings
    assert loaded.company is not None
    return rehearse(loaded.bundles, loaded.company, "tunnel", **{"people": 0, **options})


def told(done: Rehearsal, person: str) -> list[tuple[str, str]]:
    """What was opened, followed and looked at, as it is written down."""
    return [(e.kind, e.what) for e in done.of(person) if e.kind in ("opened", "clicked", "visited", "scanned")]


def test_people_open_mails_follow_links_and_look_at_pages_and_the_scenario_goes_on(tmp_path: Path) -> None:
    done = run(home(tmp_path))
    assert [str(one) for one in unmet(done)] == []
    assert told(done, "ana")[:3] == [
        ("visited", "www.verdanne.example/pricing"),
        ("opened", "tunnel/results"),
        ("clicked", "prices"),
    ]
    assert ("clicked", "link_2") in told(done, "ben"), "without a word of which, all of them"
    assert told(done, "eva") == [("opened", "tunnel/results"), ("opened", "house/appointment_booked")][:1]


def test_what_a_scanner_follows_changes_nothing_at_all(tmp_path: Path) -> None:
    done = run(home(tmp_path))
    scanned = [one for one in done.happened if isinstance(one, on.LinkClicked | on.EmailOpened)]
    hers = [one for one in scanned if one.lead_id == done.leads["sam"].id]
    assert len(hers) > 8, "every link by GET and by HEAD, the hidden one too, at once and an hour later"
    assert {one.verdict for one in hers} == {"machine"}
    assert {kind for kind, _ in told(done, "sam")} == {"scanned"}

    def shape(lead: Lead) -> Any:
        ways = [(e.state, e.ended_because, e.happened) for e in lead.enrolments]
        return lead.stage, lead.score, lead.entries, lead.unsure, lead.tags, lead.handoffs, ways

    assert shape(done.leads["sam"]) == shape(done.leads["tom"])
    assert [e.kind for e in done.of("sam") if e.kind != "scanned"] == [e.kind for e in done.of("tom")]


def test_of_who_has_not_agreed_nothing_is_told(tmp_path: Path) -> None:
    done = run(home(tmp_path))
    kept = on.EmailOpened | on.LinkClicked | on.PageVisited | on.PageLeft
    assert not [one for one in done.happened if isinstance(one, kept) and one.lead_id == done.leads["fay"].id]


@pytest.mark.parametrize(
    "tracking, kinds",
    [("{mode: none}", set()), ("{clicks: none}", {"opened", "visited"}), ("{opens: hygiene}", {"clicked", "visited"})],
)
def test_what_the_company_keeps_no_trace_of_is_not_told(tmp_path: Path, tracking: str, kinds: set[str]) -> None:
    done = run(home(tmp_path, tracking=tracking))
    assert {kind for kind, _ in told(done, "ana")} == kinds


def test_a_visit_after_a_while_says_how_long_she_was_away_and_a_page_how_long_it_was_read(tmp_path: Path) -> None:
    done = run(home(tmp_path))
    visits = [one for one in done.happened if isinstance(one, on.PageVisited) and one.lead_id == done.leads["ana"].id]
    assert [visits[0].away, *(one.away for one in visits[1:])] == [
        None, *((later.occurred_at - one.occurred_at).total_seconds() for one, later in pairwise(visits)),
    ]  # fmt: skip
    left = [one for one in done.happened if isinstance(one, on.PageLeft)]
    assert {one.visit for one in left} >= {one.key for one in visits}


def test_a_crowd_touches_only_where_the_scenario_waits_for_it(tmp_path: Path, shipped: Loaded) -> None:
    done = run(home(tmp_path), people=40)
    crowd = [person for person in done.people if person.expected is None]
    assert set(TOUCHING) < {person.behaves for person in crowd}
    kinds = {person.behaves: {kind for kind, _ in told(done, person.id)} for person in crowd}
    assert kinds["scanned"] == {"scanned"}
    assert kinds["ignores"] == kinds["declines"] == set()
    assert kinds["books"] == {"opened", "clicked", "visited"}, "who books reads first"
    counted = totals(done).happened
    assert counted["clicked"] == sum(kind == "clicked" for person in done.people for kind, _ in told(done, person.id))
    assert counted["visited"] > 0
    assert shipped.company is not None
    quiet = rehearse(shipped.bundles, shipped.company, "webinar", people=40, days=40)
    assert not {person.behaves for person in quiet.people} & TOUCHING.keys()


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    home(tmp_path)
    first = files(run(tmp_path, people=25), [])
    assert files(run(tmp_path, people=25), []) == first
    page = first["index.html"].decode()
    assert "followed a link" in page


STARTS = """
scenario: {name}
title: {{en: Reader}}
on: {{{on}}}
sequence:
  - email: hello
  - await: email.opened
    mail: hello
    within: 2 days
    otherwise: [{{end: unread}}]
  - end: read
expect:
  - {{lead: ana, behaves: opens, gets: [hello], ends: read}}
  - {{lead: ben, behaves: ignores, gets: [hello], ends: unread}}
  - {{lead: cleo, behaves: declines, gets: []}}
  - {{lead: sam, behaves: scanned, gets: []}}
"""


@pytest.mark.parametrize(
    "starts", ["page.visited: /pricing*", "visit.returned: 14 days", "link.clicked: prices", "email.opened: results"]
)
def test_a_scenario_that_starts_by_a_touch_is_rehearsed_with_it(tmp_path: Path, starts: str) -> None:
    loaded = load_folder(home(tmp_path, reader=STARTS.format(name="reader", on=starts)))
    assert loaded.sound, loaded.findings
    assert loaded.company is not None
    done = rehearse(loaded.bundles, loaded.company, "reader", people=20)
    assert [str(one) for one in unmet(done)] == []
    assert totals(done).ended.keys() == {"read", "unread", "unsubscribed"}


def test_what_was_touched_in_a_rehearsal_happens_so_in_a_real_house(
    sqlite_url: str, build_place: Callable[..., Place]
) -> None:
    place = build_place(sqlite_url)
    done = run(home(place.home), people=14, days=70)
    place.publish()
    assert {"opened", "clicked", "visited", "scanned"} <= {entry.kind for entry in done.entries}
    agrees(place, done)
    assert as_json(done)["unmet"] == []


def test_a_click_comes_a_while_after_the_mail_and_not_two_at_once(tmp_path: Path) -> None:
    done = run(home(tmp_path))
    left = next(e.at for e in done.of("ben") if e.kind == "mail")
    first, second = [e.at for e in done.of("ben") if e.kind == "clicked"]
    assert first - left > timedelta(hours=2)
    assert second - first >= timedelta(minutes=1)
