"""A link that held a pass is opened in a colleague's browser, which says only later whose it is."""

from datetime import timedelta

import pytest

from funnel.domain import events as on
from funnel.storage import events
from funnel.usecases.tracking.passes import agreed
from tests.web.tracking.conftest import Street
from tests.web.tracking.surfer import Surfer, follows_link, goes_over, pages_of, score_of, sends_form, waiting

AGREED = ("follow_up_email", "visit_tracking")


def is_of(street: Street, browser: Surfer, address: str) -> int:
    """It sends a form, and is known by it."""
    sent = sends_form(street, address, "visit_tracking")
    browser.visits("/thanks", proof=sent.submission)
    street.place.drain()
    return sent.lead_id


def test_her_own_browser_stays_hers_and_what_his_had_brought_her_is_his(web: Street) -> None:
    hers, his = Surfer(web), Surfer(web)
    ana = is_of(web, hers, "ana@example.org")
    goes_over(hers, his)
    his.visits("/pricing")
    web.place.drain()
    web.passes(timedelta(minutes=10))
    assert score_of(web, ana) == 1 + 20
    ben = is_of(web, his, "ben@example.org")
    hers.visits("/of-ana")
    his.visits("/of-ben")
    web.place.drain()
    assert (pages_of(web, ben), score_of(web, ben)) == (["pricing", "thanks", "of-ben"], 1 + 20)
    assert (pages_of(web, ana)[-1], score_of(web, ana)) == ("of-ana", 1)


@pytest.mark.parametrize("whose", ["ana@example.org", "ana@home.example"])
def test_what_she_says_later_moves_nothing_of_his(lite_web: Street, whose: str) -> None:
    hers, his = Surfer(lite_web), Surfer(lite_web)
    is_of(lite_web, hers, "ana@example.org")
    goes_over(hers, his)
    ben = is_of(lite_web, his, "ben@example.org")
    is_of(lite_web, hers, whose)
    his.visits("/of-ben")
    assert pages_of(lite_web, ben)[-1] == "of-ben"


def test_her_other_names_stay_with_her_and_his_are_his(lite_web: Street) -> None:
    hers, blog, his, other = (Surfer(lite_web) for _ in range(4))
    ana = is_of(lite_web, hers, "ana@example.org")
    goes_over(hers, blog)
    goes_over(hers, his)
    ben = is_of(lite_web, his, "ben@example.org")
    other.visits("/his-site")
    goes_over(his, other)
    blog.visits("/blog")
    assert pages_of(lite_web, ana)[-1] == "blog"
    assert "his-site" in pages_of(lite_web, ben)
    assert waiting(lite_web) == 0


def test_a_browser_that_came_by_another_s_mail_is_with_all_its_names_whose_the_form_is(web: Street) -> None:
    """Ana's mail was passed on: Ben follows its link to the site, goes on to our pages and sends the form there."""
    site, ours = Surfer(web), Surfer(web)
    ana = sends_form(web, "ana@example.org", *AGREED).lead_id
    site.visits("/pricing", proof=follows_link(web, ana))
    goes_over(site, ours)
    web.place.drain()
    assert score_of(web, ana) == 1 + 20
    ben = is_of(web, ours, "ben@example.org")
    site.visits("/of-ben")
    assert (pages_of(web, ben), score_of(web, ben)) == (["pricing", "thanks", "of-ben"], 1 + 20)
    assert score_of(web, ana) == 1


def test_if_it_was_hers_after_all_a_form_of_hers_brings_everything_back(web: Street) -> None:
    hers, his = Surfer(web), Surfer(web)
    ana = sends_form(web, "ana@example.org", *AGREED).lead_id
    hers.visits("/pricing", proof=follows_link(web, ana))
    goes_over(hers, his)
    ben = is_of(web, his, "ben@example.org")
    hers.visits("/of-ana")
    is_of(web, hers, "ana@example.org")
    his.visits("/of-ben")
    assert (pages_of(web, ana)[-3:], score_of(web, ana)) == (["pricing", "of-ana", "thanks"], 1 + 20)
    assert (pages_of(web, ben)[-1], score_of(web, ben)) == ("of-ben", 1)


@pytest.mark.parametrize("how", ["form", "own_page"])
def test_it_is_told_what_said_that_the_browser_was_another_s(lite_web: Street, how: str) -> None:
    browser = Surfer(lite_web)
    ana, ben = (sends_form(lite_web, f"{name}@example.org", *AGREED) for name in ("ana", "ben"))
    browser.visits("/pricing", proof=follows_link(lite_web, ana.lead_id))
    lite_web.place.drain()
    said = ben.submission if how == "form" else agreed(lite_web.place.house, ben.lead_id)
    browser.visits("/me", proof=said)
    lite_web.place.drain()
    with lite_web.place.house.database.read() as connection:
        (told,) = events.all_of(connection, [ana.lead_id], on.VisitorParted)
    assert isinstance(told, on.VisitorParted)
    assert told.by == how
