"""A link followed in a mail to one of her addresses counts for who stands for both; a machine's is taken back there."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from funnel.domain import events as on
from funnel.domain.engine.doubts import ANOTHER
from funnel.usecases.desk import read_lead
from funnel.usecases.merge_leads import merge_leads, part_leads
from funnel.usecases.submit_form import Sent, submit_form
from tests.support.home import HUGO
from tests.web.tracking.conftest import Post, Street
from tests.web.tracking.surfer import Surfer, pages_of, score_of, sends_form

AGREED = ("follow_up_email", "visit_tracking")


def other(street: Street, *consents: str) -> int:
    """The lead of her other address, whose mails nobody opens."""
    sent = Sent("tunnel", {"name": "Ana Lund", "email": "ana@work.example"}, frozenset(consents), page="/l/tunnel")
    return submit_form(street.place.house, sent).lead_id


def test_a_click_in_a_mail_to_her_other_address_is_hers_and_stays_hers(street: Street) -> None:
    home, mail = street.writes(*AGREED)
    work = other(street, *AGREED)
    merge_leads(street.place.house, None, work, home, "shell")
    street.asks(mail.clicks[0])
    assert street.told(work) == [("prices", "human")]
    assert street.told(home) == []
    assert (street.place.load(work).score, street.place.load(home).score) == (30, 0)
    part_leads(street.place.house, None, home, "shell")
    assert street.place.load(work).score == 30


def test_what_had_counted_before_and_was_a_machine_s_is_taken_back_from_both(street: Street) -> None:
    home, mail = street.writes(*AGREED)
    work = other(street, *AGREED)
    street.asks(mail.clicks[0])
    assert street.told(home) == [("prices", "human")]
    merge_leads(street.place.house, None, work, home, "shell")
    assert street.place.load(work).score == 30
    street.asks(mail.clicks[1])
    street.asks(mail.clicks[2])
    assert ("link.clicked", "machine") in street.told(home)
    assert (street.place.load(work).score, street.place.load(home).score) == (0, 0)


def test_nothing_is_kept_where_one_address_has_not_agreed(street: Street) -> None:
    home, mail = street.writes(*AGREED)
    work = other(street, "follow_up_email")
    merge_leads(street.place.house, None, work, home, "shell")
    assert street.asks(mail.clicks[0]).status_code == 302
    assert street.told(work) == []
    assert street.place.load(work).score == 0


def comes_by(street: Street, mail: Post) -> str:
    """She follows a link, and the page that it leads to says so of her browser."""
    at = street.asks(mail.clicks[0]).headers["Location"]
    street.place.drain()
    return parse_qs(urlsplit(at).query)["fn_from"][0]


def is_ben_s(street: Street, browser: Surfer) -> int:
    """It sends a form with his address."""
    street.passes(timedelta(hours=1))
    sent = sends_form(street, "ben@example.org", *AGREED)
    street.place.drain()
    browser.visits("/thanks", proof=sent.submission)
    street.place.drain()
    return sent.lead_id


@pytest.mark.parametrize("joined", ["never", "after", "after, and more", "before, and parted", "after, and parted"])
def test_a_browser_that_is_another_s_after_all_is_taken_back_whoever_stood_for_her_meanwhile(
    build_web: Callable[..., Street], database_url: str, joined: str
) -> None:
    web = build_web(database_url, tracks="{sites: [verdanne.example, www.verdanne.example]}")
    home, mail = web.writes(*AGREED)
    work, browser = other(web, *AGREED), Surfer(web)
    own = score_of(web, home), score_of(web, work)
    if joined.startswith("before"):
        merge_leads(web.place.house, None, work, home, "shell")
    browser.visits("/pricing", proof=comes_by(web, mail), reads=9)
    web.place.drain()
    if joined.startswith("after"):
        merge_leads(web.place.house, None, work, home, "shell")
    if joined.endswith("more"):
        web.passes(timedelta(days=1))
        browser.visits("/pricing/teams")
        web.place.drain()
    if joined.endswith("parted"):
        part_leads(web.place.house, None, home, "shell")
    ben = is_ben_s(web, browser)
    more = joined.endswith("more")
    assert pages_of(web, ben) == ["pricing", *(["pricing/teams"] if more else []), "thanks"]
    both = joined.startswith("after") and not joined.endswith("parted")
    assert (score_of(web, home), score_of(web, work)) == (own[0], own[1] + (own[0] if both else 0))
    assert score_of(web, ben) == 1 + (19 + 20 if more else 20), "a day takes one of them"


def test_a_hand_over_by_a_browser_that_was_another_s_is_withdrawn_from_who_stands_for_both(
    build_web: Callable[..., Street], database_url: str
) -> None:
    web = build_web(database_url, tracks="{sites: [verdanne.example, www.verdanne.example]}")
    company = web.place.home / "scenarios" / "company.yaml"
    company.write_text(company.read_text().replace("score: 50", "score: 20"))
    web.place.publish()
    home, mail = web.writes(*AGREED)
    work, browser = other(web, *AGREED), Surfer(web)
    browser.visits("/pricing", proof=comes_by(web, mail))
    web.place.drain()
    merge_leads(web.place.house, None, work, home, "shell")
    assert [one.state for one in web.place.load(work).handoffs] == ["offered"]
    is_ben_s(web, browser)
    assert [one.state for one in web.place.load(work).handoffs] == ["withdrawn"]
    assert ANOTHER.withdrawn in [row["text"] for row in read_lead(web.place.house, HUGO, work, "en").tasks]
    part_leads(web.place.house, None, home, "shell")
    assert [one.state for one in web.place.load(home).handoffs] == ["withdrawn"]


def test_a_form_by_her_other_address_takes_nothing_from_who_stands_for_both(
    build_web: Callable[..., Street], database_url: str
) -> None:
    web = build_web(database_url, tracks="{sites: [verdanne.example, www.verdanne.example]}")
    home, mail = web.writes(*AGREED)
    work, browser = other(web, *AGREED), Surfer(web)
    browser.visits("/pricing", proof=comes_by(web, mail))
    web.place.drain()
    merge_leads(web.place.house, None, work, home, "shell")
    before = score_of(web, work)
    sent = sends_form(web, "ana@work.example", *AGREED)
    browser.visits("/thanks", proof=sent.submission)
    assert (pages_of(web, home), pages_of(web, work)) == (["pricing"], ["thanks"])
    assert score_of(web, work) == before


@pytest.mark.parametrize("since", ["nothing", "a machine", "a click of her own", "a reply"])
def test_the_stage_that_a_click_alone_had_brought_her_goes_with_the_click(street: Street, since: str) -> None:
    home, mail = street.writes(*AGREED)
    work = other(street, *AGREED)
    street.asks(mail.clicks[1])
    assert street.told(home) == [("cases", "human")]  # it gives no points
    merge_leads(street.place.house, None, work, home, "shell")
    assert (street.place.load(work).stage, street.place.load(home).stage) == ("engaged", "engaged")
    if since == "a reply":
        street.place.happens(on.ReplyNoted(lead_id=work, occurred_at=street.now, by="hugo"))
    if since == "a click of her own":
        row = next(one for one in street.place.rows(work) if one["message"] == "tunnel/results")
        clicked = on.LinkClicked(
            lead_id=work, occurred_at=street.now, key="c1", mail=row["id"], message="tunnel/results", link="prices",
            number=1, pass_number=1,
        )  # fmt: skip
        street.place.happens(clicked)
    if since == "a machine":
        street.asks(mail.clicks[0])
        street.asks(mail.clicks[2])
        assert ("link.clicked", "machine") in street.told(home)
        assert (street.place.load(work).stage, street.place.load(home).stage) == ("new", "new")
    part_leads(street.place.house, None, home, "shell")
    assert street.place.load(home).stage == ("new" if since == "a machine" else "engaged")
    by_herself = since in ("a click of her own", "a reply")
    assert street.place.load(work).stage == ("engaged" if by_herself else "new")
    assert street.place.load(work).engaged_by == ("c1" if since == "a click of her own" else None)


def _follows(street: Street, lead_id: int, key: str) -> None:
    row = next(one for one in street.place.rows(lead_id) if one["message"] == "tunnel/results")
    about = {"mail": row["id"], "message": "tunnel/results", "link": "prices", "number": 1, "pass_number": 1}
    street.place.happens(on.LinkClicked(lead_id=lead_id, occurred_at=street.now, key=key, **about))


def _was_a_machine(street: Street, lead_id: int, key: str) -> None:
    revised = on.VerdictRevised(
        lead_id=lead_id, occurred_at=street.now, of=key, touched="link.clicked", subject="prices",
        message="tunnel/results", pass_number=1, verdict="machine", reasons=("at_once",),
    )  # fmt: skip
    street.place.happens(revised)


@pytest.mark.parametrize("whose", ["hers", "the other's"])
@pytest.mark.parametrize("order", ["revised", "parted"])
def test_two_who_followed_a_link_each_are_engaged_by_both_and_each_by_her_own_again(
    street: Street, whose: str, order: str
) -> None:
    home, _ = street.writes(*AGREED)
    work = other(street, *AGREED)
    _follows(street, home, "h1")
    _follows(street, work, "w1")
    merge_leads(street.place.house, None, work, home, "shell")
    assert sorted((street.place.load(work).engaged_by or "").split()) == ["h1", "w1"]
    lead_id, key = (work, "w1") if whose == "hers" else (home, "h1")
    if order == "parted":
        part_leads(street.place.house, None, home, "shell")
    _was_a_machine(street, lead_id, key)
    if order == "revised":
        assert street.place.load(work).stage == "engaged", "the other link stands"
        part_leads(street.place.house, None, home, "shell")
    stages = {one: street.place.load(one).stage for one in (work, home)}
    assert stages == {work: "new" if whose == "hers" else "engaged", home: "engaged" if whose == "hers" else "new"}


@pytest.mark.parametrize("herself", ["nothing", "a link", "a reply"])
def test_whom_somebody_engaged_for_good_stands_for_is_parted_as_far_as_she_came_herself(
    street: Street, herself: str
) -> None:
    home, _ = street.writes(*AGREED)
    work = other(street, *AGREED)
    street.place.happens(on.ReplyNoted(lead_id=home, occurred_at=street.now, by="hugo"))
    merge_leads(street.place.house, None, work, home, "shell")
    assert street.place.load(work).stage == "engaged"
    if herself == "a link":
        _follows(street, work, "w1")
    if herself == "a reply":
        street.place.happens(on.ReplyNoted(lead_id=work, occurred_at=street.now, by="hugo"))
    part_leads(street.place.house, None, home, "shell")
    assert street.place.load(work).stage == ("new" if herself == "nothing" else "engaged")
    assert street.place.load(home).stage == "engaged"
