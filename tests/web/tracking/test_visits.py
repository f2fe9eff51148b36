"""Page visits: told by the tracker after consent, kept for whom they turn out to be of, and what comes of them."""

import secrets
import time
from datetime import timedelta

import pytest

from funnel.domain import events as on
from funnel.links import Purpose, Token
from funnel.storage import events
from funnel.usecases.merge_leads import merge_leads
from funnel.usecases.tracking.passes import agreed
from tests.web.tracking.conftest import Street
from tests.web.tracking.surfer import SITE, Surfer, follows_link, goes_over, pages_of, score_of, sends_form, waiting


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


def test_accents_of_a_page_are_kept_in_one_way(lite_web: Street) -> None:
    surfer = Surfer(lite_web)
    sent = sends_form(lite_web, "ana@example.org", "visit_tracking")
    surfer.visits("/te%CC%81l", proof=sent.submission)
    surfer.visits("/t%C3%A9l/", referrer=f"{SITE}/te%CC%81l")
    assert pages_of(lite_web, sent.lead_id) == ["t\u00e9l", "t\u00e9l"]


def test_who_has_not_agreed_is_not_joined_and_leaves_nothing(web: Street) -> None:
    surfer = Surfer(web)
    surfer.visits("/pricing")
    sent = sends_form(web)
    surfer.visits("/team", proof=sent.submission)
    assert pages_of(web, sent.lead_id) == []
    assert (score_of(web, sent.lead_id), waiting(web)) == (1, 2)


def agrees(street: Street, lead_id: int, *, given: bool) -> None:
    """What she says on her own page, on another device."""
    said = on.ConsentChanged(
        lead_id=lead_id, occurred_at=street.now, purpose="visit_tracking", given=given, wording="May we?", page="/me"
    )
    street.place.happens(said)


def test_of_who_has_withdrawn_on_another_device_not_even_when_she_came_is_kept(web: Street) -> None:
    laptop = Surfer(web)
    sent = sends_form(web, "ana@example.org", "visit_tracking")
    laptop.visits("/thanks", proof=sent.submission)
    web.place.drain()
    before = web.place.sql("SELECT last_at FROM visitors")
    agrees(web, sent.lead_id, given=False)
    web.passes(timedelta(days=5))
    laptop.visits("/secret", reads=9)
    web.place.drain()
    assert web.place.sql("SELECT last_at FROM visitors") == before
    agrees(web, sent.lead_id, given=True)
    web.passes(timedelta(days=3))
    laptop.visits("/back")
    assert (pages_of(web, sent.lead_id), score_of(web, sent.lead_id)) == (["thanks", "back"], 1 + 5)


def test_of_who_has_withdrawn_on_another_device_not_even_another_browser_is_kept(web: Street) -> None:
    laptop, site = Surfer(web), Surfer(web)
    sent = sends_form(web, "ana@example.org", "visit_tracking")
    laptop.visits("/thanks", proof=sent.submission)
    web.place.drain()
    agrees(web, sent.lead_id, given=False)
    web.passes(timedelta(days=5))
    goes_over(laptop, site)
    site.visits("/secret")
    web.place.drain()
    assert web.place.sql("SELECT person FROM visitors") == [(None,), (None,)]
    agrees(web, sent.lead_id, given=True)
    laptop.visits("/me", proof=agreed(web.place.house, sent.lead_id))
    assert pages_of(web, sent.lead_id) == ["thanks", "me"]


def test_what_a_browser_of_hers_tells_that_is_nobody_s_yet_waits_for_nobody_once_she_has_withdrawn(
    lite_web: Street,
) -> None:
    """As a link followed meanwhile had once been noted."""
    laptop, site = Surfer(lite_web), Surfer(lite_web)
    sent = sends_form(lite_web, "ana@example.org", "visit_tracking")
    goes_over(site, laptop)
    lite_web.place.drain()
    lite_web.place.sql(f"UPDATE visitors SET lead_id = {sent.lead_id}, joined = 'form' WHERE id = '{laptop.name}'")
    agrees(lite_web, sent.lead_id, given=False)
    site.visits("/secret")
    assert waiting(lite_web) == 0


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


