"""By a click a browser is hers where a person made it; where that was a machine after all, what it brought is gone."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from funnel.domain.verdicts import Reason
from funnel.usecases.keep_house import trim
from funnel.usecases.merge_leads import merge_leads, part_leads
from funnel.usecases.tracking.drain import drain
from funnel.usecases.tracking.passes import clicked
from funnel.usecases.tracking.take_in import take_in
from tests.support.databases import counted
from tests.support.home import COMPANY
from tests.web.tracking.conftest import PAGE_RULES, Street
from tests.web.tracking.surfer import Surfer, follows_link, pages_of, score_of, sends_form, waiting

AGREED = ("follow_up_email", "visit_tracking")
Builder = Callable[..., Street]


@pytest.fixture
def easy(database_url: str, build_web: Builder) -> Street:
    """A company that hands over who has read its prices once."""
    street = build_web(database_url)
    company = COMPANY.replace("score: 50", "score: 20")
    (street.place.home / "scenarios" / "company.yaml").write_text(f"{company}{PAGE_RULES}")
    street.place.publish()
    return street


@pytest.mark.parametrize("reasons, soon", [(("head",), False), (("no_agent",), False), ((), True)])
def test_a_browser_that_comes_by_a_machine_s_or_anybody_s_click_is_nobody_s(
    easy: Street, reasons: tuple[Reason, ...], soon: bool
) -> None:
    sent = sends_form(easy, "ana@example.org", *AGREED)
    robot = Surfer(easy)
    robot.visits("/pricing", reads=20, proof=follows_link(easy, sent.lead_id, reasons, soon=soon))
    assert (pages_of(easy, sent.lead_id), score_of(easy, sent.lead_id)) == ([], 1)
    assert easy.place.load(sent.lead_id).handoffs == ()
    assert waiting(easy) == 2


def test_what_a_browser_brought_is_taken_back_with_the_click_by_which_it_came(easy: Street) -> None:
    sent = sends_form(easy, "ana@example.org", *AGREED)
    robot = Surfer(easy)
    robot.visits("/cases")
    robot.visits("/pricing", reads=20, proof=follows_link(easy, sent.lead_id))
    assert score_of(easy, sent.lead_id) == 21
    assert easy.place.load(sent.lead_id).handoffs[-1].state == "offered"
    easy.passes(timedelta(seconds=1))
    follows_link(easy, sent.lead_id, number=1, soon=True)
    assert score_of(easy, sent.lead_id) == 1
    assert easy.place.load(sent.lead_id).handoffs[-1].state == "withdrawn"
    easy.passes(timedelta(days=1))
    robot.visits("/pricing")
    assert score_of(easy, sent.lead_id) == 1
    assert waiting(easy) == 4


@pytest.mark.parametrize("when", ["joined", "joined and parted", "joined before and parted"])
def test_it_is_taken_back_from_whomever_it_stands_with(easy: Street, when: str) -> None:
    home, work = (sends_form(easy, f"ana@{one}.example", *AGREED).lead_id for one in ("home", "work"))
    own = score_of(easy, home), score_of(easy, work)
    if when.startswith("joined before"):
        merge_leads(easy.place.house, None, work, home, "shell")
    Surfer(easy).visits("/pricing", reads=20, proof=follows_link(easy, home))
    easy.place.drain()
    if not when.startswith("joined before"):
        merge_leads(easy.place.house, None, work, home, "shell")
    if when.endswith("parted"):
        part_leads(easy.place.house, None, home, "shell")
    easy.passes(timedelta(seconds=1))
    follows_link(easy, home, number=1, soon=True)
    easy.place.drain()
    if not when.endswith("parted"):
        part_leads(easy.place.house, None, home, "shell")
    assert (score_of(easy, home), score_of(easy, work)) == own
    assert not [one for who in (home, work) for one in easy.place.load(who).handoffs if one.state != "withdrawn"]


def test_who_was_taken_for_a_machine_and_sends_the_form_has_all_her_visits_once(web: Street) -> None:
    """She had opened two links at once, in windows beside each other."""
    sent = sends_form(web, "ana@example.org", *AGREED)
    surfer = Surfer(web)
    surfer.visits("/pricing", reads=20, proof=follows_link(web, sent.lead_id))
    web.place.drain()
    follows_link(web, sent.lead_id, number=1, soon=True)
    web.place.drain()
    again = sends_form(web, "ana@example.org", *AGREED)
    surfer.visits("/thanks", proof=again.submission)
    assert score_of(web, sent.lead_id) == 1 + 20
    told = [page for page in pages_of(web, sent.lead_id) if page]
    assert sorted(told) == ["pricing", "pricing", "thanks"], "once taken back, and once hers"
    assert waiting(web) == 0


def test_a_form_of_hers_holds_though_the_click_before_it_was_a_machine_s(web: Street) -> None:
    sent = sends_form(web, "ana@example.org", *AGREED)
    surfer = Surfer(web)
    surfer.visits("/pricing", proof=follows_link(web, sent.lead_id))
    again = sends_form(web, "ana@example.org", *AGREED)
    surfer.visits("/thanks", proof=again.submission)
    web.place.drain()
    follows_link(web, sent.lead_id, number=1, soon=True)
    assert score_of(web, sent.lead_id) == 1 + 20


def test_a_robot_s_browser_is_nobody_s_where_the_click_is_told_as_it_comes(
    build_street: Builder, sqlite_url: str
) -> None:
    street = build_street(sqlite_url, "{sites: [verdanne.example]}")
    _, mail = street.writes(*AGREED)
    assert "fn_from=" not in street.asks(mail.clicks[0], agent="").location
    assert "fn_from=" in street.asks(mail.clicks[0]).location


def test_a_browser_is_parted_once_and_stays_whose_it_is_since(web: Street) -> None:
    ana, ben = (sends_form(web, f"{name}@example.org", *AGREED).lead_id for name in ("ana", "ben"))
    surfer = Surfer(web)
    surfer.visits("/cases", proof=follows_link(web, ana))
    web.place.drain()
    web.passes(timedelta(seconds=1))
    follows_link(web, ana, number=1, soon=True)
    web.place.drain()
    surfer.visits("/pricing", proof=follows_link(web, ben, soon=True))
    web.place.drain()
    own = pages_of(web, ben)
    assert own[-1] == "pricing"
    web.passes(timedelta(seconds=1))
    take_in(web.place.house, "open", web.place.rows(ana)[0]["id"], 0, ())
    surfer.visits("/team")
    assert pages_of(web, ben) == [*own, "team"]


@pytest.mark.parametrize("reasons", [(), ("head",)])
def test_who_comes_by_a_click_that_is_told_only_after_its_page_is_hers_with_that_page(
    build_web: Builder, database_url: str, valkey_url: str, monkeypatch: pytest.MonkeyPatch, reasons: tuple[Reason, ...]
) -> None:
    """The drain that had taken the click was killed: another takes it up, once the house has been put in order."""
    web = build_web(database_url, redis_url=valkey_url)
    sent = sends_form(web, "ana@example.org", *AGREED)
    web.place.drain()
    web.passes(timedelta(minutes=10))
    house, mail = web.place.house, web.place.rows(sent.lead_id)[0]["id"]
    link = web.place.sql("SELECT id FROM mail_links ORDER BY id")[0][0]
    proof = clicked(house, mail, take_in(house, "click", mail, link, reasons))
    assert len(web.place.other("dead").stream.take(10)) == 1
    surfer = Surfer(web)
    surfer.visits("/pricing", proof=proof)
    web.place.drain()
    web.passes(timedelta(minutes=50))
    trim(web.place.house)
    monkeypatch.setattr("funnel.jobs.stream.LEFT_BY_DEAD", 0.0)
    web.place.drain()
    web.place.drain()
    assert pages_of(web, sent.lead_id) == (["pricing"] if not reasons else [])
    surfer.visits("/cases", proof=proof)
    assert pages_of(web, sent.lead_id) == (["pricing", "cases"] if not reasons else [])
    assert waiting(web) == (0 if not reasons else 2)


@pytest.mark.parametrize("by", ["machine", "form"])
def test_histories_of_many_are_read_as_often_as_those_of_few_where_their_browsers_were_another_s(
    lite_web: Street, by: str
) -> None:
    asked = [taken_back(lite_web, number, by) for number in (2, 6)]
    assert 0 < asked[0] == asked[1]


def taken_back(street: Street, number: int, by: str) -> int:
    """So many browsers, each known by a click in a mail to somebody, are nobody's or another's in one batch; how often
    histories are read."""
    leads = [sends_form(street, f"by-{by}-{number}-{one}@example.org", *AGREED).lead_id for one in range(number)]
    street.place.drain()
    street.passes(timedelta(minutes=10))
    surfers = [Surfer(street) for _ in leads]
    for surfer, lead in zip(surfers, leads, strict=True):
        surfer.visits("/pricing", proof=follows_link(street, lead, soon=True))
    street.place.drain()
    assert {score_of(street, lead) for lead in leads} == {21}
    street.passes(timedelta(seconds=1))
    links = [row[0] for row in street.place.sql("SELECT id FROM mail_links ORDER BY id")]
    mails = [street.place.rows(lead)[0]["id"] for lead in leads]
    others = [sends_form(street, f"other-{number}-{one}@example.org", *AGREED) for one in range(number)]
    street.place.drain()
    for surfer, mail, other in zip(surfers, mails, others, strict=True):
        if by == "machine":
            take_in(street.place.house, "click", mail, links[1], ())
        else:
            surfer.visits("/thanks", proof=other.submission)
    with counted(street.place.house.database) as asked:
        drain(street.place.house)
    assert {score_of(street, lead) for lead in leads} == {1}
    return sum("FROM events" in one for one in asked)