@pytest.mark.parametrize("seen, points", [((3, 3, 3, 1), 0), ((1, 9), 5)])
def test_who_was_seen_on_another_device_has_not_been_away_also_when_this_one_is_joined_later(
    web: Street, seen: tuple[int, ...], points: int
) -> None:
    laptop, phone = Surfer(web), Surfer(web)
    sent = sends_form(web, "ana@example.org", "visit_tracking")
    laptop.visits("/thanks", proof=sent.submission)
    phone.visits("/")
    for days in seen[:-1]:
        web.place.drain()
        web.passes(timedelta(days=days))
        laptop.visits("/")
    web.place.drain()
    web.passes(timedelta(days=seen[-1]))
    phone.visits("/")  # ten days after its own last visit
    before = score_of(web, sent.lead_id)
    sent = sends_form(web, "ana@example.org", "visit_tracking")
    phone.visits("/thanks", proof=sent.submission)
    assert score_of(web, sent.lead_id) == before + points


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("place", [0, 1])
def test_of_a_person_with_two_names_a_return_counts_once_whichever_is_known_first(
    web: Street, place: int, at_once: bool
) -> None:
    """Nine days after her first visit she comes to one site, and the day after to the other."""
    both = Surfer(web), Surfer(web)
    for one in both:
        one.visits("/")
    goes_over(*both)
    for one, days in zip(reversed(both), (9, 1), strict=True):
        web.place.drain()
        web.passes(timedelta(days=days))
        one.visits("/again")
    if not at_once:
        web.place.drain()
    sent = sends_form(web, "ana@example.org", "visit_tracking")
    web.passes(timedelta(seconds=5))
    both[place].visits("/thanks", proof=sent.submission)
    assert score_of(web, sent.lead_id) == 1 + 5


def test_a_form_with_another_address_takes_back_what_a_click_alone_had_joined(web: Street) -> None:
    first = sends_form(web, "ana@example.org", "visit_tracking")
    surfer = Surfer(web)
    surfer.visits("/cases")
    surfer.visits("/pricing", reads=30, proof=follows_link(web, first.lead_id))
    assert sorted(pages_of(web, first.lead_id)) == ["cases", "pricing"]
    assert score_of(web, first.lead_id) == 1 + 20
    other = sends_form(web, "ben@example.org", "visit_tracking")
    surfer.visits("/thanks", proof=other.submission)
    assert score_of(web, first.lead_id) == 1
    assert sorted(pages_of(web, other.lead_id)) == ["cases", "pricing", "thanks"]
    assert score_of(web, other.lead_id) == 1 + 20
    # What a form has said, no click changes any more.
    surfer.visits("/team", proof=follows_link(web, first.lead_id))
    assert "team" in pages_of(web, other.lead_id)


def test_agreeing_on_her_own_page_joins_the_browser_as_a_form_does(web: Street) -> None:
    surfer, other = Surfer(web), Surfer(web)
    ana = sends_form(web, "ana@example.org", "visit_tracking")
    surfer.visits("/pricing")
    proof = agreed(web.place.house, ana.lead_id)
    surfer.visits("/me", proof=proof)
    other.visits("/team", proof=proof)
    surfer.visits("/cases")
    assert pages_of(web, ana.lead_id) == ["pricing", "me", "cases"], "and of one browser alone"
    ben = sends_form(web, "ben@example.org", "visit_tracking")
    surfer.visits("/thanks", proof=ben.submission)
    assert pages_of(web, ana.lead_id) == ["pricing", "me", "cases"], "she keeps what she has said is hers"
    assert pages_of(web, ben.lead_id) == ["thanks"]


def test_who_has_not_agreed_is_not_known_by_her_own_page_either(lite_web: Street) -> None:
    surfer, sent = Surfer(lite_web), sends_form(lite_web)
    surfer.visits("/me", proof=agreed(lite_web.place.house, sent.lead_id))
    assert pages_of(lite_web, sent.lead_id) == []


def test_an_agreement_counts_within_an_hour(lite_web: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = sends_form(lite_web, "ana@example.org", "visit_tracking")
    proof = agreed(lite_web.place.house, sent.lead_id)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    Surfer(lite_web).visits("/me", proof=proof)
    assert pages_of(lite_web, sent.lead_id) == []


def test_what_a_private_link_opens_by_is_kept_of_no_page(lite_web: Street) -> None:
    sent = sends_form(lite_web, "ana@example.org", "visit_tracking")
    private = lite_web.place.house.links.sign(Token(Purpose.OWN_PAGE, sent.lead_id))
    surfer = Surfer(lite_web)
    surfer.visits(f"/me/{private}", proof=sent.submission)
    surfer.visits("/pricing", referrer=f"{SITE}/me/{private}")
    surfer.visits(f"/q/check/{private}/2")
    assert pages_of(lite_web, sent.lead_id) == ["me", "pricing", "q/check/2"]
    with lite_web.place.house.database.read() as connection:
        assert private not in str(events.of_lead(connection, sent.lead_id))


def test_what_another_s_browser_had_taken_from_a_visit_of_her_own_is_hers_again(web: Street) -> None:
    """Prices count once a day: a browser that a click had made hers read them first, and was Ben's."""
    hers = sends_form(web, "ana@example.org", "visit_tracking")
    other, phone = Surfer(web), Surfer(web)
    other.visits("/pricing", proof=follows_link(web, hers.lead_id))
    assert score_of(web, hers.lead_id) == 1 + 20
    phone.visits("/pricing/teams", proof=hers.submission)
    assert score_of(web, hers.lead_id) == 1 + 20
    ben = sends_form(web, "ben@example.org", "visit_tracking")
    other.visits("/thanks", proof=ben.submission)
    assert [score_of(web, one.lead_id) for one in (hers, ben)] == [1 + 20, 1 + 20]
    assert pages_of(web, ben.lead_id) == ["pricing", "thanks"]


def test_a_proof_counts_for_the_browser_that_brings_it_first(lite_web: Street) -> None:
    sent = sends_form(lite_web, "ana@example.org", "visit_tracking")
    Surfer(lite_web).visits("/one", proof=sent.submission)
    Surfer(lite_web).visits("/two", proof=sent.submission)
    lite_web.place.sql("UPDATE intake SET id = 'z' WHERE entry LIKE '%/one%'")  # ids of one millisecond have no order
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


def test_who_has_sent_a_form_goes_not_with_whoever_passed_a_link_on(lite_web: Street) -> None:
    """Ben opens a link with Ana's pass in it; each has said by a form who it is, and Ana says so again."""
    ana, ben = Surfer(lite_web), Surfer(lite_web)
    leads = []
    for surfer, address in ((ana, "ana@example.org"), (ben, "ben@example.org")):
        sent = sends_form(lite_web, address, "visit_tracking")
        surfer.visits("/thanks", proof=sent.submission)
        leads.append(sent.lead_id)
    goes_over(ana, ben)
    lite_web.place.drain()
    again = sends_form(lite_web, "ana@example.org", "visit_tracking")
    ana.visits("/again", proof=again.submission)
    ben.visits("/pricing")
    assert [pages_of(lite_web, lead) for lead in leads] == [["thanks", "again"], ["thanks", "pricing"]]


def test_names_that_were_hers_together_go_together_to_the_address_of_a_later_form(lite_web: Street) -> None:
    ours, site = Surfer(lite_web), Surfer(lite_web)
    site.visits("/cases")
    goes_over(site, ours)
    for address in ("ana@example.org", "ana@home.example"):
        sent = sends_form(lite_web, address, "visit_tracking")
        ours.visits("/thanks", proof=sent.submission)
        lite_web.place.drain()
    site.visits("/pricing")
    assert pages_of(lite_web, sent.lead_id) == ["thanks", "pricing"]


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
